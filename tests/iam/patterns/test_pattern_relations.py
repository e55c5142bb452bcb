"""Whether one wildcard pattern covers another, and what they have in common, against all short texts."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sts_tui.iam.patterns.pattern_relations import common_text, covers, meet

TEXTS = ["".join(letters) for size in range(5) for letters in product("abc", repeat=size)]
patterns = st.text("ab*?", max_size=4)


def matching(pattern: str) -> set[str]:
    parts = {"*": ".*", "?": "."}
    expression = re.compile("".join(parts.get(char, char) for char in pattern))
    return {text for text in TEXTS if expression.fullmatch(text)}


@given(patterns, patterns)
def test_a_pattern_covers_what_all_its_texts_match(wider: str, narrower: str) -> None:
    if covers(wider, narrower):
        assert matching(narrower) <= matching(wider)
    elif not matching(narrower) <= matching(wider):
        assert not covers(wider, narrower)


@given(patterns, patterns)
def test_patterns_meet_where_a_text_matches_both(one: str, other: str) -> None:
    shared = matching(one) & matching(other)
    assert meet(one, other) or not shared
    text = common_text(one, other, "c")
    if text is not None and len(text) < 5:
        assert text in shared


@pytest.mark.parametrize(
    ("wider", "narrower", "expected"),
    [
        ("s3:*", "s3:Get*", True),
        ("s3:Get*", "s3:*", False),
        ("*", "?", True),
        ("?", "*", False),
        ("a*c", "abc", True),
        ("a*c", "a*bc", True),
        ("", "", True),
        ("*", "", True),
        ("?*", "*", False),
    ],
)
def test_wider_and_narrower_patterns(wider: str, narrower: str, expected: bool) -> None:
    assert covers(wider, narrower) is expected


@pytest.mark.parametrize(
    ("one", "other", "text"),
    [
        ("?", "*", "a"),
        ("*", "?", "a"),
        ("*", "*", "ab"),
        ("a?c", "*", "aac"),
        ("?*", "*b", "ab"),
        ("a", "b", None),
    ],
)
def test_a_common_text_is_filled_with_the_word_or_its_first_letter(
    one: str, other: str, text: str | None
) -> None:
    assert common_text(one, other, "ab") == text


def test_letters_that_sort_before_the_star_are_letters() -> None:
    assert common_text("a*$b", "a$$b") == "a$$b"
    assert not meet("a!b", "a(b")
