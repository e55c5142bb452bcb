"""Which denials are in a text: a message of AWS, an encoded message, or JSON of one of two kinds?
`trail.denied_events` reads CloudTrail events, because it knows which permissions each operation needs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from sts_tui.account.json_value import Json
from sts_tui.simulation.denials.authorization_message import denial_of_message, is_authorization_message
from sts_tui.simulation.denials.denial_text import denials_in, encoded_message_in
from sts_tui.simulation.denials.denied_request import DeniedRequest, UnreadableDenialError
from sts_tui.simulation.denials.troubleshooter_answer import denials_of_answer, is_troubleshooter_answer

_KNOWN = (
    "no denial found: a text with AWS's sentence (User: ARN is not authorized to perform: …, Not authorized "
    "to perform sts:AssumeRoleWith…), the output of aws sts decode-authorization-message, an Access "
    "Troubleshooter answer, or a CloudTrail event"
)


def read_denials(text: str, decode: Callable[[str], str]) -> list[DeniedRequest]:
    """Every denial in a text, at least one. `decode` decodes an encoded authorization message and raises
    UnreadableDenialError for one that AWS encoded, which only AWS can decode.

    Raises UnreadableDenialError.
    """
    document = _json(text)
    if isinstance(document, Mapping):
        return _of_object(document)
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
    raise UnreadableDenialError(_KNOWN)


def _json(text: str) -> Json:
    try:
        value: Json = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value
