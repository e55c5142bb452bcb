"""Sessions over simulated time: issued, expiring, revoked; denials below."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice

from sts_tui.simulation.authorization.session_state import SessionState
from sts_tui.simulation.events import ConfigurationChanged, Event, RequestAnswered, SessionsRevoked, Verdict
from sts_tui.simulation.views.rows import SessionRow
from sts_tui.tui.background import Progress
from sts_tui.tui.text.distinct_names import distinct
from sts_tui.tui.text.event_text import name_of
from sts_tui.tui.text.instants import clock_time
from sts_tui.tui.text.styled_text import Line, Span, Style, line, one_line

NAME = 26
LEVELS = " ▁▂▃▄▅▆▇█"
MOST_ROWS = 200
MOST_MARKS = 40
_REPORT_EVERY = 5_000
_ENDED = (SessionState.REVOKED, SessionState.CUT, SessionState.ORPHANED)


class Scale:
    """Instants to columns."""

    def __init__(self, start: datetime, end: datetime, width: int) -> None:
        self.start, self.end, self.width = start, max(end, start + timedelta(minutes=1)), max(20, width)

    def column(self, at: datetime) -> int:
        share = (at - self.start) / (self.end - self.start)
        return max(0, min(self.width - 1, int(share * self.width)))


def timeline_lines(
    now: datetime,
    rows: Sequence[SessionRow],
    events: Sequence[Event],
    width: int,
    progress: Progress | None = None,
) -> list[tuple[Line, int]]:
    """From the first session still listed to the last expiration, with a mark at the current time."""
    if not rows:
        return [(line(("No sessions yet.", "muted")), 0)]
    start = max(min(row.issued_at for row in rows), now - timedelta(hours=12))
    end = min(max(row.expires_at for row in rows), now + timedelta(hours=12))
    scale = Scale(start, end, width - NAME - 8)
    lines: list[Line] = [
        line(
            ("┃ now ", "muted"),
            (clock_time(now), "strong"),
            ("   ━ past   ┄ remaining   ✖ revoked or cut", "muted"),
        )
    ]
    lines.append(_axis(scale))
    shown = rows[:MOST_ROWS]
    names = distinct(["  " * row.depth + one_line(row.label) for row in shown], NAME)
    lines += [_bar(row, name, scale, now) for row, name in zip(shown, names, strict=True)]
    if len(rows) > MOST_ROWS:
        lines.append(line((f"{len(rows) - MOST_ROWS} more sessions", "muted")))
    lines += [(), _denials(events, scale, progress), (), *_marks(events)]
    return [(each, NAME + 2) for each in lines]


def _axis(scale: Scale) -> Line:
    cells = [" "] * scale.width
    for share in (0.0, 0.25, 0.5, 0.75):
        at = scale.start + (scale.end - scale.start) * share
        text = clock_time(at)[:5]
        position = int(scale.width * share)
        cells[position : position + len(text)] = text
    return (
        Span(" " * (NAME + 2)),
        Span("".join(cells[: scale.width]), "muted"),
    )


def _bar(row: SessionRow, name: str, scale: Scale, now: datetime) -> Line:
    begin, finish, here = scale.column(row.issued_at), scale.column(row.expires_at), scale.column(now)
    ended = row.state_since if row.state in _ENDED else None
    stop = scale.column(ended) if ended else None
    cells = []
    for column in range(scale.width):
        inside = begin <= column <= finish
        if stop is not None and column == stop:
            cells.append("✖")
        elif column == here:
            cells.append("┃")
        elif not inside:
            cells.append(" ")
        elif stop is not None and column > stop:
            cells.append("┄")
        else:
            cells.append("━" if column < here else "┄")
    style: Style = (
        "revoked" if stop is not None else "expired" if row.state is SessionState.EXPIRED else "allow"
    )
    return (Span(f"{name:<{NAME}}  "), Span("".join(cells), style))


def _denials(events: Sequence[Event], scale: Scale, progress: Progress | None) -> Line:
    counts = [0] * scale.width
    for done, event in enumerate(events):
        if progress is not None and done % _REPORT_EVERY == 0:
            progress(done, len(events))
        if (
            isinstance(event, RequestAnswered)
            and event.verdict is not Verdict.ALLOWED
            and event.at >= scale.start
        ):
            counts[scale.column(event.at)] += 1
    most = max(counts) or 1
    drawn = "".join(LEVELS[min(len(LEVELS) - 1, -(-count * (len(LEVELS) - 1) // most))] for count in counts)
    return (
        Span(f"{'denied and refused':<{NAME}}  ", "muted"),
        Span(drawn, "deny"),
        Span(f" {sum(counts)}", "deny"),
    )


def _marks(events: Sequence[Event]) -> list[Line]:
    """The newest edits and revocations, as lines, the oldest of them first."""
    marked = (each for each in reversed(events) if isinstance(each, SessionsRevoked | ConfigurationChanged))
    found = [_mark(event) for event in islice(marked, MOST_MARKS)]
    return found[::-1] or [line(("No edits yet.", "muted"))]


def _mark(event: SessionsRevoked | ConfigurationChanged) -> Line:
    at = Span(f"{clock_time(event.at)}  ")
    if isinstance(event, SessionsRevoked):
        cutoff = clock_time(event.cutoff)
        hit = _count(len(event.hit))
        return at, Span(f"{name_of(event.subject)} revoked, {hit}, cutoff {cutoff}", "marker")
    return at, Span(f"{one_line(event.caller)}: {event.action} {name_of(event.subject)}", "muted")


def _count(sessions: int) -> str:
    return f"{sessions} session{'s' if sessions != 1 else ''}"
