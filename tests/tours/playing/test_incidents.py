"""`incident`, `cut` and `expect incident` in tours."""

from __future__ import annotations

from pathlib import Path

import pytest

from sts_tui.simulation import Simulation
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepOutcome
from sts_tui.tours.playing.runner import play
from sts_tui.tours.reading.errors import TourError
from sts_tui.tours.reading.grammar import parse_commands

SAMPLE = Path(__file__).parents[3] / "sample_accounts" / "acme.json"


def results(*commands: str) -> list[tuple[StepOutcome, str]]:
    tour = parse_commands(commands)
    return [
        (line.result.outcome, line.result.message) for line in play(tour, Player(Simulation.open(SAMPLE)))
    ]


def test_the_best_cut_is_carried_out_and_the_proof_is_complete() -> None:
    played = results(
        "wait 60s",
        "incident unknown-laptop",
        "expect incident 'cuts[?best].id' '[\"deny-network\"]'",
        "as alice",
        "cut unknown-laptop by deny-network",
        "expect ok",
        "incident unknown-laptop",
        "expect incident proof.complete true",
        "undo",
        "incident unknown-laptop",
        "expect incident proof.denied 0",
    )
    assert {outcome for outcome, _ in played} == {StepOutcome.PASSED}
    assert played[1][1] == "best: deny-network"


def test_several_cuts_are_carried_out_in_order() -> None:
    played = results(
        "wait 60s",
        "cut CI by revoke-role:CI,revoke-role:Deploy,revoke-role:BreakGlass",
        "wait 10s",
        "incident CI",
        "expect incident proof.complete true",
    )
    assert {outcome for outcome, _ in played} == {StepOutcome.PASSED}


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ("cut App by revoke-rol", 'did you mean "revoke-role"'),
        ("cut CI by revoke-role", "means several cuts"),
        ("cut nobody by revoke-role", "no one is named nobody"),
        ("incident nobody", "no one is named nobody"),
    ],
)
def test_a_mistake_is_named_and_changes_nothing(command: str, word: str) -> None:
    (_, (outcome, message)) = results("wait 60s", command)
    assert outcome is StepOutcome.FAILED
    assert word in message


@pytest.mark.parametrize(
    "command", ["cut App", "cut App by", "cut App by ,", "incident", "expect incident a b"]
)
def test_what_is_written_wrongly_is_refused_before_anything_is_played(command: str) -> None:
    with pytest.raises(TourError):
        parse_commands([command])
