"""Pane 4: the request log, newest first, with a line where sessions were revoked or expired."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from sts_tui.account.entities import Workload
from sts_tui.simulation.event_log import EventLog
from sts_tui.simulation.events import Event, RequestAnswered, Verdict
from sts_tui.tui.keys.filtering import Fields, Filter, parse_filter
from sts_tui.tui.panes.event_texts import EventTexts
from sts_tui.tui.panes.pane import ListPane
from sts_tui.tui.panes.stream import StreamRows
from sts_tui.tui.text.event_text import (
    as_text,
    banner,
    beside_action,
    result_span,
    result_word,
    short_resource,
    short_who,
)
from sts_tui.tui.text.instants import clock_time
from sts_tui.tui.text.styled_text import Line, Span, Style, fit, one_line
from sts_tui.tui.text.symbols import TIMES, USES
from sts_tui.tui.widgets.columns import Column
from sts_tui.tui.widgets.names_in_view import ShortName
from sts_tui.tui.widgets.table import Table

_BETWEEN_SLICES: Final = 0.001
"""Seconds in which keys are answered."""


def _text(span: Span) -> Line:
    return (span,)


def _of(event: Event) -> RequestAnswered:
    assert isinstance(event, RequestAnswered)
    return event


def _decided(event: Event) -> Line:
    request = _of(event)
    style: Style = "muted" if request.verdict is Verdict.ALLOWED else "plain"
    if request.recorded and request.decided_by == request.recorded:
        style = "warning"  # the model does not agree with the trail
    spans = [Span(one_line(beside_action(request.decided_by, request.action)), style)]
    if request.client is not None and request.client.is_resource_unknown:
        spans.append(Span("  resource not derived", "warning"))
    if request.client is not None and request.client.is_soft and request.verdict.is_denial:
        spans.append(Span("  answered as a success", "warning"))
    return tuple(spans)


def _who_of(event: RequestAnswered) -> str:
    """The caller; of a real client also its name, which the last column has with its version."""
    name = event.client.client.partition("/")[0] if event.client and not event.recorded else ""
    who = short_who(event.caller)
    return f"{who} via {name}" if name else who


def _origin(event: RequestAnswered) -> str:
    """The workload, or the real client, that a request is from."""
    return event.workload or (event.client.client if event.client else "") or ""


COLUMNS: tuple[Column[Event], ...] = (
    Column(
        id="number",
        title="#",
        width=6,
        priority=11,
        right=True,
        cell=lambda e: _text(Span(str(e.number), "muted")),
    ),
    Column(id="time", title="TIME", width=8, cell=lambda e: _text(Span(clock_time(e.at), "muted"))),
    Column(id="result", title="RESULT", width=9, cell=lambda e: _text(result_span(_of(e)))),
    Column(
        id="code",
        title="CODE",
        width=16,
        least=12,
        priority=9,
        grow=1,
        most=24,
        cell=lambda e: _text(Span(_of(e).code, "muted")),
    ),
    Column(
        id="session",
        title="WHO",
        width=21,
        least=17,
        grow=4,
        most=32,
        middle=True,
        has_names=True,
        cell=lambda e: _text(Span(one_line(_who_of(_of(e))))),
    ),
    Column(
        id="action",
        title="ACTION",
        width=20,
        least=14,
        grow=3,
        most=32,
        longest_gives_way=True,
        cell=lambda e: _text(Span(one_line(_of(e).action))),
    ),
    Column(
        id="resource",
        title="RESOURCE",
        width=20,
        priority=5,
        grow=2,
        most=48,
        middle=True,
        cell=lambda e: _text(Span(short_resource(_of(e).resource), "muted")),
    ),
    Column(id="decided", title="DECIDED BY", width=30, least=22, grow=4, has_names=True, cell=_decided),
    Column(
        id="workload",
        title="WORKLOAD",
        width=16,
        priority=10,
        most=20,
        grow=1,
        has_names=True,
        cell=lambda e: _text(Span(one_line(_origin(_of(e)) or "-"), "muted")),
    ),
)


def borrowers(workloads: Iterable[Workload]) -> tuple[str, ...]:
    """Workloads that use the credentials of another workload: the laptop that copied the shop's."""
    return tuple(
        each.name for each in workloads if each.identity.startswith("workload:") and not each.assume_roles
    )


def columns_with(
    borrowers: Collection[str], times: Callable[[Event], int], actions: Callable[[Event], int]
) -> tuple[Column[Event], ...]:
    """ACTION shows how many requests a row stands for, and how many other actions are among them. Where
    `borrowers` use sessions of others, WHO names them too, at every width.
    """

    def action(event: Event) -> Line:
        count, name = times(event), Span(one_line(_of(event).action))
        if count < 2:
            return (name,)
        others = actions(event) - 1
        more = (Span(f" +{others}", "muted"),) if others else ()
        return (Span(f"{TIMES}{count} ", "strong"), name, *more)

    def who(event: Event) -> Line:
        request = _of(event)
        if request.workload not in borrowers:
            return _text(Span(one_line(_who_of(request))))
        session, at, role = one_line(request.caller).rpartition("@")
        whose = (Span(session), Span(at + role)) if session else (Span(role),)
        return (Span(one_line(request.workload or ""), "warning"), Span(USES, "muted"), *whose)

    if not borrowers:
        return tuple(replace(each, cell=action) if each.id == "action" else each for each in COLUMNS)
    wider: Mapping[str, Mapping[str, object]] = {
        "action": {"cell": action},
        "session": {"cell": who, "width": 27, "least": 22, "most": 44},
        "resource": {"width": 15},
        "decided": {"least": 18},
    }
    return tuple(replace(column, **wider.get(column.id, {})) for column in COLUMNS)


