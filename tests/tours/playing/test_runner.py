"""A whole tour, judged: who may fail, what ends it, what it begins with."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sts_tui.account.diagnostics.diagnostic import AccountFileError
from sts_tui.simulation.simulation import Simulation
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepOutcome
from sts_tui.tours.playing.runner import PlayedLine, play
from sts_tui.tours.reading.grammar import parse_tour
from sts_tui.tours.reading.preamble import DEFAULT_SIZE, opening_of

GET = "request s3:GetObject arn:aws:s3:::alpha-data/x"


def played(simulation: Simulation, *lines: str) -> list[PlayedLine]:
    return list(play(parse_tour("\n".join(lines), "t"), Player(simulation)))


def outcomes(simulation: Simulation, *lines: str) -> str:
    """A letter per step: p passed, f failed, s skipped."""
    return "".join(one.result.outcome.value[0] for one in played(simulation, *lines))


@pytest.mark.parametrize(
    ("following", "letters"),
    [
        ("expect denied", "ppp"),
        ("expect error AccessDenied", "ppp"),
        ("expect ok", "ppf"),
        ("say nothing", "pfp"),
        ("wait 1s", "pfp"),
        ("", "pf"),
    ],
)
def test_only_an_expectation_right_after_it_lets_a_refusal_pass(
    simulation: Simulation, following: str, letters: str
) -> None:
    assert outcomes(simulation, "as eve", GET, following) == letters


def test_try_lets_any_refusal_pass(simulation: Simulation) -> None:
    assert outcomes(simulation, "as eve", f"try {GET}", "try revoke Deep", "undo") == "pppf"


def test_a_picture_between_a_request_and_its_expectation_is_skipped(simulation: Simulation) -> None:
    assert outcomes(simulation, "as eve", GET, "shot x", "expect denied") == "pfsp"


def test_a_refusal_that_fails_carries_its_explanation(simulation: Simulation) -> None:
    result = played(simulation, "as eve", GET)[-1].result
    assert result.outcome is StepOutcome.FAILED
    assert any("identity-based policy" in line for line in result.explanation)


def test_an_expectation_that_fails_carries_the_explanation_of_the_decision(simulation: Simulation) -> None:
    result = played(simulation, "as eve", GET, "expect allowed")[-1].result
    assert any("identity-based policy" in line for line in result.explanation)


def test_a_refusal_before_any_policy_says_so(simulation: Simulation) -> None:
    issue = "aws sts get-session-token --duration-seconds 900 --as-session old"
    result = played(simulation, "as alice", issue, "wait 1h", "as old", GET)[-1].result
    assert result.explanation[0].startswith("no policy was evaluated")


def test_a_step_that_cannot_be_carried_out_ends_the_tour(simulation: Simulation) -> None:
    assert outcomes(simulation, "as ghost", "wait 1s") == "f"
    assert outcomes(simulation, "wait until ghost expires", "wait 1s") == "f"


def test_an_expectation_about_an_unknown_name_does_not_end_the_tour(simulation: Simulation) -> None:
    assert outcomes(simulation, "expect session ghost active", "wait 1s") == "fp"


def test_lines_are_played_when_they_are_asked_for(simulation: Simulation) -> None:
    player = Player(simulation)
    lines = play(parse_tour("wait 1h\nwait 1h", "t"), player)
    next(lines)
    assert simulation.now == datetime(2026, 1, 15, 10, tzinfo=UTC)


def test_a_tour_begins_as_its_first_lines_say(model_file: Path) -> None:
    text = "account small.json\nset seed 9\nset size 80x24\nset theme light\nset start 2026-02-01\nwait 1s"
    opening = opening_of(parse_tour(text, "t"), model_file.parent, Path("sample.json"))
    assert opening.files == (model_file,)
    assert (opening.seed, opening.size, opening.theme) == (9, (80, 24), "light")
    simulation = opening.open()
    assert (simulation.seed, simulation.now) == (9, datetime(2026, 2, 1, tzinfo=UTC))


def test_without_those_lines_it_begins_on_the_sample_at_its_start(model_file: Path) -> None:
    opening = opening_of(parse_tour("wait 1s", "t"), Path("elsewhere"), model_file)
    assert (opening.files, opening.seed, opening.size) == ((model_file,), 0, DEFAULT_SIZE)
    assert opening.open().now == datetime(2026, 1, 15, 9, tzinfo=UTC)


def test_what_the_command_line_says_replaces_what_the_tour_says(model_file: Path) -> None:
    tour = parse_tour("account nowhere.json\nset seed 9\nset start 2026-02-01\nwait 1s", "t")
    at = datetime(2027, 1, 1, tzinfo=UTC)
    opening = opening_of(tour, Path(), Path("sample.json"), files=[model_file], seed=0, start=at)
    assert (opening.files, opening.seed, opening.start) == ((model_file,), 0, at)


def test_account_files_that_cannot_be_used_are_reported_with_every_error(tmp_path: Path) -> None:
    opening = opening_of(parse_tour("account a.json b.json\nwait 1s", "t"), tmp_path, Path("sample.json"))
    with pytest.raises(AccountFileError) as caught:
        opening.open()
    assert len(caught.value.diagnostics) == 2
