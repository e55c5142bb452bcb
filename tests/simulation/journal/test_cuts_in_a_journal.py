"""What was cut, what still lives and the proof are the same after a resume, and when the log is full."""

from __future__ import annotations

from pathlib import Path

import pytest

from sts_tui.simulation import Simulation
from sts_tui.simulation.containment import incident
from sts_tui.simulation.containment.incident_json import incident_json
from sts_tui.simulation.containment.incident_report import report
from sts_tui.simulation.journal.journal_store import begin_at, resume_from
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepOutcome
from sts_tui.tours.reading.grammar import parse_commands
from tests.support.representative import representative

MODEL = Path(__file__).parents[3] / "sample_accounts" / "acme.json"
STEPS = (
    "wait 4m",
    "cut unknown-laptop by revoke-role",
    "wait 5m",
    "cut build-812 by revoke-role:Deploy",
    "wait 1m",
)


def responded(simulation: Simulation) -> None:
    player = Player(simulation)
    for line in parse_commands(STEPS).lines:
        result = player.perform(line.step)
        assert result.outcome is not StepOutcome.FAILED, (line.text, result.message)


@pytest.mark.parametrize("has_checkpoint", [False, True])
@pytest.mark.parametrize("who", representative(["unknown-laptop", "App", "build-812"], "unknown-laptop"))
def test_the_aftermath_the_proof_and_the_report_survive_a_resume(
    who: str, has_checkpoint: bool, tmp_path: Path
) -> None:
    simulation = Simulation.open(MODEL)
    journal, store = begin_at(tmp_path / "a.journal", simulation, MODEL)
    responded(simulation)
    if has_checkpoint:
        journal.checkpoint()
    store.close()
    resumed, again = resume_from(tmp_path / "a.journal")
    with again:
        before, after = incident(simulation, who), incident(resumed.sim, who)
        assert incident_json(after) == incident_json(before)
        assert report(after, resumed.sim) == report(before, simulation)
        assert after.aftermath.done
        assert after.aftermath.denied or who == "build-812", "it acts by a chained session"


def test_a_cut_is_remembered_when_the_log_no_longer_holds_it() -> None:
    simulation = Simulation.open(MODEL)
    responded(simulation)
    simulation.set("RequestLogSize", 20)
    simulation.advance(120)
    done = incident(simulation, "unknown-laptop").aftermath.done
    assert len(done) == 1
    assert "AWSRevokeOlderSessions" in done[0].command
