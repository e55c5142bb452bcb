"""People who signed in through IAM Identity Center: which cuts the desk offers, and what they leave."""

from __future__ import annotations

import pytest

from sts_tui.simulation.containment import incident
from sts_tui.simulation.containment.cut import carry_out
from sts_tui.simulation.containment.undo_commands import undo_commands
from tests.accounts.landing_zone import BEN, LandingZone


@pytest.fixture
def zone() -> LandingZone:
    found = LandingZone()
    found.admin("sso:CreateAccountAssignment", **found.assignment(user=BEN))
    return found


def test_best_is_to_deny_the_person_and_to_end_the_portal_session(zone: LandingZone) -> None:
    session = zone.signed_in()
    zone.signed_in(BEN)
    zone.may("s3:GetObject", session)
    desk = incident(zone.sim, session.access_key_id)
    assert {row.cut.id for row in desk.best} == {"end-sign-in", "deny-person"}
    denied = desk.row("deny-person")
    assert denied is not None
    assert f"{BEN}@" in "".join(denied.trial.spared), "nobody else"


@pytest.mark.parametrize(
    ("cut", "is_cut", "is_signed_in"),
    [
        ("deny-person", True, True),
        ("permission-set", True, True),
        ("end-sign-in", False, False),
        ("remove-assignment", False, False),
        ("delete-person", False, False),
    ],
)
def test_what_each_act_reaches(zone: LandingZone, cut: str, is_cut: bool, is_signed_in: bool) -> None:
    """https://docs.aws.amazon.com/singlesignon/latest/userguide/authconcept-revoke-access.html"""
    session = zone.signed_in()
    zone.may("s3:GetObject", session)
    row = incident(zone.sim, session.access_key_id).row(cut)
    assert row is not None
    assert not row.trial.refused
    assert (row.trial.is_cut, bool(row.trial.sign_ins)) == (is_cut, is_signed_in)


@pytest.mark.parametrize("cut", ["deny-person", "permission-set", "end-sign-in", "remove-assignment"])
def test_what_was_tried_is_what_happens(zone: LandingZone, cut: str) -> None:
    session = zone.signed_in()
    zone.may("s3:GetObject", session)
    row = incident(zone.sim, session.access_key_id).row(cut)
    assert row is not None
    commands = undo_commands(row.cut.steps, zone.sim.world.configuration)
    assert len(commands) == len(row.cut.steps)
    operator = zone.sim.resolve("operator")
    carry_out(
        row.cut, operator, lambda action, params, who, joins: zone.sim.call(action, params, who, joins=joins)
    )
    assert zone.may("s3:GetObject", session) is not row.trial.is_cut
    zone.sim.undo()
    assert zone.may("s3:GetObject", session)
