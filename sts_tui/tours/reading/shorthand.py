"""How is shorthand read? `Key=team,Value=red`, `Name=a,Values=b,c`, `Values=[b,c]`, `Outer={Inner=x}`.

https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-shorthand.html
"""

from __future__ import annotations

import re

from sts_tui.account.json_value import Json
from sts_tui.account.lazy_pattern import lazy_pattern

_KEY = lazy_pattern(r"[A-Za-z0-9_.:/#-]+")
_KEY_NEXT = lazy_pattern(r",\s*[A-Za-z0-9_.:/#-]+\s*=")
_SINGLE_QUOTED = lazy_pattern(r"'((?:[^'\\]|\\.)*)'")
_DOUBLE_QUOTED = lazy_pattern(r'"((?:[^"\\]|\\.)*)"')
_ESCAPED = lazy_pattern(r"\\(.)")
_MOST_NESTING = 100
"""Deeper than any parameter of AWS, and far from the limit of Python's stack."""


class ShorthandError(ValueError):
    """Text that is not shorthand; the message is the AWS CLI's."""


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.depth = 0

    def peek(self) -> str:
        return self.text[self.position] if self.position < len(self.text) else ""

    def expect(self, character: str) -> None:
        if self.peek() != character:
            raise self.error(character)
        self.position += 1

    def error(self, wanted: str) -> ShorthandError:
        received = repr(self.peek()) if self.peek() else "'EOF'"
        return ShorthandError(f"Expected: '{wanted}', received: {received} for input: {self.text}")

    def skip_spaces(self) -> None:
        while self.peek() == " ":
            self.position += 1

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.position)
        if found:
            self.position = found.end()
        return found


def parse_shorthand(text: str) -> dict[str, Json]:
    """The structure written in `text`; values are strings, lists of them, or structures.

    Raises ShorthandError, which says at which character.
    """
    reader = _Reader(text)
    found = _pairs(reader, "")
    if reader.peek():
        raise reader.error(",")
    return found


def _pairs(reader: _Reader, end: str) -> dict[str, Json]:
    found: dict[str, Json] = {}
    while True:
        reader.skip_spaces()
        key, value = _pair(reader)
        if key in found:
            raise ShorthandError(f"Second instance of key {key!r} encountered for input: {reader.text}")
        found[key] = value
        reader.skip_spaces()
        if reader.peek() == end or not reader.peek():
            return found
        reader.expect(",")


def _pair(reader: _Reader) -> tuple[str, Json]:
    key = reader.match(_KEY)
    if key is None:
        raise reader.error("key")
    reader.skip_spaces()
    reader.expect("=")
    reader.skip_spaces()
    return key[0], _values(reader)


def _values(reader: _Reader) -> Json:
    """One value, or several divided by commas where none of the later ones begins `key=`."""
    values = [_value(reader)]
    if not isinstance(values[0], str):
        return values[0]
    while reader.peek() == "," and not _KEY_NEXT.match(reader.text, reader.position):
        reader.position += 1
        reader.skip_spaces()
        if not reader.peek():
            return values  # `a=b,` is a list of one
        values.append(_value(reader))
    return values[0] if len(values) == 1 else values


def _value(reader: _Reader) -> Json:
    if reader.peek() in ("[", "{"):
        return _nested(reader)
    if quoted := reader.match(_SINGLE_QUOTED) or reader.match(_DOUBLE_QUOTED):
        return _ESCAPED.sub(r"\1", quoted[1])
    return _plain(reader)


def _nested(reader: _Reader) -> Json:
    """A list in brackets or a structure in braces."""
    reader.depth += 1
    if reader.depth > _MOST_NESTING:
        raise ShorthandError(f"nested more than {_MOST_NESTING} deep")
    if reader.peek() == "[":
        found: Json = _list(reader)
    else:
        reader.position += 1
        found = _pairs(reader, "}")
        reader.expect("}")
    reader.depth -= 1
    return found


def _list(reader: _Reader) -> list[Json]:
    reader.expect("[")
    values: list[Json] = []
    reader.skip_spaces()
    while reader.peek() != "]":
        values.append(_value(reader))
        reader.skip_spaces()
        if reader.peek() == ",":
            reader.position += 1
            reader.skip_spaces()
        elif reader.peek() != "]":
            raise reader.error("]")
    reader.expect("]")
    return values


def _plain(reader: _Reader) -> str:
    """Everything up to a comma, bracket or brace; a backslash keeps the next character."""
    characters: list[str] = []
    while reader.peek() and reader.peek() not in ",]}":
        if reader.peek() == "\\" and reader.position + 1 < len(reader.text):
            reader.position += 1
        characters.append(reader.peek())
        reader.position += 1
    return "".join(characters).rstrip(" ")
