"""The base of everything drawn line by line: only visible lines, from pieces, without side effects."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from sts_tui.tui import theme
from sts_tui.tui.pieces import Line, text_of


class LineView(ScrollView):
    """Draws lines of pieces by Textual's line API. Subclasses answer `line_count` and `line_at`."""

    DEFAULT_CSS = """
    LineView {
        background: transparent;
        scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 0;
        overflow-x: hidden;
    }
    """
    ALLOW_SELECT = True
    base_style = RichStyle()
    """Of the widget and what lies behind it; worked out once a frame, since it asks every ancestor."""

    def line_count(self) -> int:
        raise NotImplementedError

    def line_at(self, y: int) -> Line:
        """The pieces of line `y` of the content, counted from 0."""
        raise NotImplementedError

    def background_of(self, y: int) -> RichStyle | None:
        """What lies behind line `y` where it is not the widget's background."""
        return None

    def resize_content(self) -> None:
        """Call when `line_count` changes.

        Nothing outside the widget depends on it, so the screen is not laid out again, as it would be by
        setting the reactive; unless the scrollbar comes or goes.
        """
        size = Size(self.size.width, self.line_count())
        if size != self.virtual_size:
            self.set_reactive(LineView.virtual_size, size)
            self._scroll_update(size)
            self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        self.base_style = self.rich_style
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        y += self.scroll_offset.y
        base = self.base_style
        if y >= self.line_count():
            return Strip.blank(self.size.width, base)
        return self._strip(y, self.line_at(y), base)

    def _strip(self, y: int, pieces: Line, base: RichStyle) -> Strip:
        behind = self.background_of(y)
        style = base if behind is None else base + behind
        app = self.app
        segments = [Segment(text, style + theme.rich_style(app, tone)) for text, tone in pieces if text]
        strip = Strip(segments).simplify().adjust_cell_length(self.size.width, style)
        strip = self._with_selection(strip, y)
        return strip.apply_offsets(0, y)

    def _with_selection(self, strip: Strip, y: int) -> Strip:
        selection = self.text_selection
        if selection is None or (span := selection.get_span(y)) is None:
            return strip
        start, end = span
        end = strip.cell_length if end == -1 else min(end, strip.cell_length)
        if start >= end:
            return strip
        before, selected, *after = strip.divide([start, end, strip.cell_length])
        style = self.screen.get_component_rich_style("screen--selection")
        return Strip.join([before, selected.apply_style(style), *after])

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text: the visible columns of the selected lines."""
        first = selection.start.y if selection.start else 0
        last = selection.end.y if selection.end else self.line_count() - 1
        last = min(last, self.line_count() - 1)
        texts = []
        for y in range(first, last + 1):
            text = text_of(self.line_at(y))
            start, end = selection.get_span(y) or (0, -1)
            texts.append(text[start : None if end == -1 else end].rstrip())
        return ("\n".join(texts), "\n") if texts else None

    def selection_updated(self, selection: Selection | None) -> None:
        self.refresh()

    def dump(self) -> list[str]:
        """Every line as plain text, for the reader mode and the plain dump."""
        return [text_of(self.line_at(y)).rstrip() for y in range(self.line_count())]
