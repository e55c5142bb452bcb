"""What was acknowledged is never lost, and a resume is the same world."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from sts_tui.account.loading.sources import read_source
from sts_tui.simulation import AwsError, Simulation
from sts_tui.simulation.authorization.denial_responses import decided_by
from sts_tui.simulation.containment.revocation import revocation_call
from sts_tui.simulation.events import RequestAnswered
from sts_tui.simulation.journal import journal as journal_module
from sts_tui.simulation.journal.journal import Journal, JournalError
from sts_tui.simulation.journal.journal_lines import whole_entries
from sts_tui.simulation.journal.journal_store import (
    JournalFile,
    JournalTakenError,
    begin_at,
    remove_old_journals,
    resume_from,
)
from sts_tui.simulation.journal.resuming import resume
from sts_tui.tours.playing.subjects import signed_in
from tests.accounts.small import SMALL, open_small

SAMPLE = "sample_accounts/acme.json"
ALICE = "arn:aws:iam::111122223333:user/alice"
APP = "arn:aws:iam::111122223333:role/App"
READ_ONLY = "arn:aws:iam::111122223333:role/ReadOnly"


def begun(path: Path) -> tuple[Simulation, JournalFile, Journal]:
    sim = Simulation.open(SAMPLE, seed=7)
    store = JournalFile(path)
    return sim, store, Journal.begin(store, sim, [read_source(SAMPLE)])


def state(sim: Simulation) -> dict[str, Any]:
    """Everything that a resume has to bring back, in one comparable value."""
    return sim.checkpoint()


def live_through(sim: Simulation) -> None:
    """A bit of everything."""
    key = sim.access_key(ALICE)
    sim.call("sts:AssumeRole", {"RoleArn": READ_ONLY, "RoleSessionName": "demo"}, caller=key)
    sim.advance(60)
    action, params = revocation_call(APP, sim.world)
    sim.call(action, params, caller=sim.resolve("alice"))
    sim.set("propagation", 6)
    sim.advance(30)
    signed_in("saml:acme-sso/newcomer@ReadOnly", sim)
    sim.call("iam:DeleteRolePolicy", {"RoleName": "Deploy", "PolicyName": "deploy"})
    sim.undo()
    sim.redo()
    sim.undo()
    with pytest.raises(AwsError):
        sim.request("s3:DeleteBucket", "arn:aws:s3:::acme-orders", caller=sim.resolve("demo@ReadOnly"))
    sim.advance(3)


def test_a_resume_is_the_same_world_and_continues_the_same_way(tmp_path: Path) -> None:
    sim, store, _ = begun(tmp_path / "a.journal")
    live_through(sim)
    store.close()
    again = JournalFile(tmp_path / "a.journal")
    resumed = resume(again, again.content())
    assert resumed.lost == ""
    assert state(resumed.sim) == state(sim)
    assert [repr(event) for event in resumed.sim.events] == [repr(event) for event in sim.events]
    for one in (sim, resumed.sim):
        one.recorder = None
        one.advance(120)
        one.call(
            "sts:AssumeRole", {"RoleArn": READ_ONLY, "RoleSessionName": "later"}, caller=one.access_key(ALICE)
        )
        one.redo() if one.history.undone else one.undo()
    assert state(resumed.sim) == state(sim)


def test_a_checkpoint_brings_back_everything_undo_and_explanations_included(tmp_path: Path) -> None:
    sim, store, journal = begun(tmp_path / "a.journal")
    live_through(sim)
    journal.note({"as": "alice"})
    journal.checkpoint()
    sim.advance(60)
    store.close()
    again = JournalFile(tmp_path / "a.journal")
    resumed = resume(again, again.content())
    assert state(resumed.sim) == state(sim)
    assert resumed.note == {"as": "alice"}
    resumed.sim.redo()
    sim.recorder = None
    sim.redo()
    assert state(resumed.sim) == state(sim)
    denied = [e for e in resumed.sim.events if isinstance(e, RequestAnswered) and e.recall]
    for event in denied[-50:]:
        decision = resumed.sim.decision(event)
        assert decision is not None
        assert decided_by(decision, event.action) == event.decided_by


def test_front_ends_name_a_path_and_the_rest_follows(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    with pytest.raises(FileNotFoundError, match="no journal"):
        resume_from(path)
    sim = Simulation.open(SAMPLE)
    journal, store = begin_at(path, sim, SAMPLE)
    journal.note({"as": "bob"})
    sim.advance(5)
    store.close()
    resumed, again = resume_from(path)
    assert (resumed.note, state(resumed.sim)) == ({"as": "bob"}, state(sim))
    again.close()
    path.write_bytes(b"rubbish")
    with pytest.raises(JournalError):
        resume_from(path)
    JournalFile(path).close()  # the lock was given back


@pytest.mark.parametrize("cut", [1, 5, 40])
def test_a_damaged_tail_is_cut_at_the_last_whole_entry_and_reported(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "a.journal"
    sim, store, _ = begun(path)
    sim.advance(10)
    whole = state(sim)
    sim.advance(10)
    store.close()
    content = path.read_bytes()
    path.write_bytes(content[:-cut])
    again = JournalFile(path)
    resumed = resume(again, again.content())
    assert "were cut off" in resumed.lost
    assert state(resumed.sim) == whole
    resumed.sim.advance(1)
    again.close()
    third = JournalFile(path)
    assert resume(third, third.content()).lost == ""


def test_a_flipped_bit_ends_the_journal_before_it(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    sim, store, _ = begun(path)
    sim.advance(10)
    position = path.stat().st_size - 10
    sim.advance(10)
    store.close()
    content = bytearray(path.read_bytes())
    content[position] ^= 1
    path.write_bytes(bytes(content))
    again = JournalFile(path)
    resumed = resume(again, again.content())
    assert resumed.sim.now == resumed.sim.world.started_at
    assert "2 line(s)" in resumed.lost


def test_a_journal_without_a_whole_entry_is_an_error(tmp_path: Path) -> None:
    store = JournalFile(tmp_path / "a.journal")
    with pytest.raises(JournalError, match="no whole entry"):
        resume(store, b"rubbish")


def test_a_long_journal_is_compacted_and_resumes_the_same_from_its_last_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "CHECKPOINT_EVERY", 200)
    monkeypatch.setattr(journal_module, "COMPACT_AT", 400_000)
    path = tmp_path / "a.journal"
    sim, store, _ = begun(path)
    for _ in range(60):
        sim.advance(20)
    assert path.stat().st_size == store.size < 800_000
    store.close()
    again = JournalFile(path)
    entries, _ = whole_entries(again.content())
    kinds = [entry.kind for entry in entries]
    carried_out_again = len(kinds) - 1 - max(n for n, kind in enumerate(kinds) if kind == "checkpoint")
    assert carried_out_again < 200 / (len(sim.events) / 60) + 1, (
        "no more than one stretch between checkpoints"
    )
    resumed = resume(again, again.content())
    assert state(resumed.sim) == state(sim)


def test_every_event_the_log_held_is_there_after_resume_upon_resume(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "CHECKPOINT_EVERY", 150)
    monkeypatch.setattr(journal_module, "COMPACT_AT", 300_000)
    path = tmp_path / "a.journal"
    sim, store, journal = begun(path)
    life = (
        ("request-log-size", 100_000),
        ("request-log-size", 400),
        ("propagation", 5),
        ("request-log-size", 600),
    )
    for name, value in life:
        sim.set(name, value)
        for turn in range(12):
            sim.advance(20)
            sim.call(*revocation_call(APP, sim.world))
            if turn % 3:
                sim.undo()
        store.close()
        store = JournalFile(path)
        resumed = resume(store, store.content())
        assert resumed.lost == ""
        assert [repr(event) for event in resumed.sim.events] == [repr(event) for event in sim.events]
        assert state(resumed.sim) == state(sim)
        sim, journal = resumed.sim, resumed.journal
    assert len(sim.events) == 600
    assert journal.trouble == ""


def test_checkpoints_in_quick_succession_lose_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "CHECKPOINT_EVERY", 20)
    sim, store, _ = begun(tmp_path / "a.journal")
    for _ in range(30):
        sim.call(*revocation_call(APP, sim.world))
        sim.advance(3)
    resumed = resume(store, store.content())
    assert [repr(event) for event in resumed.sim.events] == [repr(event) for event in sim.events]
    assert state(resumed.sim) == state(sim)


def test_a_checkpoint_cut_off_behind_its_stretch_of_the_log_loses_and_doubles_no_event(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.journal"
    sim, store, journal = begun(path)
    for _ in range(2):
        sim.call(*revocation_call(APP, sim.world))
        sim.advance(30)
        journal.checkpoint()
    store.close()
    path.write_bytes(path.read_bytes()[:-10])
    for resumption in range(3):
        again = JournalFile(path)
        resumed = resume(again, again.content())
        assert bool(resumed.lost) is (resumption == 0)
        assert [repr(event) for event in resumed.sim.events] == [repr(event) for event in sim.events]
        assert state(resumed.sim) == state(sim)
        for one in (sim, resumed.sim):
            one.recorder = one.recorder if one is resumed.sim else None
            one.call(*revocation_call(APP, one.world))
            one.advance(10)
        resumed.journal.checkpoint()
        again.close()


def test_what_is_shared_is_written_down_once(tmp_path: Path) -> None:
    """Configurations that the log names, and edits that can still be undone."""
    sim, store, journal = begun(tmp_path / "a.journal")
    for _ in range(400):
        sim.call(*revocation_call(APP, sim.world), caller=sim.resolve("alice"))
    journal.checkpoint()
    size = store.size
    sim.advance(5)
    journal.checkpoint()
    assert store.size - size < size / 5


def test_quiet_hours_do_not_grow_the_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_module, "CHECKPOINT_BYTES", 20_000)
    monkeypatch.setattr(journal_module, "COMPACT_AT", 60_000)
    path = tmp_path / "a.journal"
    sim = open_small()
    journal, store = begin_at(path, sim, SMALL)
    for _ in range(5_000):
        sim.advance(0.05)
    assert store.size < 100_000
    assert state(resume(store, store.content()).sim) == state(sim)
    assert journal.trouble == ""


def test_the_file_is_private_and_no_second_explorer_can_take_it(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "a.journal"
    with JournalFile(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.with_name("a.journal.lock").stat().st_mode) == 0o600
        with pytest.raises(JournalTakenError, match="in use"):
            JournalFile(path)
    JournalFile(path).close()


def test_no_file_of_a_journal_is_readable_by_others_compacted_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    created: list[int] = []
    open_ = os.open

    def noted(path: Path, flags: int, mode: int = 0o777) -> int:
        descriptor = open_(path, flags, mode)
        created.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        return descriptor

    monkeypatch.setattr(os, "open", noted)
    path = tmp_path / "a.journal"
    before = os.umask(0)
    try:
        journal, store = begin_at(path, open_small(), SMALL)
        journal.rewrite()
        store.append(b"more")
    finally:
        os.umask(before)
    assert len(created) >= 3, "lock, journal, compacted journal"
    assert set(created) == {0o600}
    assert {stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()} == {0o600}
    store.close()


def test_a_full_disk_ends_the_journal_and_not_the_simulation(tmp_path: Path) -> None:
    sim, store, journal = begun(tmp_path / "a.journal")

    def full(_: bytes) -> None:
        raise OSError(28, "No space left on device")

    store.append = full  # type: ignore[method-assign]
    sim.advance(10)
    sim.advance(10)
    assert "No space left on device" in journal.trouble
    store.close()


def test_old_journals_are_removed_but_not_those_in_use(tmp_path: Path) -> None:
    for name in ("old", "used", "new"):
        JournalFile(tmp_path / f"{name}.journal").close()
    for name in ("old", "used"):
        os.utime(tmp_path / f"{name}.journal", (0, 0))
    with JournalFile(tmp_path / "used.journal"):
        remove_old_journals(tmp_path, now=(tmp_path / "new.journal").stat().st_mtime)
    assert sorted(path.name for path in tmp_path.glob("*.journal")) == ["new.journal", "used.journal"]


WRITER = """
import sys
from sts_tui.account.loading.sources import read_source
from sts_tui.simulation import Simulation
from sts_tui.simulation.journal.journal import Journal
from sts_tui.simulation.journal.journal_store import JournalFile
sim = Simulation.open("sample_accounts/acme.json", seed=7)
Journal.begin(JournalFile(sys.argv[1]), sim, [read_source("sample_accounts/acme.json")])
alice = sim.access_key("arn:aws:iam::111122223333:user/alice")
turn = 0
while True:
    turn += 1
    sim.advance(2)
    key = sim.call("sts:AssumeRole", {"RoleArn": "arn:aws:iam::111122223333:role/ReadOnly",
                   "RoleSessionName": f"turn-{turn}"}, caller=alice)["Credentials"]["AccessKeyId"]
    if turn % 7 == 0:
        sim.undo()
        key = "undone"
    print(turn, key, flush=True)
