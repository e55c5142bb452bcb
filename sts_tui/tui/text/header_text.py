"""What does the header show? Model, account and clock; the acting identity, its time left and limit."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING

from msgspec import Struct

from sts_tui.account import durations
from sts_tui.simulation.authorization.session_state import SessionState
from sts_tui.tui.text import instants
from sts_tui.tui.text.parts import Part
from sts_tui.tui.text.styled_text import Line, Span, Style, one_line
from sts_tui.tui.text.symbols import CHAIN, ELLIPSIS, OF_STATE, PAUSED, RUNNING

if TYPE_CHECKING:
    from sts_tui.simulation.journal.journal import Unsaved


class Header(Struct, frozen=True, kw_only=True):
    """The content of the header."""

    model: str
    account: str
    """`prod 111122223333`"""
    more_accounts: int
    now: datetime
    speed: int
    is_paused: bool
    next_due: datetime | None = None
    next_what: str = ""
    chain: tuple[str, ...] = ("operator",)
    """From the first caller to the acting identity."""
    is_session: bool = False
    expires_at: datetime | None = None
    issued_at: datetime | None = None
    limit: str = ""
    state: SessionState | None = None
    reason: str = ""
    """What cuts the session."""
    facts: tuple[str, ...] = ()
    """Tags, source identity, MFA."""
    is_readonly: bool = False
    is_past: bool = False
    """A past instant is shown."""
    served_at: str = ""
    """Where real AWS clients are served: `127.0.0.1:4550`."""
    propagation: float = 0
    game_day: str = ""
    """How a game day goes: `game day 1:52:10: 12 got through, 0 denied`."""
    trail: str = ""
    """How the model agrees with the trail that is open."""
    exercise: str = ""
    """The title of the exercise that is open."""
    unsaved: Unsaved | None = None
    """Since when and why work is not saved."""


def first_line(header: Header) -> tuple[list[Part], Line]:
    """(parts, right end)"""
    more = f" (+{header.more_accounts})" if header.more_accounts else ""
    parts = [
        Part((Span("sts-tui", "title"),), action="help", worth=2),
        Part((Span(one_line(header.model), "strong"),), worth=6),
        Part((Span(one_line(header.account)), Span(more, "muted")), action="identity", worth=8),
    ]
    if header.unsaved is not None:
        parts.append(_not_saved(header.unsaved))
    if header.game_day:
        parts.append(Part((Span(header.game_day, "warning"),), action="score", worth=9))
    if header.exercise:
        whole = (Span("exercise ", "muted"), Span(one_line(header.exercise), "warning"))
        parts.append(Part(whole, action="score", worth=9, short=(Span("exercise", "warning"),)))
    if header.trail:
        parts.append(Part((Span(header.trail, "muted"),), action="trail", worth=7))
    if header.is_readonly:
        parts.append(Part((Span("read-only", "warning"),), worth=7))
    if header.served_at:
        parts.append(Part((Span(f"serving {header.served_at}", "allow"),), worth=5))
    if header.propagation:
        parts.append(Part((Span(f"propagation {header.propagation:g}s", "muted"),), worth=3))
    if header.next_due is not None:
        left = durations.countdown(header.next_due - header.now)
        when = "now" if left == "-" else f"in {left}"
        parts.append(
            Part((Span(f"next: {one_line(header.next_what)} {when}", "muted"),), action="next_event", worth=1)
        )
    speed = (
        Span("PAST", "marker")
        if header.is_past
        else Span(f"{PAUSED} PAUSED", "warning")
        if header.is_paused
        else Span(f"{RUNNING} x{header.speed}", "allow")
    )
    return parts, (Span(instants.date_time(header.now), "strong"), Span("  "), speed)


def _not_saved(unsaved: Unsaved) -> Part:
    """Has the highest priority: it stays on the narrowest screen."""
    short = f"NOT SAVED since command {unsaved.since}"
    whole = f"NOT SAVED since {unsaved.since_command}: {one_line(unsaved.reason)}"
    return Part((Span(whole, "revoked"),), action="save", worth=10, short=(Span(short, "revoked"),))


def second_line(header: Header, common: frozenset[str]) -> tuple[list[Part], Line]:
    """(parts, right end). `common`: words that nearly all names of the model have."""
    style: Style = "acting" if header.is_session else "strong"
    chain: list[Span] = [Span("as ", "muted")]
    for position, name in enumerate(header.chain):
        chain += [*([Span(f" {CHAIN} ", "muted")] if position else [])]
        chain.append(Span(one_line(name), style if position == len(header.chain) - 1 else "plain"))
    short = (chain[0], Span(f"{ELLIPSIS} {CHAIN} ", "muted"), chain[-1]) if len(header.chain) > 1 else ()
    parts = [Part(tuple(chain), action="identity", worth=9, short=short, common=common)]
    parts += [Part((Span(one_line(fact), "muted"),), worth=4) for fact in header.facts]
    return parts, _left(header)


def _left(header: Header) -> Line:
    if header.expires_at is None or header.state is None:
        return (
            (Span("long-term credentials", "muted"),)
            if header.chain[-1:] != ("operator",)
            else (Span("bypasses IAM", "muted"),)
        )
    left = header.expires_at - header.now
    style: Style = "plain" if header.state is SessionState.ACTIVE else "expiring"
    if not header.state.still_works:
        text = f"{OF_STATE[header.state]} {header.state.value} {one_line(header.reason)}".rstrip()
        return (Span(text, "revoked"),)
    life = header.expires_at - header.issued_at if header.issued_at else timedelta(0)
    limit = f" ({header.limit})" if header.limit else ""
    return (
        Span(f"{OF_STATE[header.state]} {durations.countdown(left)} left", style),
        Span(f" of {durations.short(timedelta(seconds=ceil(life.total_seconds())))}{limit}", "muted"),
    )
