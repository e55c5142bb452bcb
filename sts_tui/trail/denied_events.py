"""Which permissions did the denied request in a CloudTrail event need, and who made it? Evaluated as in
replays.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Settings
from sts_tui.account.json_value import Json
from sts_tui.simulation.denials.denial_text import denials_in
from sts_tui.simulation.denials.denied_request import DeniedRequest, UnreadableDenialError
from sts_tui.trail.callers import Callers, Known
from sts_tui.trail.evaluation import Evaluator
from sts_tui.trail.reading.one_event import instant_in, recorded_event
from sts_tui.trail.recorded import RecordedEvent
from sts_tui.trail.requests import Ask, Asked, network_context
from sts_tui.trail.sessions import TrailSessions
from sts_tui.trail.signer import signer_of

_NO_RESOURCE = "resource: *"
_NO_TIME = "time of the request: the simulation's"
_NO_SESSION_POLICY = "session policies: none (no event here issued the session)"


class DeniedEvents(Struct, frozen=True, kw_only=True):
    """The denied requests among some events."""

    calls: tuple[tuple[DeniedRequest, ...], ...]
    """For each event, all permissions that it needed. The first that is not allowed decides."""
    skipped: tuple[str, ...] = ()
    """Denied events with too little information, each with the reason."""


def denied_in(
    events: Sequence[Mapping[str, Json]], configuration: Configuration, settings: Settings, now: datetime
) -> DeniedEvents:
    """The denied events among `events`. `now` is used as the time of events without one.

    Raises UnreadableDenialError if no event was denied.
    """
    recorded = [(recorded_event(one, now), instant_in(one)) for one in events]
    denied = [(event, at) for event, at in recorded if event.verdict == "denied"]
    if not denied:
        raise UnreadableDenialError(_why_none([event for event, _ in recorded]))
    sessions = TrailSessions(event for event, _ in recorded if event.issued_key)
    evaluator = Evaluator(Callers(sessions, configuration), configuration, settings)
    calls, skipped = [], []
    seen: set[str] = set()
    for event, at in denied:
        if event.event_id in seen:
            continue
        seen |= {event.event_id} - {""}
        try:
            calls.append(tuple(_requests(event, at, evaluator)))
        except UnreadableDenialError as error:
            skipped.append(f"{event.operation} {event.event_id}".rstrip() + f": {error}")
    return DeniedEvents(calls=tuple(calls), skipped=tuple(skipped))


def _why_none(events: Sequence[RecordedEvent]) -> str:
    if len(events) != 1:
        return "none of the events was denied"
    code = events[0].code
    why = f"failed with {code}, which no policy decides" if code else "was not denied"
    return f"the event {events[0].name} {why}"


def _requests(event: RecordedEvent, at: datetime | None, evaluator: Evaluator) -> Iterator[DeniedRequest]:
    """The permissions that an event needed. Raises UnreadableDenialError if the event lacks the caller or the
    request.
    """
    signer, known = signer_of(event.identity), evaluator.callers.of(event)
    quoted = denials_in(event.message)
    principal = quoted[0].principal if quoted else signer.arn
    if not principal and known.identity is not None:
        principal = known.identity.arn or ""
    if not principal:
        raise UnreadableDenialError(known.why_not or "the event names no ARN of its caller")
    asked = evaluator.asked(event, known)
    asks = [_quoted(quoted[0], asked)] if quoted else list(asked.asks)
    if not asks:
        raise UnreadableDenialError(asked.why_not)
    network, unsaid = network_context(event, signer.invoked_by)
    for ask in asks:
        yield DeniedRequest(
            source="a CloudTrail event",
            principal=principal,
            caller=known.identity,
            action=ask.action,
            resource=ask.resource,
            context={**network, **asked.context, **ask.context},
            unknown=(*unsaid, *known.unknown, *ask.unknown),
            reason=quoted[0].reason if quoted else "",
            policy_arn=quoted[0].policy_arn if quoted else "",
            issued_at=signer.issued_at,
            at=at,
            region=event.region,
            missing=tuple(_missing(ask, asked, at, known)),
        )


def _quoted(denial: DeniedRequest, asked: Asked) -> Ask:
    """The request in AWS's message, with the context that the event has for this action."""
    same = [one for one in asked.asks if one.action.lower() == denial.action.lower()]
    ask = next((one for one in same if one.resource == denial.resource), same[0] if same else None)
    if ask is None:
        return Ask(action=denial.action, resource=denial.resource)
    resource = ask.resource if denial.resource == "*" else denial.resource
    return Ask(action=ask.action, resource=resource, context=ask.context, unknown=ask.unknown)


def _missing(ask: Ask, asked: Asked, at: datetime | None, known: Known) -> Iterator[str]:
    if ask.resource == "*" and (asked.is_resource_unknown or not asked.asks):
        yield _NO_RESOURCE
    if at is None:
        yield _NO_TIME
    if known.is_session_policy_unknown:
        yield _NO_SESSION_POLICY
