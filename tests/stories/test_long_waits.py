"""A long wait passes between keys: they look around meanwhile, none changes the model, and esc stops it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sts_tui.simulation.journal.journal_store import begin_at, resume_from
from sts_tui.simulation.simulation import Simulation
from sts_tui.tours.reading.grammar import parse_tour
from sts_tui.tui import long_waits
from sts_tui.tui.options import Options
from sts_tui.tui.stage.presentation import TourPresentation, present
from tests.accounts.small import SMALL, worker
from tests.support.explorer import Explorer, open_explorer, still_app

MODEL = {**deepcopy(SMALL), "Workloads": [worker(EverySeconds=5)]}
MINUTES = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixty requests are a long wait, of slices that a test asks for."""
    monkeypatch.setattr(long_waits, "SHORT", 20)
    monkeypatch.setattr(long_waits, "SLICE", 10)
    monkeypatch.setattr(long_waits, "WITHOUT_KEYS", 0.0)
    monkeypatch.setattr(long_waits, "BETWEEN_SLICES", 3600.0)


@asynccontextmanager
async def waiting(line: str = "wait 5m", **more: Any) -> AsyncIterator[Explorer]:
    """The explorer after the first slice of a wait."""
    async with open_explorer(MODEL, **more) as explorer:
        explorer.app.background.patience = 0.0  # as on a screen that moves
        await explorer.type(f":{line}")
        await explorer.press("enter")
        await explorer.until(lambda: explorer.app.long_wait is not None)
        yield explorer


def pass_slices(explorer: Explorer, count: int = 1000) -> None:
    for _ in range(count):
        if explorer.app.long_wait is not None:
            explorer.app.long_wait.go_on()


def state(simulation: Simulation) -> tuple[object, ...]:
    world = simulation.world
    return world.now, dict(world.sessions), dict(world.workload_states), tuple(simulation.events)


async def test_keys_are_answered_meanwhile_and_none_changes_the_model() -> None:
    async with waiting() as explorer:
        app, simulation = explorer.app, explorer.app.simulation
        begun, events = simulation.world.started_at, simulation.events.last_number
        assert begun < simulation.now < begun + 5 * MINUTES
        await explorer.wait(1)
        assert "wait 5m: about 60 requests: 15 % … esc stops" in explorer.message()
        assert simulation.events.last_number == events, "the clock of the screen is paused"
        await explorer.press("3", "j", "2")
        assert app.main.focused_name == "policies"
        for key in ("R", "u", "full_stop"):
            await explorer.press(key)
            assert "A long wait passes; esc stops it" in explorer.message(), key
            assert app.screen is app.main, key
        await explorer.type(":revoke App")
        await explorer.press("enter")
        assert "esc stops it" in explorer.message()
        assert app.main.command_line.value == "revoke App", "for when it has ended"
        assert simulation.events.last_number == events
        await explorer.press("escape")
        pass_slices(explorer)
        assert app.long_wait is None
        assert simulation.now == begun + 5 * MINUTES
        assert "(+5m)" in explorer.screen()
        await explorer.press("3", "R")  # afterwards everything can be changed
        await explorer.until(lambda: app.screen is not app.main)


async def test_what_passes_in_slices_is_what_passes_at_once() -> None:
    at_once = Simulation.open(MODEL)
    at_once.advance(300)
    async with waiting() as explorer:
        pass_slices(explorer)
        assert state(explorer.app.simulation) == state(at_once)
        assert explorer.app.command_log.recording.steps == ["wait 5m"]


async def test_esc_stops_at_an_instant_at_which_the_model_is_whole(tmp_path: Path) -> None:
    async with open_explorer(MODEL) as explorer:
        app = explorer.app
        app.background.patience = 0.0
        _, store = begin_at(tmp_path / "a.journal", app.simulation, MODEL)
        await explorer.type(":wait 5m")
        await explorer.press("enter")
        await explorer.until(lambda: app.long_wait is not None)
        pass_slices(explorer, 2)
        await explorer.press("escape")
        stopped_at = app.simulation.now
        assert f"Stopped at {stopped_at:%Y-%m-%dT%H:%M:%SZ}" in explorer.screen()
        at_once = Simulation.open(MODEL)
        at_once.advance_to(stopped_at)
        assert state(app.simulation) == state(at_once)
        pass_slices(explorer)
        assert app.simulation.now == stopped_at
        store.close()
        resumed, again = resume_from(tmp_path / "a.journal")
        with again:
            assert not resumed.lost
            assert state(resumed.sim) == state(app.simulation)
        await explorer.wait(1)
        assert app.simulation.now == stopped_at + timedelta(seconds=1), "the clock continues from there"
        passed = int((stopped_at - app.simulation.world.started_at).total_seconds()) + 1
        app.command_log.recording.catch_up()
        assert app.command_log.recording.steps == [f"wait {passed // 60}m{passed % 60}s"]


async def test_a_call_of_a_client_meanwhile_is_recorded_where_it_was_made() -> None:
    async with waiting() as explorer:
        app = explorer.app
        recording = app.command_log.recording
        recording.note("aws sts get-caller-identity")
        pass_slices(explorer)
        first, call, last = recording.steps
        assert call == "aws sts get-caller-identity"
        fresh = Simulation.open(MODEL)
        for step in (first, last):
            fresh.advance(_seconds(step))
        assert fresh.now == app.simulation.now


def _seconds(step: str) -> float:
    from sts_tui.tours.reading.durations import parse_duration

    return parse_duration(step.removeprefix("wait ")).total_seconds()


TOUR = parse_tour("say one\nwait 5m\nsay two\nrevoke App\nwait 4m\n", "long.tour")


async def test_a_tour_lets_time_pass_between_keys_forward_and_back() -> None:
    app = still_app(MODEL, Options(preset="default"))
    app.background.patience = 0.0
    tour = present(app, TOUR)
    async with app.run_test(size=(120, 36)) as pilot:
        explorer = Explorer(app, pilot, wall=None)  # type: ignore[arg-type]
        start = app.simulation.now
        await explorer.press("n")
        await _arrives(explorer, tour)
        assert app.simulation.now == start + 5 * MINUTES
        await explorer.press("n", "n")
        position = tour.position
        await explorer.press("n")
        await explorer.until(lambda: app.long_wait is not None)
        await explorer.press("escape")
        assert "continues the wait" in explorer.message()
        assert (app.presentation, tour.position) == (tour, position)
        await explorer.press("n")
        await _arrives(explorer, tour)
        assert app.simulation.now == start + 9 * MINUTES, "stopping has not made it longer"
        after = state(app.simulation)
        await explorer.press("b")  # what comes before is played again, in slices too
        await _arrives(explorer, tour)
        assert (tour.position, app.simulation.now) == (position, start + 5 * MINUTES)
        await explorer.press("n")
        await _arrives(explorer, tour)
        assert state(app.simulation) == after


async def _arrives(explorer: Explorer, tour: TourPresentation) -> None:
    """A long wait is announced, and passes, and so do those that follow at once."""
    await explorer.until(lambda: tour.is_waiting)
    while tour.is_waiting:
        await explorer.until(lambda: explorer.app.long_wait is not None)
        pass_slices(explorer)
        await explorer.pilot.pause()
