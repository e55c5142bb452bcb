"""A condition on a tag or a source identity takes another permission than that to assume the role."""

from __future__ import annotations

import pytest

from sts_tui.simulation import Simulation
from sts_tui.simulation.reach.reach import hops
from tests.accounts.entities import role, user
from tests.accounts.policies import MAIN, allows, trusts


@pytest.mark.parametrize(
    ("key", "needs"),
    [("aws:RequestTag/team", "tag team=red"), ("sts:SourceIdentity", "source identity red")],
)
@pytest.mark.parametrize("order", [1, -1])
def test_one_source_does_not_stand_for_another_that_may_only_assume(key: str, needs: str, order: int) -> None:
    actions = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
    trusting = trusts(f"arn:aws:iam::{MAIN}:root", Condition={"StringEquals": {key: "red"}})
    trusting["Statement"][0]["Action"] = actions
    users = [user("ann", ("p", allows("sts:AssumeRole"))), user("bea", ("p", allows("sts:*")))]
    account = {
        "AccountId": MAIN,
        "UserDetailList": users[::order],
        "RoleDetailList": [role("Guarded", trusting)],
    }
    found = hops(Simulation.open({"Accounts": [account]}))
    assert [(hop.source_label, hop.needs) for hop in found] == [("bea", (needs,))]
