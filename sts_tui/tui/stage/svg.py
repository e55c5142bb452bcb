"""How does a frame become an SVG picture that needs no other file? The same bytes on any machine.

Text is set in an embedded subset of a free monospaced font, lines and blocks are shapes, and `<title>` and
`<desc>` say what is shown. Rows are drawn one by one, so that a film can share those that do not change.
https://www.w3.org/TR/SVG11/ https://www.w3.org/TR/svg-aam-1.0/
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from functools import cache
from html import escape
from pathlib import Path
from typing import Final

from rich.cells import cell_len

from sts_tui.tui.stage.frame import Frame, Row
from sts_tui.tui.stage.shapes import Lines, blocks_of, is_drawn, lines_of

CELL: Final = 10
"""Width of a cell in units of the picture."""
LINE: Final = 20
"""Height of a cell."""
FONT_SIZE: Final = 16.61
"""At which DejaVu Sans Mono is exactly a cell wide (1233 of 2048 units)."""
BASELINE: Final = 15
FONTS: Final = Path(__file__).parent / "fonts"
FAMILY: Final = '"sts-tui mono", "DejaVu Sans Mono", "Menlo", "Consolas", monospace'
_STROKES: Final = {1: 1.3, 2: 2.6, 3: 1.1}
_SPREAD: Final = 1.8
"""Of the two strokes of a double line, from its middle."""
_OVERLAP: Final = 0.3
"""How far an upright line reaches into the next row: scaled pictures would show a hairline otherwise."""


def picture(frame: Frame, title: str, description: str) -> str:
    """The whole picture as one SVG document."""
    painter = Painter()
    rows = [painter.row(row) for row in frame.rows]
    width, height = frame.width * CELL, frame.height * LINE
    body = "\n".join(
        f'<g transform="translate(0 {at * LINE})">{drawn}</g>' for at, drawn in enumerate(rows) if drawn
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img">\n'
        f"<title>{_text(title)}</title>\n<desc>{_text(description)}</desc>\n"
        f"<metadata>{_text(license_text())}</metadata>\n<style>\n{painter.style()}</style>\n"
        f'<rect width="{width}" height="{height}" class="b0"/>\n{body}\n</svg>\n'
    )


@cache
def license_text() -> str:
    """The license of the embedded font, which its copies have to carry."""
    return (FONTS / "LICENSE").read_text(encoding="utf-8").strip()


@cache
def _font(face: str) -> str:
    return base64.b64encode((FONTS / f"{face}.woff").read_bytes()).decode("ascii")


def font_faces(*, has_bold: bool) -> str:
    """The `@font-face` rules with the fonts in them."""
    faces = [("regular", "normal"), *([("bold", "bold")] if has_bold else [])]
    return "".join(
        f'@font-face{{font-family:"sts-tui mono";font-weight:{weight};'
        f'src:url("data:font/woff;base64,{_font(face)}") format("woff")}}\n'
        for face, weight in faces
    )


class Painter:
    """Draws rows, and names every color once. The first background seen is that of the picture."""

    def __init__(self) -> None:
        self._colors: dict[str, int] = {}
        self._has_bold = False
        self._ground = ""

    def row(self, row: Row) -> str:
        """The elements of a row, at the top of the picture."""
        if not self._ground and row:
            self._ground = row[0].look.background
            self._color(self._ground)
        return "".join((*self._grounds(row), *self._glyphs(row)))

    def style(self) -> str:
        """The rules that the rows need, fonts included."""
        rules = [
            f"text{{font-family:{FAMILY};font-size:{FONT_SIZE}px;white-space:pre}}",
            ".bold{font-weight:bold}",
        ]
        rules += [".it{font-style:italic}", ".un{text-decoration:underline}", ".l{fill:none}"]
        for color, number in self._colors.items():
            rules.append(f".b{number}{{fill:{color}}}.s{number}{{stroke:{color}}}")
        return font_faces(has_bold=self._has_bold) + "\n".join(rules) + "\n"

    def _color(self, color: str) -> int:
        return self._colors.setdefault(color, len(self._colors))

    def _grounds(self, row: Row) -> Iterator[str]:
        """Backgrounds that differ from that of the picture; neighbors of one color are one rectangle."""
        at, begun, color = 0, 0, self._ground
        for run in (*row, None):
            background = run.look.background if run else ""
            if background != color:
                if color != self._ground and at > begun:
                    yield (
                        f'<rect x="{begun * CELL}" width="{(at - begun) * CELL}" height="{LINE}" '
                        f'class="b{self._color(color)}"/>'
                    )
                begun, color = at, background
            at += run.cells if run else 0

    def _glyphs(self, row: Row) -> Iterator[str]:
        at = 0
        for run in row:
            look = run.look
            number = self._color(look.foreground)
            classes = [f"b{number}"]
            if look.is_bold:
                classes.append("bold")
                self._has_bold = True
            classes += [*(["it"] if look.is_italic else []), *(["un"] if look.is_underlined else [])]
            for x, text, is_shape in _parts(run.text, at):
                yield _shapes(text, x, number) if is_shape else _words(text, x, " ".join(classes))
            at += run.cells


def _parts(text: str, at: int) -> Iterator[tuple[int, str, bool]]:
    """(cell, text, whether it is drawn as shapes), without the spaces around words."""
    begun, is_shape = 0, False
    for position, char in enumerate(text + "\0"):
        kind = is_drawn(char)
        if position and (kind != is_shape or char == "\0"):
            part = text[begun:position]
            stripped = part.strip()
            if stripped:
                lead = len(part) - len(part.lstrip())
                yield at + cell_len(text[:begun]) + lead, stripped, is_shape
            begun = position
        is_shape = kind


def _words(text: str, x: int, classes: str) -> str:
    cells = cell_len(text)
    shown = _text(text).replace(" ", "\u00a0")
    return f'<text x="{x * CELL}" y="{BASELINE}" textLength="{cells * CELL}" class="{classes}">{shown}</text>'


def _shapes(text: str, x: int, number: int) -> str:
    """Blocks as rectangles; lines as one path for each weight."""
    drawn: list[str] = []
    paths: dict[float, list[str]] = {}
    for position, char in enumerate(text):
        left = (x + position) * CELL
        for block in blocks_of(char):
            opacity = f' opacity="{block.opacity}"' if block.opacity < 1 else ""
            corner = f'x="{_number(left + block.x * CELL)}" y="{_number(block.y * LINE)}"'
            size = f'width="{_number(block.width * CELL)}" height="{_number(block.height * LINE)}"'
            drawn.append(f'<rect {corner} {size} class="b{number}"{opacity}/>')
        lines = lines_of(char)
        if lines is not None:
            for width, path in _strokes(lines, left):
                paths.setdefault(width, []).append(path)
    drawn += [
        f'<path d="{"".join(_joined(each))}" stroke-width="{width}" class="l s{number}"/>'
        for width, each in paths.items()
    ]
    return "".join(drawn)


def _strokes(lines: Lines, left: float) -> Iterator[tuple[float, str]]:
    """(width, path) of each arm, from the middle of the cell."""
    middle, center = left + CELL / 2, LINE / 2
    if lines.is_arc:
        end_x = left + CELL if lines.right else left
        end_y = LINE + _OVERLAP if lines.down else -_OVERLAP
        yield (
            _STROKES[1],
            f"M{_number(middle)} {_number(end_y)}V{_number(LINE * 3 / 4 if lines.down else LINE / 4)}"
            + (f"Q{_number(middle)} {_number(center)} {_number(end_x)} {_number(center)}"),
        )
        return
    for weight, from_x, to_x in ((lines.left, left, middle), (lines.right, middle, left + CELL)):
        for shift in _shifts(weight):
            yield _STROKES[weight], f"M{_number(from_x)} {_number(center + shift)}H{_number(to_x)}"
    for weight, from_y, to_y in ((lines.up, -_OVERLAP, center), (lines.down, center, LINE + _OVERLAP)):
        for shift in _shifts(weight):
            yield _STROKES[weight], f"M{_number(middle + shift)} {_number(from_y)}V{_number(to_y)}"


def _shifts(weight: int) -> tuple[float, ...]:
    return () if not weight else (-_SPREAD, _SPREAD) if weight == 3 else (0.0,)


def _joined(paths: list[str]) -> Iterator[str]:
    """Paths in their order; a level line that begins where the last one ended continues it."""
    begun = ""
    for path in paths:
        head, _, end = path.partition("H")
        if begun and end and head == begun:
            yield f"H{end}"
        else:
            yield path
        begun = f"M{end} {head.split()[-1]}" if end else ""


def _text(text: str) -> str:
    return escape(text, quote=False)


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
