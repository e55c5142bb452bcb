"""Which lines and blocks does a character of a border stand for?

Pictures draw them as shapes, so that borders have no gaps whatever the font and the height of its lines.

Unicode's names say it: `BOX DRAWINGS LIGHT DOWN AND RIGHT`, `LOWER THREE EIGHTHS BLOCK`.
https://www.unicode.org/charts/PDF/U2500.pdf https://www.unicode.org/charts/PDF/U2580.pdf
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Final

from msgspec import Struct

_WEIGHTS: Final = {"LIGHT": 1, "SINGLE": 1, "HEAVY": 2, "DOUBLE": 3}
_ARMS: Final = {
    "UP": ("up",),
    "DOWN": ("down",),
    "LEFT": ("left",),
    "RIGHT": ("right",),
    "VERTICAL": ("up", "down"),
    "HORIZONTAL": ("left", "right"),
}
_QUADRANTS: Final = {
    "▖": "c", "▗": "d", "▘": "a", "▙": "acd", "▚": "ad", "▛": "abc", "▜": "abd", "▝": "b", "▞": "bc",
    "▟": "bcd",
}  # fmt: skip
"""a upper left, b upper right, c lower left, d lower right."""
_CORNERS: Final = {"a": (0.0, 0.0), "b": (0.5, 0.0), "c": (0.0, 0.5), "d": (0.5, 0.5)}
_SHADES: Final = {"░": 0.25, "▒": 0.5, "▓": 0.75}


class Lines(Struct, frozen=True):
    """The arms from the middle of a cell to its edges, 0 (none), 1 light, 2 heavy, 3 double."""

    up: int = 0
    down: int = 0
    left: int = 0
    right: int = 0
    is_arc: bool = False


class Block(Struct, frozen=True):
    """A filled part of a cell, in fractions of its width and height."""

    x: float
    y: float
    width: float
    height: float
    opacity: float = 1.0


@cache
def lines_of(char: str) -> Lines | None:
    """The lines of a box-drawing character; None for any other, and for diagonals."""
    if not "\u2500" <= char <= "\u257f" or "DIAGONAL" in unicodedata.name(char):
        return None
    name = unicodedata.name(char).removeprefix("BOX DRAWINGS ")
    for dash in ("DOUBLE DASH ", "TRIPLE DASH ", "QUADRUPLE DASH "):
        name = name.replace(dash, "")
    arms: dict[str, int] = {}
    inherited = 1
    for part in name.split(" AND "):
        words = part.split()
        weight = next((_WEIGHTS[word] for word in words if word in _WEIGHTS), inherited)
        if words[0] in _WEIGHTS:
            inherited = weight
        for word in words:
            arms.update(dict.fromkeys(_ARMS.get(word, ()), weight))
    return Lines(**arms, is_arc="ARC" in name)


@cache
def blocks_of(char: str) -> tuple[Block, ...]:
    """The filled parts of a block element; empty for any other character."""
    if char in _QUADRANTS:
        return tuple(Block(*_CORNERS[corner], 0.5, 0.5) for corner in _QUADRANTS[char])
    if char in _SHADES:
        return (Block(0, 0, 1, 1, _SHADES[char]),)
    code = ord(char)
    if 0x2581 <= code <= 0x2588:
        eighths = (code - 0x2580) / 8
        return (Block(0, 1 - eighths, 1, eighths),)
    if 0x2589 <= code <= 0x258F:
        return (Block(0, 0, (0x2590 - code) / 8, 1),)
    single = {"▀": (0, 0, 1, 0.5), "▐": (0.5, 0, 0.5, 1), "▔": (0, 0, 1, 0.125), "▕": (0.875, 0, 0.125, 1)}
    return (Block(*single[char]),) if char in single else ()


def is_drawn(char: str) -> bool:
    """Whether a character is drawn as shapes."""
    return bool(blocks_of(char)) or lines_of(char) is not None
