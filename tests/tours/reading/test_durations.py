"""Spans and instants as tours write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sts_tui.account.durations import short
from sts_tui.tours.reading.durations import parse_duration, parse_instant
from sts_tui.tours.reading.errors import StepError

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("15m", 900),
        ("1h30m", 5400),
        ("2d", 172800),
        ("1.5h", 5400),
        ("0", 0),
        ("30", 30),
        ("PT1H30M", 5400),
        ("P1D", 86400),
        ("P1W", 604800),
        ("PT0.5S", 0.5),
        ("P1DT1S", 86401),
    ],
)
def test_durations_are_read_in_short_and_in_iso_form(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", "soon", "-5s", "5x", "1m1h", "PT", "P", "1h 30m", "5 s", "9" * 30 + "s"]
)
def test_what_is_no_duration_is_an_error(text: str) -> None:
    with pytest.raises(StepError):
        parse_duration(text)


@given(st.timedeltas(timedelta(0), timedelta(days=400)))
def test_a_written_duration_is_read_back(span: timedelta) -> None:
    assert abs(parse_duration(short(span)) - span) < timedelta(microseconds=2)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-01-15T10:30:00Z", datetime(2026, 1, 15, 10, 30, tzinfo=UTC)),
        ("2026-01-15T10:30:00+02:00", datetime(2026, 1, 15, 8, 30, tzinfo=UTC)),
        ("2026-01-16", datetime(2026, 1, 16, tzinfo=UTC)),
        ("12:30", datetime(2026, 1, 15, 12, 30, tzinfo=UTC)),
        ("11:30", datetime(2026, 1, 16, 11, 30, tzinfo=UTC)),
    ],
)
def test_instants_are_utc_and_a_time_of_day_is_the_next_one(text: str, instant: datetime) -> None:
    assert parse_instant(text, NOON) == instant


@pytest.mark.parametrize("text", ["tomorrow", "2026-13-01", "25:00", ""])
def test_what_is_no_instant_is_an_error(text: str) -> None:
    with pytest.raises(StepError):
        parse_instant(text, NOON)
