"""Tours are played on the tour model; steps are written as text."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sts_tui.simulation.simulation import Simulation
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepResult
from sts_tui.tours.reading.grammar import parse_step
from tests.accounts.tour_model import MODEL


@pytest.fixture
def simulation() -> Simulation:
    return Simulation.open(MODEL)


@pytest.fixture
def player(simulation: Simulation, tmp_path: Path) -> Player:
    return Player(simulation, tmp_path)


@pytest.fixture
def do(player: Player) -> Callable[..., StepResult]:
    """Performs steps written as text; answers with the result of the last."""

    def perform(*lines: str) -> StepResult:
        return [player.perform(parse_step(line)) for line in lines][-1]

    return perform


@pytest.fixture
def model_file(tmp_path: Path) -> Path:
    path = tmp_path / "small.json"
    path.write_text(json.dumps(MODEL))
    return path
