"""What does the screen show at one instant? Its rows as runs of text, each with its colors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from rich.cells import cell_len
from rich.color import Color
from rich.style import Style
from rich.terminal_theme import DIMMED_MONOKAI

from sts_tui.tui.widgets.textual_internals import drawn_lines

if TYPE_CHECKING:
    from rich.segment import Segment

    from sts_tui.tui.app import StsApp

_FOREGROUND: Final = "#dce3ea"
_BACKGROUND: Final = "#10151b"
_DIM: Final = 0.4
"""How far dim text is blended into its background."""


class Look(Struct, frozen=True):
    """The colors, `#rrggbb`, and the weight of a run."""

    foreground: str
    background: str
    is_bold: bool = False
    is_italic: bool = False
    is_underlined: bool = False


class Run(Struct, frozen=True):
    """Neighboring cells of one look."""

    text: str
    cells: int
    look: Look


Row = tuple[Run, ...]


class Frame(Struct, frozen=True):
    """The whole screen."""

    width: int
    height: int
    """In cells."""
    rows: tuple[Row, ...]

    def lines(self) -> tuple[str, ...]:
        """The rows as text, without trailing spaces."""
        return tuple("".join(run.text for run in row).rstrip() for row in self.rows)


def frame_of(app: StsApp) -> Frame:
    """The screen as it is drawn now."""
    width, height = app.size
    return Frame(width, height, tuple(_row(line) for line in drawn_lines(app)))


def _row(segments: Iterable[Segment]) -> Row:
    looks = ((_look(segment.style), segment.text) for segment in segments if segment.text)
    return tuple(_runs(looks))


def _runs(pieces: Iterable[tuple[Look, str]]) -> Iterator[Run]:
    for look, group in groupby(pieces, key=lambda piece: piece[0]):
        text = "".join(text for _, text in group)
        yield Run(text, cell_len(text), look)


def _look(style: Style | None) -> Look:
    if style is None:
        return Look(_FOREGROUND, _BACKGROUND)
    foreground = _hex(style.color, is_foreground=True)
    background = _hex(style.bgcolor, is_foreground=False)
    if style.reverse:
        foreground, background = background, foreground
    if style.dim:
        foreground = _blend(foreground, background)
    return Look(foreground, background, bool(style.bold), bool(style.italic), bool(style.underline))


def _hex(color: Color | None, *, is_foreground: bool) -> str:
    if color is None or color.is_default:
        return _FOREGROUND if is_foreground else _BACKGROUND
    return color.get_truecolor(DIMMED_MONOKAI, is_foreground).hex


def _blend(foreground: str, background: str) -> str:
    pairs = zip(_channels(foreground), _channels(background), strict=True)
    return "#" + "".join(f"{round(one + (other - one) * _DIM):02x}" for one, other in pairs)


def _channels(color: str) -> tuple[int, ...]:
    return tuple(int(color[at : at + 2], 16) for at in (1, 3, 5))
