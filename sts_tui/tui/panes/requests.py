"""Pane 4: the stream of requests, newest first, with markers where something happened to sessions."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from sts_tui.simulation.event_log import EventLog
from sts_tui.simulation.events import Event, RequestAnswered, SessionStarted, Verdict
from sts_tui.tui.durations import clock_time
from sts_tui.tui.event_text import as_text, banner, short_resource, verdict_piece
from sts_tui.tui.filtering import Fields, Filter
from sts_tui.tui.panes.pane import ListPane
from sts_tui.tui.pieces import Line, Piece, Tone, one_line
from sts_tui.tui.widgets.table import Column, Table

TRIM_AT = 4096
"""Numbers of events that have left the log are dropped in chunks of this many."""


class StreamRows:
    """Which events of the log are shown, newest first. Taking in a new event costs the same at any size."""

    def __init__(self, log: EventLog, wanted: Filter[Event]) -> None:
        self._log = log
        self._wanted = wanted
        self._numbers: list[int] = []
        self._gone = 0
        self._seen = 0
        self.hidden = 0
        self.take_in()

    def take_in(self) -> bool:
        """Takes in what the log gained; whether anything shown changed."""
        new = self._log.since(self._seen)
        self._seen = self._log.last_number
        before = len(self._numbers)
        for event in new:
            if type(event) is SessionStarted:
                continue  # its request stands beside it
            if not self._wanted or self._wanted.matches(event):
                self._numbers.append(event.number)
            else:
                self.hidden += 1
        self._drop_what_left_the_log()
        return len(self._numbers) != before or self._gone > 0

    def _drop_what_left_the_log(self) -> None:
        first = self._log.first_number
        while self._gone < len(self._numbers) and self._numbers[self._gone] < first:
            self._gone += 1
        if self._gone >= TRIM_AT:
            del self._numbers[: self._gone]
            self._gone = 0

    def __len__(self) -> int:
        return len(self._numbers) - self._gone

    def __getitem__(self, index: int) -> Event:
        return self._log[self._numbers[-1 - index] - self._log.first_number]

    def key(self, index: int) -> object:
        return self._numbers[-1 - index]

    def index_of(self, key: object) -> int | None:
        if not isinstance(key, int):
            return None
        position = bisect_left(self._numbers, key)
        if position < self._gone or position >= len(self._numbers) or self._numbers[position] != key:
            return None
        return len(self._numbers) - 1 - position


def _text(piece: Piece) -> Line:
    return (piece,)


def _of(event: Event) -> RequestAnswered:
    assert isinstance(event, RequestAnswered)
    return event


def _decided(event: Event) -> Line:
    request = _of(event)
    tone: Tone = "muted" if request.verdict is Verdict.ALLOWED else "plain"
    return (Piece(one_line(request.decided_by), tone),)


COLUMNS: tuple[Column[Event], ...] = (
    Column(
        id="number",
        title="#",
        width=6,
        priority=11,
        right=True,
        cell=lambda e: _text(Piece(str(e.number), "muted")),
    ),
    Column(id="time", title="TIME", width=8, cell=lambda e: _text(Piece(clock_time(e.at), "muted"))),
    Column(id="result", title="RESULT", width=9, cell=lambda e: _text(verdict_piece(_of(e).verdict))),
    Column(
        id="code",
        title="CODE",
        width=16,
        priority=9,
        grow=1,
        most=24,
        cell=lambda e: _text(Piece(_of(e).code, "muted")),
    ),
    Column(
        id="session",
        title="WHO",
        width=21,
        least=13,
        grow=4,
        most=32,
        middle=True,
        cell=lambda e: _text(Piece(one_line(_of(e).caller))),
    ),
    Column(
        id="action",
        title="ACTION",
        width=20,
        least=13,
        grow=3,
        most=32,
        cell=lambda e: _text(Piece(one_line(_of(e).action))),
    ),
    Column(
        id="resource",
        title="RESOURCE",
        width=20,
        priority=5,
        grow=3,
        most=48,
        middle=True,
        cell=lambda e: _text(Piece(short_resource(_of(e).resource), "muted")),
    ),
    Column(id="decided", title="DECIDED BY", width=30, least=26, grow=3, cell=_decided),
    Column(
        id="workload",
        title="WORKLOAD",
        width=16,
        priority=10,
        most=20,
        grow=1,
        cell=lambda e: _text(Piece(one_line(_of(e).workload or "-"), "muted")),
    ),
)


class StreamTable(Table[Event]):
    """Markers run across all columns."""

    def banner(self, row: Event) -> Line | None:
        return banner(row)


class RequestsPane(ListPane[Event]):
    """Input: the event log; `take_in()` after it grew."""

    NUMBER = "4"
    TITLE = "Requests"
    FOLLOW = True
    EMPTY = "No requests yet: the clock brings them, r makes one."
    HELP = (
        "Every request as AWS would answer it, newest first, and the statement that decided it. + ALLOW, - "
        "DENY (nothing allowed it), ✖ DENY! (a statement denied it), ○ REFUSED (it never reached a policy: "
        "expired, malformed), ? UNDECIDED (something that is not simulated would decide; treated as a "
        "denial). Lines across the stream say what happened to sessions. With the cursor on the first line "
        "the stream is followed; elsewhere it stays where you are. `x` or `enter` explains the request to "
        "the statement and the value."
    )

    def __init__(self, log: EventLog, *, id: str | None = None) -> None:
        self._log = log
        super().__init__(id=id)
        self._stream = StreamRows(log, self.filter)

    def on_mount(self) -> None:
        self.rearrange()

    def make_columns(self) -> Sequence[Column[Event]]:
        return COLUMNS

    def make_table(self) -> Table[Event]:
        return StreamTable(COLUMNS, follow=True, empty=self.EMPTY)

    def fields(self) -> Fields[Event]:
        """The columns, and the event's own text where it is no request."""
        own: dict[str, Any] = {column.id: _column_text(column) for column in COLUMNS}
        own["text"] = lambda event: as_text(event) + f" {getattr(event, 'resource', '')}"
        return own

    def key_of(self, row: Event) -> object:
        return row.number

    def follow(self, log: EventLog) -> None:
        """Shows another log: after undo-from-start, or a model was opened."""
        self._log = log
        self.rearrange()

    def rearrange(self) -> None:
        self._stream = StreamRows(self._log, self.filter)
        self._show()

    def take_in(self) -> None:
        """The log grew."""
        if self._stream.take_in():
            self._show()

    def _show(self) -> None:
        self.table.empty = self.empty_text()
        self.table.show(self._stream)
        self.retitle()

    def empty_text(self) -> str:
        if self.filter and self._stream.hidden:
            hidden = self._stream.hidden
            return (
                f"Nothing matches {self.filter_line.value.strip()!r}: {hidden} hidden; esc clears the filter."
            )
        return self.EMPTY

    def facts(self, shown: int, total: int) -> str:
        count = f"{len(self._stream)}"
        if self._stream.hidden:
            count += f" ({self._stream.hidden} hidden)"
        return count if self.table.is_following else f"{count}  held: g follows again"


def _column_text(column: Column[Event]) -> Any:
    def text(event: Event) -> str:
        if not isinstance(event, RequestAnswered):
            return clock_time(event.at) if column.id == "time" else ""
        return "".join(piece.text for piece in column.cell(event))

    return text
