"""Spans of time are written one way everywhere: short, as a countdown, in words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sts_tui.account.durations import countdown, in_words, short


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(0), "0s"),
        (timedelta(seconds=45), "45s"),
        (timedelta(minutes=90), "1h30m"),
        (timedelta(hours=36), "36h"),
        (timedelta(hours=1, seconds=5), "1h5s"),
        (timedelta(seconds=90.5), "1m30.5s"),
    ],
)
def test_short_counts_hours_as_aws_does(span: timedelta, text: str) -> None:
    assert short(span) == text


def test_a_countdown_shows_days_and_ends_at_a_dash() -> None:
    seconds = (0, 5, 3600, 86400 + 3 * 3600)
    assert [countdown(timedelta(seconds=each)) for each in seconds] == ["-", "00:05", "1:00:00", "1d 03:00"]


def test_words_name_the_two_largest_units() -> None:
    assert in_words(timedelta(days=1, hours=2, minutes=3)) == "1 day 2 hours"
    assert in_words(timedelta(seconds=61)) == "1 minute 1 second"
    assert in_words(timedelta(0)) == "no time"
