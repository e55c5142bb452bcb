"""Time at the edges of the calendar, huge spans and sizes are clear errors, wherever they are written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sts_tui.account.diagnostics.diagnostic import AccountFileError
from sts_tui.account.values import FIRST_INSTANT, LAST_INSTANT
from sts_tui.simulation.simulation import Simulation
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepResult
from sts_tui.tours.reading.errors import StepError
from sts_tui.tours.reading.grammar import parse_step
from tests.accounts.tour_model import ALPHA, MODEL
from tests.support.examples import examples

Do = Callable[..., StepResult]
BUSY = {
    "Name": "busy",
    "Identity": f"arn:aws:iam::{ALPHA}:user/alice",
    "Requests": [{"Action": "s3:GetObject", "Resource": "arn:aws:s3:::alpha-data/x"}],
    "EverySeconds": 0.1,
}


@pytest.mark.parametrize(
    "text",
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1969-12-31", "9000-01-02", "0001-01-01"],
)
@pytest.mark.parametrize("step", ["set start {}", "wait until {}"])
def test_an_instant_outside_of_simulated_time_is_an_error_of_the_step(step: str, text: str) -> None:
    with pytest.raises(StepError, match="outside of simulated time"):
        parse_step(step.format(text))


@pytest.mark.parametrize(
    "start", ["1960-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"]
)
def test_a_start_time_outside_of_the_calendar_is_an_error_of_the_file(start: str) -> None:
    with pytest.raises(AccountFileError, match="StartTime"):
        Simulation.open({**MODEL, "StartTime": start})


def test_the_library_refuses_a_start_outside_of_the_calendar() -> None:
    with pytest.raises(ValueError, match="1970 to 9000"):
        Simulation.open(MODEL, start=datetime(9999, 1, 1, tzinfo=UTC))
    with pytest.raises(ValueError, match="calendar"):
        Simulation.open(MODEL).advance(1e300)


def test_calls_work_at_both_ends_and_the_clock_stops_at_the_last() -> None:
    for start in (FIRST_INSTANT, LAST_INSTANT - timedelta(hours=1)):
        simulation = Simulation.open(MODEL, start=start)
        player = Player(simulation)
        assume = f"aws sts assume-role --role-arn arn:aws:iam::{ALPHA}:role/Ops --role-session-name job"
        for step in ("as alice", "set revoke-padding 24h", "set propagation 24h", assume, "revoke Ops"):
            result = player.perform(parse_step(step))
            assert (result.is_invalid, result.error) == (False, None), result.message
        simulation.advance(2 * 86400)
        assert simulation.now <= LAST_INSTANT
    result = player.perform(parse_step("wait 1h"))
    assert result.is_invalid
    assert "year 9000" in result.message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("propagation", "36525d"),
        ("revoke-padding", "99999h"),
        ("request-log-size", "1e308"),
        ("request-log-size", "99999999999999999999"),
        ("request-log-size", "nan"),
        ("propagation-seconds", "1e300"),
        ("propagation", "1000000000000d"),
        ("seed", "9" * 5000),
        ("size", "999999x1"),
    ],
)
def test_a_huge_setting_is_an_error_of_the_step(name: str, value: str) -> None:
    with pytest.raises(StepError):
        parse_step(f"set {name} {value}")


@pytest.mark.parametrize(
    ("member", "value"),
    [("EverySeconds", 1e300), ("EverySeconds", 1e-300), ("EverySeconds", 10**400)],
)
def test_a_huge_or_tiny_interval_is_an_error_of_the_file(member: str, value: float) -> None:
    with pytest.raises(AccountFileError, match=member):
        Simulation.open({**MODEL, "Workloads": [{**BUSY, member: value}]})


def test_a_wait_through_more_requests_than_can_be_made_is_an_error() -> None:
    player = Player(Simulation.open({**MODEL, "Workloads": [BUSY]}))
    result = player.perform(parse_step("wait 3650d"))
    assert result.is_invalid
    assert "requests" in result.message


@given(st.from_regex(r"[+-]?[0-9PTWDHMS.:,-]{0,40}", fullmatch=True))
@settings(max_examples=examples(300), deadline=None)
def test_no_spelling_of_time_ends_a_tour(text: str) -> None:
    for step in (f"wait {text}", f"wait until '{text}'", f"set start '{text}'", f"set propagation '{text}'"):
        try:
            parsed = parse_step(step)
        except StepError:
            continue
        Player(SHARED).perform(parsed)


SHARED = Simulation.open(MODEL)
