"""The file of a journal: what is kept, cut off, acknowledged and removed, to the byte and the second."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from sts_tui.simulation.journal import journal_store
from sts_tui.simulation.journal.journal_store import (
    JournalFile,
    JournalTakenError,
    PendingFile,
    remove_old_journals,
)

DAYS_30 = 30 * 24 * 3600


def test_what_is_appended_replaced_and_cut_off_is_in_the_file_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "state" / "a.journal"
    with JournalFile(path) as store:
        assert (store.size, store.content()) == (0, b"")
        store.append(b"one\n")
        store.append(b"two\n")
        assert (store.size, store.content()) == (8, b"one\ntwo\n")
        store.truncate(4)
        assert (store.size, store.content()) == (4, b"one\n")
        store.append(b"three\n")
        assert store.content() == b"one\nthree\n"
        store.replace(b"all\n")
        store.append(b"more\n")
        assert (store.size, store.content()) == (9, b"all\nmore\n")
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    with JournalFile(path) as store:
        assert store.size == 9


@pytest.mark.parametrize("commands", [0, 1, 9, 10**19, 10**20 - 1])
def test_the_number_of_acknowledged_commands_is_kept_beside_the_journal(
    commands: int, tmp_path: Path
) -> None:
    with JournalFile(tmp_path / "a.journal") as store:
        assert store.acknowledged() == 0
        store.acknowledge(10**20 - 1)
        store.acknowledge(commands)
        assert store.acknowledged() == commands
        assert (tmp_path / "a.journal.lock").stat().st_size == 20
    with JournalFile(tmp_path / "a.journal") as store:
        assert store.acknowledged() == commands
    (tmp_path / "a.journal.lock").write_bytes(b"rubbish, more than twenty bytes of it")
    with JournalFile(tmp_path / "a.journal") as store:
        assert store.acknowledged() == 0


def test_only_a_file_that_had_something_is_flushed_to_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A start must not wait for the disk; a compaction must, or a power failure could take everything."""
    flushed: list[int] = []
    monkeypatch.setattr(os, "fsync", flushed.append)
    with JournalFile(tmp_path / "a.journal") as store:
        store.replace(b"first\n")
        assert len(flushed) == 0
        store.replace(b"compacted\n")
        assert len(flushed) == 1


def test_a_replacement_that_fails_leaves_the_journal_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with JournalFile(tmp_path / "a.journal") as store:
        store.append(b"one\n")
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.raises(OSError, match="No space"):
                store.replace(b"other\n")
        assert sorted(os.listdir(tmp_path)) == ["a.journal", "a.journal.lock"]
        store.append(b"two\n")
        assert store.content() == b"one\ntwo\n"


def test_what_another_wrote_into_the_file_is_cut_off_before_the_next_line(tmp_path: Path) -> None:
    with JournalFile(tmp_path / "a.journal") as store:
        store.append(b"one\n")
        with (tmp_path / "a.journal").open("ab") as other:
            other.write(b"half")
        store.append(b"two\n")
        assert store.content() == b"one\ntwo\n"


@pytest.mark.parametrize("replaced", [False, True])
def test_a_file_that_is_gone_is_not_appended_to(replaced: bool, tmp_path: Path) -> None:
    with JournalFile(tmp_path / "a.journal") as store:
        (tmp_path / "a.journal").unlink()
        if replaced:
            (tmp_path / "a.journal").write_bytes(b"")
        with pytest.raises(FileNotFoundError):
            store.append(b"one\n")


def test_a_file_that_cannot_be_created_yet_is_created_with_the_first_whole_state(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("not a folder")
    store = PendingFile(tmp_path / "state" / "a.journal")
    store.truncate(0)
    store.acknowledge(3)
    assert (store.size, store.acknowledged()) == (0, 0)
    with pytest.raises(FileNotFoundError):
        store.append(b"one\n")
    with pytest.raises(OSError, match="File exists|Not a directory"):
        store.replace(b"all\n")
    (tmp_path / "state").unlink()
    store.replace(b"all\n")
    store.append(b"one\n")
    store.acknowledge(3)
    assert (store.size, store.acknowledged()) == (8, 3)
    store.truncate(4)
    assert (tmp_path / "state" / "a.journal").read_bytes() == b"all\n"
    with pytest.raises(OSError, match="in use"):
        PendingFile(tmp_path / "state" / "a.journal").replace(b"")
    store.close()
    JournalFile(tmp_path / "state" / "a.journal").close()


def test_a_lock_file_that_is_removed_at_the_wrong_moment_is_created_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its owner ends between another's opening and locking it: a lock on a removed file guards nothing."""
    lock, removed = journal_store._lock, []

    def meanwhile(descriptor: int, path: Path) -> None:
        if not removed:
            removed.append(path)
            path.unlink()
        lock(descriptor, path)

    monkeypatch.setattr(journal_store, "_lock", meanwhile)
    with JournalFile(tmp_path / "a.journal"):
        assert (tmp_path / "a.journal.lock").exists()
        with pytest.raises(JournalTakenError, match="a.journal is in use"):
            JournalFile(tmp_path / "a.journal")


@pytest.mark.parametrize(("age", "stays"), [(DAYS_30, True), (DAYS_30 + 1, False), (0, True)])
def test_a_journal_is_kept_for_thirty_days(age: int, stays: bool, tmp_path: Path) -> None:
    JournalFile(tmp_path / "a.journal").close()
    (tmp_path / "gone.journal.lock").write_text("")
    (tmp_path / "other.txt").write_text("")
    now = 2_000_000_000
    for path in tmp_path.iterdir():
        os.utime(path, (now - age, now - age))
    remove_old_journals(tmp_path, now)
    left = {"a.journal", "a.journal.lock", "gone.journal.lock"} if stays else set()
    assert set(os.listdir(tmp_path)) == {*left, "other.txt"}


def test_one_that_cannot_be_removed_does_not_keep_the_others(tmp_path: Path) -> None:
    held = JournalFile(tmp_path / "a.journal")
    for name in ("b.journal", "c.journal"):
        JournalFile(tmp_path / name).close()
    for path in tmp_path.iterdir():
        os.utime(path, (0, 0))
    remove_old_journals(tmp_path, DAYS_30 + 1)
    assert sorted(os.listdir(tmp_path)) == ["a.journal", "a.journal.lock"]
    with pytest.raises(JournalTakenError):
        JournalFile(tmp_path / "a.journal")
    held.remove()
    assert os.listdir(tmp_path) == []


def test_removing_a_journal_whose_file_is_gone_removes_the_rest(tmp_path: Path) -> None:
    journal = JournalFile(tmp_path / "a.journal")
    (tmp_path / "a.journal").unlink()
    journal.remove()
    assert os.listdir(tmp_path) == []


def test_a_journal_that_cannot_be_opened_is_not_held(tmp_path: Path) -> None:
    (tmp_path / "a.journal").mkdir()
    with pytest.raises(IsADirectoryError):
        JournalFile(tmp_path / "a.journal")
    (tmp_path / "a.journal").rmdir()
    JournalFile(tmp_path / "a.journal").close()
