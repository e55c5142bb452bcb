"""What a resume says of what it could not restore, and when a journal tries to save again."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sts_tui.simulation.journal import journal as journal_module
from sts_tui.simulation.journal.journal import Journal, JournalError, Unsaved
from sts_tui.simulation.journal.journal_lines import line_of
from sts_tui.simulation.journal.journal_store import JournalFile, begin_at, resume_from
from sts_tui.simulation.journal.resuming import resume
from tests.accounts.small import SMALL, open_small
from tests.support.full_disk import disk

DANCE = {"kind": "dance"}


def journal_with(path: Path, *entries: Mapping[str, Any]) -> Path:
    _, store = begin_at(path, open_small(), SMALL)
    for entry in entries:
        store.append(line_of(entry))
    store.close()
    return path


@pytest.mark.parametrize(("faults", "more"), [(1, ""), (5, ""), (6, "; and 1 more"), (8, "; and 3 more")])
def test_five_faults_are_named_and_the_rest_is_counted(faults: int, more: str, tmp_path: Path) -> None:
    resumed, store = resume_from(journal_with(tmp_path / "a.journal", *[DANCE] * faults))
    assert len(resumed.faults) == faults
    assert resumed.lost.startswith(
        "could not be repeated: line 2 (dance): JournalError: entries of kind dance"
    )
    assert resumed.lost.count("(dance)") == min(faults, 5)
    assert resumed.lost.endswith(f"unknown{more}")
    store.close()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (b"x", "1 bytes in 1 line(s)"),
        (b"x\n", "2 bytes in 1 line(s)"),
        (b"x\ny", "3 bytes in 2 line(s)"),
        (b"x\ny\n", "4 bytes in 2 line(s)"),
    ],
)
def test_a_damaged_end_is_counted(damage: bytes, said: str, tmp_path: Path) -> None:
    path = journal_with(tmp_path / "a.journal")
    whole = path.read_bytes()
    path.write_bytes(whole + damage)
    resumed, store = resume_from(path)
    assert resumed.lost == f"the end of the journal was damaged: {said} were cut off"
    assert path.read_bytes() == whole
    store.close()
    assert resume_from(path)[0].lost == ""


@pytest.mark.parametrize(
    ("acknowledged", "said"),
    [
        (2, ""),
        (3, "1 acknowledged command is missing: the journal could not be written"),
        (4, "2 acknowledged commands are missing: the journal could not be written"),
    ],
)
def test_commands_that_never_reached_the_file_are_counted(
    acknowledged: int, said: str, tmp_path: Path
) -> None:
    path = journal_with(
        tmp_path / "a.journal", {"kind": "undo"}, {"kind": "redo"}, {"kind": "time", "to": "2030"}
    )
    with JournalFile(path) as store:
        store.acknowledge(acknowledged)
    resumed, store = resume_from(path)
    assert said in resumed.lost
    assert resumed.missing == max(0, acknowledged - 2)
    assert store.acknowledged() == (0 if resumed.faults or said else acknowledged)
    store.close()


def test_account_files_that_can_no_longer_be_read_are_reported(tmp_path: Path) -> None:
    """They were accepted by the version that wrote the journal."""
    first = {"kind": "open", "version": journal_module.VERSION, "seed": 0, "start": "2026-01-15T09:00:00Z"}
    sources = [["old.json", '{"Accounts": 5}']]
    with JournalFile(tmp_path / "a.journal") as store:
        with pytest.raises(
            JournalError, match="account files in the journal can no longer be read: old.json"
        ):
            resume(store, line_of({**first, "sources": sources}))
        with pytest.raises(JournalError, match="has version 99; this sts-tui reads"):
            resume(store, line_of({**first, "sources": sources, "version": 99}))
        with pytest.raises(JournalError, match="has version"):
            resume(store, line_of({**first, "sources": sources, "kind": "call"}))


def test_a_journal_without_entries_is_reported_with_what_is_missing(tmp_path: Path) -> None:
    with JournalFile(tmp_path / "a.journal") as store:
        with pytest.raises(JournalError, match="^the journal has no whole entry$"):
            resume(store, b"")
        store.acknowledge(1)
        with pytest.raises(JournalError, match="no whole entry; 1 acknowledged command is missing"):
            resume(store, b"")


def test_the_last_note_of_the_front_end_is_the_one_that_counts(tmp_path: Path) -> None:
    notes = [{"kind": "note", "note": {"acting": name}} for name in ("alice", "bob")]
    resumed, store = resume_from(journal_with(tmp_path / "a.journal", *notes))
    assert resumed.note == {"acting": "bob"}
    assert resumed.journal.commands == 0
    resumed.journal.note({"acting": "carol"})
    resumed.journal.checkpoint()
    store.close()
    again, store = resume_from(tmp_path / "a.journal")
    assert again.note == {"acting": "carol"}
    store.close()


def begun(path: Path) -> tuple[Journal, JournalFile]:
    return begin_at(path, open_small(), SMALL)


def tag(journal: Journal, turn: int) -> None:
    journal.sim.call("iam:TagRole", {"RoleName": "App", "Tags": [{"Key": "turn", "Value": str(turn)}]})


def test_saving_is_tried_again_after_1_2_4_and_up_to_64_entries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, store = begun(tmp_path / "a.journal")
    tried: list[int] = []
    monkeypatch.setattr(journal, "checkpoint", lambda: tried.append(journal.commands) or refuse())
    with disk(errno.ENOSPC):
        for turn in range(1, 260):
            tag(journal, turn)
    assert [one - 1 for one in tried] == [1, 2, 4, 8, 16, 32, 64, 128, 192, 256]
    assert store.acknowledged() == 259
    store.close()


def refuse() -> None:
    raise OSError(errno.ENOSPC, "No space left on device", "/state/a.journal")


def test_unsaved_work_is_reported_from_its_first_command_with_the_newest_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, store = begun(tmp_path / "a.journal")
    tag(journal, 1)
    with disk(errno.EIO):
        tag(journal, 2)
        journal.sim.advance(1)
        journal.sim.undo()
        journal.note({"acting": "bob"})
    assert journal.unsaved is not None
    assert journal.unsaved.since_command == "command 2 (iam:TagRole)"
    monkeypatch.setattr(journal, "checkpoint", refuse)
    assert not journal.save_again()
    assert journal.trouble == (
        "not saved since command 2 (iam:TagRole): No space left on device (/state/a.journal)"
    )
    monkeypatch.undo()
    assert journal.save_again()
    assert (journal.unsaved, store.acknowledged()) == (None, 0)
    store.close()


def test_before_any_command_only_the_number_is_reported() -> None:
    assert str(Unsaved(1, "quota")) == "not saved since command 1: quota"
    assert str(Unsaved(2, "quota", "undo")) == "not saved since command 2 (undo): quota"


@pytest.mark.parametrize(
    ("constant", "value", "commands"), [("CHECKPOINT_EVERY", 4, 8), ("CHECKPOINT_BYTES", 900, 8)]
)
def test_a_checkpoint_is_written_when_enough_has_happened(
    constant: str, value: int, commands: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, constant, value)
    journal, store = begun(tmp_path / "a.journal")
    for turn in range(commands):
        tag(journal, turn)
    lines = store.content().count(b'"kind":"checkpoint"')
    assert 1 <= lines < commands
    store.close()


def test_the_commands_of_a_person_are_counted_and_time_is_not(tmp_path: Path) -> None:
    journal, store = begun(tmp_path / "a.journal")
    tag(journal, 1)
    journal.sim.advance(5)
    journal.sim.undo()
    journal.sim.redo()
    journal.sim.set("propagation", 2)
    journal.note({"acting": "alice"})
    assert journal.commands == 4
    store.close()
    resumed, store = resume_from(tmp_path / "a.journal")
    assert resumed.journal.commands == 4
    store.close()


def written_by(store: JournalFile, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How the file is written from now on: `append` or `replace`, one for each time."""
    how: list[str] = []
    append, replace = store.append, store.replace
    monkeypatch.setattr(store, "append", lambda line: how.append("append") or append(line))
    monkeypatch.setattr(store, "replace", lambda content: how.append("replace") or replace(content))
    return how


