"""A journal that cannot be written says so, at once and at the next resume, and recovers when it can."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sts_tui.simulation import AwsError, Simulation
from sts_tui.simulation.calls import pipeline
from sts_tui.simulation.events import Event
from sts_tui.simulation.journal import journal_store
from sts_tui.simulation.journal.journal import Journal
from sts_tui.simulation.journal.journal_lines import line_of, whole_entries
from sts_tui.simulation.journal.journal_store import (
    JournalFile,
    JournalTakenError,
    NoJournalError,
    begin_at,
    remove_old_journals,
    resume_from,
    resume_newest,
)
from sts_tui.simulation.operations import OPERATIONS
from sts_tui.sts.operation import Answer, Call, Effect, Operation
from tests.accounts.small import SMALL, alice, open_small
from tests.support.full_disk import FAILURES, disk


def begun(path: Path) -> tuple[Simulation, Journal, JournalFile]:
    sim = open_small()
    journal, store = begin_at(path, sim, SMALL)
    return sim, journal, store


def tag(sim: Simulation, turn: int) -> None:
    sim.call("iam:TagRole", {"RoleName": "App", "Tags": [{"Key": "turn", "Value": str(turn)}]})


@pytest.mark.parametrize("failure", FAILURES, ids=errno.errorcode.get)
@pytest.mark.parametrize("room", [0, 7, 100])
def test_work_is_known_not_to_be_saved_until_the_whole_state_is(
    failure: int, room: int, tmp_path: Path
) -> None:
    sim, journal, store = begun(tmp_path / "a.journal")
    tag(sim, 1)
    assert (journal.unsaved, journal.trouble) == (None, "")
    with disk(failure, room):
        for turn in range(2, 7):
            tag(sim, turn)
        assert journal.unsaved is not None
        assert journal.unsaved.since == 2
        assert journal.trouble == f"not saved since command 2 (iam:TagRole): {os.strerror(failure)}"
        assert not journal.save_again()
    assert len(whole_entries(store.content())[0]) == 2  # the first entry and command 1, nothing half there
    assert len(store.content()) == store.size
    assert journal.save_again()
    assert journal.trouble == ""
    tag(sim, 7)
    store.close()
    resumed, store = resume_from(tmp_path / "a.journal")
    assert (resumed.lost, resumed.missing) == ("", 0)
    assert resumed.sim.checkpoint() == sim.checkpoint()
    store.close()


def test_it_saves_again_by_itself_when_there_is_room(tmp_path: Path) -> None:
    sim, journal, store = begun(tmp_path / "a.journal")
    with disk(errno.ENOSPC):
        for turn in range(40):
            tag(sim, turn)
    assert journal.unsaved is not None
    for turn in range(40, 80):
        tag(sim, turn)
    assert journal.unsaved is None
    store.close()
    resumed, store = resume_from(tmp_path / "a.journal")
    assert resumed.sim.checkpoint() == sim.checkpoint()
    store.close()


@pytest.mark.parametrize("failure", FAILURES, ids=errno.errorcode.get)
def test_a_resume_says_how_many_acknowledged_commands_are_missing(failure: int, tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    sim, _, store = begun(path)
    tag(sim, 1)
    with disk(failure, room=30):
        for turn in range(2, 31):
            tag(sim, turn)
        store.close()
        resumed, store = resume_from(path)  # the disk is still full
        assert resumed.missing == 29
        assert "29 acknowledged commands are missing" in resumed.lost
        tags = resumed.sim.world.configuration.roles["arn:aws:iam::111122223333:role/App"].tags
        assert [one.value for one in tags] == ["1"]
        tag(resumed.sim, 2)
        assert resumed.journal.trouble == f"not saved since command 2 (iam:TagRole): {os.strerror(failure)}"
        store.close()


def test_a_damaged_end_is_cut_off_without_room(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    sim, _, store = begun(path)
    tag(sim, 1)
    store.close()
    with path.open("ab") as file:
        file.write(b"0000")
    with disk(errno.ENOSPC):
        resumed, store = resume_from(path)
    assert "were cut off" in resumed.lost
    assert resumed.sim.checkpoint() == sim.checkpoint()
    store.close()


LIMITED = """
import resource, sys
from pathlib import Path
from sts_tui.simulation.journal.journal_store import begin_at
from tests.accounts.small import SMALL, open_small
sim = open_small()
journal, store = begin_at(sys.argv[1], sim, SMALL)
resource.setrlimit(resource.RLIMIT_FSIZE, (store.size + 2_000, resource.RLIM_INFINITY))
for turn in range(60):
    sim.call("iam:TagRole", {"RoleName": "App", "Tags": [{"Key": "turn", "Value": str(turn)}]})
