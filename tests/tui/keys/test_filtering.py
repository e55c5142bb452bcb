"""What one types after `/`."""

from __future__ import annotations

import pytest

from sts_tui.simulation.pasted_who import words_of_role
from sts_tui.tui.keys.filtering import parse_filter

ROWS = [
    {"result": "DENY!", "who": "job@App", "action": "s3:GetObject"},
    {"result": "ALLOW", "who": "ann@Ops", "action": "sqs:SendMessage"},
    {"result": "DENY", "who": "ann@Ops", "action": "s3:PutObject"},
]
FIELDS = {name: (lambda row, name=name: row[name]) for name in ("result", "who", "action")}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", [0, 1, 2]),
        ("deny", [0, 2]),
        ("DENY app", [0]),
        ("!deny", [1]),
        ("result:deny", [0, 2]),
        ("result:deny !who:app", [2]),
        ("!result:allow", [0, 2]),
        ("res:deny!", [0]),
        ("~jbpp", [0]),
        ("s3:GetObject", [0]),
        ("s3:", [0, 2]),
        ("nothing-like-it", []),
        ("!", [0, 1, 2]),
        (":", [0, 2, 1]),
    ],
)
def test_filters_mean_what_they_say(text: str, shown: list[int]) -> None:
    made = parse_filter(text, FIELDS)
    assert [index for index, row in enumerate(ROWS) if made.matches(row)] == sorted(shown)


def test_an_unknown_column_is_reported() -> None:
    made = parse_filter("reslut:deny", FIELDS)
    assert made.unknown == ("reslut",)


def test_what_is_pasted_into_a_filter_is_cleaned() -> None:
    made = parse_filter(" AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE ", FIELDS)
    assert [term.text for term in made.terms] == ["akiaiosfodnn7example"]


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        ("AROA0000000000000001:i-123", "AROA0000000000000001"),
        ("arn:aws:sts::111122223333:assumed-role/App/i-123", "::111122223333:role/ /App"),
        ("state:active", "state:active"),
    ],
)
def test_a_pasted_session_finds_its_role(pasted: str, words: str) -> None:
    assert words_of_role(pasted) == words
