"""Pane 3: the sessions, as a tree of chains, with the time they have left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import Struct

from sts_tui.account import durations
from sts_tui.simulation.authorization.session_state import EXPIRING_FRACTION, EXPIRING_WITHIN, SessionState
from sts_tui.simulation.event_log import Tally
from sts_tui.simulation.views.rows import SessionRow
from sts_tui.tui.panes.pane import ListPane
from sts_tui.tui.text.event_text import short_who
from sts_tui.tui.text.instants import clock_time
from sts_tui.tui.text.styled_text import Line, Span, Style, one_line
from sts_tui.tui.text.symbols import BAR_EMPTY, BAR_FULL, BRANCH, LAST_BRANCH, OF_STATE, TRANSITIVE
from sts_tui.tui.widgets.columns import Column
from sts_tui.tui.widgets.table import Table

BAR_WIDTH = 8
LEAST_ROWS = 4
"""Rows of the list with its header that are kept for it even if it is shorter."""
ROWS_BESIDES = 2
"""Rows of the pane besides the list: the borders."""
STYLE_OF_STATE: Mapping[SessionState, Style] = {
    SessionState.ACTIVE: "active",
    SessionState.EXPIRING: "expiring",
    SessionState.REVOKING: "expiring",
    SessionState.PARTLY: "expiring",
    SessionState.CUT: "revoked",
    SessionState.REVOKED: "revoked",
    SessionState.ORPHANED: "revoked",
    SessionState.EXPIRED: "expired",
}


class Sessions(Struct, frozen=True):
    """What the pane shows. Time left and counts are read when a row is drawn; rows stay as they are."""

    rows: Sequence[SessionRow] = ()
    tallies: Mapping[str, Tally] | None = None


_OF_TIME: Final = (SessionState.ACTIVE, SessionState.EXPIRING)


def state_at(row: SessionRow, now: datetime) -> SessionState:
    """A row's state at `now`: a row made while a session was active may be drawn when it is expiring."""
    if row.state in _OF_TIME:
        left = row.expires_at - now
        if left <= timedelta(0):
            return SessionState.EXPIRED
        soon = max(EXPIRING_WITHIN, (row.expires_at - row.issued_at) / EXPIRING_FRACTION)
        return SessionState.EXPIRING if left < soon else SessionState.ACTIVE
    return row.state


def _is_expired(row: SessionRow, now: datetime) -> bool:
    """As `state_at`, of many rows."""
    if row.state in _OF_TIME:
        return row.expires_at <= now
    return row.state is SessionState.EXPIRED


def bar(row: SessionRow, now: datetime) -> str:
    """How much of its life is left, as a bar."""
    life = (row.expires_at - row.issued_at).total_seconds()
    left = max(0.0, (row.expires_at - now).total_seconds())
    full = round(BAR_WIDTH * left / life) if life > 0 else 0
    if left > 0:
        full = max(1, full)
    return BAR_FULL * full + BAR_EMPTY * (BAR_WIDTH - full)


ORIGIN: tuple[Column[SessionRow], ...] = (
    Column(
        id="via",
        title="VIA",
        width=12,
        priority=5,
        most=22,
        is_label=True,
        cell=lambda r: (Span(one_line(r.via), "muted"),),
        sort_by=lambda r: r.via,
    ),
    Column(
        id="parent",
        title="FROM",
        width=16,
        priority=9,
        grow=1,
        most=28,
        middle=True,
        has_names=True,
        cell=lambda r: (Span(one_line(short_who(r.parent_label)), "muted"),),
        is_empty=lambda r: not r.parent_label,
        sort_by=lambda r: r.parent_label,
    ),
    Column(
        id="issued",
        title="ISSUED",
        width=8,
        priority=6,
        cell=lambda r: (Span(clock_time(r.issued_at), "muted"),),
        sort_by=lambda r: r.issued_at,
    ),
    Column(
        id="expires",
        title="EXPIRES",
        width=8,
        priority=10,
        cell=lambda r: (Span(clock_time(r.expires_at), "muted"),),
        sort_by=lambda r: r.expires_at,
    ),
)
"""Where a session comes from, and when it begins and ends: columns in which nothing moves."""


