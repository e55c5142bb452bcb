"""What a trial costs grows with whom the cut concerns, not with all sessions. Counted, not timed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sts_tui.simulation import Simulation
from sts_tui.simulation.containment.bystanders import Bystanders, touched_by
from sts_tui.simulation.containment.cuts import cuts_for
from sts_tui.simulation.containment.desk import cuts_of, incident, open_desk
from sts_tui.simulation.containment.renewals import Renewals
from sts_tui.simulation.time.schedule import Kind, Schedule
from tests.accounts.policies import MAIN, allows, role_arn, trusts

SAMPLES = Path(__file__).parents[3] / "sample_accounts"


def many(roles: int) -> Simulation:
    """This many roles, each with a session that has made a request."""
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


def ring(roles: int, looped: int) -> Simulation:
    """This many roles; the first few can assume the next one, and the last of these the first again."""
    allowed = {number: f"R{(number - 1) % looped}" for number in range(looped)}
    model: dict[str, Any] = {
        "Name": "ring",
        "StartTime": "2026-01-15T09:00:00Z",
        "Accounts": [
            {
                "AccountId": MAIN,
                "RoleDetailList": [
                    {
                        "RoleName": f"R{number}",
                        "AssumeRolePolicyDocument": trusts(role_arn(allowed.get(number, "R0"))),
                    }
                    for number in range(roles)
                ],
            }
        ],
    }
    return Simulation.open(model)


def test_a_loop_is_found_among_many_roles() -> None:
    simulation = ring(1_000, 3)
    found = {cut.id: cut for cut in cuts_of(simulation, "R1")}
    assert len(found["revoke-loop"].steps) == 3
    assert "revoke-loop" not in {cut.id for cut in cuts_of(simulation, "R500")}


def test_whether_a_program_fails_without_any_cut_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    simulation = Simulation.open(SAMPLES / "acme.json")
    simulation.advance(252)
    asked: list[tuple[str, bool]] = []
    first_failure = Renewals.first_failure

    def counted(self: Any, name: str, workload: Any, world: Any) -> Any:
        asked.append((name, world is self.world))
        return first_failure(self, name, workload, world)

    monkeypatch.setattr(Renewals, "first_failure", counted)
    incident(simulation, "unknown-laptop")
    without_cut = [name for name, is_today in asked if is_today]
    assert without_cut
    assert len(without_cut) == len(set(without_cut))
    assert len(asked) > 2 * len(without_cut)


def schedule_time() -> datetime:
    return datetime(2026, 1, 16, tzinfo=UTC)


def test_a_trial_reads_no_schedule() -> None:
    """What is due in a copy of the world costs as much as all sessions and programs: nobody asks for it."""
    schedule = Schedule(many(20).world)
    schedule.add(schedule_time(), Kind.TICK, "later")
    assert len(schedule._heap) == 1
    due = schedule.peek(many(20).world)
    assert due is not None
    assert len(schedule._heap) > 1
