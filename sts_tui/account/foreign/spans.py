"""Where in a JSON text are its values, and how is one of them put into another text?

A file of another tool is rewritten as text, not as a value, so that lines stay what they are in the file:
the lines before the value become as many empty lines.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]  # the C scanner's own function
from typing import Final

from sts_tui.account.diagnostics.json_path import Steps
from sts_tui.account.diagnostics.source import Source
from sts_tui.account.lazy_pattern import lazy_pattern

_SPACE: Final = lazy_pattern(r"[ \t\n\r]*")
_DECODER: Final = json.JSONDecoder()

Span = tuple[int, int]
"""From, and up to but without."""


def values(text: str) -> Iterator[Span]:
    """The JSON values that follow each other in a text. Raises json.JSONDecodeError."""
    place = _after_space(text, 1 if text.startswith("\ufeff") else 0)
    while place < len(text):
        _, end = _DECODER.raw_decode(text, place)
        yield place, end
        place = _after_space(text, end)


def members(text: str) -> dict[str | int, Span]:
    """The spans of the members of the object or list that a text is; of equal keys the last."""
    found: dict[str | int, Span] = {}
    start = _after_space(text, 1 if text.startswith("\ufeff") else 0)
    is_object = text[start] == "{"
    place = _after_space(text, start + 1)
    while text[place] not in "}]":
        key: str | int = len(found)
        if is_object:
            key, after = scanstring(text, place + 1, True)
            place = _after_space(text, _after_space(text, after) + 1)
        _, end = _DECODER.raw_decode(text, place)
        found[key] = (place, end)
        place = _after_space(text, end)
        if text[place] == ",":
            place = _after_space(text, place + 1)
    return found


def moved(source: Source, span: Span, before: str, after: str, *, to: Steps, at: Steps) -> Source:
    """The value of a span between two texts: it is at `to` then, and at `at` in the file."""
    start, end = span
    lines = "\n" * source.text.count("\n", 0, start)
    text = f"{lines}{before}{source.text[start:end]}{after}"
    return Source(source.name, text, (to, source.written_at(at)))


def _after_space(text: str, place: int) -> int:
    match = _SPACE.match(text, place)
    return match.end() if match else place