class SessionTable(Table[SessionRow]):
    """Knows the time, because countdowns are drawn and not notified."""

    now: datetime = datetime.min.replace(tzinfo=UTC)
    tallies: Mapping[str, Tally] | None = None
    is_tree: bool = True
    """Whether every chained session is below the one that it was issued to."""
    acting: str = ""
    """The access key id of the acting session."""

    def __init__(self, **options: object) -> None:
        super().__init__(self._make_columns(), **options)  # type: ignore[arg-type]

    def _make_columns(self) -> tuple[Column[SessionRow], ...]:
        return (*self._time_columns(), *self._other_columns())

    def _time_columns(self) -> tuple[Column[SessionRow], ...]:
        return (
            Column(
                id="session",
                title="SESSION",
                width=27,
                least=18,
                cell=self._label,
                has_names=True,
                grow=3,
                most=52,
                sort_by=lambda r: r.label,
            ),
            *ORIGIN,
            Column(
                id="left", title="LEFT", width=8, right=True, cell=self._left, sort_by=lambda r: r.expires_at
            ),
            Column(id="bar", title="", width=BAR_WIDTH, priority=3, cell=self._bar, is_picture=True),
            Column(
                id="state",
                title="STATE",
                width=18,
                least=12,
                grow=1,
                most=44,
                cell=self._state,
                sort_by=lambda r: r.state.value,
            ),
        )

    def _other_columns(self) -> tuple[Column[SessionRow], ...]:
        return (
            Column(id="requests", title="REQS", width=5, priority=7, right=True, cell=self._requests),
            Column(
                id="denied",
                title="DENIED",
                width=6,
                priority=4,
                right=True,
                cell=self._denied,
                is_empty=lambda r: not self._tally(r)[1],
            ),
            Column(
                id="policy",
                title="SESSION POLICY",
                width=14,
                priority=12,
                grow=1,
                most=24,
                cell=lambda r: (Span(one_line(r.session_policy or "-"), "muted"),),
                is_empty=lambda r: not r.session_policy,
            ),
            Column(
                id="tags",
                title="TAGS (* transitive)",
                width=19,
                priority=8,
                grow=2,
                cell=_tags,
                is_empty=lambda r: not r.tags,
            ),
            Column(
                id="key",
                title="ACCESS KEY",
                width=20,
                priority=13,
                cell=lambda r: (Span(r.access_key_id, "muted"),),
            ),
        )

    def _label(self, row: SessionRow) -> Line:
        style = STYLE_OF_STATE[state_at(row, self.now)]
        name = Span(one_line(row.label), "acting" if row.access_key_id == self.acting else style)
        if not row.depth or not self.is_tree:
            return (name,)
        branch = LAST_BRANCH if row.is_last_child else BRANCH
        return (Span("  " * (row.depth - 1) + branch + " ", "muted"), name)

    def _left(self, row: SessionRow) -> Line:
        return (
            Span(durations.countdown(row.expires_at - self.now), STYLE_OF_STATE[state_at(row, self.now)]),
        )

    def _bar(self, row: SessionRow) -> Line:
        state = state_at(row, self.now)
        style: Style = "allow" if state is SessionState.ACTIVE else STYLE_OF_STATE[state]
        return (Span(bar(row, self.now), style),)

    def _state(self, row: SessionRow) -> Line:
        state = state_at(row, self.now)
        more = ""
        if state in (SessionState.CUT, SessionState.PARTLY):
            more = f" {one_line(row.reason)}"
        elif row.state_since and not state.counts_as_active:
            more = f" {clock_time(row.state_since)}"
        return (Span(f"{OF_STATE[state]} {state.value}{more}", STYLE_OF_STATE[state]),)

    def _tally(self, row: SessionRow) -> tuple[int, int]:
        tally = (self.tallies or {}).get(row.access_key_id)
        return (tally.requests, tally.denied) if tally else (row.requests, row.denied)

    def _requests(self, row: SessionRow) -> Line:
        return (Span(str(self._tally(row)[0]), "muted"),)

    def _denied(self, row: SessionRow) -> Line:
        denied = self._tally(row)[1]
        return (Span(str(denied), "deny"),) if denied else (Span("-", "muted"),)


