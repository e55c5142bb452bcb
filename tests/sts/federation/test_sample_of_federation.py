"""The sample of federation is clean and its tour plays: GitHub, EKS, Cognito, AD FS and a custom broker."""

from __future__ import annotations

from pathlib import Path

from sts_tui.account.loading.load import load
from sts_tui.simulation import Simulation
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepOutcome
from sts_tui.tours.playing.runner import play
from sts_tui.tours.reading.grammar import read_tour

SAMPLES = Path(__file__).parents[3] / "sample_accounts"


def test_sample_has_neither_faults_nor_warnings() -> None:
    assert load([SAMPLES / "federation.json"]).warnings == ()


def test_tour_plays_to_its_end() -> None:
    tour = read_tour(SAMPLES / "federation.tour")
    player = Player(Simulation.open(SAMPLES / "federation.json"))
    played = list(play(tour, player))
    assert [each.line.text for each in played if each.result.outcome is StepOutcome.FAILED] == []
    assert len(played) == len(tour.lines)


def test_pod_keeps_working_beyond_its_first_session() -> None:
    sim = Simulation.open(SAMPLES / "federation.json")
    sim.advance(3 * 3600)
    state = sim.world.workload_states["checkout-pod"]
    assert state.failed == 0
    assert state.succeeded > 1000