def test_a_resumed_journal_has_no_checkpoint_due(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal, store = begun(tmp_path / "a.journal")
    tag(journal, 1)
    journal.checkpoint()
    store.close()
    resumed, store = resume_from(tmp_path / "a.journal")
    checkpoint = store.content().splitlines()[-1]
    monkeypatch.setattr(journal_module, "CHECKPOINT_BYTES", len(checkpoint))
    how = written_by(store, monkeypatch)
    tag(resumed.journal, 2)
    assert how == ["append"], "the line of the command alone"
    monkeypatch.setattr(journal_module, "CHECKPOINT_BYTES", 1)
    tag(resumed.journal, 3)
    assert how == ["append"] * 3
    store.close()


def test_a_compacted_journal_may_grow_to_twice_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "COMPACT_AT", 1)
    journal, store = begun(tmp_path / "a.journal")
    how = written_by(store, monkeypatch)
    tag(journal, 1)
    journal.rewrite()
    assert how == ["append", "replace"]
    size = store.size
    written = []
    for turn in range(40):
        tag(journal, turn)
        before = len(how)
        journal.checkpoint()
        written += how[before:]
        if written[-1] == "replace":
            break
    assert written.count("append") >= 1, "not at once"
    assert store.size < 2 * size
    store.close()


def test_a_small_journal_is_not_compacted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_module, "COMPACT_AT", 1024 * 1024)
    journal, store = begun(tmp_path / "a.journal")
    tag(journal, 1)
    journal.rewrite()
    how = written_by(store, monkeypatch)
    for turn in range(5):
        tag(journal, turn)
        journal.checkpoint()
    assert how == ["append"] * 10
    store.close()


@pytest.mark.parametrize("kind", ["call", "request", "undo", "redo", "set", "animate", "leak", "pause",
                                  "game day", "attack", "time", "note", "provider", "looked at"])  # fmt: skip
def test_what_a_person_does_is_a_command_and_the_rest_is_none(kind: str) -> None:
    is_command = kind not in ("time", "note", "provider", "looked at")
    assert (kind in journal_module.COMMANDS) is is_command
