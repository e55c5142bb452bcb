"""The lines of AWS's pages and of the CLI's reference work, with the names of a model."""

from __future__ import annotations

from pathlib import Path

import pytest

from sts_tui.simulation.simulation import Simulation
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepOutcome
from sts_tui.tours.playing.runner import play
from sts_tui.tours.reading.grammar import read_tour

PAGES = Path(__file__).parent / "pages"


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.tour")), ids=lambda path: path.stem)
def test_the_lines_of_a_page_work(path: Path) -> None:
    player = Player(Simulation.open([PAGES / "pages.json"]), PAGES)
    failed = [
        f"{one.line.number}: {one.line.text}: {one.result.message} {one.result.error_text}"
        for one in play(read_tour(path), player)
        if one.result.outcome is StepOutcome.FAILED
    ]
    assert failed == []


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.tour")), ids=lambda path: path.stem)
def test_a_tour_begins_with_its_pages(path: Path) -> None:
    assert path.read_text().startswith("# https://docs.aws.amazon.com/")
