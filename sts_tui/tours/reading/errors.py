"""How is a mistake in a tour reported: where, what, and what to write instead?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sts_tui.account.diagnostics.diagnostic import Diagnostic

_LONGEST_MESSAGE: Final = 600


class StepError(Exception):
    """A step that cannot be performed as written. `hint` says what to write instead.

    Raised while a tour is read and, for errors that appear only then (an unknown session, `${last:…}` without
    a value), while it is played.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        if len(message) > _LONGEST_MESSAGE:  # it may quote a long word
            message = f"{message[: _LONGEST_MESSAGE - 100]}…{message[-90:]}"
        super().__init__(f"{message} ({hint})" if hint else message)
        self.message = message
        self.hint = hint

    def at(self, file: str, line: int) -> Diagnostic:
        """The error as a diagnostic of the tour `file`; lines are counted from 1."""
        return Diagnostic(file=file, line=line, message=self.message, hint=self.hint)


def read_only() -> StepError:
    """The error of every change in a read-only explorer."""
    return StepError("read-only: nothing can be changed")


class TourError(Exception):
    """A tour that cannot be played; carries every error, not only the first."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("\n".join(str(diagnostic) for diagnostic in diagnostics))
        self.diagnostics = tuple(diagnostics)


class UnreadableTourError(TourError):
    """A tour that cannot be read at all: missing, a directory, not UTF-8."""
