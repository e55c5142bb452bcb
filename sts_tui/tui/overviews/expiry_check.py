"""Will it last? Which session of a chain expires first, for a job of a given length."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from sts_tui.account import durations
from sts_tui.simulation.simulation import Simulation
from sts_tui.simulation.views.rows import SessionRow
from sts_tui.simulation.views.session_standing import standing_of
from sts_tui.tours.reading.durations import parse_duration
from sts_tui.tours.reading.errors import StepError
from sts_tui.tui.text.instants import clock_time
from sts_tui.tui.text.styled_text import Line, Span, line, one_line

if TYPE_CHECKING:
    from sts_tui.tui.host import Host


class Hop(Struct, frozen=True):
    """One session of a chain."""

    label: str
    expires_at: datetime
    works: bool
    limit: str
    state: str = ""
    """The state as a word, as in the Sessions pane."""


def chain_of(simulation: Simulation, access_key_id: str, rows: dict[str, SessionRow]) -> list[Hop]:
    """The session and the sessions it was chained from, the first of the chain first."""
    hops: list[Hop] = []
    session = simulation.world.sessions.get(access_key_id)
    while session is not None:
        row = rows.get(session.access_key_id)
        state = standing_of(session, simulation).state
        limit = row.limit if row else ""
        hops.append(Hop(session.label, session.expires_at, state.still_works, limit, state.value))
        session = simulation.world.sessions.get(session.parent or "")
    return hops[::-1]


def verdict(hops: list[Hop], now: datetime, job: timedelta) -> list[Line]:
    """A job uses the credentials of the last session; those above it matter only for renewal."""
    end = now + job
    last = hops[-1]
    lines: list[Line] = []
    if not last.works:
        lines.append(line(("✖ No", "denied"), f": {one_line(last.label)} is {last.state}."))
    elif end <= last.expires_at:
        spare = durations.in_words(last.expires_at - end)
        lines.append(
            line(
                ("+ Yes", "allow"),
                f": the job ends at {clock_time(end)}, {spare} before {one_line(last.label)} expires.",
            )
        )
    else:
        short = durations.in_words(end - last.expires_at)
        lines.append(
            line(
                ("✖ No", "denied"),
                f": {one_line(last.label)} expires at {clock_time(last.expires_at)}, {short} too early.",
            )
        )
        lines.append(line((f"limit: {last.limit}", "muted")))
        lines += _renewable(hops, end)
    return lines


def _renewable(hops: list[Hop], end: datetime) -> list[Line]:
    above = hops[:-1]
    if not above:
        return [line("Its caller can assume the role again, if the trust policy still allows that.")]
    dying = [hop for hop in above if hop.expires_at < end or not hop.works]
    if not dying:
        return [line(f"{one_line(above[-1].label)} outlasts the job and can assume the role again.")]
    first = min(dying, key=lambda hop: hop.expires_at)
    return [
        line(
            (f"First of the chain to expire: {one_line(first.label)}", "warning"),
            f" at {clock_time(first.expires_at)}",
        ),
        line("After that the whole chain must be assumed again."),
    ]


def chain_lines(hops: list[Hop], now: datetime) -> list[Line]:
    return [
        (
            Span("  " * depth + ("└ " if depth else ""), "muted"),
            Span(one_line(hop.label), "strong"),
            Span(f"  {_time_left(hop, now)}  {hop.limit}", "muted"),
        )
        for depth, hop in enumerate(hops)
    ]


def _time_left(hop: Hop, now: datetime) -> str:
    """Credentials that no longer work have no time left."""
    until = clock_time(hop.expires_at)
    if not hop.works:
        return f"{hop.state}; would expire at {until}" if hop.expires_at > now else hop.state
    return f"{durations.countdown(hop.expires_at - now)} left, until {until}"


def job_length(text: str) -> timedelta | None:
    """`90m`, `1h30m`, a number of minutes; None for anything else."""
    text = text.strip()
    if re.fullmatch(r"\d+", text):
        text += "m"
    try:
        return parse_duration(text)
    except StepError:
        return None


def ask(app: Host, access_key_id: str) -> None:
    """Opens the dialog; the answer is updated at every key."""
    from sts_tui.tui.dialogs.ask_line import AskLineScreen

    rows = {row.access_key_id: row for row in app.row_cache.sessions()}
    hops = chain_of(app.simulation, access_key_id, rows)
    if not hops:
        return
    now = app.simulation.now

    def said(text: str) -> list[Line]:
        job = job_length(text)
        if job is None:
            return [
                *chain_lines(hops, now),
                (),
                line(("Enter how long the job runs: 90m, 1h30m, 45s", "muted")),
            ]
        return [*chain_lines(hops, now), (), *verdict(hops, now, job)]

    app.ask(AskLineScreen(f"Will it last? {hops[-1].label}", "Job runs for", "90m", said), lambda _: None)
