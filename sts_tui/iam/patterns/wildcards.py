"""Which texts does a pattern match? `*` is any run of characters, `?` is one.

Patterns are compiled to string methods, never to a backtracking regex. A pattern is a tuple of tokens, so
that text from a request (a substituted policy variable) can never act as a wildcard. Matching takes time
proportional to the length of the text, whatever the pattern:
https://research.swtch.com/glob
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from functools import lru_cache
from typing import Final, TypeAlias

from sts_tui.account.lazy_pattern import lazy_pattern


class Wildcard(Enum):
    RUN = "*"
    ONE = "?"


Token: TypeAlias = str | Wildcard
Tokens: TypeAlias = tuple[Token, ...]
Matcher: TypeAlias = Callable[[str], bool]

_READ: Final = {wildcard.value: wildcard for wildcard in Wildcard}
_WILDCARDS: Final = lazy_pattern(r"(\*+|\?)")


def tokens_of(text: str) -> Tokens:
    """The tokens of a pattern like `a*b?`. Several stars in a row become one."""
    if "*" not in text and "?" not in text:
        return (text,)
    parts = _WILDCARDS.split(text)
    return tuple(_READ.get(part[0], part) for part in parts if part)


def glob(text: str) -> Matcher:
    """The matcher of a pattern, given as text."""
    return glob_of(tokens_of(text))


@lru_cache(maxsize=8192)
def glob_of(tokens: Tokens) -> Matcher:
    """The matcher of a pattern, given as tokens; it matches whole texts. Equal patterns, of which accounts
    have thousands, share one.
    """
    pieces = _split_at_runs(tokens)
    if any(Wildcard.ONE in piece for piece in pieces):
        return _with_single_wildcards([_piece(piece) for piece in pieces])
    literals = ["".join(part for part in piece if isinstance(part, str)) for piece in pieces]
    if len(literals) == 1:
        return literals[0].__eq__
    return _with_runs(literals[0], tuple(filter(None, literals[1:-1])), literals[-1])


def _split_at_runs(tokens: Iterable[Token]) -> list[list[Token]]:
    pieces: list[list[Token]] = [[]]
    for token in tokens:
        if token is Wildcard.RUN:
            pieces.append([])
        else:
            pieces[-1].append(token)
    return pieces


def matches_anything(_text: str) -> bool:
    return True


def _with_runs(head: str, middle: tuple[str, ...], tail: str) -> Matcher:
    """The matcher of `head*middle*tail` with literal pieces. Finding each piece at its leftmost position is
    sufficient, so there is no backtracking.
    """
    shortest = len(head) + sum(map(len, middle)) + len(tail)

    def has_both_ends(text: str) -> bool:
        return len(text) >= shortest and text.startswith(head) and text.endswith(tail)

    def has_all_pieces(text: str) -> bool:
        if not has_both_ends(text):
            return False
        position, end = len(head), len(text) - len(tail)
        for piece in middle:
            position = text.find(piece, position, end)
            if position < 0:
                return False
            position += len(piece)
        return True

    if middle:
        return has_all_pieces
    return has_both_ends if head and tail else _with_one_end(head, tail)


def _with_one_end(head: str, tail: str) -> Matcher:
    """The matcher of `head*`, `*tail` or `*`."""

    def ends(text: str) -> bool:
        return text.endswith(tail)

    if tail:
        return ends
    return starts_with(head) if head else matches_anything


def starts_with(head: str) -> Matcher:
    """The matcher of `head*`."""

    def starts(text: str) -> bool:
        return text.startswith(head)

    return starts


def utf16_units(text: str) -> str:
    """The text as UTF-16 code units, because `?` stands for one of those: an emoji is two."""
    if text.isascii() or max(text) <= "\uffff":
        return text
    encoded = text.encode("utf-16-le", "surrogatepass")
    return "".join(chr(unit) for (unit,) in struct.iter_unpack("<H", encoded))


class _Piece:
    """A run of characters and `?` between two stars. Found with the shift-and algorithm, with one bit for
    each character.

    https://en.wikipedia.org/wiki/Bitap_algorithm
    """

    __slots__ = ("_any", "_goal", "_masks", "length")

    def __init__(self, units: Sequence[str | None]) -> None:
        self.length = len(units)
        self._any = sum(1 << i for i, unit in enumerate(units) if unit is None)
        self._goal = 1 << self.length >> 1
        masks: dict[str, int] = {}
        for i, unit in enumerate(units):
            if unit is not None:
                masks[unit] = masks.get(unit, self._any) | 1 << i
        self._masks = masks

    def find(self, text: str, start: int, end: int) -> int:
        """The end of the leftmost occurrence within text[start:end]; -1 if there is none."""
        if not self.length:
            return start
        state = 0
        for i in range(start, end):
            state = (state << 1 | 1) & self._masks.get(text[i], self._any)
            if state & self._goal:
                return i + 1
        return -1


def _piece(tokens: Iterable[Token]) -> _Piece:
    units: list[str | None] = []
    for token in tokens:
        if isinstance(token, str):
            units.extend(utf16_units(token))
        else:
            units.append(None)
    return _Piece(units)


def _with_single_wildcards(pieces: Sequence[_Piece]) -> Matcher:
    """The matcher of pieces of which some contain `?`. First and last are anchored, the others are found at
    their leftmost position.
    """
    first, middle = pieces[0], pieces[1:-1]
    last = pieces[-1] if len(pieces) > 1 else None
    shortest = sum(piece.length for piece in pieces)

    def matches(text: str) -> bool:
        text = utf16_units(text)
        length = len(text)
        if length < shortest or first.find(text, 0, first.length) < 0:
            return False
        if last is None:
            return length == first.length
        position, end = first.length, length - last.length
        for piece in middle:
            position = piece.find(text, position, end)
            if position < 0:
                return False
        return last.find(text, end, length) >= 0

    return matches


def literal_head(tokens: Sequence[object]) -> str:
    """The literal text with which every match begins."""
    head = tokens[0] if tokens else ""
    return head if isinstance(head, str) else ""
