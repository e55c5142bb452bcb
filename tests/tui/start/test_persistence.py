"""What survives the explorer: the world, who acted, and a log of what broke it."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from sts_tui.simulation.simulation import Simulation
from sts_tui.tui.crash_log import crash_log
from sts_tui.tui.start import persistence
from sts_tui.tui.start.persistence import NothingToResumeError, begin, resume

SAMPLE = Path(__file__).parents[3] / "sample_accounts" / "acme.json"


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "state"
    monkeypatch.setattr(persistence, "state_folder", lambda: folder)
    return folder


def started(**facts: str) -> tuple[Simulation, persistence.JournaledSimulation, Mapping[str, str]]:
    simulation = Simulation.open(SAMPLE)
    kept = begin(simulation, [SAMPLE])
    assert kept is not None
    kept.follow(lambda: facts["acting"])
    return simulation, kept, facts


def test_what_happened_is_there_again_and_so_is_who_acted(state: Path) -> None:
    simulation, kept, _ = started(acting="alice")
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


def test_a_journal_that_was_never_closed_is_whole(state: Path) -> None:
    simulation, kept, facts = started(acting="operator")
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
    assert kept is not None
    kept.follow(lambda: "operator")
    simulation.advance(30)
    kept.close("operator")
    again = resume()
    assert again.simulation.now == simulation.now
    assert again.simulation.world.sessions == simulation.world.sessions
    again.store.close()


def test_an_open_explorers_journal_is_not_taken(state: Path) -> None:
    _, kept, _ = started(acting="operator")
    with pytest.raises(NothingToResumeError, match="still open"):
        resume()
    kept.store.close()


def test_each_explorer_writes_its_own_and_few_are_kept(state: Path) -> None:
    for _ in range(persistence.KEPT + 4):
        _, kept, _ = started(acting="operator")
        kept.store.close()
    journals = list(state.glob("*.journal"))
    assert len(journals) == persistence.KEPT + 1
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in journals)


def test_a_damaged_end_is_cut_off_and_told(state: Path) -> None:
    simulation, kept, _ = started(acting="operator")
    simulation.advance(10)
    kept.close("operator")
    (path,) = state.glob("*.journal")
    path.write_bytes(path.read_bytes()[:-5])
    again = resume()
    assert "cut off" in again.lost
    again.store.close()


def test_without_a_journal_there_is_nothing_to_resume(state: Path) -> None:
    with pytest.raises(NothingToResumeError, match="no journal"):
        resume()


def test_a_state_folder_that_cannot_be_written_means_no_journal(state: Path) -> None:
    state.write_text("a file is in the way")
    assert begin(Simulation.open(SAMPLE), [SAMPLE]) is None


def test_a_crash_is_written_down_for_its_owner_only(state: Path) -> None:
    try:
        raise RuntimeError("broken")
    except RuntimeError as error:
        log = crash_log(error)
    assert log is not None
    assert "RuntimeError: broken" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600
