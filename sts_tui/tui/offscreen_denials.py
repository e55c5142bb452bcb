"""Denials that the stream does not show just now (it is held, filtered or behind another pane): shown in a
corner, grouped by role, at most three lines at a time and seldom; the list of messages keeps them.
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
    """Counts until it is time to tell."""

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
    """`12 denials, App`: the most first, and what is more than three lines in the last one."""
    most = sorted(denials.items(), key=lambda item: -item[1])
    shown = most if len(most) <= MOST else most[: MOST - 1]
    texts = [f"{_count(count)}, {one_line(name)}" for name, count in shown]
    rest = most[len(shown) :]
    if rest:
        texts.append(f"{_count(sum(count for _, count in rest))}, {len(rest)} others")
    return texts


def _count(denials: int) -> str:
    return f"{denials} denial{'s' if denials != 1 else ''}"
