"""Where in a JSON text are its values, and how is one of them moved into another text?

A file of another tool is converted as text, not as a parsed value, so that line numbers stay the same: the
lines before the value become empty lines.
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
"""(start, end) offsets in characters; the end is exclusive."""


def values(text: str) -> Iterator[Span]:
    """The JSON values in a text that contains several in a row. Raises json.JSONDecodeError."""
    place = _after_space(text, 1 if text.startswith("\ufeff") else 0)
    while place < len(text):
        _, end = _DECODER.raw_decode(text, place)
        yield place, end
        place = _after_space(text, end)


def members(text: str) -> dict[str | int, Span]:
    """The spans of the members of the object or list in a text, by key or index. Of equal keys the last one
    counts.
    """
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
    """A source with the text `before`, the value of a span and the text `after`. The value has the JSON path
    `to` in it, and `at` in the file.
    """
    start, end = span
    lines = "\n" * source.text.count("\n", 0, start)
    text = f"{lines}{before}{source.text[start:end]}{after}"
    return Source(source.name, text, (to, source.written_at(at)))


def _after_space(text: str, place: int) -> int:
    match = _SPACE.match(text, place)
    return match.end() if match else place
