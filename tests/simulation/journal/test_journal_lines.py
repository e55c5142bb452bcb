"""Lines of a journal: a check sum, a space, JSON; what is not whole ends it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from zlib import crc32

import pytest

from sts_tui.simulation.journal.journal_lines import line_of, name_of, whole_entries

FIRST = line_of({"kind": "open", "seed": 7})
CALL = line_of({"kind": "call", "arguments": {"action": "iam:TagRole"}})
LOG, HISTORY, SHARED = (line_of({"kind": kind}) for kind in ("log", "history", "shared"))
CHECKPOINT = line_of({"kind": "checkpoint"})


def test_a_line_begins_with_its_check_sum() -> None:
    text = b'{"kind":"open","seed":7}'
    assert b"%08x %s\n" % (crc32(text), text) == FIRST
    assert "ü".encode() in line_of({"kind": "note", "note": "ü"})
    assert line_of({"kind": "time", "to": datetime(2026, 1, 15, tzinfo=UTC)})[9:] == (
        b'{"kind":"time","to":"2026-01-15T00:00:00+00:00"}\n'
    )


@pytest.mark.parametrize(
    "entry",
    [
        {"kind": "open", "text": "ü\ud800", "number": 10**40},
        {"kind": "set", "value": None},
        {"kind": "x", "f": 1.5},
    ],
)
def test_an_entry_is_read_as_it_was_written(entry: dict[str, object]) -> None:
    [read], end = whole_entries(line_of(entry))
    assert (read.kind, read.read(), read.end) == (entry["kind"], entry, end)


def test_entries_say_where_they_end() -> None:
    entries, good = whole_entries(FIRST + CALL)
    assert [one.end for one in entries] == [len(FIRST), len(FIRST) + len(CALL)]
    assert good == len(FIRST) + len(CALL)
    assert [one.kind for one in entries] == ["open", "call"]


@pytest.mark.parametrize("cut", range(1, len(CALL)))
def test_half_a_line_ends_the_journal_before_it(cut: int) -> None:
    entries, good = whole_entries(FIRST + CALL[:-cut])
    assert ([one.kind for one in entries], good) == (["open"], len(FIRST))


@pytest.mark.parametrize("at", [0, 7, 8, 9, 20, -2, -1])
def test_a_changed_byte_ends_it_too_whatever_follows(at: int) -> None:
    damaged = bytearray(CALL)
    damaged[at] ^= 1
    entries, good = whole_entries(FIRST + bytes(damaged) + CALL)
    assert ([one.kind for one in entries], good) == (["open"], len(FIRST))


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        ([FIRST, LOG], 1),
        ([FIRST, LOG, HISTORY], 1),
        ([FIRST, SHARED], 1),
        ([FIRST, LOG, HISTORY, CHECKPOINT], 4),
        ([FIRST, LOG, HISTORY, CHECKPOINT, CALL], 5),
        ([FIRST, CALL, LOG, HISTORY], 2),
        ([LOG, HISTORY], 0),
        ([], 0),
    ],
)
def test_what_belongs_to_a_checkpoint_counts_only_with_it(lines: list[bytes], kept: int) -> None:
    entries, good = whole_entries(b"".join(lines))
    assert [one.line for one in entries] == lines[:kept]
    assert good == sum(map(len, lines[:kept]))


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        ({"kind": "call", "arguments": {"action": "iam:TagRole"}}, "iam:TagRole"),
        ({"kind": "call", "arguments": {}}, "call"),
        ({"kind": "call", "arguments": ["action"]}, "call"),
        ({"kind": "undo"}, "undo"),
    ],
)
def test_an_entry_is_named_by_its_action_else_by_its_kind(entry: dict[str, object], name: str) -> None:
    assert name_of(entry) == name


def test_an_ordinary_line_is_read_by_the_quick_parser_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json, "loads", lambda *_: pytest.fail("the slow parser"))
    for line in (FIRST, CALL, CHECKPOINT, line_of({"kind": "note", "note": "ü", "number": 1.5})):
        [entry], _ = whole_entries(line)
        assert entry.read()["kind"] == entry.kind
