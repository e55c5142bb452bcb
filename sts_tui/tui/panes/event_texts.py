"""Where are words looked for in the request log? In texts made once per event; equal texts are shared.

A log of 100,000 requests holds a few thousand different texts, so what is kept is mostly a list of
references.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from sts_tui.simulation.event_log import EventLog
from sts_tui.simulation.events import Event, RequestAnswered, SessionStarted

AT_ONCE: Final = 3_000
"""Texts that are made in one go, between two keys."""


class EventTexts:
    """Texts by the number of the event; None for an event that has no row of its own."""

    def __init__(self, log: EventLog, read: Callable[[Event], str]) -> None:
        self._log = log
        self._read = read
        self._texts: list[str | None] = []
        self._first = log.next_number
        """The number of the first of them."""
        self._shared: dict[str, str] = {}
        self.made = 0
        """How many texts were made; typing letters must not increase it."""

    def between(self, first: int, until: int) -> tuple[int, Sequence[str | None]]:
        """The texts of the events with numbers from `first` to before `until`, as far as they can be had in
        one go: the number of the first, and the texts.
        """
        self.keep_up()
        if not self._texts:
            self._first = until
        if first < self._first:
            missing = self._log.numbered(max(first, self._first - AT_ONCE), self._first)
            self._texts[:0] = [self._text(event) for event in missing]
            self._first -= len(missing)
        begin = max(first, self._first)
        return begin, self._texts[begin - self._first : until - self._first]

    def keep_up(self) -> None:
        """Takes in new events and drops those that left the log, once there are texts at all."""
        if not self._texts:
            return
        end = self._first + len(self._texts)
        if self._log.next_number - end > AT_ONCE or end < self._log.first_number:
            self._texts = []  # too far behind: begins again at the newest, in slices
            return
        self._texts += [self._text(event) for event in self._log.numbered(end, self._log.next_number)]
        gone = self._log.first_number - self._first
        if gone > max(AT_ONCE, len(self._texts) // 2):
            del self._texts[:gone]
            self._first += gone
            kept = set(self._texts)
            self._shared = {text: text for text in self._shared if text in kept}

    def _text(self, event: Event) -> str | None:
        if type(event) is SessionStarted:
            return None  # its request is beside it
        self.made += 1
        text = self._read(event)
        return self._shared.setdefault(text, text) if type(event) is RequestAnswered else text
