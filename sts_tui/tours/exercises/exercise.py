"""What is an exercise? A goal on a model, checks that the learner does not see, and one solution."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from sts_tui.tours.reading.steps import Tour


class Check(Struct, frozen=True):
    """One thing that must be true afterwards."""

    title: str
    """What is checked, in a sentence that does not reveal a step."""
    tour: Tour
    """The steps of the check, played in a copy of the learner's final state."""


class Mistake(Struct, frozen=True):
    """A tempting wrong answer that must not pass."""

    title: str
    tour: Tour


class Exercise(Struct, frozen=True, kw_only=True):
    """An exercise as its file defines it."""

    name: str
    """The name on the command line: `who-may-assume`."""
    number: int
    title: str
    goal: str
    """What to do, Markdown."""
    files: tuple[Path, ...]
    """The account files that it opens."""
    identities: tuple[str, ...]
    """Identities whose credentials may be used, in addition to sessions issued during the exercise; the first
    one is the acting identity at the start.
    """
    setup: Tour
    """Steps before the learner's turn, performed by the operator unless they change the identity."""
    checks: tuple[Check, ...]
    solution: Tour
    mistakes: tuple[Mistake, ...] = ()

    @property
    def folder(self) -> Path:
        """The folder that `file://` paths in the steps are relative to."""
        return self.files[0].parent
