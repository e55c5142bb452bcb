"""Which denials become notifications? Those that the request log does not show now, because it is held,
filtered or behind another pane.

They are grouped by role, at most three lines at a time and not often; the list of messages keeps them.
"""

from __future__ import annotations

from typing import Final

from sts_tui.simulation.events import RequestAnswered
from sts_tui.tui.text.styled_text import one_line

MOST: Final = 3
"""Toasts on the screen at the same time."""
EVERY: Final = 10.0
"""Seconds of the wall clock between two groups of them."""


class OffscreenDenials:
    """Counts denials until the next notification is due."""

    def __init__(self) -> None:
        self._denials: dict[str, int] = {}
        self._shown_at = float("-inf")

    def note(self, event: RequestAnswered) -> None:
        name = event.caller.rpartition("@")[2]
        self._denials[name] = self._denials.get(name, 0) + 1

    def due(self, reading: float) -> list[str]:
        """What is to be shown now, if anything; `reading` is the wall clock in seconds."""
        if not self._denials or reading - self._shown_at < EVERY:
            return []
        self._shown_at = reading
        texts = grouped(self._denials)
        self._denials = {}
        return texts


def grouped(denials: dict[str, int]) -> list[str]:
    """`12 denials, App`: the largest groups first; the last of three lines sums up the others."""
    most = sorted(denials.items(), key=lambda item: -item[1])
    shown = most if len(most) <= MOST else most[: MOST - 1]
    texts = [f"{_count(count)}, {one_line(name)}" for name, count in shown]
    rest = most[len(shown) :]
    if rest:
        texts.append(f"{_count(sum(count for _, count in rest))}, {len(rest)} others")
    return texts


def _count(denials: int) -> str:
    return f"{denials} denial{'s' if denials != 1 else ''}"
