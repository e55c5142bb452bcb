"""What a trial costs grows with whom the cut concerns, not with all sessions. Counted, not timed."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.simulation import Simulation
from sts_tui.simulation.containment.bystanders import Bystanders, touched_by
from sts_tui.simulation.containment.cuts import cuts_for
from sts_tui.simulation.containment.desk import open_desk
from tests.accounts.policies import MAIN, allows, role_arn, trusts


def many(roles: int) -> Simulation:
    """So many roles, each with a session that has made a request."""
    model: dict[str, Any] = {
        "Name": "many",
        "StartTime": "2026-01-15T09:00:00Z",
        "Accounts": [
            {
                "AccountId": MAIN,
                "RoleDetailList": [
                    {
                        "RoleName": f"R{number}",
                        "AssumeRolePolicyDocument": trusts(f"arn:aws:iam::{MAIN}:root"),
                        "RolePolicyList": [{"PolicyName": "work", "PolicyDocument": allows("s3:GetObject")}],
                    }
                    for number in range(roles)
                ],
            }
        ],
    }
    simulation = Simulation.open(model)
    for number in range(roles):
        params = {"RoleArn": role_arn(f"R{number}"), "RoleSessionName": f"job{number}"}
        issued = simulation.call("sts:AssumeRole", params, caller=f"operator@{MAIN}")
        key = issued["Credentials"]["AccessKeyId"]
        simulation.request("s3:GetObject", "arn:aws:s3:::data/x", caller=key)
    return simulation


def evaluated(simulation: Simulation, cut_id: str) -> int:
    """Requests of others that are evaluated to find whom a cut leaves alone."""
    opened = open_desk(simulation, "R0")
    cuts = cuts_for(opened.holder, opened.used_by, (), simulation.world)
    cut = next(one for one in cuts if one.id == cut_id)
    after, refused = opened.trials.world_after(cut)
    assert not refused
    bystanders = Bystanders(simulation, opened.holder)
    touched = touched_by(simulation.world.in_force, after.in_force)
    assert not bystanders.losses(after, touched)
    return bystanders.evaluations


@pytest.mark.parametrize("cut_id", ["revoke-role", "detach:work", "boundary", "trust-policy", "deny-userid"])
def test_sessions_of_other_roles_are_not_asked_about(cut_id: str) -> None:
    assert evaluated(many(5), cut_id) == evaluated(many(40), cut_id) == 0


def test_a_change_that_could_concern_everyone_asks_each_once() -> None:
    simulation = many(20)
    opened = open_desk(simulation, "R0")
    bystanders = Bystanders(simulation, opened.holder)
    touched = touched_by(simulation.world.in_force, simulation.world.in_force)
    everyone = type(touched)(everyone=True)
    bystanders.losses(simulation.world, everyone)
    once = bystanders.evaluations
    assert once == 2 * 19, "today, and after the cut"
    bystanders.losses(simulation.world, everyone)
    assert bystanders.evaluations == once
