"""How are stretches of the log written as JSON, so that a resume brings back every event that it still held?

Workloads repeat the same request thousands of times, so a stretch has each distinct content once, and for
each event the index of its content and the microseconds since the event before: about ten bytes. Their
questions refer to editions of the configuration by number.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, get_args

from msgspec.structs import replace

from sts_tui.account.json_value import Json
from sts_tui.simulation.authorization.authorizer import LoggedQuestion
from sts_tui.simulation.checkpoint.saved_state import SavedSaying, SavedStretch
from sts_tui.simulation.events import Event, RequestAnswered
from sts_tui.simulation.frozen_json import from_json, to_json
from sts_tui.sts.session import Session

_EVENTS: Final[Mapping[str, type[Event]]] = {kind.__name__: kind for kind in get_args(Event)}
_OF_ITS_OWN: Final = ("number", "at", "recall")
_MICROSECOND: Final = timedelta(microseconds=1)
_SOME_INSTANT: Final = "2026-01-15T09:00:00+00:00"


def stretch_of(events: Sequence[Event]) -> SavedStretch:
    """Consecutive events as JSON. `last`: the number of the last one, 0 if there is none."""
    if not events:
        return {"last": 0}
    questions, sayings = _Questions(), _Contents()
    which, after, before = [], [], events[0].at
    for event in events:
        which.append(sayings.number(event, questions))
        after.append((event.at - before) // _MICROSECOND)
        before = event.at
    return {
        "last": events[-1].number,
        "begins": events[0].at.isoformat(),
        "which": which,
        "after": after,
        "sayings": sayings.written,
        "questions": questions.written,
    }


class Stretches:
    """Reads stretches. Equal questions become one object again, also from different stretches."""

    def __init__(self, sessions: Mapping[str, Session]) -> None:
        self._sessions = sessions
        self._by_text: dict[str, LoggedQuestion] = {}

    def events_of(self, stretch: SavedStretch, first_wanted: int = 1) -> Iterator[Event]:
        """The events of a stretch from this number on, oldest first."""
        if not stretch["last"]:
            return
        questions = [self._question(one) for one in stretch["questions"]]
        sayings = [_read(one, questions) for one in stretch["sayings"]]
        which, at = stretch["which"], datetime.fromisoformat(stretch["begins"])
        numbers = range(stretch["last"] - len(which) + 1, stretch["last"] + 1)
        for number, one, microseconds in zip(numbers, which, stretch["after"], strict=True):
            if microseconds:
                at += timedelta(microseconds=microseconds)
            if number >= first_wanted:
                kind, said = sayings[one]
                yield kind(number=number, at=at, **said)

    def _question(self, written: Json) -> LoggedQuestion:
        text = json.dumps(written)
        if text not in self._by_text:
            self._by_text[text] = _question(written, self._sessions)
        return self._by_text[text]


class _Contents:
    """The distinct contents of events, without their number and time."""

    def __init__(self) -> None:
        self.written: list[SavedSaying] = []
        self._numbers: dict[Hashable, int] = {}

    def number(self, event: Event, questions: _Questions) -> int:
        if not isinstance(event, RequestAnswered):
            self.written.append((type(event).__name__, _said(event), None))
            return len(self.written) - 1
        question = None if event.recall is None else questions.number(event.recall)
        key = (
            event.caller,
            event.access_key_id,
            event.action,
            event.resource,
            event.verdict.value,
            event.code,
            event.decided_by,
            event.message,
            event.region,
            event.workload,
            event.client,
            event.asked,
            question,
        )
        known = self._numbers.setdefault(key, len(self.written))
        if known == len(self.written):
            self.written.append((type(event).__name__, _said(event), question))
        return known


class _Questions:
    """The distinct questions of events."""

    def __init__(self) -> None:
        self.written: list[Json] = []
        self._numbers: dict[int, int] = {}
        self._by_text: dict[str, int] = {}
        self._kept: list[LoggedQuestion] = []  # keeps the objects alive, so that ids stay unique

    def number(self, question: LoggedQuestion) -> int:
        known = self._numbers.get(id(question))
        if known is None:
            written = to_json(question)
            known = self._by_text.setdefault(json.dumps(written), len(self.written))
            if known == len(self.written):
                self.written.append(written)
            self._numbers[id(question)] = known
            self._kept.append(question)
        return known


def _said(event: Event) -> dict[str, Json]:
    bare = replace(event, recall=None) if isinstance(event, RequestAnswered) else event
    return {name: one for name, one in to_json(bare).items() if name not in _OF_ITS_OWN}


def _read(
    saying: SavedSaying, questions: Sequence[LoggedQuestion]
) -> tuple[Callable[..., Event], dict[str, object]]:
    """(type of event, its fields by name), for all events with this content."""
    name, written, number = saying
    kind = _EVENTS[name]
    event = from_json(kind, {**written, "number": 0, "at": _SOME_INSTANT})
    said = {name: getattr(event, name) for name in kind.__struct_fields__}
    if number is not None:
        said["recall"] = questions[number]
    del said["number"], said["at"]
    return kind, said


def _question(written: Json, sessions: Mapping[str, Session]) -> LoggedQuestion:
    """Read a question; a session that still exists is the same object as in `sessions`."""
    question = from_json(LoggedQuestion, written)
    session = question.caller.session
    if session is None:
        return question
    known = sessions.get(session.access_key_id, session)
    return replace(question, caller=replace(question.caller, session=known))
