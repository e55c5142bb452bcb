"""Where in the log are the requests of a key, its denials, and everything that is not a request? With this
index, the counts of a past time cost as much as there are keys, not events. Numbers of dropped events are
removed from time to time, so that an index is never more than twice as long as the log.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Mapping

from sts_tui.simulation.events import Event, RequestAnswered, SessionExpired


class LogIndex:
    """The numbers of events by key and kind."""

    __slots__ = ("_denials", "_expirations", "_notable", "_requests")

    def __init__(self) -> None:
        self._requests: dict[str, array[int]] = {}
        self._denials: dict[str, array[int]] = {}
        self._expirations = array("q")
        self._notable: list[Event] = []

    def note(self, event: Event) -> None:
        """Add the newest event."""
        if type(event) is RequestAnswered:
            key = event.access_key_id
            if key is not None:
                _numbers(self._requests, key).append(event.number)
                if event.verdict.is_denial:
                    _numbers(self._denials, key).append(event.number)
            return
        self._notable.append(event)
        if type(event) is SessionExpired:
            self._expirations.append(event.number)

    def requests_since(self, key: str, number: int) -> tuple[int, int]:
        """(requests, denials) of a key with a greater number."""
        return _after(self._requests, key, number), _after(self._denials, key, number)

    def expired_since(self, number: int) -> int:
        """Sessions that expired after the event of this number."""
        return len(self._expirations) - bisect_right(self._expirations, number)

    def notable(self, first: int, last: int) -> tuple[Event, ...]:
        """Events that are no requests, with numbers from `first` to `last`."""
        return tuple(event for event in self._notable if first <= event.number <= last)

    def forget(self, key: str) -> None:
        """Drop the counts of this key."""
        self._requests.pop(key, None)
        self._denials.pop(key, None)

    def drop_before(self, first: int) -> None:
        """Remove events with smaller numbers, which are no longer in the log."""
        for numbers in (*self._requests.values(), *self._denials.values(), self._expirations):
            del numbers[: bisect_right(numbers, first - 1)]
        self._notable = [event for event in self._notable if event.number >= first]

    def rebuild(self, events: Iterable[Event]) -> None:
        """Build the index again from the events of another log."""
        self.__init__()  # type: ignore[misc]
        for event in events:
            self.note(event)


def _numbers(by_key: dict[str, array[int]], key: str) -> array[int]:
    found = by_key.get(key)
    if found is None:
        found = by_key[key] = array("q")
    return found


def _after(by_key: Mapping[str, array[int]], key: str, number: int) -> int:
    numbers = by_key.get(key)
    return 0 if numbers is None else len(numbers) - bisect_right(numbers, number)
