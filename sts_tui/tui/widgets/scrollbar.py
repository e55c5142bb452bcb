"""The scrollbar in the last column of what is drawn line by line.

It looks and moves like Textual's own. It is not a widget, because a widget that appears or disappears makes
Textual lay out the whole screen again; this way another role's longer policy takes one frame.
"""

from __future__ import annotations

from math import ceil

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.css.styles import RenderStyles
from textual.scrollbar import ScrollBarRender

from sts_tui.start_up.named_tuple import NamedTuple

GLYPHS = ScrollBarRender.VERTICAL_BARS
"""The lower eighths of a cell; the last is a whole one."""
EIGHTHS = len(GLYPHS)


class Cell(NamedTuple):
    """One cell of it."""

    glyph: str
    is_thumb: bool
    is_reversed: bool = False
    """Drawn in the color of what lies behind, on the thumb's."""
    is_hot: bool = False
    """The mouse is on the bar."""
    is_grabbed: bool = False


class Scrollbar:
    """What the mouse does with it, and how it looks."""

    def __init__(self) -> None:
        self._is_hot = False
        self._grabbed: tuple[int, int] | None = None
        """(line of the screen, lines scrolled) where the mouse took hold of the thumb."""
        self._shown = (0, 0, 0)
        """(height, lines, lines scrolled)"""
        self._thumb_shown = (0, 0)
        """Where the thumb is then."""

    def cell(self, row: int, height: int, lines: int, offset: int) -> Cell | None:
        """What is drawn on a row; None where everything fits."""
        if lines <= height or not height:
            return None
        if self._shown != (height, lines, offset):
            self._shown = (height, lines, offset)
            self._thumb_shown = self._thumb()
        start, end = self._thumb_shown
        hot, grabbed = self._is_hot, self.is_grabbed
        (first, after_first), (last, after_last) = divmod(start, EIGHTHS), divmod(end, EIGHTHS)
        if row == first and after_first:
            return Cell(GLYPHS[EIGHTHS - 1 - after_first], True, False, hot, grabbed)
        if first <= row < last:
            return Cell(" ", True, True, hot, grabbed)
        if row == last and after_last:
            return Cell(GLYPHS[EIGHTHS - 1 - after_last], True, True, hot, grabbed)
        return Cell(" ", False, False, hot, grabbed)

    def _thumb(self) -> tuple[int, int]:
        """Where it begins and ends, in eighths of cells."""
        height, lines, offset = self._shown
        size = max(1.0, height / (lines / height))
        start = int((height - size) * (offset / (lines - height)) * EIGHTHS)
        return start, start + ceil(size * EIGHTHS)

    def segment(self, cell: Cell, styles: RenderStyles) -> Segment:
        if cell.is_grabbed:
            behind, thumb = styles.scrollbar_background_active, styles.scrollbar_color_active
        elif cell.is_hot:
            behind, thumb = styles.scrollbar_background_hover, styles.scrollbar_color_hover
        else:
            behind, thumb = styles.scrollbar_background, styles.scrollbar_color
        back = behind.rich_color
        if not cell.is_thumb:
            return Segment(cell.glyph, RichStyle(bgcolor=back))
        color = (behind + thumb).rich_color
        if cell.is_reversed and cell.glyph == " ":
            return Segment(cell.glyph, RichStyle(color=color, reverse=True))
        return Segment(cell.glyph, RichStyle(color=color, bgcolor=back, reverse=cell.is_reversed or None))

    # The mouse -------------------------------------------------------------------------------------------

    @property
    def is_grabbed(self) -> bool:
        return self._grabbed is not None

    def hover(self, is_hot: bool) -> bool:
        """The mouse is on it, or no longer is; whether it looks different then."""
        changed, self._is_hot = is_hot != self._is_hot, is_hot
        return changed

    def page_to(self, row: int) -> int:
        """A page up (-1) or down (1), or 0 where the row is on the thumb."""
        start, end = self._thumb()
        return -1 if row < start // EIGHTHS else 1 if row >= ceil(end / EIGHTHS) else 0

    def grab(self, screen_y: int, offset: int) -> None:
        self._grabbed = (screen_y, offset)

    def dragged(self, screen_y: int) -> float:
        """How far to scroll now that the mouse is there."""
        height, lines, _ = self._shown
        from_y, offset = self._grabbed or (screen_y, 0)
        return offset + (screen_y - from_y) * lines / height

    def release(self) -> None:
        self._grabbed = None
