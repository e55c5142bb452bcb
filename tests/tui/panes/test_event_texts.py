"""A filter over the request log compares kept texts, and shows what event by event would show."""

from __future__ import annotations

import random

import pytest

from sts_tui.simulation.event_log import EventLog
from sts_tui.tui.keys.filtering import Filter, parse_filter
from sts_tui.tui.panes.event_texts import AT_ONCE, EventTexts
from sts_tui.tui.panes.requests import FIELDS, whole_text
from sts_tui.tui.panes.stream import StreamRows
from tests.tui.panes.test_stream import some_event


def logged(count: int, size: int = 100_000) -> tuple[EventLog, random.Random]:
    dice = random.Random(count)
    log = EventLog(size)
    for number in range(1, count + 1):
        log.append(some_event(number, dice))
    return log, dice


def all_rows(stream: StreamRows) -> list[tuple[int, int]]:
    while stream.look_back():
        pass
    return [(stream.number(index), stream.times(stream.number(index))) for index in range(len(stream))]


def filters() -> list[Filter]:  # type: ignore[type-arg]
    texts = ("s3:put", "deny", "!deny", "a s3:get", "~gtobj", "zzz", "result:deny", "")
    return [parse_filter(text, FIELDS, whole_text) for text in texts]


@pytest.mark.parametrize("folds", [True, False])
def test_texts_show_the_same_rows_as_events_do(folds: bool) -> None:
    log, _ = logged(9_000)
    texts = EventTexts(log, whole_text)
    for wanted in filters():
        plain, quick = (
            StreamRows(log, wanted, folds=folds),
            StreamRows(log, wanted, folds=folds, texts=texts),
        )
        assert all_rows(quick) == all_rows(plain)
        assert (quick.shown, quick.hidden) == (plain.shown, plain.hidden)


@pytest.mark.parametrize("count", [6_000, 18_000])
def test_texts_are_made_once_per_event_however_many_letters_are_typed(count: int) -> None:
    log, _ = logged(count)
    texts = EventTexts(log, whole_text)
    for letters in ("s", "s3", "s3:p", "s3:put"):
        all_rows(StreamRows(log, parse_filter(letters, FIELDS, whole_text), texts=texts))
    assert texts.made == count


@pytest.mark.parametrize("more", [10, AT_ONCE // 2, AT_ONCE * 2, AT_ONCE * 5])
def test_texts_follow_a_log_that_grows_and_drops_its_oldest(more: int) -> None:
    log, dice = logged(8_000, size=8_000)
    texts = EventTexts(log, whole_text)
    wanted = parse_filter("s3:put", FIELDS, whole_text)
    all_rows(StreamRows(log, wanted, texts=texts))
    for _ in range(2):
        for number in range(log.next_number, log.next_number + more):
            log.append(some_event(number, dice))
        texts.keep_up()
        plain = StreamRows(log, wanted)
        assert all_rows(StreamRows(log, wanted, texts=texts)) == all_rows(plain)
        assert len(texts._texts) <= 2 * log.size
