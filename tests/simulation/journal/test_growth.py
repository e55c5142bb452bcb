"""What a resume does grows with what happened since the last checkpoint: counted, not timed."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from sts_tui.account import persistent_map
from sts_tui.simulation import Simulation
from sts_tui.simulation.journal import journal as journal_module
from sts_tui.simulation.journal import resuming
from sts_tui.simulation.journal.journal import Journal
from sts_tui.simulation.journal.journal_lines import Entry
from sts_tui.simulation.journal.journal_store import begin_at, resume_from
from tests.accounts.policies import MAIN, trusts
from tests.accounts.small import SMALL

EVERY = 20
"""Events between two checkpoints here."""


class Counted:
    """What a resume has done: lines read, commands carried out again, entries of tables copied."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self.again = 0
        self.copied = 0


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    monkeypatch.setattr(journal_module, "CHECKPOINT_EVERY", EVERY)
    count = Counted()
    read, again, copied = Entry.read, resuming._carry_out_again, persistent_map._copied

    def counting_read(entry: Entry) -> Any:
        count.read.append(entry.kind)
        return read(entry)

    def counting_again(sim: Simulation, entry: Any) -> None:
        count.again += 1
        again(sim, entry)

    def counting_copied(entries: Any) -> Any:
        made = copied(entries)
        count.copied += len(made)
        return made

    monkeypatch.setattr(Entry, "read", counting_read)
    monkeypatch.setattr(resuming, "_carry_out_again", counting_again)
    monkeypatch.setattr(persistent_map, "_copied", counting_copied)
    return count


def with_roles(roles: int) -> dict[str, Any]:
    model = deepcopy(SMALL)
    own = model["Accounts"][0]
    assert own["AccountId"] == MAIN
    own["RoleDetailList"] += [
        {"RoleName": f"role-{number}", "AssumeRolePolicyDocument": trusts(MAIN)} for number in range(roles)
    ]
    return model


def tag(journal: Journal, turn: int) -> None:
    journal.sim.call("iam:TagRole", {"RoleName": "App", "Tags": [{"Key": "turn", "Value": str(turn)}]})


def resumed(path: Path, model: dict[str, Any], commands: int, count: Counted) -> Counted:
    """Journal this many commands on a model, resume, and return what only the resume has done."""
    journal, store = begin_at(path, Simulation.open(model), model)
    for turn in range(commands):
        tag(journal, turn)
    store.close()
    count.__init__()  # type: ignore[misc]
    back, store = resume_from(path)
    assert back.journal.commands == commands
    assert not back.lost
    store.close()
    return count


@pytest.mark.parametrize("commands", [EVERY * 2 + 5, EVERY * 8 + 5])
def test_only_what_follows_the_last_checkpoint_is_carried_out_again(
    commands: int, counted: Counted, tmp_path: Path
) -> None:
    assert resumed(tmp_path / "a.journal", SMALL, commands, counted).again <= EVERY


@pytest.mark.parametrize("commands", [EVERY * 2 + 5, EVERY * 8 + 5])
def test_of_many_checkpoints_only_the_last_is_read(commands: int, counted: Counted, tmp_path: Path) -> None:
    """Each stretch of the log and of the history once, whole states never but for the last."""
    read = resumed(tmp_path / "a.journal", SMALL, commands, counted).read
    checkpoints = commands * 2 // EVERY  # a command leaves two events
    assert read.count("checkpoint") == 1
    assert read.count("log") == read.count("history") == checkpoints
    assert len(read) <= 2 + 2 * checkpoints + EVERY


def test_an_edit_that_is_carried_out_again_costs_the_same_in_a_large_model(
    counted: Counted, tmp_path: Path
) -> None:
    """Entries copied for each command: with ten times the roles hardly more (the depth of the tables)."""
    copies = []
    for roles in (50, 500):
        opened = resumed(tmp_path / f"{roles}-none.journal", with_roles(roles), 0, counted).copied
        edited = resumed(tmp_path / f"{roles}-some.journal", with_roles(roles), EVERY - 5, counted).copied
        copies.append((edited - opened) / (EVERY - 5))
    small, large = copies
    assert small > 0
    assert large < 2 * small
