"""What does the status line suggest? The next key at its right edge; at its left what just happened."""

from __future__ import annotations

from sts_tui.simulation.events import SessionsRevoked
from sts_tui.tui.keys.action_context import ActionContext
from sts_tui.tui.keys.keymap import Keymap
from sts_tui.tui.text.event_text import name_of
from sts_tui.tui.text.instants import clock_time
from sts_tui.tui.text.parts import Part
from sts_tui.tui.text.styled_text import Line, Span


def next_step(context: ActionContext, keys: Keymap, has_cut: bool, denied: int) -> Line:
    """The most useful next key. `has_cut`: the last revocation reached a session."""
    if under_way := _under_way(context, keys):
        return under_way
    if context.is_presenting or context.past:
        return ()  # the footer, or the line under the header, shows how to go on
    if denied:
        action = "explain" if context.request_is_denied_by_it else "explain_denial"
        return _key(keys.first(action), "explain the denial")
    if context.is_readonly and context.request_number:
        return _key(keys.first("explain"), "explain this request")
    if context.is_paused:
        return _key(keys.first("pause"), "run the clock")
    if has_cut:
        return (Span("its next requests will be denied", "muted"),)
    if context.is_readonly:
        return ()
    if context.noun != "roles" and context.focus in ("roles", "policies"):
        return _key(keys.first("row_actions"), "what can be done") if context.subject else ()
    if context.role_live_sessions:
        return _key(keys.first("revoke"), "revoke active sessions")
    return _key(keys.first("assume"), "assume this role") if context.role_arn else ()


def _under_way(context: ActionContext, keys: Keymap) -> Line:
    """How to leave what is open: a line, a tour, marks."""
    if context.typing:
        return _key("esc", "close" if context.typing == "command" else "clear the filter")
    if context.is_full_screen:
        return _key(keys.first("back"), "leave full screen")
    if not context.marked or context.is_readonly:
        return ()
    if context.focus == "requests":
        return _key(keys.first("copy"), "copy the marked rows")
    return _key(keys.first("revoke"), "revoke the marked roles")


def whole(keys: Keymap) -> Line:
    """Shown beside a message that does not fit."""
    return _key(keys.first("messages"), "show the whole message")


def _key(key: str, words: str) -> Line:
    return (Span(key, "key"), Span(f" {words} ", "muted"))


def standing(revocation: SessionsRevoked | None, denied: int, borrowed: Line) -> list[Part]:
    """The status line while there is no newer message; parts of low priority are dropped first.

    `denied`: requests denied since the revocation. `borrowed`: shown before any revocation: which workload
    uses the credentials of another.
    """
    if revocation is None:
        return [Part(borrowed, worth=2)]
    count = len(revocation.hit)
    told = f"{name_of(revocation.subject)} revoked {clock_time(revocation.at)}"
    more = (
        (_count(count, "session"), 4),
        (f"{_count(denied, 'request')} denied since", 3),
        (f"sessions issued at or after {clock_time(revocation.cutoff)} still work", 1),
    )
    return [
        Part((Span(told, "marker"),), worth=5),
        *(Part((Span("· ", "muted"), Span(text)), worth=worth) for text, worth in more),
    ]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number != 1 else ''}"
