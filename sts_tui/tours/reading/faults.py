"""What is wrong with a tour: where, what, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sts_tui.account.diagnostics import suggestions
from sts_tui.account.diagnostics.diagnostic import Diagnostic


class StepFault(Exception):
    """One step that cannot be carried out as it is written. `hint` says what to write instead.

    Raised while a tour is read, and, for what only shows then (an unknown session, `${last:…}` that
    finds nothing), while it is played.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(f"{message} ({hint})" if hint else message)
        self.message = message
        self.hint = hint


def read_only() -> StepFault:
    """What is refused where one only looks."""
    return StepFault("nothing can be changed: this is read-only")


class TourError(Exception):
    """A tour that cannot be played. Carries every fault, not only the first."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("\n".join(str(diagnostic) for diagnostic in diagnostics))
        self.diagnostics = tuple(diagnostics)


class UnreadableTourError(TourError):
    """A tour that cannot be read at all: missing, a directory, not UTF-8."""


def nearest(word: str, candidates: Iterable[str]) -> str:
    """`did you mean 'x'?` for the candidate nearest to `word`, or nothing when none is near."""
    found = suggestions.nearest(word, candidates)
    return f"did you mean {found!r}?" if found else ""
