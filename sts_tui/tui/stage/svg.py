"""A picture of the screen that stands alone: no font from the network, a title and a description for who
cannot see it.

Textual's export asks a public server for a font, which a picture in documentation must not do. Every glyph
that the explorer draws is in DejaVu Sans Mono; the picture names it first and falls back to whatever is
monospace.
"""

from __future__ import annotations

import re
from html import escape
from typing import Final

FONT_SIZE: Final = "20.266px"
"""At which DejaVu Sans Mono is exactly a cell wide, also for viewers that do not stretch text."""
CELL: Final = 12.2
"""Width of a cell in the exported picture."""
FONTS: Final = '"DejaVu Sans Mono", "Menlo", "Consolas", "Liberation Mono", monospace'
_FONT_FACE = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
_TEXT = re.compile(
    r'(<text class="[^"]*" x=")([\d.]+)(" y="[\d.]+" textLength=")([\d.]+)("[^>]*>)((?:&#160;)+)'
)


def standalone(svg: str, title: str, description: str) -> str:
    """The exported picture without what it does not need from elsewhere, with `<title>` and `<desc>`."""
    svg = _FONT_FACE.sub("", svg)
    svg = svg.replace("font-family: Fira Code, monospace;", f"font-family: {FONTS};")
    svg = svg.replace("font-size: 20px;", f"font-size: {FONT_SIZE};")
    svg = svg.replace("font-family: arial;", "font-family: sans-serif;")
    svg = _TEXT.sub(_moved, svg)
    head = f"<title>{escape(title)}</title>\n    <desc>{escape(description)}</desc>"
    return re.sub(r"<!-- Generated with Rich[^>]*-->", head, svg, count=1)


def _moved(found: re.Match[str]) -> str:
    """Leading spaces as an offset: some viewers drop them, and the rest would stand too far to the left."""
    before, x, between, length, after, spaces = found.groups()
    count = len(spaces) // len("&#160;")
    return (
        f"{before}{_number(float(x) + count * CELL)}{between}{_number(float(length) - count * CELL)}{after}"
    )


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")
