"""How are digits drawn large enough for the last row of a room?"""

from __future__ import annotations

from typing import Final

ROWS: Final = 5
_PIXELS: Final = {
    "0": ("###", "# #", "# #", "# #", "###"),
    "1": (" # ", "## ", " # ", " # ", "###"),
    "2": ("###", "  #", "###", "#  ", "###"),
    "3": ("###", "  #", "###", "  #", "###"),
    "4": ("# #", "# #", "###", "  #", "  #"),
    "5": ("###", "#  ", "###", "  #", "###"),
    "6": ("###", "#  ", "###", "# #", "###"),
    "7": ("###", "  #", "  #", "  #", "  #"),
    "8": ("###", "# #", "###", "# #", "###"),
    "9": ("###", "# #", "###", "  #", "###"),
    ":": (" ", "#", " ", "#", " "),
    "d": ("  #", "  #", "###", "# #", "###"),
    " ": (" ", " ", " ", " ", " "),
}
_HALVES: Final = {("#", "#"): "█", ("#", " "): "▀", (" ", "#"): "▄", (" ", " "): " "}


def big(text: str, room: int, *, is_ascii: bool = False) -> tuple[str, ...]:
    """`5:59:45` in rows of at most `room` cells: five rows of pixels two cells wide; three rows of half
    height where that is too wide; the plain text where that is too wide as well. `is_ascii`: five rows of
    `#`.
    """
    rows = _pixels(text)
    if rows is None:
        return (text,)
    wide = tuple("".join(pixel * 2 for pixel in row).replace("#", "█") for row in rows)
    if len(wide[0]) <= room and not is_ascii:
        return wide
    if len(rows[0]) > room:
        return (text,)
    return rows if is_ascii else tuple(_halved(rows))


def _pixels(text: str) -> tuple[str, ...] | None:
    """Five rows of `#` and spaces; None for a text with other characters than those of a countdown."""
    if not text or any(char not in _PIXELS for char in text):
        return None
    return tuple(" ".join(_PIXELS[char][row] for char in text) for row in range(ROWS))


def _halved(rows: tuple[str, ...]) -> list[str]:
    """Two rows of pixels in a row of cells."""
    padded = (*rows, " " * len(rows[0]))
    pairs = zip(padded[::2], padded[1::2], strict=True)
    return ["".join(_HALVES[pair] for pair in zip(upper, lower, strict=True)) for upper, lower in pairs]
