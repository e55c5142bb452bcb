"""The timeline on the screen: a cursor over time, zoom, and the way to the instant that the cursor is at."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import UTC, datetime
from typing import ClassVar, Final

from textual.binding import Binding, BindingType

from sts_tui.tui.dialogs.reading import ReadingScreen
from sts_tui.tui.overviews.timeline import AFTER, Scale, Timeline, timeline_lines, width_of_names
from sts_tui.tui.text.styled_text import Line, line
from sts_tui.tui.widgets.document import Document

_HINT: Final = "← → cursor   , . event   [ ] zoom   enter show it   D incident desk   y copy   esc close"
WIDEST: Final = 200
"""Cells of the box."""
Look = Callable[[datetime, int], object]
"""Shows an instant on the main screen; the number of an event to select there, or 0."""


class TimelineScreen(ReadingScreen):
    """Sessions, denials and edits over time."""

    WIDEST = WIDEST
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "look", "Show that instant", show=False),
        Binding("left,h", "move(-1)", "Earlier", show=False),
        Binding("right,l", "move(1)", "Later", show=False),
        Binding("shift+left,H", "move(-10)", "Much earlier", show=False),
        Binding("shift+right,L", "move(10)", "Much later", show=False),
        Binding("comma", "event(-1)", "Previous event", show=False),
        Binding("full_stop", "event(1)", "Next event", show=False),
        Binding("right_square_bracket,plus", "zoom(0.5)", "Closer", show=False),
        Binding("left_square_bracket,minus", "zoom(2.0)", "Wider", show=False),
        Binding("w", "what_if", "What if", show=False),
    ]

    def __init__(
        self,
        timeline: Timeline,
        at: datetime,
        width: int,
        look: Look,
        also: tuple[str, Callable[[], object]],
    ) -> None:
        """`at`: where the cursor begins; `width`: cells of a line."""
        self._timeline = timeline
        self._named = width_of_names(timeline.rows, width)
        self._whole: Scale = timeline.whole(width - self._named - AFTER)
        self._shown = self._whole
        self._look = look
        self.cursor = min(max(at, self._whole.start), self._whole.end)
        self._ask: Callable[[datetime], object] | None = None
        self._number = 0
        """The number of the event that the cursor was moved to."""
        marks = [(mark.at.timestamp(), mark.event.number) for mark in timeline.marks]
        self._events = sorted([*marks, *zip(timeline.denials, timeline.denied, strict=True)])
        super().__init__("Timeline", self._chart(), _HINT, also)

    def _chart(self) -> list[tuple[Line, int]]:
        return timeline_lines(self._timeline, self._shown, self.cursor, self._named)

    def _draw(self) -> None:
        self._lines = self._chart()
        self.query_one(Document).show(self._lines, keep_scroll=True)

    def _go_to(self, at: datetime, number: int = 0) -> None:
        """Moves the cursor, and the stretch where the cursor would leave it."""
        self.cursor = min(max(at, self._whole.start), self._whole.end)
        self._number = number
        if not self._shown.shows(self.cursor):
            self._shown = self._shown.zoomed(1, self.cursor, self._whole)
        self._draw()

    def action_move(self, columns: int) -> None:
        step = (self._shown.end - self._shown.start) / self._shown.width
        self._go_to(self.cursor + step * columns)

    def action_event(self, direction: int) -> None:
        """Moves to the next edit, revocation, denial or refusal, or to the one before."""
        here = (self.cursor.timestamp(), self._number)
        if direction > 0:
            at = bisect_right(self._events, here if self._number else (here[0], float("inf")))
        else:
            at = bisect_left(self._events, here) - 1
        if 0 <= at < len(self._events):
            seconds, number = self._events[at]
            self._go_to(datetime.fromtimestamp(seconds, UTC), number)

    def action_zoom(self, factor: float) -> None:
        self._shown = self._shown.zoomed(factor, self.cursor, self._whole)
        self._draw()

    def allow_what_if(self, ask: Callable[[datetime], object]) -> None:
        """`w` asks what a change at the cursor would have prevented."""
        self._ask = ask
        self._hint = _HINT.replace("D incident desk", "w what if   D desk")

    def action_what_if(self) -> None:
        if self._ask is not None:
            at = self.cursor
            self.dismiss(None)
            self._ask(at)

    def action_look(self) -> None:
        at, number = self.cursor, self._number
        self.dismiss(None)
        self._look(at, number)


def empty() -> ReadingScreen:
    """What is shown while there is no session, denial or edit."""
    return ReadingScreen("Timeline", [(line(("No sessions yet.", "muted")), 0)])
