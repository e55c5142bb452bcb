"""Which simulated instant belongs to a reading of the machine's clock?

**Model.** A pure mapping of a monotonic reading, which the front end passes in: nothing here reads a
clock. An anchor pairs a reading with a simulated instant; the speed says how many simulated seconds
follow per second.

**States.** Paused or running at a speed. Each change moves the anchor to the time reached, and the time is
always computed from the anchor instead of adding up ticks, so that nothing drifts.

**What must never happen.** Simulated time runs backwards, or something that is due is skipped. When the
machine cannot keep up (×600 with busy workloads), `behind` moves the anchor to the instant that was
reached: the clock then runs slower than asked.

**Not modeled.** Clients with a wrong clock: callers and AWS share this clock.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

SPEEDS: Final = (1, 10, 60, 600)
"""Simulated seconds per second."""


class SimClock(Struct, frozen=True, kw_only=True):
    """A clock face. `reading` is any monotonic number of seconds; every method that needs one takes it."""

    anchor_reading: float
    anchor_instant: datetime
    speed: int = 1
    is_paused: bool = False

    def instant(self, reading: float) -> datetime:
        """What simulated time it should be at this reading."""
        if self.is_paused:
            return self.anchor_instant
        return self.anchor_instant + timedelta(seconds=(reading - self.anchor_reading) * self.speed)

    def at_speed(self, speed: int, reading: float) -> SimClock:
        """A clock with the same time that runs at another speed. Raises ValueError for a speed that is not in
        SPEEDS.
        """
        if speed not in SPEEDS:
            raise ValueError(f"speed {speed} is not one of {', '.join(map(str, SPEEDS))}")
        return replace(self._anchored(reading), speed=speed)

    def faster(self, reading: float) -> SimClock:
        return self.at_speed(SPEEDS[min(SPEEDS.index(self.speed) + 1, len(SPEEDS) - 1)], reading)

    def slower(self, reading: float) -> SimClock:
        return self.at_speed(SPEEDS[max(SPEEDS.index(self.speed) - 1, 0)], reading)

    def paused(self, reading: float) -> SimClock:
        return replace(self._anchored(reading), is_paused=True)

    def running(self, reading: float) -> SimClock:
        return replace(self._anchored(reading), is_paused=False)

    def behind(self, reached: datetime, reading: float) -> SimClock:
        """A clock that continues from `reached`, if the simulation could not keep up."""
        return replace(self, anchor_reading=reading, anchor_instant=reached)

    def _anchored(self, reading: float) -> SimClock:
        return replace(self, anchor_reading=reading, anchor_instant=self.instant(reading))
