"""What is stored of a single CloudTrail event in JSON? The same as of the events of a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import msgspec

from sts_tui.account.json_value import Json
from sts_tui.account.regions import DEFAULT_REGION
from sts_tui.account.values import FIRST_INSTANT, LAST_INSTANT
from sts_tui.trail.reading.containers import events_of
from sts_tui.trail.reading.errors import UnreadableFileError
from sts_tui.trail.recorded import RecordedEvent


def events_in_text(text: str) -> Iterator[Mapping[str, Json]]:
    """The CloudTrail events in a JSON text (a log, lines, outputs of the AWS CLI); empty for other text."""
    try:
        found = list(events_of(text.encode("utf-8", "replace")))
    except UnreadableFileError:
        return
    yield from (one for one in found if {"eventSource", "eventName", "userIdentity"} <= one.keys())


def instant_in(event: Mapping[str, Json]) -> datetime | None:
    """The time of an event, UTC; None if it has no usable time."""
    value = event.get("eventTime")
    try:
        at = datetime.fromisoformat(value.replace("Z", "+00:00")) if isinstance(value, str) else None
    except ValueError:
        return None
    at = at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at
    return at if at is not None and FIRST_INSTANT <= at <= LAST_INSTANT else None


def recorded_event(event: Mapping[str, Json], otherwise_at: datetime) -> RecordedEvent:
    """The event in the form for replays. `otherwise_at`: the time for an event without a usable time."""
    response, extra = _object(event, "responseElements"), _object(event, "additionalEventData")
    credentials = _object(response, "credentials")
    issued = _text(_object(response, "assumedRoleUser"), "arn")
    return RecordedEvent(
        epoch=int((instant_in(event) or otherwise_at).timestamp()),
        source=_text(event, "eventSource"),
        name=_text(event, "eventName"),
        region=_text(event, "awsRegion") or DEFAULT_REGION,
        address=_text(event, "sourceIPAddress"),
        agent=_text(event, "userAgent"),
        endpoint=_text(event, "vpcEndpointId"),
        code=_text(event, "errorCode"),
        message=_text(event, "errorMessage"),
        identity=_encoded(event.get("userIdentity")),
        request=_encoded(event.get("requestParameters")),
        resources=_encoded(event.get("resources")),
        signed=_text(extra, "AuthenticationMethod"),
        switched=_text(extra, "SwitchFrom"),
        kind=_text(event, "eventType") or "AwsApiCall",
        account=_text(event, "recipientAccountId"),
        shared=_text(event, "sharedEventID"),
        issued_key=_text(credentials, "accessKeyId"),
        expires=_text(credentials, "expiration"),
        issued_arn=issued or _text(_object(response, "federatedUser"), "arn"),
        audience=_text(response, "audience"),
        made=_text(_object(_object(response, "policy"), "policySummary"), "id"),
        issuer=_text(response, "issuer") or _text(response, "provider"),
        event_id=_text(event, "eventID"),
    )


def _encoded(value: Json) -> str:
    """The JSON text of a member. A member that is already text is unchanged."""
    if value is None or isinstance(value, str):
        return value or ""
    return msgspec.json.encode(value).decode()


def _object(value: Mapping[str, Json], name: str) -> Mapping[str, Json]:
    inner = value.get(name)
    return inner if isinstance(inner, Mapping) else {}


def _text(value: Mapping[str, Json], name: str) -> str:
    inner = value.get(name)
    return inner if isinstance(inner, str) else ""
