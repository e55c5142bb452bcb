"""When is garbage collected? Between keys, never while one is handled.

Python collects garbage in the middle of any code that makes many objects. With a model of ten thousand roles
and a log of a hundred thousand requests in memory that takes thirty to a hundred milliseconds: three to ten
frames. The explorer therefore collects it at its ticks: a little and often, and more than a little only when
no key was pressed for a while.
"""

from __future__ import annotations

import gc
from typing import Final

YOUNG: Final = 5_000
"""New objects that are scanned in three milliseconds."""
ROUNDS: Final = 20
"""Scans of new objects before those that survived are scanned too."""
QUIET_SECONDS: Final = 2.0
LONG_QUIET_SECONDS: Final = 20.0


class Housekeeping:
    """Collects garbage in place of Python."""

    def __init__(self) -> None:
        self._last_key = 0.0

    def begin(self) -> None:
        """Exempts what exists now, modules and model; `tidy` collects the rest."""
        gc.freeze()
        gc.disable()

    def end(self) -> None:
        """Lets Python collect garbage again."""
        gc.enable()
        gc.unfreeze()

    def note_key(self, now: float) -> None:
        """A key was pressed; `now` in seconds, of the same clock as that of `tidy`."""
        self._last_key = now

    def tidy(self, now: float) -> int | None:
        """Called at every tick; returns the generation that was scanned, if any."""
        if gc.isenabled():  # in tests, and wherever `begin` was not called
            return None
        young, middle, old = gc.get_count()
        quiet = now - self._last_key
        if quiet > LONG_QUIET_SECONDS and old > ROUNDS:
            return _look_through(2)
        if quiet > QUIET_SECONDS and middle > ROUNDS:
            return _look_through(1)
        return _look_through(0) if young > YOUNG else None


def _look_through(generation: int) -> int:
    gc.collect(generation)
    return generation
