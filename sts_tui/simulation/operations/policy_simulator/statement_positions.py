"""Where in a policy's text each statement begins and ends, as the policy simulator reports it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from json.decoder import JSONDecoder
from typing import TYPE_CHECKING

from sts_tui.account.json_value import JsonObject

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import iam as shapes

_DECODER = JSONDecoder()
_WHITE = " \t\r\n"


def pretty(document: JsonObject) -> str:
    """The text for a stored document, whose original text is not kept."""
    return json.dumps(document, indent=4, ensure_ascii=False)


def statement_positions(text: str) -> list[tuple[shapes.Position, shapes.Position]]:
    """(start, end) of every statement, in order: line and column, from 1, just after the brace that opens it
    and just after the one that closes it, as in the example of the AWS CLI's reference.

    https://docs.aws.amazon.com/cli/latest/reference/iam/simulate-custom-policy.html
    """
    return [(_position(text, start + 1), _position(text, end)) for start, end in _spans(text)]


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of the statement objects; the text is known to be a JSON object."""
    at = _skip(text, text.index("{") + 1)
    while text[at] == '"':
        name, at = _DECODER.raw_decode(text, at)
        at = _skip(text, _skip(text, at) + 1)
        _, end = _DECODER.raw_decode(text, at)
        if name == "Statement":
            yield from _items(text, at) if text[at] == "[" else [(at, end)]
        at = _after_comma(text, end)


def _items(text: str, at: int) -> Iterator[tuple[int, int]]:
    at = _skip(text, at + 1)
    while text[at] != "]":
        _, end = _DECODER.raw_decode(text, at)
        yield at, end
        at = _after_comma(text, end)


def _after_comma(text: str, at: int) -> int:
    at = _skip(text, at)
    return _skip(text, at + 1) if text[at] == "," else at


def _skip(text: str, at: int) -> int:
    while text[at] in _WHITE:
        at += 1
    return at


def _position(text: str, offset: int) -> shapes.Position:
    before = text[:offset]
    return {"Line": before.count("\n") + 1, "Column": offset - before.rfind("\n")}
