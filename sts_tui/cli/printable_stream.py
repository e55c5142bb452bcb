"""How are control characters of files, names and arguments kept from the terminal, whatever prints them?

Every command prints through this one boundary, data and narration alike. Besides line ends and tabs it lets
through what `console.Paint` adds for color, nothing else. What is left out is written as `\\u001b`, which in
JSON means the same character.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, TextIO, cast

from sts_tui.account.lazy_pattern import lazy_pattern

COLORS: Final = lazy_pattern("(\x1b\\[(?:0|2|1|38;5;39|1;38;5;208)m)")
"""All that `console.Paint` writes."""


class PrintableStream:
    """A text stream that has control characters written out; everything else is the stream's own."""

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
    """Control characters but line ends and tabs as in JSON: `\\u001b`, and a pair beyond U+FFFF."""
    return "".join(c if c.isprintable() or c in "\n\t" else _escaped(c) for c in text)


def _escaped(char: str) -> str:
    code = ord(char)
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    return f"\\u{0xD800 + (code - 0x10000 >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


@contextmanager
def printable_streams() -> Iterator[None]:
    """Standard output and standard error print through the boundary inside."""
    import sys

    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (cast("TextIO", PrintableStream(stream)) for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
