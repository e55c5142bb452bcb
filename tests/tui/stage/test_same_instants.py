"""`run`, `shoot` and a presented tour show the same events at the same instants, to the microsecond."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sts_tui.simulation.simulation import Simulation
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.runner import PlayedLine, play
from sts_tui.tours.reading.grammar import read_tour
from sts_tui.tours.reading.preamble import Opening, opening_of
from sts_tui.tours.reading.steps import Tour
from sts_tui.tui.app import StsApp
from sts_tui.tui.options import Options
from sts_tui.tui.stage import shoot
from sts_tui.tui.stage.presentation import present
from tests.support.explorer import SAMPLE, WallClock

if TYPE_CHECKING:
    from textual.pilot import Pilot

USUAL = ("chaining", "leaked-login")
TOURS = [
    pytest.param(path, id=path.stem, marks=() if path.stem in USUAL else pytest.mark.long)
    for path in sorted(SAMPLE.parent.rglob("*.tour"))
]
"""Every tour that is shipped; `make test` takes a short one and an incident."""
Trace = dict[int, tuple[object, ...]]
"""What the model shows after each line, by the line's number."""


def shown(simulation: Simulation, acting: str) -> tuple[object, ...]:
    """Clock, log, sessions with their ends, and the acting identity."""
    world = simulation.world
    last = [(event.number, event.at, type(event).__name__) for event in simulation.events.since(0)][-1:]
    sessions = [(session.label, session.issued_at, session.expires_at) for session in world.sessions.values()]
    return simulation.now, simulation.events.last_number, last, sessions, acting


def run_trace(tour: Tour, opening: Opening, folder: Path) -> Trace:
    simulation = opening.open()
    player = Player(simulation, folder)
    return {played.line.number: shown(simulation, player.acting.label) for played in play(tour, player)}


def explorer_on(opening: Opening, wall: WallClock) -> StsApp:
    return StsApp(opening.open(), Options(preset="default"), reading=wall, is_ticking=False)


@pytest.mark.parametrize("path", TOURS)
async def test_a_presented_tour_shows_the_instants_of_run_forward_and_back(path: Path) -> None:
    tour = read_tour(path)
    opening = opening_of(tour, path.parent, SAMPLE)
    expected = run_trace(tour, opening, path.parent)
    wall = WallClock()
    app = explorer_on(opening, wall)
    wall.seconds += 0.731  # until the screen is there
    presentation = present(app, tour, path.parent)
    chance = random.Random(path.name)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        turns = {chance.randrange(1, len(presentation.script.beats)) for _ in range(1)}
        beats = 0
        while not presentation.is_over:
            forward, back = presentation.advance, presentation.back
            for move in (forward, back, forward) if beats in turns else (forward,):
                wall.seconds += 1.337
                app.tick()
                move()
                while presentation.is_waiting:
                    await pilot.pause()  # a long wait begins once the screen announces it
                line = presentation.script.lines[presentation.position - 1]
                now = shown(app.simulation, app.acting.label)
                assert now == expected[line.number], f"{path.name}:{line.number} after {move.__name__}"
            beats += 1


@pytest.mark.parametrize("path", TOURS)
async def test_pictures_show_the_instants_of_run(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tour = read_tour(path)
    opening = opening_of(tour, path.parent, SAMPLE)
    found: Trace = {}

    class Recorded(shoot._Session):
        async def _show(self, played: PlayedLine, pilot: Pilot[object]) -> None:
            await super()._show(played, pilot)
            found[played.line.number] = shown(self._app.simulation, self._app.acting.label)

        async def _take(self, name: str, pilot: Pilot[object]) -> None:
            """No picture: what it shows is compared."""

    app = explorer_on(opening, WallClock())
    assert await Recorded(app, tour, path.parent, tmp_path).run((120, 36)) == 0
    assert found == run_trace(tour, opening, path.parent)
