"""Patterns of ARNs: segment by segment, or with a `*` at a segment's end that matches beyond the colon."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sts_tui.iam.patterns.arn_patterns import arn_matcher, crossing_arn_matcher
from sts_tui.iam.patterns.wildcards import tokens_of
from tests.iam.naive_evaluator import is_resource

SEGMENTS = st.text("ab*?", max_size=4)
ARN_PATTERNS = st.lists(SEGMENTS, min_size=6, max_size=8).map(":".join)


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("arn:aws:s3:::data/*", "arn:aws:s3:::data/a:b/c", True),
        ("arn:aws:sqs:*:111122223333:q", "arn:aws:sqs:eu-west-1:111122223333:q", True),
        ("arn:aws:sqs:*:q", "arn:aws:sqs:eu-west-1:111122223333:q", None),
        ("arn:aws:sqs:*:1*:q", "arn:aws:sqs:eu-west-1:9:1:q", False),
        ("arn:*:sqs:*:*:*", "arn:aws:sqs", False),
        ("arn:aws:iam::1?1:role/x", "arn:aws:iam::121:role/x", True),
    ],
)
def test_arn_wildcards_stay_in_their_segment(pattern: str, text: str, matches: bool | None) -> None:
    matcher = arn_matcher(tokens_of(pattern))
    assert (matcher(text) if matcher is not None else None) is matches


@given(ARN_PATTERNS, st.text("ab:", max_size=16))
def test_crossing_agrees_with_the_naive_reading(pattern: str, text: str) -> None:
    matcher = crossing_arn_matcher(tokens_of(pattern))
    assert matcher is not None
    assert matcher(text) is is_resource(pattern, text, None)


@given(ARN_PATTERNS, st.text("ab:", max_size=16))
def test_whatever_stays_in_its_segments_also_matches_when_stars_cross(pattern: str, text: str) -> None:
    within, crossing = arn_matcher(tokens_of(pattern)), crossing_arn_matcher(tokens_of(pattern))
    assert within is not None
    assert crossing is not None
    assert crossing(text) or not within(text)


def test_crossing_agrees_with_the_naive_reading_where_a_text_nearly_matches() -> None:
    dice = random.Random(7)
    seen = set()
    for _ in range(1200):
        pattern = ":".join("".join(dice.choices("aab*?", k=dice.randrange(3))) for _ in range(6))
        text = "".join(
            "".join(dice.choices("ab:", k=dice.randrange(3))) if each == "*" else
            dice.choice("ab:") if each == "?" or dice.random() < 0.05 else each
            for each in pattern
        )  # fmt: skip
        matcher = crossing_arn_matcher(tokens_of(pattern))
        assert matcher is not None
        assert matcher(text) is is_resource(pattern, text, None), (pattern, text)
        seen.add(matcher(text))
    assert seen == {True, False}


def test_question_mark_is_one_utf_16_unit_here_too() -> None:
    matcher = crossing_arn_matcher(tokens_of("arn:a?b:s:*:r:x"))
    assert matcher is not None
    assert not matcher("arn:a\N{GRINNING FACE}b:s:1:r:x")
    assert matcher("arn:aéb:s:1:2:r:x")


def test_a_pattern_of_many_bounded_stars_takes_time_in_proportion() -> None:
    matcher = crossing_arn_matcher(tokens_of("arn:" + "a*" * 300 + "b:s:*:" + "*a" * 300 + ":x"))
    assert matcher is not None
    assert not matcher("arn:" + "a" * 2000 + ":s:1:" + "a" * 2000 + ":y")


@pytest.mark.parametrize(
    ("pattern", "plain"),
    [
        ("arn:aws:lambda:*:*:function:x", True),
        ("arn:aws:lambda:eu-*:*:function:x*y?", True),
        ("arn:aws:lambda:*-1:*:function:x", False),
        ("arn:aws:lambda:eu-west-?:*:function:x", False),
    ],
)
def test_a_pattern_whose_stars_all_cross_is_compared_as_any_other(pattern: str, plain: bool) -> None:
    """That is much faster than reading each letter."""
    matcher = crossing_arn_matcher(tokens_of(pattern))
    assert matcher is not None
    assert ("_bounded_matcher" not in matcher.__qualname__) is plain
