"""Undo and redo: configuration and issued sessions, never the clock, the log or what workloads did."""

from __future__ import annotations

import tracemalloc
from copy import deepcopy
from pathlib import Path

import pytest

from sts_tui.account import persistent_map
from sts_tui.account.configuration import Configuration, model_of
from sts_tui.account.writing.export import export
from sts_tui.simulation import AwsError, Simulation
from sts_tui.simulation.authorization.session_state import SessionState, state_of
from sts_tui.simulation.containment.revocation import revocation_call
from sts_tui.simulation.events import CommandRedone, CommandUndone
from sts_tui.simulation.journal.journal_store import begin_at, resume_from
from sts_tui.simulation.undo.change import TABLES
from sts_tui.simulation.undo.history import NothingToUndoError, UnknownPastError
from tests.accounts.policies import MAIN, role_arn
from tests.accounts.small import SMALL, alice, assume, open_small, worker

ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
DATA = {"Resource": "arn:aws:s3:::data/in.csv"}


def revoke(sim: Simulation) -> None:
    action, params = revocation_call(role_arn("App"), sim.world)
    sim.call(action, params, caller=alice(sim))


def test_undoing_a_revocation_lets_the_session_work_again_and_the_log_keeps_the_denial() -> None:
    sim = open_small()
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


def test_undo_removes_the_session_that_the_command_issued_and_redo_restores_it() -> None:
    sim = open_small()
    key = assume(sim)
    session = sim.world.sessions[key]
    sim.undo()
    with pytest.raises(AwsError, match="InvalidClientTokenId"):
        sim.call("sts:GetCallerIdentity", {}, caller=key)
    sim.redo()
    assert sim.world.sessions[key] is session


def test_ids_are_never_given_twice() -> None:
    sim = open_small()
    first = assume(sim)
    sim.undo()
    assert assume(sim) != first


def test_undo_leaves_clock_and_workloads_alone() -> None:
    sim = open_small(worker())
    revoke(sim)
    sim.advance(60)
    before = (sim.now, sim.world.workload_states, sim.world.sessions)
    sim.undo()
    assert (sim.now, sim.world.workload_states, sim.world.sessions) == before
    sim.advance(10)
    worker_now = sim.world.workload_states["worker"]
    assert (worker_now.failed, worker_now.succeeded) == (7, 1)


def test_any_number_of_edits_can_be_undone_and_redone() -> None:
    sim = open_small()
    worlds = [sim.world.configuration]
    for turn in range(20):
        params = {"RoleName": "App", "Tags": [{"Key": f"turn{turn}", "Value": "x"}]}
        sim.call("iam:TagRole", params, caller=alice(sim))
        worlds.append(sim.world.configuration)
    for expected in reversed(worlds[:-1]):
        sim.undo()
        assert says(sim.world.configuration) == says(expected)
        assert sim.world.in_force is sim.world.configuration
    for expected in worlds[1:]:
        sim.redo()
        assert says(sim.world.configuration) == says(expected)


def test_a_new_edit_forgets_what_could_be_redone() -> None:
    sim = open_small()
    revoke(sim)
    sim.undo()
    assume(sim)
    with pytest.raises(NothingToUndoError):
        sim.redo()


def test_reads_and_refusals_are_no_commands_to_undo() -> None:
    sim = open_small()
    sim.call("iam:GetRole", {"RoleName": "App"}, caller=alice(sim))
    with pytest.raises(AwsError):
        sim.call("iam:DeleteRole", {"RoleName": "Nobody"}, caller=alice(sim))
    with pytest.raises(NothingToUndoError):
        sim.undo()


def test_a_write_comes_into_force_after_propagation_and_undo_stops_it_on_its_way() -> None:
    sim = open_small(PropagationSeconds=10)
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
    sim = open_small(PropagationSeconds=10)
    revoke(sim)
    sim.set("propagation", 0)
    sim.call("iam:DeleteRolePolicy", {"RoleName": "App", "PolicyName": "work"})
    first, second = sim.world.pending
    assert first.in_force_at == second.in_force_at
    sim.advance(10)
    assert sim.world.in_force is sim.world.configuration
    assert sim.world.pending == ()


def test_settings_change_by_any_spelling_and_unknown_ones_are_refused() -> None:
    sim = open_small()
    sim.set("revoke-padding", "45")
    sim.set("PropagationSeconds", 2.5)
    sim.set("role-sessions-keep-mfa", "true")
    settings = sim.world.settings
    assert (settings.revoke_padding_seconds, settings.propagation_seconds) == (45, 2.5)
    assert settings.role_sessions_keep_mfa is True
    with pytest.raises(LookupError, match="no setting speed"):
        sim.set("speed", 3)
    with pytest.raises(ValueError, match="-1"):
        sim.set("propagation", -1)


def edit_many(sim: Simulation, turns: int) -> list[object]:
    """Make this many edits of many kinds; returns the state before the first and after each of them."""
    trust = {"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": {"AWS": MAIN}, "Action": "sts:AssumeRole"}}  # fmt: skip
    stood = [standing(sim)]
    for turn in range(turns):
        match turn % 5:
            case 0:
                sim.call("iam:CreateRole", {"RoleName": "Passing", "AssumeRolePolicyDocument": trust})
            case 1:
                tags = [{"Key": "turn", "Value": str(turn)}]
                sim.call("iam:TagRole", {"RoleName": "Deep", "Tags": tags}, caller=alice(sim))
            case 2 if turn % 4 == 0:
                assume(sim, name=f"turn-{turn}")
            case 2:
                sim.call("iam:PutRolePermissionsBoundary", {"RoleName": "App", "PermissionsBoundary": ADMIN})
            case 3:
                new = {"UserName": f"u{turn - 5}", "NewUserName": f"u{turn}"}
                sim.call("iam:UpdateUser", new) if turn > 3 else sim.call(
                    "iam:CreateUser", {"UserName": "u3"}
                )
            case _:
                sim.call("iam:DeleteRole", {"RoleName": "Passing"})
        stood.append(standing(sim))
    return stood


