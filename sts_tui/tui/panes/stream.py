"""Which events does the request log show? Newest first; identical requests in a row are collapsed, and so are
all denials of one session by one statement, wherever they are: they are one row, where the newest of them is.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from operator import neg
from typing import TypeAlias

from msgspec import Struct

from sts_tui.simulation.event_log import EventLog
from sts_tui.simulation.events import Event, RequestAnswered, SessionStarted
from sts_tui.tui.keys.filtering import Filter
from sts_tui.tui.panes.event_texts import EventTexts

SLICE = 1500
"""Events looked at in one go, so that no key waits for a filter over a hundred thousand."""
TEXTS = 8_000
"""Texts of events compared in one go."""
_FEW = 200


def is_repeated(one: Event, other: Event) -> bool:
    """Whether two requests differ in nothing but their time."""
    return (
        type(one) is RequestAnswered
        and type(other) is RequestAnswered
        and one.access_key_id == other.access_key_id
        and one.action == other.action
        and one.resource == other.resource
        and one.verdict is other.verdict
        and one.workload == other.workload
        and one.client == other.client
        and one.caller == other.caller
        and one.code == other.code
        and one.decided_by == other.decided_by
    )


FloodKey: TypeAlias = tuple[object, ...]


def flood_of(event: Event) -> FloodKey | None:
    """What denials must share to be one row: who asked, with which credentials, and what denied."""
    if type(event) is not RequestAnswered or not event.verdict.is_denial:
        return None
    client = event.client
    return (event.access_key_id, event.caller, event.workload, event.verdict, event.code, event.decided_by,
            client.client if client is not None else None)  # fmt: skip


class Flood(Struct):
    """The denials of one session by one statement."""

    key: int
    """The number of the denial that was met first: the row keeps it while it grows."""
    newest: int
    actions: frozenset[str] = frozenset()
    """Every action that was denied."""


def _with(flood: Flood | None, event: Event, newest: int) -> Flood:
    """The flood with one denial more."""
    action = getattr(event, "action", "")
    if flood is None:
        return Flood(event.number, newest, frozenset((action,)))
    actions = flood.actions if action in flood.actions else flood.actions | {action}
    return Flood(flood.key, newest, actions)


class Runs:
    """Runs of events in the order in which they were met: of each the first and the last number met."""

    def __init__(self) -> None:
        self.first: list[int] = []
        self.last: list[int] = []
        self.count: list[int] = []
        self._event: Event | None = None

    def __len__(self) -> int:
        return len(self.first)

    def __bool__(self) -> bool:
        return bool(self.first)

    def take_first_of(self, other: Runs, event: Event) -> None:
        """A run that was met in the other direction; `event` is where it continues."""
        self.first.append(other.last.pop(0))
        self.last.append(other.first.pop(0))
        self.count.append(other.count.pop(0))
        self._event = event
        if not other:
            other._event = None

    def meet(self, event: Event, folds: bool) -> None:
        """Adds the next event: it extends the last run, or begins one."""
        if folds and self._event is not None and is_repeated(event, self._event):
            self.last[-1] = event.number
            self.count[-1] += 1
        else:
            self.append(event.number, 1)
        self._event = event

    def append(self, number: int, count: int) -> None:
        """Adds a row that following events do not extend."""
        self.first.append(number)
        self.last.append(number)
        self.count.append(count)
        self._event = None

    def remove(self, index: int) -> int:
        """Removes a row; returns how many events it stood for."""
        del self.first[index], self.last[index]
        self._event = None
        return self.count.pop(index)


class StreamRows:
    """Rows for the table. New events are taken in as they come; older ones are scanned slice by slice, the
    newest first, so that the visible rows are there at once whatever the size of the log.

    A row's key is the number of the event that its run began with, so that a run which grows stays the same
    row.
    """

    def __init__(
        self, log: EventLog, wanted: Filter[Event], *, folds: bool = True, texts: EventTexts | None = None
    ) -> None:
        """`texts`: those of the log's events, for a filter that looks at nothing else."""
        self._log = log
        self._texts = texts
        self._test = wanted.text_test() if texts is not None else None
        self._wanted = wanted
        self._folds = folds
        self._newer = Runs()
        """Events that came since: numbers ascend."""
        self._older = Runs()
        """Events that were there before: numbers descend."""
        self._floods: dict[FloodKey, Flood] = {}
        self._by_newest: dict[int, FloodKey] = {}
        self._by_key: dict[int, FloodKey] = {}
        self._seen = log.last_number
        self._looked_down_to = log.next_number
        self.hidden = 0
        self.shown = 0
        """Events that are shown, in however many rows."""
        self.look_back()

    def take_in(self) -> bool:
        """Takes in what the log gained; whether anything shown changed."""
        if self._seen == self._log.last_number:
            return False
        before = self.shown
        for event in self._log.since(self._seen):
            if self._wants(event):
                if self._folds and (key := flood_of(event)) is not None:
                    self._grow(key, event)
                    continue
                if not self._newer and self._folds:
                    self._join(event)
                self._newer.meet(event, self._folds)
        self._seen = self._log.last_number
        came = self.shown - before
        return self._drop_what_left_the_log() or came > 0

    def _join(self, event: Event) -> None:
        """The first new event may lengthen the newest run of those that were there: it grows upwards then."""
        older = self._older
        is_whole = len(older) > 1 or self._looked_down_to <= self._log.first_number
        if not older or not is_whole or older.first[0] < self._log.first_number:
            return
        newest = self._log[older.first[0] - self._log.first_number]
        if is_repeated(event, newest):
            self._newer.take_first_of(older, newest)

    def look_back(self) -> bool:
        """Looks through one slice of older events; whether there are more."""
        first = self._log.first_number
        if self._test is not None and self._texts is not None:
            begin = self._look_at_texts(self._test, self._texts)
        else:
            begin = max(first, self._looked_down_to - SLICE)
            for event in reversed(self._log.numbered(begin, self._looked_down_to)):
                if self._wants(event):
                    self._take_older(event)
        self._looked_down_to = min(self._looked_down_to, begin)
        return self._looked_down_to > first

    def _look_at_texts(self, test: Callable[[str], bool], texts: EventTexts) -> int:
        """Takes the next events whose texts pass; the number of the oldest that was looked at."""
        until = self._looked_down_to
        begin, found = texts.between(max(self._log.first_number, until - TEXTS), until)
        hits = [place for place, text in enumerate(found) if text is not None and test(text)]
        if len(hits) > SLICE:  # the rest is for the next slice: rows take longer than texts
            cut = hits[-SLICE]
            begin, found, hits = begin + cut, found[cut:], [place - cut for place in hits[-SLICE:]]
        if len(hits) > _FEW:
            events = self._log.numbered(begin, until)
            for place in reversed(hits):
                self._take_older(events[place])
        else:  # one by one costs less than a copy of the references
            for place in reversed(hits):
                self._take_older(self._log[begin + place - self._log.first_number])
        self.shown += len(hits)
        self.hidden += len(found) - found.count(None) - len(hits)
        return begin

    def _take_older(self, event: Event) -> None:
        if self._folds and (key := flood_of(event)) is not None:
            self._add_older(key, event)
        else:
            self._older.meet(event, self._folds)

    # Floods ----------------------------------------------------------------------------------------------

    def _grow(self, key: FloodKey, event: Event) -> None:
        """A new denial: its row moves to the top."""
        flood = self._floods.get(key)
        count = 0
        if flood is not None:
            runs, index = self._entry(flood.newest)
            count = runs.remove(index)
            del self._by_newest[flood.newest]
        self._newer.append(event.number, count + 1)
        self._note(key, _with(flood, event, event.number))

    def _add_older(self, key: FloodKey, event: Event) -> None:
        """An older denial is counted in the row that its flood has."""
        flood = self._floods.get(key)
        if flood is None:
            self._older.append(event.number, 1)
            self._note(key, _with(None, event, event.number))
        else:
            runs, index = self._entry(flood.newest)
            runs.count[index] += 1
            self._note(key, _with(flood, event, flood.newest))

    def _note(self, key: FloodKey, flood: Flood) -> None:
        self._floods[key] = flood
        self._by_newest[flood.newest] = key
        self._by_key[flood.key] = key

    def _forget(self, newest: int) -> None:
        """Forgets a flood whose row left the log."""
        key = self._by_newest.pop(newest, None)
        if key is not None:
            self._by_key.pop(self._floods.pop(key).key, None)

    def _entry(self, newest: int) -> tuple[Runs, int]:
        """The place of a flood's row."""
        position = bisect_left(self._newer.last, newest)
        if position < len(self._newer.last) and self._newer.last[position] == newest:
            return self._newer, position
        return self._older, bisect_left(self._older.first, -newest, key=neg)

    def _flood_with(self, number: int) -> Flood | None:
        """The flood that a denial belongs to, by its own number or by the key of the row."""
        key = self._by_key.get(number)
        first = self._log.first_number
        if key is None and self._floods and first <= number <= self._log.last_number:
            event = self._log[number - first]
            key = flood_of(event)
            if key is None or (self._wanted and not self._wanted.matches(event)):
                return None
        return self._floods.get(key) if key is not None else None

    # What is wanted --------------------------------------------------------------------------------------

    def _wants(self, event: Event) -> bool:
        if type(event) is SessionStarted:
            return False  # its request is beside it
        if not self._wanted or self._wanted.matches(event):
            self.shown += 1
            return True
        self.hidden += 1
        return False

    def _drop_what_left_the_log(self) -> bool:
        """Whether a line went: its newest event left the log."""
        first, before = self._log.first_number, len(self)
        older, newer = self._older, self._newer
        while older.first and older.first[-1] < first:
            self._forget(older.first[-1])
            self.shown -= older.remove(len(older.first) - 1)
        if not older.first and newer.last and newer.last[0] < first:
            gone = bisect_left(newer.last, first)
            self.shown -= sum(newer.count[:gone])
            for newest in newer.last[:gone]:
                self._forget(newest)
            del newer.first[:gone], newer.last[:gone], newer.count[:gone]
        return len(self) != before

    def __len__(self) -> int:
        return len(self._newer) + len(self._older)

    def __getitem__(self, index: int) -> Event:
        return self._log[self.number(index) - self._log.first_number]

    def number(self, index: int) -> int:
        """The number of the newest event in this row."""
        count = len(self._newer)
        return self._newer.last[-1 - index] if index < count else self._older.first[index - count]

    def key(self, index: int) -> object:
        flood = self._by_newest.get(self.number(index))
        if flood is not None:
            return self._floods[flood].key
        count = len(self._newer)
        return self._newer.first[-1 - index] if index < count else self._older.first[index - count]

    def times(self, number: int) -> int:
        """How many requests the row with this event stands for."""
        index = self.index_of(number)
        if index is None:
            return 1
        count = len(self._newer)
        return self._newer.count[-1 - index] if index < count else self._older.count[index - count]

    def actions(self, number: int) -> int:
        """How many different actions the row with this event stands for."""
        flood = self._flood_with(number) if self._floods else None
        return len(flood.actions) if flood is not None else 1

    def index_of(self, key: object) -> int | None:
        """The row that holds an event, by its number."""
        if not isinstance(key, int):
            return None
        newer, older = self._newer, self._older
        if (flood := self._flood_with(key)) is not None:
            runs, at = self._entry(flood.newest)
            return len(newer) - 1 - at if runs is newer else len(newer) + at
        position = bisect_right(newer.first, key) - 1
        if position >= 0 and key <= newer.last[position]:
            return len(newer) - 1 - position
        position = bisect_right(older.first, -key, key=neg) - 1
        if position >= 0 and key >= older.last[position]:
            return len(newer) + position
        return None
