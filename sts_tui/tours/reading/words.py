"""How is a tour split into lines and words? Like in a POSIX shell.

https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.tours.reading.errors import StepError

_MOST_OF_ONE: Final = 500
"""The maximum number of lines of one pasted command."""
_PLAIN = lazy_pattern(r"[^\s\\'\"]+")
_SINGLE = lazy_pattern(r"'([^']*)'")
_DOUBLE = lazy_pattern(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED_IN_DOUBLE = lazy_pattern(r'\\(["\\$`])')


class Quoted(str):
    """A word with a quoted or escaped part, which a shell takes literally."""

    __slots__ = ()


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
        if _continues(line):
            held += line[:-1]
            held = held or " "
            continue
        yield start, held + line
        held = ""
    if held.strip():
        yield start, held


def without_continuations(text: str) -> str:
    r"""The text as one line: a backslash before a line end is removed with the line end, as in a shell."""
    lines = text.split("\n")
    ends = [line.removesuffix("\r") for line in lines[:-1]]
    return "".join(end[:-1] if _continues(end) else f"{end}\n" for end in ends) + lines[-1]


def pasted_lines(text: str) -> list[str]:
    r"""The steps of a pasted text, each on one line: a line that ends in `\`, and one in which a quote is
    open, continue in the next. Blank lines and comments are left out; a quote that is never closed does not
    continue a line.
    """
    ended = text.replace("\r\n", "\n").replace("\r", "\n")  # terminals paste line ends as carriage returns
    waiting = [line.strip() for _, line in logical_lines(ended)]
    found: list[str] = []
    while waiting:
        whole = _through_its_quotes(waiting)
        found.append(" ".join(waiting[:whole]))
        waiting = waiting[whole:]
    return found


def _through_its_quotes(lines: Sequence[str]) -> int:
    """How many of the lines are the first command: up to the one that closes its last quote."""
    if not lines[0].removeprefix(":").lstrip().startswith("aws "):
        return 1  # only commands have multi-line arguments; an apostrophe in `say` is no quote
    for count in range(1, min(len(lines), _MOST_OF_ONE) + 1):
        try:
            split_words(" ".join(lines[:count]))
        except StepError:
            continue
        return count
    return 1


def _continues(line: str) -> bool:
    """Whether the line ends with an odd number of backslashes: `\\\\` is a backslash, not a continuation."""
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
    start = position
    while position < len(line) and not line[position].isspace():
        piece, position = _piece(line, position)
        pieces.append(piece)
    whole = "".join(pieces)
    return (whole if line[start:position] == whole else Quoted(whole)), position


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