class StreamTable(Table[Event]):
    """Markers run across all columns except the numbers."""

    def _cells(self, row: Event) -> tuple[Line, tuple[ShortName, ...]]:
        text = banner(row)
        first, width = self._fit()[0]
        if text is None or first.id != "number":
            return super()._cells(row)
        numbered = (*fit(first.cell(row), width, right=first.right), Span(" "), *text)
        return self._fit_banner(numbered), ()

    def banner(self, row: Event) -> Line | None:
        return banner(row)


class RequestsPane(ListPane[Event]):
    """Input: the event log; `take_in()` after it grew."""

    NUMBER = "4"
    TITLE = "Requests"
    FOLLOW = True
    EMPTY = "No requests yet. Workloads make them as the clock runs; r makes one."
    HELP = (
        "All requests, newest first, with the answer of AWS and the statement that decided. + ALLOW; - DENY "
        "(implicit: nothing allows it); ✖ DENY! (explicit: a statement denies it); ○ REFUSED (before any "
        "policy: expired or malformed); ? UNDECIDED (depends on something that is not simulated; treated as "
        "a denial). Lines between the requests report revocations, edits and expirations. On the first row "
        "the list follows new requests; elsewhere it keeps its position. ×12: twelve identical requests, "
        "or all denials of one session by one statement (+2: of two other actions), where the newest is; `F` "
        "shows each. `x` or `enter` explains the request."
    )

    def __init__(self, log: EventLog, borrowers: Collection[str] = (), *, id: str | None = None) -> None:
        self._log = log
        self._columns = columns_with(
            borrowers,
            lambda event: self._stream.times(event.number),
            lambda event: self._stream.actions(event.number),
        )
        self.borrowers = borrowers
        self.folds = True
        """Whether requests that differ in nothing but time, one after another, are one line."""
        super().__init__(id=id)
        self._event_texts = EventTexts(log, whole_text)
        self._stream = StreamRows(log, self.filter)

    def on_mount(self) -> None:
        self.rearrange()

    def make_columns(self) -> Sequence[Column[Event]]:
        return self._columns

    def make_table(self) -> Table[Event]:
        return StreamTable(self._columns, follow=True, empty=self.EMPTY)

    def fields(self) -> Fields[Event]:
        """The columns by name, and `text` for what is no request."""
        return {**FIELDS, "who": self._who} if self.borrowers else FIELDS

    def _who(self, event: Event) -> str:
        """As the column shows it: the workload that uses another's session, and the session."""
        if type(event) is not RequestAnswered:
            return ""
        return f"{event.workload}{USES}{event.caller}" if event.workload in self.borrowers else event.caller

    def _read_filter(self, text: str) -> Filter[Event]:
        return parse_filter(text, self.fields(), whole_text)

    def key_of(self, row: Event) -> object:
        return row.number

    def follow(self, log: EventLog) -> None:
        """Shows another log: after undo-from-start, or a model was opened."""
        self._log = log
        self._event_texts = EventTexts(log, whole_text)
        self.rearrange()

    def rearrange(self) -> None:
        self._stream = StreamRows(self._log, self.filter, folds=self.folds, texts=self._event_texts)
        self._show_stream()
        self._look_back_later(self._stream)

    def toggle_folds(self) -> str:
        """Says what is shown now."""
        self.folds = not self.folds
        self.rearrange()
        return (
            "Requests: identical requests, and denials of one session by one statement, are collapsed (×12)."
            if self.folds
            else "Requests: every request is shown."
        )

    def _look_back_later(self, stream: StreamRows) -> None:
        """Reads the rest of the log, a slice at a time, between keys."""

        def go_on() -> None:
            if stream is self._stream and self.is_attached:
                more = stream.look_back()
                self._show_stream()
                self.table.repaint_rows()  # a burst may have grown at its older end
                if more:
                    self.set_timer(_BETWEEN_SLICES, go_on)

        if self.is_attached:
            self.set_timer(_BETWEEN_SLICES, go_on)

    def take_in(self) -> None:
        """Takes in new events of the log."""
        self._event_texts.keep_up()
        if self._stream.take_in():
            self._show_stream()

    def _show_stream(self) -> None:
        self.table.empty = self.empty_text()
        self.table.show(self._stream)
        self.retitle()

    def empty_text(self) -> str:
        if self.filter and self._stream.hidden:
            return self.nothing_matches(self._stream.hidden)
        return self.EMPTY

    def facts(self, shown: int, total: int) -> str:
        count = f"{self._stream.shown}"
        if self._stream.hidden:
            count += f" ({self._stream.hidden} hidden)"
        return count if self.table.is_following else f"{count}  not following: g follows again"


def _field(get: Callable[[RequestAnswered], str]) -> Callable[[Event], str]:
    return lambda event: get(event) if type(event) is RequestAnswered else ""


FIELDS: Fields[Event] = {
    "time": lambda event: clock_time(event.at),
    "result": _field(result_word),
    "code": _field(lambda request: request.code),
    "who": _field(lambda request: request.caller),
    "session": _field(lambda request: request.caller),
    "action": _field(lambda request: request.action),
    "resource": _field(lambda request: request.resource),
    "decided": _field(lambda request: request.decided_by),
    "workload": _field(_origin),
    "client": _field(lambda request: request.client.client if request.client else ""),
    "message": _field(lambda request: request.message),
    "text": lambda event: "" if type(event) is RequestAnswered else as_text(event),
}


def whole_text(event: Event) -> str:
    """All of an event in lower case, for words that may stand anywhere."""
    if type(event) is RequestAnswered:
        return (
            f"{event.caller}\n{event.action}\n{event.resource}\n{result_word(event)}\n{event.code}\n"
            f"{event.decided_by}\n{_origin(event)}"
        ).lower()
    return as_text(event).lower()
