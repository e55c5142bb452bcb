"""How does the whole screen show a past instant? The model is replaced by the one of that instant.

While looking back, the clock is paused and nothing can be changed; a line under the header says which instant
is shown. `end` returns to the present: the model, its rows, its clock and what may be changed are as they
were.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import datetime
from typing import TYPE_CHECKING

from sts_tui.simulation.events import Event, RequestAnswered
from sts_tui.simulation.simulation import Simulation
from sts_tui.simulation.undo.history import UnknownPastError
from sts_tui.simulation.views.past import as_of
from sts_tui.tui.row_cache import SLICE, RowCache
from sts_tui.tui.text.instants import clock_time
from sts_tui.tui.text.parts import Part
from sts_tui.tui.text.sparkline import sparkline
from sts_tui.tui.text.styled_text import Line, Span

if TYPE_CHECKING:
    from sts_tui.tui.host import Host

LABEL = "denials "
NARROWEST, BESIDE, WIDEST = 8, 70, 60
"""Cells of the denials under the header: at least, beside the words of that line, and at most."""


class LookingBack:
    """The explorer while it shows a past instant."""

    def __init__(self, app: Host) -> None:
        self._app = app
        self.present: Simulation = app.simulation
        self.present_rows: RowCache = app.row_cache
        self._was_paused = app.clock.is_paused
        app.ticker.set_paused(True)
        app.ticker.reanchor()
        self._events: tuple[Event, ...] = tuple(self.present.events)
        self._denials = tuple(
            event.at.timestamp()
            for event in self._events
            if type(event) is RequestAnswered and event.verdict.is_denial
        )

    @property
    def instant(self) -> datetime:
        """The instant that is shown."""
        return self._app.simulation.now

    def show(self, instant: datetime, number: int = 0) -> None:
        """Shows an instant, and selects the request of this number. Refuses an instant before the
        beginning.
        """
        try:
            past = as_of(self.present, instant)
        except UnknownPastError as error:
            self._app.say(str(error), "warning")
            return
        lenders = (self._app.row_cache, self.present_rows)
        self._take(past, RowCache(past, SLICE if self._app.is_ticking else None, lenders))
        if number:
            self._app.presenter.go_to_request(number)
        if past.unknown_sessions:
            count = past.unknown_sessions
            which = "1 session of that time is" if count == 1 else f"{count} sessions of that time are"
            self._app.say(f"{which} no longer known (undone, or expired long ago).")

    def step(self, direction: int) -> None:
        """Goes to the instant of the next event (1) or the one before (-1); after the last one, to now."""
        events = self._events
        if direction > 0:
            at = bisect_right(events, self.instant, key=lambda event: event.at)
            if at >= len(events):
                self.end()
                return
        else:
            at = bisect_left(events, self.instant, key=lambda event: event.at) - 1
            if at < 0:
                self._app.say("This is the first event that the log holds.")
                return
        event = events[at]
        self.show(event.at, event.number if isinstance(event, RequestAnswered) else 0)

    def end(self) -> None:
        """Returns to the present."""
        self._app.looking_back = None
        self._take(self.present, self.present_rows)
        self._app.ticker.set_paused(self._was_paused)
        self._app.ticker.reanchor()
        self._app.say(f"Now: {clock_time(self.present.now)}.")

    def _take(self, simulation: Simulation, rows: RowCache) -> None:
        self._app.simulation, self._app.row_cache = simulation, rows
        self._app.presenter.restart()
        self._app.presenter.refresh()

    def parts(self) -> tuple[list[Part], Line]:
        """The line under the header: the denials of the log, the instant in it, and the keys."""
        first = self.present.world.started_at.timestamp()
        last = self.present.now.timestamp()
        room = self._app.size.width - BESIDE
        label = LABEL if room >= NARROWEST + len(LABEL) else ""
        width = max(NARROWEST, min(WIDEST, room - len(label)))
        drawn, column = sparkline(self._denials, first, last, width, self.instant.timestamp())
        line: Line = (
            Span(label, "muted"),
            Span(drawn[:column], "deny"),
            Span("┃", "marker"),
            Span(drawn[column + 1 :], "muted"),
        )
        keys = self._app.keymap
        named = (
            ("slower", "back"),
            ("next_event", "forward"),
            ("timeline", "timeline"),
            ("back", "now"),
        )
        shown = [
            Part((Span(f"PAST {clock_time(self.instant)}, read-only", "warning"),), worth=9),
            Part(line, worth=1, action="timeline"),
        ]
        for worth, (id, label) in enumerate(reversed(named), 2):
            shown.append(Part((Span(keys.first(id), "key"), Span(f" {label}")), action=id, worth=worth))
        return [*shown[:2], *reversed(shown[2:])], ()


def look_back(app: Host, instant: datetime, number: int = 0) -> None:
    """Shows the whole screen as it was at an instant, also while another past instant is shown."""
    if app.long_wait is not None:
        app.long_wait.refuse()
        return
    if app.looking_back is None:
        if instant >= app.simulation.now and not number:
            app.say("That is now.")
            return
        app.looking_back = LookingBack(app)
    elif instant >= app.looking_back.present.now:
        app.looking_back.end()
        return
    app.looking_back.show(instant, number)
