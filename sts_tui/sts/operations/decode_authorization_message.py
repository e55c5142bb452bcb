"""How is DecodeAuthorizationMessage simulated? It returns the details of an EC2 denial to callers with
permission to see them.

https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html

A message is opaque: base64 of a checksum and the JSON document, masked with a stream derived from the
checksum. A message that was not encoded here is refused. A message is never longer than EncodedMessage can
be: the longest condition values of a request with a very large context are omitted.
"""

from __future__ import annotations

import binascii
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from hashlib import sha256, shake_256
from typing import TYPE_CHECKING, Final

from sts_tui.account.json_value import Json
from sts_tui.sts.caller_restrictions import refuse_caller
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call

if TYPE_CHECKING:
    from sts_tui.sts import api_shapes as shapes

ACTION: Final = "sts:DecodeAuthorizationMessage"

_SEAL: Final = b"sts-tui simulated authorization messages"  # detects forgeries; it is not a secret
_SEAL_LENGTH: Final = 16

LONGEST_ENCODED: Final = 10_240
"""The maximum length of EncodedMessage in characters.
https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html"""
_LONGEST_DOCUMENT: Final = LONGEST_ENCODED // 4 * 3 - _SEAL_LENGTH
_LONGEST_ARN: Final = 2048


def decode_authorization_message(
    call: Call[shapes.DecodeAuthorizationMessageRequest],
) -> Answer[shapes.DecodeAuthorizationMessageResponse]:
    """The JSON document of an encoded denial, as a string. The caller need not be the one who was denied."""
    refuse_caller(ACTION, call.caller, call.settings)
    call.authorize(ACTION)
    return Answer(response={"DecodedMessage": _unsealed(call.params["EncodedMessage"])})


def encode_authorization_message(json_text: str) -> str:
    """The encoded message of a denial. The same text always gives the same message."""
    document = json_text.encode()
    seal = hmac.digest(_SEAL, document, sha256)[:_SEAL_LENGTH]
    return urlsafe_b64encode(seal + _masked(document, seal)).decode()


def authorization_message(
    *,
    is_explicit_deny: bool,
    principal_id: str,
    principal_arn: str,
    action: str,
    resource: str,
    conditions: Mapping[str, object],
    matched: Iterable[Mapping[str, object]] = (),
) -> str:
    """The JSON document of a denial, in the form that is commonly seen. AWS does not document its members.

    `conditions` are the condition keys of the request and their values, `matched` the statements that denied.

    It is always short enough for a message.
    """
    statements: list[object] = []
    items: list[object] = []
    context = {
        "principal": {"id": principal_id, "arn": principal_arn},
        "action": action[:_LONGEST_ARN],
        "resource": resource[:_LONGEST_ARN],
        "conditions": {"items": items},
    }
    document = {
        "allowed": False,
        "explicitDeny": is_explicit_deny,
        "matchedStatements": {"items": statements},
        "failures": {"items": []},
        "context": context,
    }
    room = _LONGEST_DOCUMENT - len(_printed(document))
    statements += _fitting(matched, room)
    room = _LONGEST_DOCUMENT - len(_printed(document))
    items += _fitting((_condition(key, value) for key, value in conditions.items()), room)
    return _printed(document)


def _printed(value: object) -> str:
    """A JSON value in ASCII, so that each character is one byte."""
    return json.dumps(value, separators=(",", ":"))


def _fitting(items: Iterable[Mapping[str, object]], room: int) -> list[Mapping[str, object]]:
    """As many items as fit into `room` characters, in their order. The longest are omitted first."""
    sizes = {place: (len(_printed(item)) + 1, item) for place, item in enumerate(items)}
    for place in sorted(sizes, key=lambda place: -sizes[place][0]):
        if sum(size for size, _ in sizes.values()) <= room:
            break
        del sizes[place]
    return [item for _, item in sizes.values()]


def _condition(key: str, value: object) -> dict[str, Json]:
    values = value if isinstance(value, list | tuple) else [value]
    return {"key": key, "values": {"items": [{"value": str(one)} for one in values]}}


def _unsealed(message: str) -> str:
    try:
        raw = urlsafe_b64decode(message.encode("ascii"))
        seal, document = raw[:_SEAL_LENGTH], _masked(raw[_SEAL_LENGTH:], raw[:_SEAL_LENGTH])
        if hmac.compare_digest(seal, hmac.digest(_SEAL, document, sha256)[:_SEAL_LENGTH]):
            return document.decode()
    except (UnicodeError, binascii.Error):
        pass
    raise AwsError("InvalidAuthorizationMessageException", "Invalid encoded authorization message.")


def _masked(data: bytes, seal: bytes) -> bytes:
    return bytes(
        one ^ other for one, other in zip(data, shake_256(_SEAL + seal).digest(len(data)), strict=True)
    )
