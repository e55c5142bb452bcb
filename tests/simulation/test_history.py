"""Undo and redo: configuration and issued sessions, never the clock, the log or what workloads did."""

from __future__ import annotations

import pytest

from sts_tui.account.entities import Tag
from sts_tui.simulation import AwsError, Simulation
from sts_tui.simulation.events import CommandRedone, CommandUndone
from sts_tui.simulation.history import KEPT, NothingToUndoError
from sts_tui.simulation.revocation import revocation_call
from sts_tui.simulation.session_state import SessionState, state_of
from tests.simulation.small_house import alice, assume, role_arn, small_house, worker

DATA = {"Resource": "arn:aws:s3:::data/in.csv"}


def revoke(sim: Simulation) -> None:
    action, params = revocation_call(role_arn("App"), sim.world)
    sim.call(action, params, caller=alice(sim))


def test_undoing_a_revocation_lets_the_session_work_again_and_the_log_keeps_the_denial() -> None:
    sim = small_house()
    key = assume(sim)
    revoke(sim)
    with pytest.raises(AwsError):
        sim.call("s3:GetObject", DATA, caller=key)
    length = len(sim.events)
    assert sim.undo().startswith("aws iam put-role-policy")
    sim.call("s3:GetObject", DATA, caller=key)
    assert len(sim.events) == length + 2
    assert isinstance(list(sim.events)[-2], CommandUndone)
    sim.redo()
    assert isinstance(list(sim.events)[-1], CommandRedone)
    with pytest.raises(AwsError):
        sim.call("s3:GetObject", DATA, caller=key)


def test_undo_takes_back_the_session_that_the_command_issued_and_redo_brings_the_very_same() -> None:
    sim = small_house()
    key = assume(sim)
    session = sim.world.sessions[key]
    sim.undo()
    with pytest.raises(AwsError, match="InvalidClientTokenId"):
        sim.call("sts:GetCallerIdentity", {}, caller=key)
    sim.redo()
    assert sim.world.sessions[key] is session


def test_ids_are_never_given_twice() -> None:
    sim = small_house()
    first = assume(sim)
    sim.undo()
    assert assume(sim) != first


def test_undo_leaves_clock_and_workloads_alone() -> None:
    sim = small_house(worker())
    revoke(sim)
    sim.advance(60)
    before = (sim.now, sim.world.workload_states, sim.world.sessions)
    sim.undo()
    assert (sim.now, sim.world.workload_states, sim.world.sessions) == before
    sim.advance(10)
    worker_now = sim.world.workload_states["worker"]
    assert (worker_now.failed, worker_now.succeeded) == (7, 1)


def test_any_number_of_edits_can_be_taken_back_and_made_again() -> None:
    sim = small_house()
    worlds = [sim.world.configuration]
    for turn in range(20):
        params = {"RoleName": "App", "Tags": [{"Key": f"turn{turn}", "Value": "x"}]}
        sim.call("iam:TagRole", params, caller=alice(sim))
        worlds.append(sim.world.configuration)
    for expected in reversed(worlds[:-1]):
        sim.undo()
        assert sim.world.configuration is expected
        assert sim.world.in_force is expected
    for expected in worlds[1:]:
        sim.redo()
        assert sim.world.configuration is expected


def test_a_new_edit_forgets_what_could_be_redone() -> None:
    sim = small_house()
    revoke(sim)
    sim.undo()
    assume(sim)
    with pytest.raises(NothingToUndoError):
        sim.redo()


def test_reads_and_refusals_are_no_commands_to_take_back() -> None:
    sim = small_house()
    sim.call("iam:GetRole", {"RoleName": "App"}, caller=alice(sim))
    with pytest.raises(AwsError):
        sim.call("iam:DeleteRole", {"RoleName": "Nobody"}, caller=alice(sim))
    with pytest.raises(NothingToUndoError):
        sim.undo()


def test_a_write_comes_into_force_after_propagation_and_undo_stops_it_on_its_way() -> None:
    sim = small_house(PropagationSeconds=10)
    key = assume(sim)
    revoke(sim)
    role = sim.call("iam:GetRolePolicy", {"RoleName": "App", "PolicyName": "AWSRevokeOlderSessions"})
    assert role["PolicyName"] == "AWSRevokeOlderSessions"  # reads see it at once
    sim.advance(5)
    sim.undo()
    sim.advance(60)
    assert state_of(sim.world.sessions[key], sim.world) is SessionState.ACTIVE
    assert sim.world.in_force is sim.world.configuration
    sim.redo()
    assert state_of(sim.world.sessions[key], sim.world) is SessionState.REVOKING
    sim.advance(10)
    assert state_of(sim.world.sessions[key], sim.world) is SessionState.REVOKED


def test_writes_come_into_force_in_the_order_in_which_they_were_made() -> None:
    sim = small_house(PropagationSeconds=10)
    revoke(sim)
    sim.set("propagation", 0)
    sim.call("iam:DeleteRolePolicy", {"RoleName": "App", "PolicyName": "work"})
    first, second = sim.world.pending
    assert first.in_force_at == second.in_force_at
    sim.advance(10)
    assert sim.world.in_force is sim.world.configuration
    assert sim.world.pending == ()


def test_settings_change_by_any_spelling_and_unknown_ones_are_refused() -> None:
    sim = small_house()
    sim.set("revoke-padding", "45")
    sim.set("PropagationSeconds", 2.5)
    sim.set("role-sessions-keep-mfa", "true")
    settings = sim.world.settings
    assert (settings.revoke_padding_seconds, settings.propagation_seconds) == (45, 2.5)
    assert settings.role_sessions_keep_mfa is True
    with pytest.raises(LookupError, match="no setting speed"):
        sim.set("speed", 3)
    with pytest.raises(ValueError, match="cannot be -1"):
        sim.set("propagation", -1)


def test_a_thousand_commands_can_be_taken_back_and_older_ones_are_forgotten() -> None:
    sim = small_house()
    for turn in range(KEPT + 5):
        params = {"RoleName": "Deep", "Tags": [{"Key": "turn", "Value": str(turn)}]}
        sim.call("iam:TagRole", params)
    assert len(sim.history.done) == KEPT
    for _ in range(KEPT):
        sim.undo()
    with pytest.raises(NothingToUndoError):
        sim.undo()
    assert sim.world.configuration.roles[role_arn("Deep")].tags == (Tag(key="turn", value="4"),)
    sim.call("iam:UntagRole", {"RoleName": "Deep", "TagKeys": ["turn"]})
    with pytest.raises(NothingToUndoError):
        sim.redo()
