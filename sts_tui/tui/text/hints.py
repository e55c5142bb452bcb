"""What to press next: the first minute, told at the right edge of the bottom line; and what just happened,
at its left.
"""

from __future__ import annotations

from sts_tui.simulation.events import SessionsRevoked
from sts_tui.tui.keys.action_context import ActionContext
from sts_tui.tui.keys.keymap import Keymap
from sts_tui.tui.text.event_text import name_of
from sts_tui.tui.text.instants import clock_time
from sts_tui.tui.text.parts import Part
from sts_tui.tui.text.styled_text import Line, Span


def next_step(context: ActionContext, keys: Keymap, has_revoked: bool, denied: int) -> Line:
    """The key that leads on, named when it is needed."""
    if under_way := _under_way(context, keys):
        return under_way
    if denied:
        return _key(keys.first("explain"), "why was it denied?")
    if context.is_readonly and context.request_number:
        return _key(keys.first("explain"), "why was it answered so?")
    if context.is_paused:
        return _key(keys.first("pause"), "let the clock run")
    if has_revoked:
        return (Span("the next requests will fail", "muted"),)
    if context.is_readonly:
        return ()
    if context.role_live_sessions:
        return _key(keys.first("revoke"), "cut this role's sessions off")
    return _key(keys.first("assume"), "assume this role")


def _under_way(context: ActionContext, keys: Keymap) -> Line:
    """What one has begun: a line, a tour, marks."""
    if context.typing:
        return _key("esc", "closes the line" if context.typing == "command" else "takes the filter away")
    if context.has_next_step:
        return _key(keys.first("tour_next"), "next step")
    if context.is_full_screen:
        return _key(keys.first("back"), "leaves full screen")
    if not context.marked or context.is_readonly:
        return ()
    if context.focus == "requests":
        return _key(keys.first("copy"), "copies what is marked")
    return _key(keys.first("revoke"), "revokes the marked roles")


def whole(keys: Keymap) -> Line:
    """Beside what was said and does not fit."""
    return _key(keys.first("messages"), "all of it")


def _key(key: str, words: str) -> Line:
    return (Span(key, "key"), Span(f" {words} ", "muted"))


def standing(revocation: SessionsRevoked | None, denied: int, borrowed: Line) -> list[Part]:
    """What the bottom line says when nothing newer is to be said; the least worth is left out first.

    `denied`: requests since the revocation; `borrowed`: who uses whose session, before there is one.
    """
    if revocation is None:
        return [Part(borrowed, worth=2)]
    count = len(revocation.hit)
    told = f"{name_of(revocation.subject)} revoked {clock_time(revocation.at)}"
    more = (
        (_count(count, "session") + " cut off", 4),
        (f"{denied} denied since", 3),
        (f"those issued from {clock_time(revocation.cutoff)} on live", 1),
    )
    return [
        Part((Span(told, "marker"),), worth=5),
        *(Part((Span("· ", "muted"), Span(text)), worth=worth) for text, worth in more),
    ]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number != 1 else ''}"
