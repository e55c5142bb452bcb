"""Garbage is looked for between keys, never while one is answered.

Python looks for garbage in the middle of whatever makes too many objects, and with a model of ten thousand
roles and a log of a hundred thousand requests in memory that takes thirty to a hundred milliseconds: three to
ten frames. The explorer therefore does it itself, at a tick: a little and often, and more than a little only
when nobody has pressed a key for a while.
"""

from __future__ import annotations

import gc
from typing import Final

YOUNG: Final = 5_000
"""So many new objects are scanned in three milliseconds."""
ROUNDS: Final = 20
"""How often that happens before what survived it is scanned, too."""
QUIET_SECONDS: Final = 2.0
LONG_QUIET_SECONDS: Final = 20.0


class Housekeeping:
    """Looks for garbage in Python's stead."""

    def __init__(self) -> None:
        self._last_key = 0.0

    def begin(self) -> None:
        """What there is now, modules and model, is no garbage; the rest is looked for by `tidy`."""
        gc.freeze()
        gc.disable()

    def end(self) -> None:
        """Python does it again."""
        gc.enable()
        gc.unfreeze()

    def note_key(self, now: float) -> None:
        """A key was pressed; `now` in seconds of any clock that `tidy` has, too."""
        self._last_key = now

    def tidy(self, now: float) -> int | None:
        """At every tick; which generation was scanned, if any."""
        if gc.isenabled():  # in tests, and wherever nobody has begun
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
