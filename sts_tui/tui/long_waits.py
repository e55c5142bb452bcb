"""What does the screen say before a wait through thousands of requests? Such a wait takes seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sts_tui.tours.playing.player import Player
    from sts_tui.tours.reading.steps import Step

SHORT: Final = 3_000
"""Requests that take less than half a second."""


def words_of_long_wait(step: Step, text: str, player: Player) -> str:
    """`wait 12h: about 38,000 requests …`; empty where the step takes no time that one would notice."""
    from sts_tui.tours.reading.steps import Wait

    if not isinstance(step, Wait):
        return ""
    requests = player.requests_during(step)
    return f"{text}: about {requests:,.0f} requests …" if requests > SHORT else ""
