"""How is an event written as a line? Used by the request log, reader mode and the messages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import assert_never

from sts_tui.simulation.events import (
    CommandRedone,
    CommandUndone,
    ConfigurationChanged,
    Event,
    RequestAnswered,
    SessionExpired,
    SessionsRevoked,
    SessionStarted,
    SettingChanged,
    Verdict,
    WorkloadChanged,
)
from sts_tui.tui.text.instants import clock_time
from sts_tui.tui.text.styled_text import Line, Span, Style, one_line
from sts_tui.tui.text.symbols import MARK, OF_VERDICT, RULE

STYLE_OF_VERDICT: Mapping[Verdict, Style] = {
    Verdict.ALLOWED: "allow",
    Verdict.IMPLICIT_DENY: "deny",
    Verdict.EXPLICIT_DENY: "denied",
    Verdict.UNDECIDED: "undecided",
    Verdict.REFUSED: "refused",
}


def verdict_span(verdict: Verdict) -> Span:
    """`✖ DENY!`"""
    return Span(f"{OF_VERDICT[verdict]} {verdict.value}", STYLE_OF_VERDICT[verdict])


def result_span(event: RequestAnswered) -> Span:
    """The verdict of AWS; `· BYPASS` for the operator, about whom AWS has none."""
    return Span("· BYPASS", "muted") if bypasses_iam(event) else verdict_span(event.verdict)


def bypasses_iam(event: RequestAnswered) -> bool:
    """Whether the operator made the request, so that nothing was evaluated."""
    return event.verdict is Verdict.ALLOWED and event.decided_by == "operator"


def result_word(event: RequestAnswered) -> str:
    """`DENY!`; `BYPASS` for the operator."""
    return "BYPASS" if bypasses_iam(event) else event.verdict.value


def beside_action(reason: str, action: str) -> str:
    """`no identity-based policy allows it`, for a row that names the action in another column. Where another
    action than the row's is not allowed, it stays named.
    """
    return reason.replace(f" allows the {action} action", " allows it").replace(
        f" allows {action}", " allows it"
    )


def name_of(arn: str) -> str:
    """The name at the end of an ARN."""
    return one_line(arn.rsplit("/", 1)[-1].rsplit(":", 1)[-1])


def short_who(label: str) -> str:
    """`service:lambda.amazonaws.com` → `service lambda`; other callers as they are called."""
    service, dot, rest = label.removeprefix("service:").partition(".")
    is_service = label.startswith("service:") and dot and rest.startswith("amazonaws.com")
    return f"service {service}" if is_service else label


def short_resource(arn: str) -> str:
    """An ARN without its repetitive parts: `acme-orders/…/4711.json`, `role/App`, `function:shop`."""
    if not arn.startswith("arn:") or arn.count(":") < 5:
        return one_line(arn)
    return one_line(arn.split(":", 5)[5])


def banner(event: Event) -> Line | None:
    """The line across the request log for events other than requests; None for requests."""
    match event:
        case RequestAnswered():
            return None
        case SessionsRevoked():
            return _revoked(event)
        case SessionExpired():
            return _said(event.at, f"○ {event.label} expired", "muted")
        case SessionStarted():
            return _said(event.at, f"● {event.label} started", "muted")
        case ConfigurationChanged():
            text = f"{event.caller}: {event.action} {name_of(event.subject)}"
            return _said(event.at, f"{MARK} {text}", "muted")
        case CommandUndone():
            return _said(event.at, f"{MARK} undone: {event.command}", "warning")
        case CommandRedone():
            return _said(event.at, f"{MARK} redone: {event.command}", "warning")
        case SettingChanged():
            return _said(event.at, f"{MARK} {_setting(event)}", "muted")
        case WorkloadChanged():
            reason = f": {event.reason}" if event.reason else ""
            style: Style = "warning" if event.health == "failing" else "muted"
            return _said(event.at, f"{MARK} workload {event.workload} is {event.health}{reason}", style)
        case _:
            assert_never(event)


def _setting(event: SettingChanged) -> str:
    if event.name == "animate":
        return f"invented workloads: {event.value or 'none'}"
    return f"{event.name} set to {event.value}"


def _said(at: datetime, text: str, style: Style) -> Line:
    return (Span(f"{clock_time(at)}  ", "muted"), Span(one_line(text), style))


def _revoked(event: SessionsRevoked) -> Line:
    count = len(event.hit)
    sessions = f"{count} session{'s' if count != 1 else ''}"
    text = (
        f" {name_of(event.subject)} revoked by {event.caller}: {sessions} denied; "
        f"sessions issued at or after {clock_time(event.cutoff)} still work "
    )
    return (
        Span(f"{clock_time(event.at)}  ", "muted"),
        Span(RULE * 2, "marker"),
        Span(one_line(text), "marker"),
        Span(RULE * 120, "marker"),
    )


def _workload(event: RequestAnswered) -> str:
    return f" (workload {one_line(event.workload)})" if event.workload else ""


def as_text(event: Event) -> str:
    """An event as one line of plain text."""
    if isinstance(event, RequestAnswered):
        return (
            f"{clock_time(event.at)} {result_word(event)} {one_line(event.caller)} {one_line(event.action)} "
            f"{one_line(event.resource)} decided by {one_line(event.decided_by)}{_workload(event)}"
        )
    return "".join(span.text for span in banner(event) or ()).rstrip(f" {RULE}")