def standing(sim: Simulation) -> object:
    """What those edits change, order included, cheaply told."""
    configuration = sim.world.configuration
    roles = [(arn, role.role_id, role.tags) for arn, role in configuration.roles.items()]
    return hash((tuple(roles), tuple(configuration.users), tuple(sim.world.sessions)))


def as_file(sim: Simulation) -> object:
    return export(model_of(sim.world.configuration, sim.model))


@pytest.mark.parametrize("count", [800, pytest.param(5_000, marks=pytest.mark.long)])
def test_many_edits_are_undone_one_by_one_and_redone(count: int) -> None:
    sim = open_small()
    opened = as_file(sim)
    stood = edit_many(sim, count)
    edited = as_file(sim)
    assert len(sim.history.done) == count
    for expected in stood[-2::-1]:
        sim.undo()
        assert standing(sim) == expected
        assert sim.world.in_force is sim.world.configuration
    assert as_file(sim) == opened
    with pytest.raises(NothingToUndoError):
        sim.undo()
    for expected in stood[1:]:
        sim.redo()
        assert standing(sim) == expected
    assert as_file(sim) == edited
    with pytest.raises(NothingToUndoError):
        sim.redo()


def test_any_number_of_edits_is_undone_after_a_resume_too(tmp_path: Path) -> None:
    sim = open_small()
    journal, store = begin_at(tmp_path / "a.journal", sim, SMALL)
    stood = edit_many(sim, 600)
    for turn in range(279):
        sim.undo()
        if turn % 100 == 0:
            journal.checkpoint()
    store.close()
    resumed, again = resume_from(tmp_path / "a.journal")
    again.close()
    back, position = resumed.sim, 321
    assert back.checkpoint() == sim.checkpoint()
    assert standing(back) == stood[position]
    for expected in stood[position + 1 :]:
        back.redo()
        assert standing(back) == expected
    for expected in stood[-2::-1]:
        back.undo()
        assert standing(back) == expected


def test_a_large_account_pays_for_what_its_edits_changed() -> None:
    """An edit copies the table of roles, here 150 kB of pointers; the log mentions what alice was under."""
    house = deepcopy(SMALL)
    roles = house["Accounts"][0]["RoleDetailList"]
    trust = roles[0]["AssumeRolePolicyDocument"]
    roles += [{"RoleName": f"R{n}", "AssumeRolePolicyDocument": trust} for n in range(4_000)]
    sim = Simulation.open(house)
    tracemalloc.start()
    for turn in range(300):
        tags = [{"Key": "turn", "Value": str(turn)}]
        sim.call("iam:TagRole", {"RoleName": "R7", "Tags": tags}, caller=alice(sim))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(sim.history.done) == 300
    assert held < 300 * 150_000 / 5


@pytest.mark.parametrize("propagation", [0, 3])
def test_every_edition_is_read_back_as_it_was(propagation: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(persistent_map, "_LEAST_OVERLAY", 1)
    sim = open_small(PropagationSeconds=propagation)
    said = {0: says(sim.world.configuration)}
    for turn in range(12):
        edit_many(sim, 1 if turn == 0 else 0)
        sim.call("iam:TagRole", {"RoleName": "Deep", "Tags": [{"Key": "a", "Value": str(turn)}]})
        note(sim, said)
        sim.call("iam:CreateUser", {"UserName": f"x{turn}"})
        note(sim, said)
        sim.advance(1)
        for _ in range(turn % 4):
            sim.undo()
            note(sim, said)
        for _ in range(turn % 3):
            sim.redo() if sim.history.undone else sim.undo()
            note(sim, said)
        if turn == 4:
            sim.call("iam:DeleteRole", {"RoleName": "Passing"})
            note(sim, said)
    assert max(said) == len(sim.history.steps) > 30
    for edition in (*said, *reversed(said)):
        assert says(sim.history.edition(edition)) == said[edition]
    with pytest.raises(UnknownPastError, match="no edition"):
        sim.history.edition(max(said) + 1)


def note(sim: Simulation, said: dict[int, object]) -> None:
    said[sim.world.configuration.edition] = says(sim.world.configuration)


def says(configuration: Configuration) -> object:
    """Everything in it, in its order."""
    return [list(getattr(configuration, name).items()) for name in TABLES], configuration.organization


def test_pending_writes_are_undone_in_their_order() -> None:
    sim = open_small(PropagationSeconds=10)
    opened = sim.world.in_force
    tag = {"RoleName": "Deep", "Tags": [{"Key": "a", "Value": "b"}]}
    for _ in range(9):
        sim.call("iam:TagRole", tag)  # the second and all after it change nothing
        sim.advance(1)
    for left in range(8, -1, -1):
        sim.undo()
        assert len(sim.world.pending) == left
    assert says(sim.world.in_force) == says(opened)
    sim.advance(60)
    assert sim.world.configuration.roles[role_arn("Deep")].tags == ()
    assert sim.world.in_force is sim.world.configuration
