"""How long does a step stay on the screen before the next one follows by itself?

Long enough to read the narration: 180 words a minute, plus a moment to look at what happened.
"""

from __future__ import annotations

from typing import Final

from sts_tui.tours.reading.steps import Attack, Expect, Say, Scene, Step
from sts_tui.tui.stage.script import Beat, Script

LOOK: Final = 2.5
"""Seconds for a step that happens on the screen."""
PER_WORD: Final = 60 / 180
AT_MOST: Final = 25.0


def seconds_for(step: Step) -> float:
    """How long one step needs, in seconds of the wall clock."""
    if isinstance(step, Attack | Expect):
        return 0.0
    match step:
        case Say(text):
            return 1 + PER_WORD * len(text.split())
        case Scene(name):
            return PER_WORD * len(name.split())
        case _:
            return LOOK


class Autoplay:
    """Whether, and when, the next step follows. Readings are of the wall clock, in seconds."""

    def __init__(self, *, is_on: bool) -> None:
        self.is_on = is_on
        self.is_paused = not is_on
        self._due = 0.0

    def showing(self, script: Script, beat: Beat, reading: float) -> None:
        """A beat was performed at this reading."""
        needed = sum(seconds_for(line.step) for line in script.lines[beat.begin : beat.end])
        self._due = reading + min(AT_MOST, max(LOOK, needed))

    def is_due(self, reading: float) -> bool:
        return not self.is_paused and reading >= self._due

    def pause(self) -> None:
        self.is_paused = True

    def resume(self) -> None:
        self.is_paused = not self.is_on
