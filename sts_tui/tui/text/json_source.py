"""How is JSON colored as it is typed, and what is at the cursor?

Works on text that is not valid yet: a line is colored by itself (no JSON string goes over a line break), and
the place of the cursor is read from the text before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from sts_tui.tui.text.styled_text import Style

LONGEST: Final = 60_000
"""Characters before the cursor that are read; beyond them nothing is completed."""
_TOKEN: Final = re.compile(
    r'(?P<string>"(?:[^"\\]|\\.)*"?)(?P<colon>\s*:)?'
    r"|(?P<number>-?\d[\d.eE+-]*)|(?P<word>true|false|null)|(?P<mark>[{}\[\],:])"
)


def colored(text: str) -> Iterator[tuple[int, int, Style]]:
    """(first column, column after the last, style) of each token of one line."""
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if match["string"] is not None:
            start, end = match.span("string")
            yield start, end, "json-key" if match["colon"] else "json-string"
            if match["colon"]:
                yield match.end() - 1, match.end(), "json-punctuation"
        elif kind == "number":
            yield *match.span(), "json-number"
        elif kind == "word":
            yield *match.span(), "json-word"
        else:
            yield *match.span(), "json-punctuation"


class JsonPlace(Struct, frozen=True):
    """Where in a document one types."""

    keys: tuple[str, ...]
    """The keys of the objects around, the innermost last: `("Statement", "Condition", "StringEquals")`."""
    typed: str
    """What of the string at the cursor is before it."""
    is_key: bool
    """Whether the string names a member."""


def place_before(text: str) -> JsonPlace | None:
    """The place at the end of `text`, the text before the cursor; None where it is in no string."""
    if len(text) > LONGEST or '"' not in text.rpartition("\n")[2]:
        return None
    around = _Around()
    for match in _TOKEN.finditer(text):
        string = match["string"]
        if string is None:
            around.read_mark(match["mark"] or "")
        elif len(string) == 1 or not string.endswith('"') or _ends_escaped(string):
            return around.place(string[1:]) if match.end() == len(text) else None
        elif match["colon"]:
            around.key, around.expects_value = string[1:-1], True
    return None


class _Around:
    """The objects and lists that are open, while the text is read."""

    def __init__(self) -> None:
        self.stack: list[tuple[str, str]] = []
        """(bracket, the key that it is the value of)"""
        self.key = ""
        self.expects_value = False
        """Whether a colon was read after the key."""

    def read_mark(self, mark: str) -> None:
        if mark in ("{", "["):
            self.stack.append((mark, self.key if self.expects_value else ""))
            self.key, self.expects_value = "", False
        elif mark in ("}", "]") and self.stack:
            self.stack.pop()
            self.expects_value = False
        elif mark == ",":
            self.expects_value = False

    def place(self, typed: str) -> JsonPlace:
        """The place of an open string."""
        keys = [name for _, name in self.stack if name]
        in_object = bool(self.stack) and self.stack[-1][0] == "{"
        if self.expects_value and self.key:
            keys.append(self.key)
        return JsonPlace(tuple(keys), typed, in_object and not self.expects_value)


def _ends_escaped(string: str) -> bool:
    """Whether the last quote is escaped, so that the string continues."""
    body = string[1:-1]
    return (len(body) - len(body.rstrip("\\"))) % 2 == 1


def token_at(line: str, column: int) -> tuple[int, int]:
    """(first column, column after the last) of the token that begins at or holds `column`, counted from 0;
    from there to the end of the line where there is none.
    """
    for match in _TOKEN.finditer(line):
        start, end = match.span("string") if match["string"] is not None else match.span()
        if start <= column < end:
            return start, end
    return min(column, max(0, len(line) - 1)), len(line)
