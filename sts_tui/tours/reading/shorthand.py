"""How is shorthand read? `Key=team,Value=red`, `Name=a,Values=b,c`, `Values=[b,c]`, `Outer={Inner=x}`,
`Policy@=file://policy.json`.

The same way as the AWS CLI, with its messages.
https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-shorthand.html
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable

from sts_tui.account.json_value import Json
from sts_tui.account.lazy_pattern import lazy_pattern

_KEY = lazy_pattern(r"[A-Za-z0-9_.:/#-]*")
_PLAIN = lazy_pattern(r"""(?:\\,|[^\s"',=\[{])(?:\\,|[^"',\]}])*""")
"""A value, the first of several or one within brackets."""
_LATER_PLAIN = lazy_pattern(r"""(?:\\,|[^\s"',=\[{])(?:\\,|[^"',=])*""")
"""A later value, which may not be the beginning of `key=`."""
_QUOTED = {'"': lazy_pattern(r'"(?:\\"|[^"])*"'), "'": lazy_pattern(r"'(?:\\'|[^'])*'")}
_NAMES = {'"': "double quoted", "'": "singled quoted"}
_MOST_NESTING = 100
"""The maximum depth: more than any parameter of AWS has, and far below the limit of Python's stack."""


class ShorthandError(ValueError):
    """Text that is not shorthand; the message is the AWS CLI's."""


class _Reader:
    def __init__(self, text: str, from_file: Callable[[str], str]) -> None:
        self.text = text
        self.position = 0
        self.depth = 0
        self._from_file = from_file
        self.names_files = False
        """Whether the present value was written after `@=`."""

    def peek(self) -> str:
        return self.text[self.position] if self.position < len(self.text) else ""

    def expect(self, character: str, *, spaced: bool = False) -> None:
        if spaced:
            self.skip_spaces()
        if self.peek() != character:
            raise self.error(character, self.peek() or "EOF")
        self.position += 1
        if spaced:
            self.skip_spaces()

    def error(self, wanted: str, received: str) -> ShorthandError:
        return ShorthandError(f"Expected: '{wanted}', received: '{received}' for input: {self.text}")

    def skip_spaces(self) -> None:
        while self.peek() and self.peek() in string.whitespace:
            self.position += 1

    def match(self, pattern: re.Pattern[str]) -> str | None:
        found = pattern.match(self.text, self.position)
        if found is None:
            return None
        self.position = found.end()
        return found[0]

    def value(self, text: str) -> str:
        return self._from_file(text) if self.names_files else text


def parse_shorthand(text: str, from_file: Callable[[str], str] = str) -> dict[str, Json]:
    """The structure written in `text`; values are strings, lists of them, or structures.

    `from_file` reads the text of a value after `@=` (`file://PATH`). Raises ShorthandError with the position,
    and what `from_file` raises.
    """
    reader = _Reader(text, from_file)
    found: dict[str, Json] = {}
    while True:
        key = _key(reader)
        value = _values(reader)
        if key in found:
            raise ShorthandError(f'Second instance of key "{key}" encountered for input: {text}')
        found[key] = value
        if not reader.peek():
            return found
        reader.expect(",", spaced=True)


def _key(reader: _Reader) -> str:
    """`key=` or `key@=`, whose value may name a file."""
    key = reader.match(_KEY) or ""
    reader.skip_spaces()
    reader.names_files = reader.peek() == "@"
    if reader.names_files:
        reader.expect("@", spaced=True)
    reader.expect("=", spaced=True)
    return key


def _values(reader: _Reader) -> Json:
    """One value, or several separated by commas if no later one begins with `key=`."""
    if reader.peek() in ("[", "{"):
        return _nested(reader)
    first = _value(reader)
    reader.skip_spaces()
    if reader.peek() != ",":
        return first
    values: list[Json] = [first]
    while reader.peek() == ",":
        reader.expect(",", spaced=True)
        try:
            later = _later_value(reader)
            reader.skip_spaces()
            if reader.peek() not in ("", ","):
                raise reader.error(",", reader.peek())
        except ShorthandError:
            if not reader.peek():
                raise
            reader.position = reader.text.rfind(",", 0, reader.position + 1)
            break
        values.append(later)
    return first if len(values) == 1 else values


def _value(reader: _Reader) -> str:
    if reader.peek() in _QUOTED:
        return _quoted(reader)
    return reader.value(_unescaped(reader.match(_PLAIN) or ""))


def _later_value(reader: _Reader) -> str:
    if reader.peek() in _QUOTED:
        return _quoted(reader)
    plain = reader.match(_LATER_PLAIN)
    if plain is None:
        raise reader.error("<second>", "<none>")
    return reader.value(_unescaped(plain))


def _unescaped(plain: str) -> str:
    return plain.replace(r"\,", ",").rstrip()


def _quoted(reader: _Reader) -> str:
    quote = reader.peek()
    found = reader.match(_QUOTED[quote])
    if found is None:
        raise reader.error(f"<{_NAMES[quote]}>", "<none>")
    return reader.value(found[1:-1].replace(f"\\{quote}", quote).replace("\\\\", "\\"))


def _nested(reader: _Reader) -> Json:
    """A list in brackets or a structure in braces."""
    reader.depth += 1
    if reader.depth > _MOST_NESTING:
        raise ShorthandError(f"nested more than {_MOST_NESTING} deep")
    found: Json = _list(reader) if reader.peek() == "[" else _structure(reader)
    reader.depth -= 1
    return found


def _inner(reader: _Reader) -> Json:
    return _nested(reader) if reader.peek() in ("[", "{") else _value(reader)


def _list(reader: _Reader) -> list[Json]:
    reader.expect("[", spaced=True)
    values: list[Json] = []
    while reader.peek() != "]":
        values.append(_inner(reader))
        _end_or_comma(reader, "]")
    reader.expect("]")
    return values


def _structure(reader: _Reader) -> dict[str, Json]:
    reader.expect("{", spaced=True)
    found: dict[str, Json] = {}
    while reader.peek() != "}":
        key = _key(reader)
        found[key] = _inner(reader)
        _end_or_comma(reader, "}")
    reader.expect("}")
    return found


def _end_or_comma(reader: _Reader, end: str) -> None:
    reader.skip_spaces()
    if reader.peek() != end:
        reader.expect(",", spaced=True)
