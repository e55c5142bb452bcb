"""What does the screen say before a long wait? Simulating thousands of requests takes seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sts_tui.tui.text.instants import clock_time
from sts_tui.tui.text.styled_text import Line

if TYPE_CHECKING:
    from sts_tui.tours.playing.player import Player
    from sts_tui.tours.reading.steps import Step
    from sts_tui.tui.host import Host

SHORT: Final = 3_000
"""Requests that take less than half a second."""
SLICE: Final = 200
"""Things that happen in one slice: as many on every machine, so that journals are the same."""
WITHOUT_KEYS: Final = 0.05
"""Seconds of slices between two keys."""
BETWEEN_SLICES: Final = 0.001
"""Seconds in which keys are handled."""
SHOWN_EVERY: Final = 0.5
"""Seconds between two pictures of it."""
LEFT_THERE: Final = 4
"""Pictures in which another message stays on the bottom line."""


def words_of_long_wait(step: Step, text: str, player: Player) -> str:
    """`wait 12h: about 38,000 requests …`; empty where the step takes no noticeable time."""
    from sts_tui.tours.reading.steps import Wait

    if not isinstance(step, Wait):
        return ""
    requests = player.requests_during(step)
    return f"{text}: about {requests:,.0f} requests …" if requests > SHORT else ""


class LongWait:
    """One that passes. `arrived` is called at its end, `stopped` instead of that where esc stops it."""

    def __init__(
        self,
        app: Host,
        words: str,
        until: datetime,
        arrived: Callable[[], object],
        stopped: Callable[[], object],
    ) -> None:
        """`words`: those that announced it."""
        self._app = app
        self._simulation = app.simulation
        self._words = words.removesuffix(" …")
        self._began = app.simulation.now
        self._until = until
        self._arrived = arrived
        self._stopped = stopped
        self._shown_at = app.reading()
        self._progress: Line = ()
        """What the bottom line said last of how far it is."""
        self._covered = 0
        """How often something else was there since."""

    def begin(self) -> None:
        """The first slice; on a screen that moves only when told to, as in pictures, all of it."""
        self._app.long_wait = self
        self._app.ticker.is_held = True
        if self._app.background.is_still:
            self._end(self._arrived)
        else:
            self.go_on()

    def stop(self) -> None:
        """The model stays at the instant that was reached."""
        self._end(self._stopped)

    def drop(self) -> None:
        """The model is another one, or the tour has ended: nothing follows."""
        self._end(lambda: None)

    def refuse(self) -> None:
        """Says why nothing can be changed."""
        self._app.say(f"Time passes until {clock_time(self._until)}; esc stops it.", "warning")

    def show(self) -> bool:
        """Whether it is time for another picture of it; then also says how far it is."""
        reading = self._app.reading()
        if reading - self._shown_at < SHOWN_EVERY:
            return False
        self._shown_at = reading
        said = self._app.command_log.status
        if said and said != self._progress and self._progress and self._covered < LEFT_THERE:
            self._covered += 1
            return True
        percent = int(100 * ((self._simulation.now - self._began) / (self._until - self._began)))
        self._app.show_progress(f"{self._words}: {percent} % … esc stops")
        self._progress, self._covered = self._app.command_log.status, 0
        return True

    def go_on(self) -> None:
        """The next slices."""
        if self._app.long_wait is not self:
            return
        began = time.perf_counter()
        while self._next_slice() < self._until:
            if time.perf_counter() - began >= WITHOUT_KEYS:
                self._app.set_timer(BETWEEN_SLICES, self.go_on)
                return
        self._end(self._arrived)

    def _next_slice(self) -> datetime:
        try:
            return self._simulation.advance_to(self._until, SLICE)
        except BaseException:
            self._release()
            raise

    def _end(self, then: Callable[[], object]) -> None:
        if self._app.long_wait is self:
            self._release()
            then()

    def _release(self) -> None:
        self._app.long_wait = None
        self._app.ticker.is_held = False
        self._app.ticker.reanchor()
