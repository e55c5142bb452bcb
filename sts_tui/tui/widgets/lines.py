"""The base of everything drawn line by line: only visible lines, from spans, without side effects.

A line that was drawn once is kept as it goes to the terminal, by what is on it; and of what is on the screen
only lines that look otherwise than they did are drawn again. Textual's own way from a widget to the screen
(borders, padding, opacity, text selected by the mouse) is taken where there is something of the kind.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from rich.segment import Segment
from rich.style import Style as RichStyle
from textual import events
from textual.color import Color
from textual.filter import ANSIToTruecolor, LineFilter
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from sts_tui.start_up.named_tuple import NamedTuple
from sts_tui.tui.text import theme
from sts_tui.tui.text.styled_text import Line, cells, text_of
from sts_tui.tui.widgets.scrollbar import Cell, Scrollbar

KEPT = 600
"""Lines kept as they were drawn, per widget."""
NO_STYLE = RichStyle()


class Looks(NamedTuple):
    """What every line of a widget depends on besides what is on it."""

    base: RichStyle
    width: int
    theme: str
    no_color: bool
    filters: tuple[LineFilter, ...]


class Drawn(NamedTuple):
    """What a line on the screen shows: equal ones look alike."""

    spans: Line
    behind: RichStyle | None = None
    bar: Cell | None = None


class LineView(ScrollView, can_focus=False):
    """Draws lines of spans by Textual's line API. Subclasses answer `line_count` and `line_at`.

    A scroll view can have the focus; lines that only show something cannot.
    """

    DEFAULT_CSS = """
    LineView {
        background: transparent;
        overflow: hidden hidden;
    }
    """
    ALLOW_SELECT = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.bar = Scrollbar()
        self._looks = Looks(NO_STYLE, 0, "", False, ())
        self._background = Color(0, 0, 0)
        """Behind every line; it follows from `Looks.base`."""
        self._truecolor: ANSIToTruecolor | None = None
        """Of the filters the one that is applied to each style once, not to each text in it."""
        self._filters: tuple[LineFilter, ...] = ()
        """The others."""
        self._kept: dict[Drawn, Strip] = {}
        """Lines as they go to the terminal, while looks stay what they are."""
        self._styles_of: dict[RichStyle | None, dict[str, RichStyle]] = {}
        """By what lies behind, and by name."""
        self._bar_segments: dict[Cell, Segment] = {}
        """Cells of the scrollbar, as they are drawn."""
        self._on_screen: dict[int, Drawn] = {}
        """Row on the screen → what was drawn there last."""
        self._strips: dict[int, tuple[Drawn, Strip]] = {}
        """Row on the screen → what was drawn there last, and how it went to the terminal."""
        self._current: dict[int, Drawn] = {}
        """Row on the screen → what it shows, as `refresh_changed` found it; empty where it may differ."""
        self._current_at = (0, 0, 0)
        """Width, height and lines scrolled away for which `_current` holds."""
        self._is_comparing = False
        self._has_looks = False
        """Whether `_looks` holds: Textual refreshes a widget whose style, or that of what is behind it,
        changed.
        """

    # What subclasses say ---------------------------------------------------------------------------------

    def line_count(self) -> int:
        raise NotImplementedError

    def line_at(self, y: int) -> Line:
        """The spans of line `y` of the content, counted from 0."""
        raise NotImplementedError

    def background_of(self, y: int) -> RichStyle | None:
        """What lies behind line `y` where it is not the widget's background."""
        return None

    def content_line(self, row: int, top: int) -> int | None:
        """Which line of the content is on a row of the widget, counted from 0, where `top` lines are
        scrolled away; None: nothing.
        """
        y = row + top
        return y if y < self.line_count() else None

    # Size ------------------------------------------------------------------------------------------------

    @property
    def has_bar(self) -> bool:
        """Whether there is more than fits; then the last column is a scrollbar."""
        return self.line_count() > self.size.height > 0

    @property
    def allow_vertical_scroll(self) -> bool:
        return self.has_bar

    def resize_content(self) -> None:
        """Call when `line_count` changes.

        Nothing outside the widget depends on it, so the screen is not laid out again, as it would be by
        setting the reactive.
        """
        size = Size(self.size.width, self.line_count())
        if size != self.virtual_size:
            self.set_reactive(LineView.virtual_size, size)
            self.scroll_y = self.validate_scroll_y(self.scroll_y)

    # Drawing ---------------------------------------------------------------------------------------------

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        if round(old_value) != round(new_value):
            self.refresh_changed()

    def refresh_changed(self, among: Iterable[int] | None = None) -> None:
        """Has the lines drawn again that look otherwise than what is on the screen. `among`: rows of the
        widget, where no other can have changed.
        """
        width, height = self.size
        drawn, top = self._on_screen.get, self.scroll_offset.y
        if self._current_at != (width, height, top):
            among = None
        if among is None:
            self._current, self._current_at = {}, (width, height, top)
        rows = []
        for row in range(height) if among is None else sorted({row for row in among if 0 <= row < height}):
            before, seen = drawn(row), self._seen(row, height, top)
            if before is None or before != seen:
                rows.append(row)
                self._current[row] = seen
            else:
                self._current[row] = before  # the same object, whose strip is known without comparing it
        if rows:
            self._is_comparing = True
            try:
                self.refresh(*(Region(0, row, width, 1) for row in rows))
            finally:
                self._is_comparing = False

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """Other code that has lines drawn again may have changed what they show."""
        if not self._is_comparing:
            self._current, self._has_looks = {}, False
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Remembers what each row shows, so that only rows that differ are drawn again.

        Code that changes a line calls `refresh_changed` at once. So a row rendered for another reason (the
        mouse, a screenshot) is never mistaken for one that the terminal already shows.
        """
        width, height = self.size
        self._note_looks(width)
        gutter = self.styles.gutter
        if gutter.left or gutter.right or self.opacity != 1:
            return super().render_lines(crop)
        top = self.scroll_offset.y
        current = self._current if self._current_at == (width, height, top) else {}
        selection = self.text_selection  # asks every ancestor too
        strips = []
        for y in crop.line_range:
            row = y - gutter.top
            if 0 <= row < height:
                seen = current.get(row)
                if seen is None:
                    seen = self._seen(row, height, top)
                self._on_screen[row] = seen
                strips.append(self._kept_strip(seen, row, top, selection))
            else:  # a border above or below
                strips += super().render_lines(Region(0, y, self.outer_size.width, 1))
        if crop.column_span == (0, self._looks.width):
            return strips
        return [strip.crop(*crop.column_span) for strip in strips]

    def _note_looks(self, width: int) -> None:
        """Asks every ancestor, and forgets lines that look otherwise now."""
        app = self.app
        if self._has_looks and (self._looks.width, self._looks.theme) == (width, app.theme):
            return
        self._has_looks = True
        filters = tuple(self.get_line_filters())
        looks = Looks(self.rich_style, width, app.theme, app.no_color, filters)
        if looks != self._looks:
            self._looks = looks
            self._background = self.background_colors[1]
            self._truecolor = next((each for each in filters if isinstance(each, ANSIToTruecolor)), None)
            self._filters = tuple(each for each in filters if each is not self._truecolor)
            self._kept.clear()
            self._strips.clear()
            self._styles_of.clear()
            self._bar_segments.clear()

    def _seen(self, row: int, height: int, top: int) -> Drawn:
        """What a row shows."""
        bar = self.bar.cell(row, height, self.line_count(), top)
        y = self.content_line(row, top)
        if y is None:
            return Drawn((), None, bar)
        return Drawn(self.line_at(y), self.background_of(y), bar)

    def _kept_strip(self, seen: Drawn, row: int, top: int, selection: Selection | None) -> Strip:
        """A row as it goes to the terminal."""
        before = self._strips.get(row)
        strip = before[1] if before is not None and before[0] is seen else self._kept.get(seen)
        if strip is None:
            if len(self._kept) > KEPT:
                self._kept.clear()
            strip = self._kept[seen] = self._strip(seen, self._filters)
        self._strips[row] = seen, strip
        y = None if selection is None else self.content_line(row, top)
        return strip if y is None else self._with_selection(strip, y)

    def _strip(self, seen: Drawn, filters: Iterable[LineFilter] = ()) -> Strip:
        width = self._looks.width - (1 if seen.bar else 0)
        segments: list[Segment] = []
        used = 0
        text, style = "", self._style(seen.behind, "plain")
        styles = self._styles_of[seen.behind]
        for part, name in seen.spans:
            used += cells(part)
            following = styles.get(name)
            if following is None:
                following = self._style(seen.behind, name)
            if following is style:
                text += part
            else:
                if text:
                    segments.append(Segment(text, style))
                text, style = part, following
        if text:
            segments.append(Segment(text, style))
        if used < width:
            segments.append(Segment(" " * (width - used), self._style(seen.behind, "plain")))
        elif used > width:
            segments = list(Strip(segments, used).adjust_cell_length(width))
        if seen.bar:
            segments.append(self._bar_segment(seen.bar))
        for each in filters:
            segments = each.apply(segments, self._background)
        return Strip(segments, self._looks.width)

    def _bar_segment(self, cell: Cell) -> Segment:
        segment = self._bar_segments.get(cell)
        if segment is None:
            glyph, style, _ = self.bar.segment(cell, self.styles)
            segment = self._bar_segments[cell] = Segment(glyph, self._in_truecolor(style or NO_STYLE))
        return segment

    def _style(self, behind: RichStyle | None, name: str) -> RichStyle:
        styles = self._styles_of.setdefault(behind, {})
        style = styles.get(name)
        if style is None:
            base = self._looks.base
            style = base if behind is None else base + behind
            if name != "plain":
                style += theme.rich_style(self.app, name)  # type: ignore[arg-type]
            style = styles[name] = self._in_truecolor(style)
        return style

    def _in_truecolor(self, style: RichStyle) -> RichStyle:
        if self._truecolor is None:
            return style
        return self._truecolor.truecolor_style(style, self._background.rich_color)

    def render_line(self, y: int) -> Strip:
        """One row for Textual's own ways: with what the mouse needs to find text, and without filters."""
        self._note_looks(self.size.width)
        top = self.scroll_offset.y
        content = self.content_line(y, top)
        strip = self._strip(self._seen(y, self.size.height, top))
        if content is None:
            return strip
        return self._with_selection(strip, content).apply_offsets(0, content)

    # Text selected by the mouse --------------------------------------------------------------------------

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

    # The scrollbar ---------------------------------------------------------------------------------------

    @property
    def allow_select(self) -> bool:
        """False while the mouse is on the scrollbar."""
        return super().allow_select and not self.is_on_bar(self.app.mouse_position.x - self.region.x)

    def is_on_bar(self, x: int) -> bool:
        """Whether a column of the widget, counted from its left edge, is the scrollbar."""
        return self.has_bar and x == self.styles.gutter.left + self.size.width - 1

    def on_mouse_down(self, event: events.MouseDown) -> None:
        if not self.is_on_bar(event.x):
            return
        event.stop()
        page = self.bar.page_to(event.y - self.styles.gutter.top)
        if page:
            self.scroll_relative(y=page * self.size.height, animate=False)
        else:
            self.bar.grab(event.screen_y, self.scroll_offset.y)
            self.capture_mouse()
            self.refresh_changed()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self.bar.is_grabbed:
            self.scroll_to(y=self.bar.dragged(event.screen_y), animate=False, force=True)
        elif self.bar.hover(self.is_on_bar(event.x)):
            self.refresh_changed()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        if self.bar.is_grabbed:
            event.stop()
            self.bar.release()
            self.release_mouse()
            self.refresh_changed()

    def on_leave(self) -> None:
        if self.bar.hover(False):
            self.refresh_changed()

    def on_key(self, event: events.Key) -> None:
        """Marks the key with this widget: if a field has the focus when the app handles it, it is text."""
        event.set_sender(self)

    def dump(self) -> list[str]:
        """Every line as it is drawn, as plain text."""
        return [text_of(self.line_at(y)).rstrip() for y in range(self.line_count())]

    def as_text(self) -> list[str]:
        """What it holds, whole and in words: for screen readers, and to see what is cut on the screen."""
        return self.dump()
