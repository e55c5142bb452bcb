"""Styled text as data: pieces of text, each with a tone. Tones say what a text means; the theme says how it
looks.

Nothing here is markup: text from policies, names and errors is drawn as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple, TypeAlias

from rich.cells import cell_len, set_cell_size

from sts_tui.account.diagnostics.printable import one_line as one_line  # how a name becomes a piece of text
from sts_tui.tui.text.symbols import ELLIPSIS

Tone: TypeAlias = Literal[
    "plain",
    "muted",
    "strong",
    "title",
    "key",
    "allow",
    "deny",
    "denied",
    "undecided",
    "refused",
    "active",
    "expiring",
    "revoked",
    "expired",
    "marker",
    "warning",
    "json-key",
    "json-string",
    "json-number",
    "json-word",
    "json-punctuation",
    "matched",
    "heading",
    "acting",
]


class Piece(NamedTuple):
    """Some text in one tone. It holds no line break."""

    text: str
    tone: Tone = "plain"


Line: TypeAlias = tuple[Piece, ...]


def line(*parts: str | Piece | tuple[str, Tone]) -> Line:
    """`line("left ", ("48:36", "expiring"))`"""
    return tuple(Piece(part) if isinstance(part, str) else Piece(*part) for part in parts)


def text_of(pieces: Iterable[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def width_of(pieces: Iterable[Piece]) -> int:
    return sum(cells(piece.text) for piece in pieces)


def cells(text: str) -> int:
    """How many cells `text` takes on the screen."""
    return len(text) if text.isascii() else cell_len(text)


def shorten(text: str, width: int, *, middle: bool = False) -> str:
    """`text` in at most `width` cells; what is cut is shown by an ellipsis, for ARNs in the middle."""
    if cells(text) <= width:
        return text
    if width <= 1:
        return ELLIPSIS[:width]
    if not middle:
        short = set_cell_size(text, width - 1).rstrip(" ") + ELLIPSIS
        return short if cells(short) <= width else set_cell_size(short, width)
    tail = (width - 1) * 2 // 3
    head = width - 1 - tail
    short = set_cell_size(text, head).rstrip(" ") + ELLIPSIS + _last_cells(text, tail)
    return (
        short if cells(short) <= width else set_cell_size(short, width)
    )  # marks may widen what is before them


def _last_cells(text: str, width: int) -> str:
    return text[-width:] if text.isascii() else set_cell_size(text[::-1], width)[::-1].lstrip(" ")


def fit(pieces: Sequence[Piece], width: int, *, right: bool = False, middle: bool = False) -> Line:
    """Exactly `width` cells: shortened or padded."""
    total = width_of(pieces)
    if total > width:
        if len(pieces) == 1 or middle:
            pieces = _longest_shortened(pieces, width, middle=middle)
        else:
            pieces = _cut(pieces, width)
        total = width_of(pieces)
    if total == width:
        return tuple(pieces)
    pad = Piece(" " * (width - total))
    return (pad, *pieces) if right else (*pieces, pad)


def _longest_shortened(pieces: Sequence[Piece], width: int, *, middle: bool) -> Line:
    """The longest piece gives way to the others; where even that is not enough the end is cut."""
    longest = max(range(len(pieces)), key=lambda index: cells(pieces[index].text))
    left = max(1, width - width_of(pieces) + cells(pieces[longest].text))
    short = Piece(shorten(pieces[longest].text, left, middle=middle), pieces[longest].tone)
    shortened = (*pieces[:longest], short, *pieces[longest + 1 :])
    return shortened if width_of(shortened) <= width else _cut(shortened, width)


def _cut(pieces: Sequence[Piece], width: int) -> Line:
    kept: list[Piece] = []
    left = width
    for piece in pieces:
        size = cells(piece.text)
        if size > left or (size == left and piece is not pieces[-1]):
            kept.append(Piece(shorten(piece.text + " ", left), piece.tone))
            break
        kept.append(piece)
        left -= size
    return tuple(kept)


def wrap(pieces: Sequence[Piece], width: int, *, indent: int = 0) -> list[Line]:
    """Lines of at most `width` cells, broken at spaces where possible; later ones begin at `indent`."""
    if width_of(pieces) <= width or width < 8:
        return [tuple(pieces)]
    indent = min(indent, width // 2)
    lines: list[Line] = []
    current: list[Piece] = []
    used = 0
    for text, tone in _words(pieces):
        size = cells(text)
        if used + size > width and used > (indent if lines else 0):
            lines.append(tuple(current))
            current, used = [Piece(" " * indent)], indent
            text = text.lstrip(" ")
            size = cells(text)
        while used + size > width:
            head = _head(text, width - used)
            current.append(Piece(head, tone))
            lines.append(tuple(current))
            text = text[len(head) :]
            current, used, size = [Piece(" " * indent)], indent, cells(text)
        current.append(Piece(text, tone))
        used += size
    lines.append(tuple(current))
    return lines


def _head(text: str, width: int) -> str:
    """The longest beginning that fits; a wide character that does not fit whole stays out."""
    head = set_cell_size(text, width)
    while not text.startswith(head):  # padded, where a wide character would have been cut
        head = head[:-1]
    return head


def _words(pieces: Sequence[Piece]) -> Iterable[tuple[str, Tone]]:
    for text, tone in pieces:
        start = 0
        for position, char in enumerate(text):
            if char == " " and text[position + 1 : position + 2] not in ("", " "):
                yield text[start : position + 1], tone
                start = position + 1
        if start < len(text):
            yield text[start:], tone
