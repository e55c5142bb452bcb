"""What survives the explorer: the world, who acted, and a log of what broke it."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from sts_tui.simulation.journal.journal_store import PendingFile
from sts_tui.simulation.simulation import Simulation
from sts_tui.tui.command_log import CommandLog
from sts_tui.tui.options import Options
from sts_tui.tui.start import open as open_module
from sts_tui.tui.start import persistence
from sts_tui.tui.start.left_work import left_work_sentence
from sts_tui.tui.start.persistence import NothingToResumeError, begin, resume
from sts_tui.tui.text.unsaved import unsaved_sentence
from tests.support.full_disk import FAILURES, disk

SAMPLE = Path(__file__).parents[3] / "sample_accounts" / "acme.json"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "state"
    monkeypatch.setattr(persistence, "state_folder", lambda: folder)
    return folder


def started(acting: str | None = None) -> tuple[Simulation, persistence.JournaledSimulation]:
    simulation = Simulation.open(SAMPLE)
    kept = begin(simulation, [SAMPLE])
    kept.follow(CommandLog(simulation, Options(acting=acting)))
    return simulation, kept


def test_what_happened_is_there_again_and_so_is_who_acted(state: Path) -> None:
    simulation, kept = started("alice")
    simulation.advance(30)
    simulation.call(
        "sts:AssumeRole",
        {"RoleArn": "arn:aws:iam::111122223333:role/ReadOnly", "RoleSessionName": "demo"},
        caller=simulation.resolve("alice"),
    )
    kept.close("alice")
    again = resume()
    assert again.simulation.now == simulation.now
    assert list(again.simulation.world.sessions) == list(simulation.world.sessions)
    assert again.acting == "alice"
    again.store.close()


def test_what_is_resumed_is_paused_until_the_clock_is_started(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that it can be looked at as it was left, after a crash too."""
    simulation, kept = started("alice")
    simulation.set("packed-policy-allotment-bytes", 999)
    kept.store.close()
    seen: list[bool] = []

    def run(_: Simulation, options: Options, kept: persistence.JournaledSimulation, *more: object) -> object:
        kept.store.close()
        return seen.append(options.is_paused) or (0, None)

    monkeypatch.setattr(open_module, "_run", run)
    given: dict[str, Any] = dict.fromkeys(("tour", "seed", "start", "theme", "keymap", "record_to", "serve"))
    given |= dict.fromkeys(("journal", "readonly", "ascii"), False)
    for is_resumed in (True, False):
        files = () if is_resumed else (SAMPLE,)
        asked = SimpleNamespace(**given | {"journal": True}, files=files, sample=SAMPLE, resume=is_resumed)
        open_module.open_explorer(cast("open_module.Asked", asked))
    assert seen == [True, False]


def test_a_journal_that_was_never_closed_is_whole(state: Path) -> None:
    simulation, kept = started()
    simulation.advance(10)
    kept.store.close()  # as when the process is killed: nothing more is written
    again = resume()
    assert (again.simulation.now, again.acting) == (simulation.now, "operator")
    again.store.close()


def test_what_came_through_a_pipe_is_kept_though_it_cannot_be_read_again(state: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(SAMPLE.read_bytes(),))
    writer.start()
    simulation = Simulation.open(pipe)
    writer.join()
    kept = begin(simulation, [pipe])
    kept.follow(CommandLog(simulation, Options()))
    simulation.advance(30)
    kept.close("operator")
    again = resume()
    assert again.simulation.now == simulation.now
    assert again.simulation.world.sessions == simulation.world.sessions
    again.store.close()


def test_an_open_explorers_journal_is_not_taken(state: Path) -> None:
    _, kept = started()
    with pytest.raises(NothingToResumeError, match="still open"):
        resume()
    kept.store.close()


def test_each_explorer_writes_its_own_and_few_are_kept(state: Path) -> None:
    for _ in range(persistence.KEPT + 4):
        _, kept = started()
        kept.store.close()
    journals = list(state.glob("*.journal"))
    assert len(journals) == persistence.KEPT + 1
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in journals)


def test_a_damaged_end_is_cut_off_and_reported(state: Path) -> None:
    simulation, kept = started()
    simulation.advance(10)
    kept.close("operator")
    (path,) = state.glob("*.journal")
    path.write_bytes(path.read_bytes()[:-5])
    again = resume()
    assert "cut off" in again.lost[0]
    again.store.close()


def test_without_a_journal_there_is_nothing_to_resume(state: Path) -> None:
    with pytest.raises(NothingToResumeError, match="no journal"):
        resume()


def test_a_state_folder_that_cannot_be_written_is_reported_and_tried_again(state: Path) -> None:
    state.write_text("a file is in the way")
    simulation, kept = started("alice")
    assert kept.journal.trouble == f"not saved since command 1: File exists ({state})"
    simulation.call("sts:GetCallerIdentity", {}, caller=simulation.resolve("alice"))
    assert "command 1 (sts:GetCallerIdentity)" in unsaved_sentence(kept.journal)
    state.unlink()
    for _ in range(4):
        simulation.advance(10)
    assert unsaved_sentence(kept.journal) == ""
    assert kept.close("alice") == ""
    again = resume()
    assert (again.simulation.checkpoint(), again.acting) == (simulation.checkpoint(), "alice")
    again.store.close()


@pytest.mark.parametrize("failure", FAILURES, ids=errno.errorcode.get)
def test_a_disk_that_is_full_from_the_start_is_reported_and_the_next_resume_counts(
    failure: int, state: Path
) -> None:
    with disk(failure):
        simulation, kept = started()
        for _ in range(3):
            simulation.call("sts:GetCallerIdentity", {}, caller=simulation.resolve("alice"))
        assert os.strerror(failure) in kept.close("operator")
        with pytest.raises(NothingToResumeError, match="3 acknowledged commands are missing"):
            resume()


