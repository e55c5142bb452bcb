"""Whose credentials are meant, as findings and logs name them."""

from __future__ import annotations

import pytest

from sts_tui.simulation.containment import incident
from sts_tui.simulation.containment.holder import find_holder
from tests.accounts.policies import MAIN, role_arn
from tests.accounts.small import open_small


@pytest.mark.parametrize("form", ["arn:aws:sts::{account}:assumed-role/App/i-123", "{role_id}:i-123"])
def test_a_session_that_the_files_do_not_have_is_asked_as_a_new_one_of_its_name(form: str) -> None:
    sim = open_small()
    role = sim.world.configuration.roles[role_arn("App")]
    desk = incident(sim, form.format(account=MAIN, role_id=role.role_id))
    assert (desk.holder.label, desk.holder.session_name) == ("App", "i-123")
    assert "i-123" in desk.holder.how_asked
    assert "s3:GetObject" in {action for action, *_ in desk.can_do}


def test_a_unique_id_of_a_role_means_the_role() -> None:
    sim = open_small()
    role = sim.world.configuration.roles[role_arn("App")]
    assert find_holder(f" {role.role_id} ", sim.world).issuers == (role.arn,)