print(journal.unsaved.since, journal.trouble)
"""


def test_a_limit_on_the_size_of_files_loses_no_command_without_a_word(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    ran = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path)], capture_output=True, text=True, check=True
    )
    since = int(ran.stdout.split()[0])
    assert "File too large" in ran.stdout
    resumed, store = resume_from(path)
    assert resumed.missing == 60 - (since - 1)
    store.close()


def test_a_journal_that_was_removed_is_written_again(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    sim, journal, store = begun(path)
    tag(sim, 1)
    path.unlink()
    tag(sim, 2)
    assert journal.trouble == ""
    path.rename(tmp_path / "elsewhere")
    path.write_text("of someone else")
    tag(sim, 3)
    assert journal.trouble == ""
    store.close()
    resumed, store = resume_from(path)
    assert (resumed.lost, resumed.sim.checkpoint()) == ("", sim.checkpoint())
    store.close()


def test_a_folder_that_was_removed_is_reported_at_once(tmp_path: Path) -> None:
    path = tmp_path / "state" / "a.journal"
    sim, journal, store = begun(path)
    for one in path.parent.iterdir():
        one.unlink()
    path.parent.rmdir()
    tag(sim, 1)
    assert "not saved since command 1" in journal.trouble
    path.parent.mkdir()
    assert journal.save_again()
    store.close()


def test_subscribers_get_a_command_only_once_its_line_is_written(tmp_path: Path) -> None:
    sim, _, store = begun(tmp_path / "a.journal")
    heard: list[tuple[str, int]] = []

    def listen(events: tuple[Event, ...]) -> None:
        heard.append((type(events[-1]).__name__, len(whole_entries(store.content())[0])))

    sim.subscribe(listen)
    steps: list[Callable[[], Any]] = [
        lambda: tag(sim, 1),
        sim.undo,
        sim.redo,
        lambda: sim.set("propagation", 3),
        lambda: sim.request("s3:GetObject", "arn:aws:s3:::data/x"),
    ]
    for number, step in enumerate(steps, 2):
        step()
        assert heard[-1][1] == number
    store.close()


def bug(call: Call[Any]) -> Answer[Any]:
    raise RuntimeError("bug")


def test_one_bad_call_does_not_poison_the_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.journal"
    sim, _, store = begun(path)
    broken = Operation(name="iam:GetRole", effect=Effect.READ, perform=bug)
    monkeypatch.setattr(pipeline, "OPERATIONS", {**OPERATIONS, "iam:GetRole": broken})
    tag(sim, 1)
    with pytest.raises(AwsError, match="InternalFailure"):
        sim.call("iam:GetRole", {"RoleName": "App"}, alice(sim))
    with pytest.raises(TypeError):
        sim.call("iam:GetRole", {"RoleName": "App"}, 5)  # type: ignore[arg-type]
    tag(sim, 2)
    store.close()
    resumed, store = resume_from(path)
    assert (resumed.lost, resumed.sim.checkpoint()) == ("", sim.checkpoint())
    store.close()


def test_a_line_that_cannot_be_repeated_is_named_and_all_others_are_restored(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    sim, _, store = begun(path)
    tag(sim, 1)
    store.append(line_of({"kind": "dance"}))
    store.append(line_of({"kind": "set", "name": "gone", "value": 1}))
    tag(sim, 2)
    store.close()
    resumed, store = resume_from(path)
    assert resumed.sim.checkpoint() == sim.checkpoint()
    assert [one.partition(":")[0] for one in resumed.faults] == ["line 3 (dance)", "line 4 (set)"]
    assert "line 3 (dance)" in resumed.lost
    store.close()
    again, store = resume_from(path)  # said once: the state was written down
    assert (again.lost, again.sim.checkpoint()) == ("", sim.checkpoint())
    store.close()


def test_the_newest_usable_journal_is_resumed_and_the_others_are_named(tmp_path: Path) -> None:
    begun(tmp_path / "1.journal")[2].close()
    (tmp_path / "2.journal").write_bytes(b"rubbish")
    first = line_of(
        {"kind": "open", "version": 99, "seed": 0, "start": "2026-01-15T09:00:00Z", "sources": []}
    )
    (tmp_path / "3.journal").write_bytes(first)
    taken = begun(tmp_path / "4.journal")[2]
    newest = resume_newest(sorted(tmp_path.glob("*.journal"), reverse=True))
    assert newest.store.path.name == "1.journal"
    reasons = ["belongs to an explorer that is still open", "has version 99", "no whole entry"]
    for line, reason in zip(newest.passed_over, reasons, strict=True):
        assert reason in line
    newest.store.close()
    taken.close()
    with pytest.raises(NoJournalError, match="no whole entry"):
        resume_newest([tmp_path / "2.journal"])


def test_leftovers_of_compaction_and_of_removed_journals_go(tmp_path: Path) -> None:
    begun(tmp_path / "a.journal")[2].close()
    aside = tmp_path / "a.journal.new"
    aside.write_text("half")
    resume_from(tmp_path / "a.journal")[1].close()
    assert not aside.exists()
    for name in ("gone.journal.lock", "gone.journal.new"):
        (tmp_path / name).write_text("")
        os.utime(tmp_path / name, (0, 0))
    remove_old_journals(tmp_path, now=(tmp_path / "a.journal").stat().st_mtime)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.journal", "a.journal.lock"]


def test_a_lock_that_was_removed_lets_no_second_explorer_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One process opens the lock file; its holder removes it and ends; a third process creates a new one."""
    path = tmp_path / "a.journal"
    first = JournalFile(path)
    lock, third = journal_store._lock, []

    def meanwhile(descriptor: int, lock_path: Path) -> None:
        if not third:
            third.append(None)
            first.remove()
            third[0] = JournalFile(path)
        lock(descriptor, lock_path)

    monkeypatch.setattr(journal_store, "_lock", meanwhile)
    with pytest.raises(JournalTakenError):
        JournalFile(path)
    third[0].close()


def test_half_a_line_that_could_not_be_cut_off_is_cut_off_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sim, journal, store = begun(tmp_path / "a.journal")

    def refuse(*_: Any) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with disk(errno.EIO, room=11), pytest.MonkeyPatch.context() as patch:
        patch.setattr(journal_store.os, "ftruncate", refuse)
        tag(sim, 1)
    assert journal.save_again()
    store.close()
    resumed, store = resume_from(tmp_path / "a.journal")
    assert (resumed.lost, resumed.sim.checkpoint()) == ("", sim.checkpoint())
    store.close()
