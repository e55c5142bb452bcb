"""JSON is colored while it is not valid yet, and the place of the cursor is read from what is before it."""

from __future__ import annotations

import json

import pytest

from sts_tui.tui.text.json_source import LONGEST, JsonPlace, colored, place_before, token_at


def test_names_values_and_brackets_have_their_own_colors() -> None:
    row = '"Sid": "a\\"b", "n": -1.5e3, "b": true, ["open'
    found = {row[start:end]: style for start, end, style in colored(row)}
    assert found['"Sid"'] == "json-key"
    assert found['"a\\"b"'] == "json-string"
    assert found["-1.5e3"] == "json-number"
    assert found["true"] == "json-word"
    assert found["["] == "json-punctuation"
    assert found['"open'] == "json-string", "also a string that is not closed yet"


@pytest.mark.parametrize(
    ("before", "place"),
    [
        ('{"Statement": [{"Action": ["s3:Get', JsonPlace(("Statement", "Action"), "s3:Get", False)),
        ('{"Statement": [{"Action": ["a", "s3:', JsonPlace(("Statement", "Action"), "s3:", False)),
        ('{"Statement": {"Action": "s3:', JsonPlace(("Statement", "Action"), "s3:", False)),
        (
            '{"Statement": [{"Condition": {"Bool": {"aws:Sec',
            JsonPlace(("Statement", "Condition", "Bool"), "aws:Sec", True),
        ),
        ('{"Statement": [{"Effect": "Allow", "Con', JsonPlace(("Statement",), "Con", True)),
        ('{"Statement": [{"Sid": "}[{", "Eff', JsonPlace(("Statement",), "Eff", True)),
        ('{"Statement": [{"Sid": "a\\"', JsonPlace(("Statement", "Sid"), 'a\\"', False)),
        ('{"', JsonPlace((), "", True)),
    ],
)
def test_the_place_of_the_cursor(before: str, place: JsonPlace) -> None:
    assert place_before(before) == place


@pytest.mark.parametrize(
    "before", ["", "{", '{"a": 1', '{"a": "b"', '{"a": "b", ', "}}]]", '"' + "x" * LONGEST]
)
def test_outside_a_string_there_is_nothing_to_complete(before: str) -> None:
    assert place_before(before) is None


def test_every_beginning_of_a_document_can_be_read() -> None:
    document = json.dumps(
        {"Statement": [{"Action": ['a"\\', "b"], "Condition": {"Bool": {"k": ["v"]}}}]}, indent=1
    )
    for end in range(len(document) + 1):
        place_before(document[:end])


def test_the_token_at_a_column() -> None:
    assert token_at('  "Sid": "x",', 9) == (9, 12)
    assert token_at('  "Sid": "x",', 10) == (9, 12)
    assert token_at("abc", 1) == (1, 3), "to the end of the line where there is no token"
    assert token_at("", 0) == (0, 0)
