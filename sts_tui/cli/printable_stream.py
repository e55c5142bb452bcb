"""How are control characters of files, names and arguments kept from the terminal?

Every command prints through these streams, both data and narration. They pass line ends, tabs and the colors
of `console.Paint`. Other control characters are written as `\\u001b`, which in JSON means the same character.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, TextIO, cast

from sts_tui.account.lazy_pattern import lazy_pattern

COLORS: Final = lazy_pattern("(\x1b\\[(?:0|2|1|38;5;39|1;38;5;208)m)")
"""The escape sequences that `console.Paint` writes."""


class PrintableStream:
    """A text stream that escapes control characters; everything else is passed to the wrapped stream."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._may_color = stream.isatty()

    def write(self, text: str) -> int:
        self._stream.write(self._harmless(text))
        return len(text)

    def _harmless(self, text: str) -> str:
        if text.isprintable() or text.replace("\n", "").replace("\t", "").isprintable():
            return text
        if not self._may_color:
            return written_out(text)
        parts = COLORS.split(text)
        return "".join(part if COLORS.fullmatch(part) else written_out(part) for part in parts)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def written_out(text: str) -> str:
    """The text with control characters, except line ends and tabs, escaped as in JSON: `\\u001b`, with a
    surrogate pair beyond U+FFFF.
    """
    return "".join(c if c.isprintable() or c in "\n\t" else _escaped(c) for c in text)


def _escaped(char: str) -> str:
    code = ord(char)
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    return f"\\u{0xD800 + (code - 0x10000 >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


@contextmanager
def printable_streams() -> Iterator[None]:
    """A context in which standard output and standard error escape control characters."""
    import sys

    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (cast("TextIO", PrintableStream(stream)) for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
