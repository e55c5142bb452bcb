"""A pattern can match an ARN of a documented shape exactly if some text fits both."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sts_tui.account.policies import resource_arn_formats
from sts_tui.account.policies.resource_arn_formats import can_match, can_match_any

OBJECT = "arn:${Partition}:s3:::${BucketName}/${ObjectName}"
STREAM = "arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}:log-stream:${LogStreamName}"


@pytest.mark.parametrize(
    ("pattern", "shape"),
    [
        ("arn:aws:s3:::data/*", OBJECT),
        ("arn:aws:s3:::da?a/in", OBJECT),
        ("arn:aws:s3:::data*", OBJECT),
        ("arn:*:s3:::*.csv", OBJECT),
        ("arn:aws:logs:eu-west-1:111122223333:log-group:/app/*", STREAM),
        ("arn:aws:logs:*:*:*", STREAM),
        ("arn:aws:logs:*:*:log-group:x:*:y", STREAM),
        ("arn:aws:s3:::${aws:username}", OBJECT),
        ("arn:aws:lex:*:*:bot:x", "arn:${P}:lex:${R}:${A}:bot/${Id}, arn:${P}:lex:${R}:${A}:bot:${Name}"),
        ("arn:aws:artifact:::report/x", "arn:${Partition}:artifact:::report/*"),
    ],
)
def test_a_pattern_that_has_a_text_in_common_with_the_template_can_match(pattern: str, shape: str) -> None:
    assert can_match(pattern, shape)


@pytest.mark.parametrize(
    ("pattern", "shape"),
    [
        ("arn:aws:s3:::data", OBJECT),
        ("arn:aws:s3:eu-west-1::data/x", OBJECT),
        ("arn:aws:sqs:::data/x", OBJECT),
        ("arn:aws:logs:*:*:log-group:/app/x", STREAM),
        ("arn:aws:logs:*:*:log-groups:*", STREAM),
        ("arn:aws:*:log-group:x:log-stream:x", STREAM),  # a wildcard stays within its segment
        ("arn:aws:s3:::a/b", "arn:${Partition}:s3:::${BucketName}"),
    ],
)
def test_a_pattern_without_a_common_text_cannot_match(pattern: str, shape: str) -> None:
    assert not can_match(pattern, shape)


def test_it_agrees_with_trying_every_short_text() -> None:
    """Of every pattern and shape of up to four signs: matched exactly if one of all short texts fits both."""
    texts = ["".join(signs) for size in range(5) for signs in product("ab", repeat=size)]
    for signs in product(("a", "b", "?", "*"), repeat=3):
        pattern = "".join(signs)
        fits_pattern = re.compile(pattern.replace("*", ".*").replace("?", "."))
        for parts in product(("a", "b", "${X}"), repeat=3):
            fits_shape = re.compile("".join(".*" if part == "${X}" else part for part in parts))
            wanted = any(fits_pattern.fullmatch(text) and fits_shape.fullmatch(text) for text in texts)
            assert can_match(f"arn:aws:x:::{pattern}", f"arn:aws:x:::{''.join(parts)}") is wanted


@given(
    st.lists(
        st.sampled_from(("arn", "aws", "s3", "", "*", "?", "a*", "b/c", "b", "1")), min_size=6, max_size=8
    ),
    st.sampled_from(
        (
            "arn:${Partition}:s3:::${BucketName}/${ObjectName}",
            "arn:${Partition}:s3:${Region}:${Account}:b/${Name}, arn:aws:s3:::${BucketName}",
            "arn:${Partition}:s3:*:*:b",
        )
    ),
)
def test_the_quick_answer_agrees_with_the_search(segments: list[str], shape: str) -> None:
    """A pattern that reads as an ARN of the shape has a text in common with it: its own."""
    pattern = ":".join(segments)
    if resource_arn_formats._any_text(shape).fullmatch(pattern):
        wanted = pattern.split(":", 5)
        shapes = resource_arn_formats._segments_of(shape)
        assert any(resource_arn_formats._segments_meet(wanted, given) for given in shapes)


SHAPES = (
    OBJECT,
    "arn:${Partition}:s3:::${BucketName}",
    "arn:${Partition}:lex:${Region}:${Account}:bot/v2${Id}, arn:${Partition}:lex:${Region}:${Account}:bot:*",
    STREAM,
)
SEGMENT = st.text(alphabet="bot/v23x9?*-:\n$\0", max_size=8) | st.sampled_from(
    ("", "*", "aws", "111122223333", "s3", "lex", "us-*", "bot/", "log-group:a1:log-stream:b")
)


@given(
    st.lists(st.lists(SEGMENT, min_size=5, max_size=6).map(lambda end: ":".join(("arn", *end))), max_size=3),
    st.lists(st.sampled_from(SHAPES), max_size=3).map(tuple),
)
def test_several_at_once_have_the_answer_of_one_by_one(patterns: list[str], shapes: tuple[str, ...]) -> None:
    expected = any(can_match(pattern, shape) for pattern in patterns for shape in shapes)
    assert can_match_any(patterns, shapes) is expected


def test_names_of_one_form_are_compared_once() -> None:
    can_match.cache_clear()
    for number in range(1000):
        assert not can_match_any([f"arn:aws:sqs:eu-west-1:111122223333:q{number}"], (OBJECT,))
    assert can_match.cache_info().misses < 50
