"""A Deny that lists actions ends the access only if nothing else of a wildcard is left."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from sts_tui.simulation import Simulation
from sts_tui.simulation.containment import incident
from tests.accounts.policies import allow, deny, policy
from tests.accounts.small import SMALL, alice


def alice_with(*statements: dict[str, Any]) -> Simulation:
    model: dict[str, Any] = deepcopy(SMALL)
    inline = [{"PolicyName": "p", "PolicyDocument": policy(*statements)}]
    model["Accounts"][0]["UserDetailList"][0]["UserPolicyList"] = inline
    return Simulation.open(model, seed=1)


def test_a_quarantine_that_leaves_actions_of_a_wildcard_does_not_end_the_access() -> None:
    sim = alice_with(allow("s3:*"))
    row = incident(sim, alice(sim)).row("quarantine")
    assert row is not None
    assert row.trial.still_possible
    assert not row.is_best


def test_a_quarantine_is_tried_with_what_the_holder_can_choose() -> None:
    elsewhere = {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
    sim = alice_with(allow("s3:*"), deny(Condition=elsewhere))
    row = incident(sim, alice(sim)).row("quarantine")
    assert row is not None
    assert "aws:SourceIp=10." in row.trial.still_possible[0]
    assert not row.is_best
