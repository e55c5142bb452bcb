"""What does a CloudTrail event of a denied request say? Caller, session, action, and the text that it saw.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sts_tui.account.json_value import Json
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.simulation.denials.denial_text import denials_in
from sts_tui.simulation.denials.denied_request import DeniedRequest, UnreadableDenialError

DENIED: Final = (
    "AccessDenied",
    "AccessDeniedException",
    "Client.UnauthorizedOperation",
    "UnauthorizedOperation",
)
"""Error codes of denials."""
_PREFIXES: Final = {"monitoring": "cloudwatch", "email": "ses"}
"""Services whose actions are not called after the host of their endpoint."""
_ADDRESS: Final = lazy_pattern(r"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:]+")


def is_event(document: Mapping[str, Json]) -> bool:
    return {"eventSource", "eventName", "userIdentity"} <= document.keys()


def denial_of_event(event: Mapping[str, Json]) -> DeniedRequest:
    """The request behind an event. Raises UnreadableDenialError for one that was not denied."""
    code = event.get("errorCode")
    if code not in DENIED:
        said = f"failed with {code}, which no policy decides" if code else "was not denied"
        raise UnreadableDenialError(f"the event {event.get('eventName')} {said}")
    identity = _object(event.get("userIdentity"))
    quoted = denials_in(str(event.get("errorMessage") or ""))
    service = str(event.get("eventSource", "")).partition(".")[0]
    action = f"{_PREFIXES.get(service, service)}:{event.get('eventName')}"
    principal = quoted[0].principal if quoted else str(identity.get("arn") or "")
    if not principal:
        raise UnreadableDenialError("the event names no ARN of its caller")
    named = quoted[0].resource if quoted else _resource(event)
    attributes = _object(_object(identity.get("sessionContext")).get("attributes"))
    return DeniedRequest(
        source="a CloudTrail event",
        principal=principal,
        action=quoted[0].action if quoted else action,
        resource=named,
        context=_context(event),
        reason=quoted[0].reason if quoted else "",
        policy_arn=quoted[0].policy_arn if quoted else "",
        issued_at=_instant(attributes.get("creationDate")),
        region=str(event.get("awsRegion") or "us-east-1"),
        missing=() if named != "*" else ("resource: * stands for it",),
    )


def _resource(event: Mapping[str, Json]) -> str:
    listed = event.get("resources")
    for one in listed if isinstance(listed, list) else []:
        arn = _object(one).get("ARN")
        if isinstance(arn, str):
            return arn
    return "*"


def _context(event: Mapping[str, Json]) -> dict[str, Json]:
    """What the event says of the request in condition keys."""
    found: dict[str, Json] = {}
    address = event.get("sourceIPAddress")
    if isinstance(address, str) and _ADDRESS.fullmatch(address):  # else the name of a service
        found["aws:SourceIp"] = address
    if isinstance(event.get("userAgent"), str):
        found["aws:UserAgent"] = event["userAgent"]
    if isinstance(event.get("vpcEndpointId"), str):
        found["aws:SourceVpce"] = event["vpcEndpointId"]
    return found


def _instant(value: Json) -> datetime | None:
    try:
        return datetime.fromisoformat(value.replace("Z", "+00:00")) if isinstance(value, str) else None
    except ValueError:
        return None


def _object(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}