"""


def kill_and_resume(path: Path, after_lines: int) -> None:
    """Kill a writer after this many acknowledgements; every acknowledged session must exist."""
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert writer.stdout is not None
    acknowledged = [writer.stdout.readline().split() for _ in range(after_lines)]
    writer.send_signal(signal.SIGKILL)
    acknowledged += [line.split() for line in writer.stdout.read().splitlines() if len(line.split()) == 2]
    writer.wait()
    store = JournalFile(path)
    sim = resume(store, store.content()).sim
    names = {session.name: key for key, session in sim.world.sessions.items()}
    for turn, key in acknowledged:
        if key == "undone":
            assert f"turn-{turn}" not in names
        else:
            assert names[f"turn-{turn}"] == key
    store.close()


@pytest.mark.parametrize("after_lines", [1, 7, 20])
def test_a_kill_loses_nothing_that_was_acknowledged(tmp_path: Path, after_lines: int) -> None:
    kill_and_resume(tmp_path / "a.journal", after_lines * 5 - 4)


@pytest.mark.long
@pytest.mark.parametrize("after_lines", range(1, 201))
def test_two_hundred_kills_lose_nothing_that_was_acknowledged(tmp_path: Path, after_lines: int) -> None:
    kill_and_resume(tmp_path / "a.journal", after_lines)


@pytest.mark.long
def test_hours_at_full_speed_are_back_within_three_seconds(tmp_path: Path) -> None:
    """As many events as the log holds, made in the steps in which the explorer makes them."""
    sim, store, journal = begun(tmp_path / "a.journal")
    while sim.events.last_number < 150_000:
        sim.advance(30)
    store.close()
    again = JournalFile(tmp_path / "a.journal")
    started = time.perf_counter()
    resumed = resume(again, again.content())
    assert time.perf_counter() - started < 3
    assert len(resumed.sim.events) == 100_000
    assert state(resumed.sim) == state(sim)
    assert journal.trouble == ""
    assert store.size < 2 * journal_module.COMPACT_AT


def test_compaction_keeps_the_last_stretch_where_the_log_holds_none(tmp_path: Path) -> None:
    """So that the next resume still has the counts that a stretch carries."""
    _, store, journal = begun(tmp_path / "a.journal")
    kept = journal._compact([(-3, b"a\n"), (-2, b"b\n"), (-1, b"c\n")], b"d\n")
    assert kept == [(-1, b"c\n")]
    assert b"b\n" not in store.content().splitlines(keepends=True)
    store.close()
