"""Which denials does a text hold? A sentence of AWS, an encoded message, or JSON of one of three kinds."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from sts_tui.account.json_value import Json
from sts_tui.simulation.denials.authorization_message import denial_of_message, is_authorization_message
from sts_tui.simulation.denials.cloudtrail_event import DENIED, denial_of_event, is_event
from sts_tui.simulation.denials.denial_text import denials_in, encoded_message_in
from sts_tui.simulation.denials.denied_request import DeniedRequest, UnreadableDenialError
from sts_tui.simulation.denials.troubleshooter_answer import denials_of_answer, is_troubleshooter_answer

_KNOWN = (
    "no denial found: a text with AWS's sentence (User: ARN is not authorized to perform: …), the output of "
    "aws sts decode-authorization-message, an Access Troubleshooter answer, or a CloudTrail event"
)


def read_denials(text: str, decode: Callable[[str], str]) -> list[DeniedRequest]:
    """Every denial in a text, at least one. `decode` decodes an encoded authorization message and raises
    UnreadableDenialError for one that AWS encoded, which only AWS can decode.

    Raises UnreadableDenialError.
    """
    document = _json(text)
    if isinstance(document, Mapping):
        return _of_object(document)
    if isinstance(document, list):
        return _of_events([one for one in document if isinstance(one, Mapping)])
    if found := denials_in(text):
        return found
    if encoded := encoded_message_in(text):
        decoded = _json(decode(encoded))
        if isinstance(decoded, Mapping):
            return [denial_of_message(decoded)]
    raise UnreadableDenialError(_KNOWN)


def _of_object(document: Mapping[str, Json]) -> list[DeniedRequest]:
    if is_authorization_message(document):
        return [denial_of_message(document)]
    if is_troubleshooter_answer(document):
        return denials_of_answer(document)
    if is_event(document):
        return [denial_of_event(document)]
    for name in ("Records", "Events"):
        listed = document.get(name)
        if isinstance(listed, list):
            return _of_events([one for one in listed if isinstance(one, Mapping)])
    raise UnreadableDenialError(_KNOWN)


def _of_events(events: list[Mapping[str, Json]]) -> list[DeniedRequest]:
    """The denied ones of a log; `lookup-events` gives each event as text."""
    opened = [_json(str(one["CloudTrailEvent"])) if "CloudTrailEvent" in one else one for one in events]
    denied = [one for one in opened if isinstance(one, Mapping) and is_event(one)]
    found = [denial_of_event(one) for one in denied if one.get("errorCode") in DENIED]
    if not found:
        raise UnreadableDenialError("none of the events was denied" if denied else _KNOWN)
    return found


def _json(text: str) -> Json:
    try:
        value: Json = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value
