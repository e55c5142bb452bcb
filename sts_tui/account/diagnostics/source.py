"""Which text does a diagnostic refer to?"""

from __future__ import annotations

from msgspec import Struct

from sts_tui.account.diagnostics.json_path import Steps


class Source(Struct, frozen=True):
    """One file: its name, as messages show it, and its text."""

    name: str
    text: str
    """Its lines are those of the file, even if it was rewritten as an account file."""
    moved: tuple[Steps, Steps] = ((), ())
    """(JSON path in this text, JSON path of the same value in the file), if the two differ."""

    def written_at(self, steps: Steps) -> Steps:
        """The path in the file for a path in this text."""
        here, there = self.moved
        return (*there, *steps[len(here) :]) if steps[: len(here)] == here else there
