"""The rows of the request log, by a model of them: identical neighbors and floods of denials are one row."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from sts_tui.simulation.event_log import EventLog
from sts_tui.simulation.events import Event, RequestAnswered, SessionExpired, Verdict
from sts_tui.tui.keys.filtering import parse_filter
from sts_tui.tui.panes.stream import StreamRows, flood_of

START = datetime(2026, 1, 15, 9, tzinfo=UTC)


def some_event(number: int, dice: random.Random) -> Event:
    if dice.random() < 0.05:
        return SessionExpired(
            number=number, at=START + timedelta(seconds=number), access_key_id="k", label="l"
        )
    verdict = dice.choice((Verdict.ALLOWED, Verdict.ALLOWED, Verdict.EXPLICIT_DENY, Verdict.IMPLICIT_DENY))
    return RequestAnswered(
        number=number,
        at=START + timedelta(seconds=number),
        caller=dice.choice("ab"),
        access_key_id=None,
        action=dice.choice(("s3:GetObject", "s3:PutObject")),
        resource="*",
        verdict=verdict,
        code="200" if verdict is Verdict.ALLOWED else "AccessDenied",
        decided_by=dice.choice(("P#1", "Q#1")),
    )


NO_FILTER = parse_filter("", {}, lambda event: "")


def check(rows: StreamRows, events: list[Event], first: int) -> None:
    """Newest first; every event in the log is in exactly one row; every flood is one row."""
    numbers = [rows.number(index) for index in range(len(rows))]
    assert numbers == sorted(numbers, reverse=True)
    assert len({rows.key(index) for index in range(len(rows))}) == len(numbers)
    floods: dict[object, int] = {}
    for event in events:
        if event.number < first:
            continue
        index = rows.index_of(event.number)
        assert index is not None
        key = flood_of(event)
        shown = rows[index]
        if key is None:
            assert flood_of(shown) is None
            continue
        assert flood_of(shown) == key
        assert floods.setdefault(key, index) == index
        assert rows.number(index) == max(one.number for one in events if flood_of(one) == key)
    for index in range(len(rows)):
        assert rows.index_of(rows.key(index)) == index


@pytest.mark.parametrize("seed", range(12))
def test_rows_as_they_come_and_as_they_are_looked_back_on(seed: int) -> None:
    dice = random.Random(seed)
    log = EventLog(60)
    events: list[Event] = []

    def happen(count: int) -> None:
        for _ in range(count):
            event = some_event(log.next_number, dice)
            log.append(event)
            events.append(event)

    happen(dice.randrange(0, 40))
    rows = StreamRows(log, NO_FILTER)
    check(rows, events, log.first_number)
    for _ in range(25):
        happen(dice.randrange(0, 9))
        rows.take_in()
        check(rows, events, log.first_number)
    unfolded = StreamRows(log, NO_FILTER, folds=False)
    assert len(unfolded) == len([event for event in events if event.number >= log.first_number])


def test_a_row_that_grows_keeps_its_key_and_counts() -> None:
    log = EventLog(100)
    dice = random.Random(1)

    def deny(action: str) -> None:
        event = some_event(log.next_number, dice)
        while not isinstance(event, RequestAnswered):
            event = some_event(log.next_number, dice)
        log.append(
            RequestAnswered(
                number=log.next_number,
                at=event.at,
                caller="a",
                access_key_id="k",
                action=action,
                resource="*",
                verdict=Verdict.EXPLICIT_DENY,
                code="AccessDenied",
                decided_by="P#1",
            )
        )

    deny("s3:GetObject")
    rows = StreamRows(log, NO_FILTER)
    key = rows.key(0)
    for action in ("s3:GetObject", "s3:PutObject", "s3:GetObject"):
        deny(action)
        rows.take_in()
    assert len(rows) == 1
    assert rows.key(0) == key
    assert rows.times(log.last_number) == 4
    assert rows.actions(log.last_number) == 2
    assert rows.shown == 4