def test_leaving_saves_what_was_not_saved_if_there_is_room_again(state: Path) -> None:
    simulation, kept = started()
    with disk(errno.ENOSPC):
        simulation.advance(10)
        assert kept.journal.trouble
    assert kept.close("alice") == ""
    again = resume()
    assert (again.simulation.checkpoint(), again.acting, again.lost) == (simulation.checkpoint(), "alice", ())
    again.store.close()


def test_the_newest_usable_journal_is_taken_and_the_others_are_named(state: Path) -> None:
    started("alice")[1].close("alice")
    (state / "90000101T000000.journal").write_bytes(b"rubbish")
    _, held = started()
    again = resume()
    assert again.acting == "alice"
    assert [("still open" in one, "no whole entry" in one) for one in sorted(again.lost)] == [
        (True, False),
        (False, True),
    ]
    again.store.close()
    held.store.close()


def acted(files: list[Path], *, has_quit: bool | None) -> None:
    """An explorer with one command that was quit, hung up, or killed (None)."""
    simulation = Simulation.open(files[0])
    kept = begin(simulation, files)
    kept.follow(CommandLog(simulation, Options()))
    simulation.set("packed-policy-allotment-bytes", 999)
    if has_quit is None:
        kept.store.close()
    else:
        kept.close("operator", has_quit=has_quit)


def test_an_explorer_without_commands_does_not_hide_the_work_before_it(state: Path) -> None:
    acted([SAMPLE], has_quit=None)
    started()[1].close("operator")
    again = resume()
    assert (again.simulation.world.settings.packed_policy_allotment_bytes, again.journal.commands) == (999, 1)
    again.store.close()


def test_resume_takes_the_newest_journal_of_the_files_that_are_named(state: Path, tmp_path: Path) -> None:
    other = SAMPLE.parent / "scenarios" / "photo-app.json"
    acted([SAMPLE], has_quit=None)
    acted([other], has_quit=None)
    again = resume([SAMPLE])
    assert "arn:aws:iam::111122223333:user/alice" in again.simulation.world.in_force.users
    again.store.close()
    with pytest.raises(NothingToResumeError, match="strange"):
        resume([tmp_path / "strange.json"])


@pytest.mark.parametrize(("has_quit", "is_left"), [(None, True), (False, True), (True, False)])
def test_work_is_offered_after_a_kill_or_a_hangup_and_not_after_quitting(
    state: Path, has_quit: bool | None, is_left: bool
) -> None:
    acted([SAMPLE], has_quit=has_quit)
    _, kept = started()
    sentence = left_work_sentence(kept, [SAMPLE], is_own=True)
    assert (f"{SAMPLE} --resume" in sentence, "1 command" in sentence) == (is_left, is_left)
    kept.store.close()


def test_the_work_of_an_open_explorer_is_not_offered(state: Path) -> None:
    simulation, other = started()
    simulation.set("packed-policy-allotment-bytes", 999)
    _, kept = started()
    assert not left_work_sentence(kept, [SAMPLE], is_own=False)
    other.store.close()
    assert "sts-tui --resume" in left_work_sentence(kept, [SAMPLE], is_own=False)
    kept.store.close()


def test_a_text_of_the_editor_that_was_not_saved_survives_a_kill(state: Path) -> None:
    simulation = Simulation.open(SAMPLE)
    kept = begin(simulation, [SAMPLE])
    log = CommandLog(simulation, Options())
    kept.follow(log)
    log.drafts.keep("Edit OrdersReadWrite", '{"Version": "2012')
    kept.store.close()  # killed
    assert "unsaved policy text" in left_work_sentence(started()[1], [SAMPLE], is_own=False)
    again = resume()
    resumed = CommandLog(again.simulation, Options())
    again.follow(resumed)
    assert resumed.drafts.of("Edit OrdersReadWrite", "{}") == '{"Version": "2012'
    resumed.drafts.drop("Edit OrdersReadWrite")
    again.close("operator")
    last = resume()
    assert not last.drafts
    last.store.close()


def test_an_identity_that_is_gone_is_reported(state: Path) -> None:
    simulation, kept = started("alice")
    simulation.advance(1)
    kept.close("mallory")
    again = resume()
    log = CommandLog(again.simulation, Options())
    again.follow(log)
    assert "mallory is unknown" in again.lost[0]
    assert log.acting.who == "operator"
    again.store.close()


def test_a_folder_that_cannot_be_read_is_reported(state: Path) -> None:
    state.write_text("a file is in the way")
    with pytest.raises(NothingToResumeError, match="Not a directory"):
        resume()


def test_leftovers_go_but_never_a_journal_that_an_explorer_holds(state: Path) -> None:
    _, held = started()
    for name in ("gone.journal.new", "gone.journal.lock"):
        (state / name).write_text("")
        os.utime(state / name, (0, 0))
    for _ in range(persistence.KEPT + 3):
        started()[1].store.close()
    assert isinstance(held.store, PendingFile)
    assert held.store.path.exists()
    assert not list(state.glob("gone*"))
    names = {path.name for path in state.iterdir()}
    assert {name.removesuffix(".lock") for name in names} == {name for name in names if name.endswith("l")}
    held.store.close()


def test_two_explorers_never_share_a_journal(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even two that begin in the same microsecond, with the same process id in two containers."""
    _, first = started()
    monkeypatch.setattr(persistence, "_new_path", lambda _: first.store.path)
    _, second = started()
    assert "in use by another sts-tui" in second.journal.trouble
    first.store.close()
    second.store.close()
