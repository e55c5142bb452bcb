"""A game day continues after a resume: its timetable, what the attacker has, and the score."""

from __future__ import annotations

from pathlib import Path

import pytest

from sts_tui.simulation.journal.journal_store import begin_at, resume_from
from sts_tui.simulation.simulation import Simulation
from sts_tui.simulation.views.game_score import score_json, score_of
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepOutcome
from sts_tui.tours.reading.grammar import parse_commands

MODEL = Path(__file__).parents[3] / "sample_accounts" / "gamedays" / "leaked-instance.json"
SHOP = "i-0c3d4e5f6a7b8c9d0@Shop"
STEPS = (
    "gameday 1h detect=4m",
    f"attack at 1m steals {SHOP} as stolen",
    "attack every 30s from 2m as stolen request s3:GetObject arn:aws:s3:::acme-orders/x",
    "attack at 40m as stolen aws sts get-caller-identity",
    "wait 5m",
    f"incident {SHOP}",
)


def scored(simulation: Simulation) -> object:
    found = score_of(simulation.world)
    assert found is not None
    return score_json(found)


@pytest.mark.parametrize("has_checkpoint", [False, True])
def test_it_continues_where_it_was(has_checkpoint: bool, tmp_path: Path) -> None:
    simulation = Simulation.open(MODEL)
    journal, store = begin_at(tmp_path / "a.journal", simulation, MODEL)
    player = Player(simulation)
    for line in parse_commands(STEPS).lines:
        assert player.perform(line.step).outcome is not StepOutcome.FAILED, line.text
    if has_checkpoint:
        journal.checkpoint()
    store.close()
    resumed, again = resume_from(tmp_path / "a.journal")
    with again:
        assert not resumed.lost
        assert scored(resumed.sim) == scored(simulation)
        for one in (simulation, resumed.sim):
            one.recorder = None
            one.advance(3600)
        assert scored(resumed.sim) == scored(simulation)
        assert [str(event) for event in resumed.sim.events] == [str(event) for event in simulation.events]
