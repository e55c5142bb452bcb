"""Sessions over simulated time: issued, expiring, revoked; denials above them, edits below.

The data are gathered once; a zoom or a step of the cursor only draws them again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from sts_tui.simulation.authorization.session_state import SessionState
from sts_tui.simulation.events import ConfigurationChanged, Event, RequestAnswered, SessionsRevoked, Verdict
from sts_tui.simulation.views.rows import SessionRow
from sts_tui.tui.background import Progress
from sts_tui.tui.text.distinct_names import distinct
from sts_tui.tui.text.event_text import name_of
from sts_tui.tui.text.instants import clock_time
from sts_tui.tui.text.sparkline import LEVELS, bars, counts
from sts_tui.tui.text.styled_text import Line, Span, Style, cells, line, one_line

NAME: Final = 26
"""Minimum cells of the names."""
AFTER: Final = 8
"""Cells of a line besides the names and the bars."""
MOST_ROWS: Final = 200
MOST_MARKS: Final = 40
_REPORT_EVERY: Final = 5_000
_ENDED: Final = (SessionState.REVOKED, SessionState.CUT, SessionState.ORPHANED)
_SEEN: Final = "✖" + LEVELS.strip()
_STEPS: Final = (
    *((timedelta(seconds=each), "%H:%M:%S") for each in (5, 10, 15, 30)),
    *((timedelta(minutes=each), "%H:%M") for each in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360)),
    *((timedelta(hours=each), "%m-%d %H:%M") for each in (12, 24, 48, 168, 720)),
)
"""(between two times of the axis, how they are written): the first with room for all."""
_NARROWEST: Final = timedelta(seconds=20)
"""The shortest stretch that can be shown."""


class Scale:
    """Instants to columns."""

    def __init__(self, start: datetime, end: datetime, width: int) -> None:
        self.start, self.end, self.width = start, max(end, start + _NARROWEST), max(20, width)

    def column(self, at: datetime) -> int:
        share = (at - self.start) / (self.end - self.start)
        return max(0, min(self.width - 1, int(share * self.width)))

    def instant(self, column: int) -> datetime:
        """The instant at the left edge of a column."""
        return self.start + (self.end - self.start) * column / self.width

    def shows(self, at: datetime) -> bool:
        return self.start <= at <= self.end

    def zoomed(self, factor: float, around: datetime, whole: Scale) -> Scale:
        """A stretch of `factor` times this length around an instant, within the `whole`."""
        length = min(max((self.end - self.start) * factor, _NARROWEST), whole.end - whole.start)
        start = around - length * (self.column(around) / self.width)
        start = max(whole.start, min(start, whole.end - length))
        return Scale(start, start + length, self.width)


def width_of_names(rows: Sequence[SessionRow], width: int) -> int:
    """Cells for the names of sessions, where a line has `width`: whole if they fit in a third of it."""
    longest = max((len(_indent(row)) + cells(one_line(row.label)) for row in rows[:MOST_ROWS]), default=0)
    return max(NAME, min(longest, width // 3))


def _indent(row: SessionRow) -> str:
    """Chained sessions are indented below the one that they come from."""
    return "  " * row.depth


class Mark(Struct, frozen=True):
    """An edit or a revocation. Its text is made when it is shown: a log can have very many."""

    event: SessionsRevoked | ConfigurationChanged

    @property
    def at(self) -> datetime:
        return self.event.at


class Timeline(Struct, frozen=True, kw_only=True):
    """What the timeline shows."""

    now: datetime
    rows: tuple[SessionRow, ...]
    denials: tuple[float, ...]
    """When requests were denied or refused, in seconds since 1970, sorted."""
    denied: tuple[int, ...]
    """Their numbers in the log."""
    marks: tuple[Mark, ...]
    begins: datetime | None = None
    """Where a trail is open: its first event. The whole of it is shown."""

    def whole(self, width: int) -> Scale:
        """From the first session still listed to the last expiration, at most twelve hours either way; the
        whole of a trail that is open.
        """
        if self.begins is not None:
            return Scale(self.begins, max(self.now, self.begins + timedelta(minutes=1)), width)
        start = max(min(row.issued_at for row in self.rows), self.now - timedelta(hours=12))
        end = min(max(row.expires_at for row in self.rows), self.now + timedelta(hours=12))
        return Scale(start, max(end, start + timedelta(minutes=1)), width)


def gather(
    now: datetime,
    rows: Sequence[SessionRow],
    events: Sequence[Event],
    progress: Progress | None = None,
    begins: datetime | None = None,
) -> Timeline:
    """Goes through the log once. `begins`: the first event of the trail that is open."""
    denials, denied, marks = [], [], []
    for done, event in enumerate(events):
        if progress is not None and done % _REPORT_EVERY == 0:
            progress(done, len(events))
        if isinstance(event, RequestAnswered):
            if event.verdict is not Verdict.ALLOWED:
                denials.append(event.at.timestamp())
                denied.append(event.number)
        elif isinstance(event, SessionsRevoked | ConfigurationChanged):
            marks.append(Mark(event))
    return Timeline(
        now=now, rows=tuple(rows), denials=tuple(denials), denied=tuple(denied), marks=tuple(marks),
        begins=begins,
    )  # fmt: skip


def timeline_lines(
    timeline: Timeline, scale: Scale, cursor: datetime, named: int = NAME
) -> list[tuple[Line, int]]:
    """The chart, with a mark at the current time and one at the cursor. `named`: cells of the names."""
    lines: list[Line] = [
        line(
            ("┃ now ", "muted"),
            (clock_time(timeline.now), "strong"),
            ("   │ cursor ", "muted"),
            (clock_time(cursor), "marker"),
            ("   ━ past ┄ left ✖ revoked or cut", "muted"),
        ),
        _axis(scale, named),
        _denials(timeline, scale, cursor, named),
    ]
    visible = [row for row in timeline.rows if row.issued_at <= scale.end and row.expires_at >= scale.start]
    shown = visible[:MOST_ROWS]
    deepest = max((len(_indent(row)) for row in shown), default=0)
    labels = [one_line(row.label) for row in shown]
    short = distinct(labels, max(NAME // 2, named - deepest))
    for row, label, cut in zip(shown, labels, short, strict=True):
        name = _indent(row) + (label if len(_indent(row)) + cells(label) <= named else cut)
        lines.append(_bar(row, f"{name:<{named}}  ", scale, timeline.now, cursor))
    if len(visible) > MOST_ROWS:
        lines.append(line((f"{len(visible) - MOST_ROWS} more sessions; ] zooms in", "muted")))
    lines += [(), *_marks(timeline, scale, cursor)]
    return [(each, named + 2) for each in lines]


def _axis(scale: Scale, named: int) -> Line:
    """Round times: every quarter of an hour rather than 09:00, 09:16, 09:31."""
    length = scale.end - scale.start
    step, text = next(
        (each for each in _STEPS if length / each[0] * (len(f"{scale.start:{each[1]}}") + 4) <= scale.width),
        _STEPS[-1],
    )
    midnight = scale.start.replace(hour=0, minute=0, second=0, microsecond=0)
    at = midnight + -((midnight - scale.start) // step) * step
    cells = [" "] * scale.width
    while at <= scale.end:
        label, position = f"{at:{text}}", scale.column(at)
        if position + len(label) <= scale.width:
            cells[position : position + len(label)] = label
        at += step
    return (Span(" " * (named + 2)), Span("".join(cells), "muted"))


def _bar(row: SessionRow, name: str, scale: Scale, now: datetime, cursor: datetime) -> Line:
    begin, finish = scale.column(row.issued_at), scale.column(row.expires_at)
    is_inside = row.issued_at <= scale.end and row.expires_at >= scale.start
    ended = row.state_since if row.state in _ENDED else None
    stop = scale.column(ended) if ended and scale.shows(ended) else None
    is_over = ended is not None and ended < scale.start
    here = scale.column(now) if scale.shows(now) else scale.width if now > scale.end else -1
    cells = []
    for column in range(scale.width):
        if stop is not None and column == stop:
            cells.append("✖")
        elif column == here:
            cells.append("┃")
        elif not (is_inside and begin <= column <= finish):
            cells.append(" ")
        elif is_over or (stop is not None and column > stop):
            cells.append("┄")
        else:
            cells.append("━" if column < here else "┄")
    style: Style = (
        "revoked" if ended is not None else "expired" if row.state is SessionState.EXPIRED else "allow"
    )
    return (Span(name), *_with_cursor("".join(cells), style, scale.column(cursor)))


def _with_cursor(drawn: str, style: Style, column: int) -> Line:
    """The cells, with the cursor in its column; a revocation or denials there are still seen."""
    at = drawn[column] if drawn[column] in _SEEN else "│"
    return (Span(drawn[:column], style), Span(at, "marker"), Span(drawn[column + 1 :], style))


def _denials(timeline: Timeline, scale: Scale, cursor: datetime, named: int) -> Line:
    numbers = counts(timeline.denials, scale.start.timestamp(), scale.end.timestamp(), scale.width)
    return (
        Span(f"{'denied and refused':<{named}}  ", "muted"),
        *_with_cursor(bars(numbers), "deny", scale.column(cursor)),
        Span(f" {sum(numbers)}", "deny"),
    )


def _marks(timeline: Timeline, scale: Scale, cursor: datetime) -> list[Line]:
    """Edits and revocations of the stretch that is shown, as lines; those at the cursor are marked."""
    shown = [mark for mark in timeline.marks if scale.shows(mark.at)][-MOST_MARKS:]
    if not shown:
        return [line(("No edits here." if timeline.marks else "No edits yet.", "muted"))]
    return [(Span("▸ " if mark.at == cursor else "  ", "marker"), *_mark(mark.event)) for mark in shown]


def _mark(event: SessionsRevoked | ConfigurationChanged) -> Line:
    when = Span(f"{clock_time(event.at)}  ")
    if isinstance(event, SessionsRevoked):
        cutoff = clock_time(event.cutoff)
        text = f"{name_of(event.subject)} revoked, {_count(len(event.hit))}, cutoff {cutoff}"
        return (when, Span(text, "marker"))
    return (when, Span(f"{one_line(event.caller)}: {event.action} {name_of(event.subject)}", "muted"))


def _count(sessions: int) -> str:
    return f"{sessions} session{'s' if sessions != 1 else ''}"
