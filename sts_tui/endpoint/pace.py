"""How does the simulated clock follow the real one?"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from sts_tui.simulation.simulation import Simulation


class Pace:
    """Keeps a simulation's clock going with the real one, `speed` times as fast."""

    def __init__(self, simulation: Simulation, speed: float) -> None:
        self.simulation = simulation
        self.speed = speed
        self._begun = time.monotonic()
        self._from = simulation.now

    def catch_up(self) -> None:
        """Advance to now; everything due until then happens."""
        shown = self._shown()
        if shown > self.simulation.now:
            self.simulation.advance_to(shown)
        else:  # a step moved the clock: continue from there
            self._begun, self._from = time.monotonic(), self.simulation.now

    def _shown(self) -> datetime:
        try:
            return self._from + timedelta(seconds=(time.monotonic() - self._begun) * self.speed)
        except OverflowError:
            return self.simulation.now
