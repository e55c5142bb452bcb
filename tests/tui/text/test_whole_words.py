"""What is too long is cut between words: a property, on random names."""

from __future__ import annotations

import random
import re

import pytest

from sts_tui.tui.text.distinct_names import distinct
from sts_tui.tui.text.styled_text import Span, cells, shorten, text_of, wrap
from sts_tui.tui.text.symbols import ELLIPSIS

WORDS = (
    "prod",
    "checkout",
    "Service",
    "Role",
    "AWS",
    "SSO",
    "deploy",
    "x",
    "reporting",
    "a" * 12,
    "07",
    "v2",
)
JOINTS = ("-", "_", "/", ".", ":", " ", "")
PIECE = re.compile(r"[A-Z][A-Z0-9]*(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^A-Za-z0-9]")
"""A word of a name as one reads it: an acronym, a word with or without its capital, a number, a separator."""


def random_name(dice: random.Random) -> str:
    joint = dice.choice(JOINTS)
    words = [dice.choice(WORDS) for _ in range(dice.randrange(1, 9))]
    return joint.join(word.title() for word in words) if not joint else joint.join(words)


def is_cut_within_word(name: str, part: str, at_end: bool) -> bool:
    """Whether a part, which a name begins or ends with, ends in the middle of one of its words."""
    if not part:
        return False
    borders = {match.end() for match in PIECE.finditer(name)} | {0}
    return (len(name) - len(part) if at_end else len(part)) not in borders


def test_an_id_that_no_line_would_hold_with_its_name_begins_a_line() -> None:
    """`AROA…` was cut in its middle, since what is longer than a line begins wherever there is room."""
    text = "assumed-role/Web/eks-prod-web-0 AROAQPFT2CZA4MOK6XTL4:eks-prod-web-0-f25b336d-d22a-4eba-88f8"
    assert any("AROAQPFT2CZA4MOK6XTL4:" in text_of(each) for each in wrap((Span(text),), 48, indent=2))


@pytest.mark.parametrize("width", range(10, 40))
def test_the_symbol_of_a_verdict_stays_with_its_word(width: int) -> None:
    lines = [text_of(each) for each in wrap((Span("remove App/Deny  "), Span("+ ALLOW  Orders#Read")), width)]
    assert any("+ ALLOW" in each for each in lines)


@pytest.mark.parametrize("middle", [False, True])
def test_a_name_is_cut_within_a_word_only_if_neither_its_first_nor_its_last_word_fits(middle: bool) -> None:
    dice = random.Random(11)
    cut = 0
    for _ in range(3_000):
        name, width = random_name(dice), dice.randrange(3, 40)
        shown = shorten(name, width, middle=middle)
        assert cells(shown) <= width
        if shown == name:
            continue
        head, _, tail = shown.partition(ELLIPSIS)
        assert name.startswith(head)
        assert name.endswith(tail)
        if is_cut_within_word(name, head, False) or is_cut_within_word(name, tail, True):
            first, last = re.findall("[A-Za-z0-9]+", name)[0], re.findall("[A-Za-z0-9]+", name)[-1]
            pieces = PIECE.findall(first)[0], PIECE.findall(last)[-1]
            assert all(len(piece) >= width for piece in pieces), (name, width, shown)
            cut += 1
    assert cut < 300, "random names of short words are rarely cut within one"


def test_names_stay_different_however_they_are_cut() -> None:
    dice = random.Random(5)
    for _ in range(150):
        names = list({random_name(dice) for _ in range(dice.randrange(1, 60))})
        width = dice.randrange(10, 40)
        assert len(set(distinct(names, width))) == len(names)


def test_a_line_breaks_between_words_of_an_arn() -> None:
    arn = "arn:aws:iam::111122223333:role/platform-checkout-service-production-execution-role-07"
    for width in range(24, 60):
        lines = [text_of(line) for line in wrap((Span(arn),), width)]
        assert "".join(lines) == arn
        begin = 0
        for line in lines[:-1]:
            begin += len(line)
            assert not is_cut_within_word(arn, arn[:begin], False), (width, lines)


def test_what_closes_a_word_is_never_alone_on_a_line() -> None:
    """A comma of a policy has another style than the string before it, and was alone on its line."""
    string = '"arn:aws:iam::111122223333:role/platform-checkout-execution"'
    for width in range(24, 90):
        spans = (Span('"AWS": ', "json-key"), Span(string, "json-string"), Span("]},", "json-punctuation"))
        lines = [text_of(line) for line in wrap(spans, width, indent=2)]
        assert all(any(char.isalnum() for char in line) for line in lines), lines
        assert not any(line.lstrip()[:1] in "-_.,:]}" for line in lines), lines
