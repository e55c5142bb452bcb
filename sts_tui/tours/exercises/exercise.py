"""What is an exercise? A goal on a model, checks that the learner does not see, and one solution."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from sts_tui.tours.reading.steps import Tour


class Check(Struct, frozen=True):
    """One thing that must be true afterwards."""

    title: str
    """What is checked, in a sentence that gives no step away."""
    tour: Tour
    """Its steps, played in a copy of what the learner left behind."""


class Mistake(Struct, frozen=True):
    """A tempting answer that must not pass."""

    title: str
    tour: Tour


class Exercise(Struct, frozen=True, kw_only=True):
    """An exercise as its file holds it."""

    name: str
    """As on the command line: `who-may-assume`."""
    number: int
    title: str
    goal: str
    """What to do, Markdown."""
    files: tuple[Path, ...]
    """The account files that it opens."""
    identities: tuple[str, ...]
    """Whose credentials may be used, beside those of sessions issued along the way; one acts as the first."""
    setup: Tour
    """What happens before the learner's turn, performed by the operator unless it says otherwise."""
    checks: tuple[Check, ...]
    solution: Tour
    mistakes: tuple[Mistake, ...] = ()

    @property
    def folder(self) -> Path:
        """What `file://` in the steps is relative to."""
        return self.files[0].parent
