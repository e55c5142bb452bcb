"""How is a tour split into lines and words? As a POSIX shell splits them.

https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.tours.reading.errors import StepError

_PLAIN = lazy_pattern(r"[^\s\\'\"]+")
_SINGLE = lazy_pattern(r"'([^']*)'")
_DOUBLE = lazy_pattern(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED_IN_DOUBLE = lazy_pattern(r'\\(["\\$`])')


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    r"""(line number, text) of every step line. A line that ends in `\` continues in the next; blank lines
    and lines that begin with `#` are skipped. The number is that of the first physical line.
    """
    start, held = 0, ""
    for number, line in enumerate(text.split("\n"), 1):
        line = line.removesuffix("\r")
        if not held and (not line.strip() or line.lstrip().startswith("#")):
            continue
        start = start if held else number
        if _goes_on(line):
            held += line[:-1]
            held = held or " "
            continue
        yield start, held + line
        held = ""
    if held.strip():
        yield start, held


def _goes_on(line: str) -> bool:
    """An odd number of backslashes at the end: `\\\\` is a backslash, not a continuation."""
    return (len(line) - len(line.rstrip("\\"))) % 2 == 1


def split_words(line: str) -> tuple[str, ...]:
    """The words of a line; an unquoted word that begins with `#` and all after it is a comment.

    Raises StepError for a quote that is not closed.
    """
    words: list[str] = []
    position = 0
    while True:
        while position < len(line) and line[position].isspace():
            position += 1
        if position >= len(line) or line[position] == "#":
            return tuple(words)
        word, position = _word(line, position)
        words.append(word)


def _word(line: str, position: int) -> tuple[str, int]:
    pieces: list[str] = []
    while position < len(line) and not line[position].isspace():
        piece, position = _piece(line, position)
        pieces.append(piece)
    return "".join(pieces), position


def _piece(line: str, position: int) -> tuple[str, int]:
    if found := _PLAIN.match(line, position):
        return found[0], found.end()
    if found := _SINGLE.match(line, position):
        return found[1], found.end()
    if found := _DOUBLE.match(line, position):
        return _ESCAPED_IN_DOUBLE.sub(r"\1", found[1]), found.end()
    if line[position] == "\\":
        return line[position + 1 : position + 2], position + 2
    raise StepError(f"the quote {line[position]} at column {position + 1} is not closed")