def _tags(row: SessionRow) -> Line:
    if not row.tags:
        return (Span("-", "muted"),)
    words = (f"{key}={value}{TRANSITIVE if transitive else ''}" for key, value, transitive in row.tags)
    return (Span(one_line(" ".join(words)), "muted"),)


def _living_first(rows: Sequence[SessionRow], now: datetime) -> list[SessionRow]:
    """Chains whose sessions have all expired come last: on a long day they would fill the screen."""
    chains: list[list[SessionRow]] = []
    for row in rows:
        if row.depth and chains:
            chains[-1].append(row)
        else:
            chains.append([row])
    chains.sort(key=lambda chain: all(_is_expired(row, now) for row in chain))
    return [row for chain in chains for row in chain]


class SessionsPane(ListPane[SessionRow]):
    """Input: `show(Sessions, now)`; `tick(now)` draws the countdowns."""

    NUMBER = "3"
    TITLE = "Sessions"
    EMPTY = "No sessions yet. a assumes a role; E invents some where no workload makes any."
    HELP = (
        "One row per set of temporary credentials; a chained session is below the session it was issued to. "
        "LEFT counts down on the simulated clock. A revoked session still has valid credentials, but a Deny "
        "with a date denies every request. States: ● active, ◐ expiring (less than a tenth of its duration "
        "or five minutes left), ◌ revoking (the Deny is not yet in force), ✖ revoked, ⊟ cut (every "
        "request that it was once allowed is denied now, and by what), ◧ partly cut, ⊘ orphaned (its role or "
        "user was deleted), ○ expired. `enter` acts as the session, `c` chains from it, `R` revokes the "
        "sessions of its role, `J` checks whether it lasts for a job."
    )

    _most = 0
    """Maximum rows of the pane."""

    @property
    def sessions(self) -> SessionTable:
        assert isinstance(self.table, SessionTable)
        return self.table

    def make_table(self) -> Table[SessionRow]:
        return SessionTable(empty=self.EMPTY)

    def key_of(self, row: SessionRow) -> object:
        return row.access_key_id

    def show_sessions(self, sessions: Sessions, now: datetime, acting: str) -> None:
        self.sessions.now, self.sessions.tallies, self.sessions.acting = now, sessions.tallies, acting
        self._leave_room(len(sessions.rows))
        self.show_rows(_living_first(sessions.rows, now))

    def _leave_room(self, count: int) -> None:
        """Few sessions leave their rows to the requests; a filter does not change the height."""
        most = max(LEAST_ROWS, count + 1) + ROWS_BESIDES
        if most != self._most:
            self._most = most
            self.styles.max_height = most

    def rearrange(self) -> None:
        """Sorted or filtered rows are no longer under their parents: no branches are drawn then."""
        self.sessions.is_tree = not self.filter and self._sorted_by is None
        super().rearrange()

    def text_of_row(self, row: SessionRow) -> str:
        tags = " ".join(f"{key}={value}" for key, value, _ in row.tags)
        state = state_at(row, self.sessions.now).value
        named = (row.access_key_id, row.arn, row.user_id, row.source_identity or "")
        words = (row.label, row.via, row.parent_label, state, tags, row.session_policy, *named)
        return "\n".join(words)

    def tick(self, now: datetime, acting: str) -> None:
        """Draws the visible countdowns again; cursor and scroll stay."""
        self.sessions.now, self.sessions.acting = now, acting
        self.sessions.repaint_rows()

    def facts(self, shown: int, total: int) -> str:
        counts: dict[SessionState, int] = {}
        for row in self._all:
            state = state_at(row, self.sessions.now)
            counts[state] = counts.get(state, 0) + 1
        words = ", ".join(f"{counts[state]} {state.value}" for state in SessionState if state in counts)
        number = str(total) if shown == total else f"{shown} of {total}"
        return f"{number} ({words})" if words else number
