"""Journals of version 3, written by the sts-tui before this one, still open.

The files were made by that version: one with commands only, one with checkpoints and writes under way, one
with so many edits that older ones were packed. Beside each is what that version found in it after a resume.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sts_tui.simulation import Simulation
from sts_tui.simulation.events import RequestAnswered
from sts_tui.simulation.journal.journal_lines import whole_entries
from sts_tui.simulation.journal.journal_store import resume_from
from sts_tui.simulation.journal.previous_version import _differing, _edition

FOLDER = Path(__file__).parent / "version_3"


def digest(sim: Simulation) -> str:
    """What the journals' edits change, in order."""
    configuration = sim.world.configuration
    roles = [
        [
            arn,
            [[tag.key, tag.value] for tag in role.tags],
            [policy.policy_name for policy in role.role_policy_list],
            role.permissions_boundary.permissions_boundary_arn if role.permissions_boundary else None,
        ]
        for arn, role in configuration.roles.items()
    ]
    said = json.dumps([roles, list(configuration.users)])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


@pytest.mark.parametrize("name", ["commands", "checkpoint", "pages"])
def test_it_opens_as_it_was_and_continues_as_version_4(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    shutil.copy(FOLDER / f"{name}.journal", path)
    expected = json.loads((FOLDER / f"{name}.json").read_text())
    resumed, store = resume_from(path)
    assert resumed.lost == ""
    agrees(resumed.sim, resumed.note, expected)
    resumed.sim.call("iam:CreateUser", {"UserName": "later"})
    resumed.sim.undo()
    store.close()
    assert whole_entries(path.read_bytes())[0][0].read()["version"] == 4
    again, store = resume_from(path)
    resumed.sim.recorder = None
    assert again.sim.checkpoint() == resumed.sim.checkpoint()
    assert says_what_undo_and_redo_say(again.sim, skip=1) == (expected["undo"][len(expected["redo"]) :], [])
    store.close()
    resumed, store = resume_from(path)
    store.close()


@pytest.mark.parametrize("name", ["checkpoint", "pages"])
def test_undo_and_redo_lead_where_they_led(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    shutil.copy(FOLDER / f"{name}.journal", path)
    expected = json.loads((FOLDER / f"{name}.json").read_text())
    resumed, store = resume_from(path)
    resumed.sim.recorder = None
    store.close()
    assert says_what_undo_and_redo_say(resumed.sim) == (expected["undo"], expected["redo"])


def agrees(sim: Simulation, note: Any, expected: dict[str, Any]) -> None:
    assert sim.now.isoformat() == expected["now"]
    assert dict(note) == expected["note"]
    assert list(sim.world.sessions) == expected["sessions"]
    assert [one.in_force_at.isoformat() for one in sim.world.pending] == expected["pending"]
    worker = sim.world.workload_states["worker"]
    assert [worker.ticks, worker.succeeded, worker.failed] == expected["worker"]
    assert [[e.number, e.at.isoformat(), type(e).__name__] for e in sim.events] == expected["events"]
    assert digest(sim) == expected["configuration"]
    decided = []
    for event in sim.events:
        if isinstance(event, RequestAnswered) and event.recall:
            decision = sim.decision(event)
            assert decision is not None
            decided.append([event.number, decision.outcome.value])
    assert decided == expected["decided"]


def says_what_undo_and_redo_say(sim: Simulation, skip: int = 0) -> tuple[list[str], list[str]]:
    """Digests after each undo down to the first command, once everything was made again."""
    redone = []
    while sim.history.undone and not skip:
        sim.redo()
        redone.append(digest(sim))
    undone = []
    while sim.history.done:
        sim.undo()
        undone.append(digest(sim))
    return undone, redone


def test_listed_configurations_come_first_and_the_present_one_is_the_last_edition() -> None:
    history = SimpleNamespace(steps=[None] * 5)
    editions = [_edition(history, [], number, 2) for number in range(4)]  # type: ignore[arg-type]
    assert editions == [0, 1, 5, 3]


@pytest.mark.parametrize("table", ["accounts", "roles", "users"])
def test_the_order_of_every_table_is_restored(table: str) -> None:
    before = Simulation.open(Path(__file__).parents[3] / "sample_accounts" / "acme.json").world.configuration
    keys = list(getattr(before, table))
    assert len(keys) > 1
    assert list(getattr(_differing(before, {table: {"order": keys[::-1]}}), table)) == keys[::-1]
