"""Lines that do not scroll: header, tabs, bottom line, footer. Parts of them can be clicked."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.message import Message

from sts_tui.tui.text.parts import Part, fitting
from sts_tui.tui.text.styled_text import Line, Span, cells, text_of, width_of
from sts_tui.tui.widgets.lines import LineView


class Bar(LineView):
    """A few lines of parts, left-aligned; each line can have a right-aligned text at its end."""

    DEFAULT_CSS = "Bar { height: 1; }"

    class Clicked(Message):
        """A click on a part that has an action."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def __init__(self, *, id: str | None = None, gap: int = 2, counts: bool = False, margin: int = 1) -> None:
        """`counts`: parts that do not fit are counted at the end, `+3`. `margin`: empty cells at the left."""
        super().__init__(id=id)
        self._margin = margin
        self._counts = counts
        self._rows: tuple[tuple[tuple[Part, ...], Line], ...] = ()
        self._gap = gap

    def show(self, *rows: Sequence[Part], right: Sequence[Line] = ()) -> None:
        """One row of parts per line; `right` holds the text at the right edge of each."""
        ends = [*right, *([()] * (len(rows) - len(right)))]
        new = tuple((tuple(row), end) for row, end in zip(rows, ends, strict=True))
        if new != self._rows:
            self._rows = new
            self.resize_content()
            self.refresh_changed()

    def line_count(self) -> int:
        return len(self._rows)

    def as_text(self) -> list[str]:
        """Each row with all of its parts, however narrow the screen."""
        rows = (
            [*(text_of(part.spans).strip() for part in parts), text_of(end).strip()]
            for parts, end in self._rows
        )
        return ["  ".join(text for text in row if text) for row in rows]

    def line_at(self, y: int) -> Line:
        spans: list[Span] = [Span(" " * self._margin)] if self._margin else []
        for number, (_, _, part) in enumerate(self._placed(y)):
            spans += [*([Span(" " * self._gap)] if number else []), *part.spans]
        end = self._rows[y][1]
        pad = self.size.width - width_of(spans) - width_of(end) - 1
        if end and pad >= 0:
            return (*spans, Span(" " * pad), *end)
        return tuple(spans)

    def _placed(self, y: int) -> list[tuple[int, int, Part]]:
        """(first cell, cell after the last, part) of what fits."""
        parts, end = self._rows[y]
        room = self.size.width - self._margin - (width_of(end) + 3 if end else 0)
        placed, x = [], self._margin
        for part in self._fitting(parts, room):
            size = sum(cells(span.text) for span in part.spans)
            placed.append((x, x + size, part))
            x += size + self._gap
        return placed

    def _fitting(self, parts: Sequence[Part], room: int) -> list[Part]:
        shown = fitting(parts, room, self._gap)
        if not self._counts or len(shown) == len(parts):
            return shown
        shown = fitting(parts, room - self._gap - cells(f"+{len(parts)}"), self._gap)
        return [*shown, Part((Span(f"+{len(parts) - len(shown)}", "muted"),))]

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)  # a border is not a row
        if at is not None and at.y < len(self._rows):
            self._press_hint(at.x, self._rows[at.y][1])
            for first, last, part in self._placed(at.y):
                if first <= at.x < last and part.action:
                    self.post_message(self.Clicked(part.action))

    def _press_hint(self, column: int, end: Line) -> None:
        """A click on the text at the right edge presses the key that it begins with."""
        from sts_tui.tui.keys.hinted_keys import key_at, press

        key = key_at(text_of(end), column - (self.size.width - width_of(end))) if end else None
        if key is not None and end[0].style == "key":
            press(self.app, key)
