"""A scrolling text of spans, wrapped to the width."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Resize

from sts_tui.tui.text.styled_text import Line, Span, text_of, wrap
from sts_tui.tui.widgets.lines import LineView

SCROLL_KEYS: list[BindingType] = [
    Binding("up,k", "scroll_up", "Up", show=False),
    Binding("down,j", "scroll_down", "Down", show=False),
    Binding("pageup", "page_up", "Page up", show=False),
    Binding("pagedown", "page_down", "Page down", show=False),
    Binding("ctrl+u", "half_page(-1)", "Half a page up", show=False),
    Binding("ctrl+d", "half_page(1)", "Half a page down", show=False),
    Binding("g,home,ctrl+home", "scroll_home", "Top", show=False),
    Binding("G,end,ctrl+end", "scroll_end", "Bottom", show=False),
]


@lru_cache(maxsize=4096)
def _wrapped(spans: Line, width: int, indent: int) -> tuple[Line, ...]:
    """The same lines come again and again: from one request's explanation to the next most are equal."""
    return tuple(wrap(spans, width, indent=indent))


def _marked(spans: Line, query: str) -> Line:
    """The line with every occurrence of the query in the style of a match."""
    text = text_of(spans)
    lowered = text.lower()
    starts = []
    at = lowered.find(query)
    while at >= 0:
        starts.append(at)
        at = lowered.find(query, at + len(query))
    if not starts or len(lowered) != len(text):  # a letter whose lower case has another length
        return spans
    found: list[Span] = []
    position = 0
    for span_text, style in spans:
        end = position + len(span_text)
        cut = position
        for start in starts:
            first, last = max(start, cut), min(start + len(query), end)
            if first < last:
                found.append(Span(text[cut:first], style))
                found.append(Span(text[first:last], "found"))
                cut = last
        found.append(Span(text[cut:end], style))
        position = end
    return tuple(span for span in found if span.text)


class Document(LineView, can_focus=True):
    """Lines, each with the indent at which it continues where it is too wide."""

    BINDINGS: ClassVar[list[BindingType]] = SCROLL_KEYS

    def __init__(self, *, id: str | None = None, can_focus: bool = True, most: int = 0) -> None:
        """`most`: as high as its lines, but not higher than this; 0: as high as its place."""
        super().__init__(id=id)
        self._most = most
        self.can_focus = can_focus
        self._source: tuple[tuple[Line, int], ...] = ()
        self._lines: list[Line] = []
        self._query = ""
        self._found: list[int] = []
        self._at = 0

    def show(
        self,
        lines: Sequence[Line | tuple[Line, int]],
        *,
        keep_scroll: bool = False,
        most: int | None = None,
    ) -> None:
        """Shows `lines`; a pair is (line, indent of its continuation). `most`: as `limit`, at once."""
        source = tuple(item if len(item) == 2 and isinstance(item[1], int) else (item, 2) for item in lines)
        before, self._most = self._most, self._most if most is None else most
        is_other = source != self._source
        if not is_other and before == self._most:
            return
        self._source = source
        self._reflow()
        if is_other and not keep_scroll and (self.scroll_y or self.scroll_target_y):
            self.scroll_to(y=0, animate=False)

    @property
    def most(self) -> int:
        """Lines that it shows at most; 0: as many as its place has."""
        return self._most

    def limit(self, most: int) -> None:
        """As high as its lines, but not higher than this."""
        self._most = most
        self._reflow()

    def widths(self) -> tuple[int, int]:
        """How wide lines can be: where all of them fit, and beside a scrollbar."""
        width = max(1, self.size.width)
        return width, max(1, width - 1)

    def fits(self, count: int) -> bool:
        """Whether this many lines fit without a scrollbar."""
        return count <= (self._most or self.size.height)

    def _reflow(self) -> None:
        self._found = []
        whole, beside_bar = self.widths()
        lines = self._wrapped_to(whole) if self.fits(len(self._source)) else None
        is_whole = lines is not None and self.fits(len(lines))
        self._lines = lines if lines is not None and is_whole else self._wrapped_to(beside_bar)
        if self._most:
            self.styles.height = max(1, min(self._most, len(self._lines))) + self.gutter.height
        if self._query:
            self._look_for_query()
        self.resize_content()
        self.refresh_changed()

    def _wrapped_to(self, width: int) -> list[Line]:
        return [part for spans, indent in self._source for part in _wrapped(spans, width, indent)]

    # Searching -------------------------------------------------------------------------------------------

    def find(self, text: str) -> tuple[int, int]:
        """Marks every line that has `text`, case ignored, and scrolls to the first from the one in view.

        (position of that match counted from 1, how many there are); (0, 0) where there is none.
        """
        self._query = text.lower()
        self._look_for_query()
        top = int(self.scroll_offset.y)
        following = [index for index, y in enumerate(self._found) if y >= top]
        self._at = following[0] if following else 0
        return self._show_match()

    def find_next(self, step: int) -> tuple[int, int]:
        """The next (1) or the previous (-1) match, from the end on to the beginning."""
        if self._found:
            self._at = (self._at + step) % len(self._found)
        return self._show_match()

    def _look_for_query(self) -> None:
        query = self._query
        self._found = [y for y, spans in enumerate(self._lines) if query and query in text_of(spans).lower()]

    def _show_match(self) -> tuple[int, int]:
        self.refresh_changed()
        if not self._found:
            return (0, 0)
        y = self._found[self._at]
        height = max(1, self.size.height)
        if not self.scroll_offset.y <= y < self.scroll_offset.y + height:
            self.scroll_to(y=max(0, y - height // 3), animate=False)
        return self._at + 1, len(self._found)

    def on_resize(self, event: Resize) -> None:
        self._reflow()

    def line_count(self) -> int:
        return len(self._lines)

    def line_at(self, y: int) -> Line:
        return _marked(self._lines[y], self._query) if self._query else self._lines[y]

    def action_half_page(self, direction: int) -> None:
        self.scroll_relative(y=direction * max(1, self.size.height // 2), animate=False)
