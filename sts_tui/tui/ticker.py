"""What time is it in the simulation, and who moves it? The clock face over the simulation that it drives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from sts_tui.simulation.clock import SimClock
from sts_tui.simulation.simulation import Simulation

TICK: Final = 0.1
"""Seconds of the wall clock between two ticks."""
AT_MOST: Final = 400
"""Events processed in one tick, so that keys do not wait."""


class Ticker:
    """Advances the simulation to what its clock shows. `reading` is the wall clock in seconds, from any
    origin. Only `tick` and `wait_until` move it.
    """

    def __init__(
        self, simulation: Simulation, reading: Callable[[], float], *, speed: int = 1, is_paused: bool = False
    ) -> None:
        self.simulation = simulation
        self.reading = reading
        self.is_held = False
        """A long wait passes (`long_waits`): until it has ended, `tick` moves nothing."""
        self.clock = SimClock(
            anchor_reading=reading(), anchor_instant=simulation.now, speed=speed, is_paused=is_paused
        )

    def tick(self) -> None:
        """Advances to what the clock shows, or as far as one tick may take."""
        if self.is_held:
            return
        reading = self.reading()
        target = self.clock.instant(reading)
        if target > self.simulation.now:
            reached = self.simulation.advance_to(target, AT_MOST)
            if reached < target:
                self.clock = self.clock.behind(reached, reading)

    def set_paused(self, paused: bool) -> None:
        reading = self.reading()
        self.clock = self.clock.paused(reading) if paused else self.clock.running(reading)

    def faster(self) -> None:
        self.clock = self.clock.faster(self.reading())

    def slower(self) -> None:
        self.clock = self.clock.slower(self.reading())

    def wait_until(self, instant: datetime) -> None:
        """Runs to an instant at once; the clock continues from there."""
        self.simulation.advance_to(instant)
        self.reanchor()

    def reanchor(self) -> None:
        """The clock continues from where the simulation is."""
        self.clock = self.clock.behind(self.simulation.now, self.reading())

    def restart(self, simulation: Simulation) -> None:
        """Another simulation, at its own instant; speed and pause stay."""
        self.simulation = simulation
        self.reanchor()
