"""Every tour that ships is played from its first line to its last, and holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepOutcome
from sts_tui.tours.playing.runner import play
from sts_tui.tours.reading.grammar import read_tour
from sts_tui.tours.reading.preamble import opening_of

SAMPLES = Path(__file__).parents[3] / "sample_accounts"
TOURS = sorted(SAMPLES.rglob("*.tour"))


def test_tours_ship_with_the_sample() -> None:
    assert len(TOURS) >= 17


@pytest.mark.parametrize("path", TOURS, ids=lambda path: path.name)
def test_every_sample_tour_holds(path: Path) -> None:
    tour = read_tour(path)
    simulation = opening_of(tour, path.parent, SAMPLES / "acme.json").open()
    failed = [
        f"{path.name}:{played.line.number}: {played.result.message}"
        for played in play(tour, Player(simulation, path.parent))
        if played.result.outcome is StepOutcome.FAILED
    ]
    assert failed == []
