"""What does a decoded authorization message say? It has the whole context of the request.

The document that sts:DecodeAuthorizationMessage returns; AWS does not document its members.
https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from sts_tui.account.json_value import Json
from sts_tui.simulation.denials.denied_request import DeniedRequest, UnreadableDenialError


def is_authorization_message(document: Mapping[str, Json]) -> bool:
    """Whether it is such a document, or the response with one as text."""
    return "DecodedMessage" in document or {"allowed", "explicitDeny", "context"} <= document.keys()


def denial_of_message(document: Mapping[str, Json]) -> DeniedRequest:
    """The denied request. Raises UnreadableDenialError if principal or action are missing."""
    held = document.get("DecodedMessage")
    if isinstance(held, str):
        try:
            document = json.loads(held)
        except ValueError:
            raise UnreadableDenialError("DecodedMessage is not JSON") from None
    context = _object(document.get("context"))
    principal = _object(context.get("principal")).get("arn")
    action = context.get("action")
    if not isinstance(principal, str) or not isinstance(action, str):
        raise UnreadableDenialError("the message names no principal and action")
    resource = context.get("resource")
    reason = "with an explicit deny" if document.get("explicitDeny") is True else ""
    return DeniedRequest(
        source="an encoded authorization message",
        principal=principal,
        action=action,
        resource=resource if isinstance(resource, str) and resource else "*",
        context=dict(_conditions(_object(context.get("conditions")))),
        reason=reason,
    )


def _conditions(conditions: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    """(key, value) of each condition key: one value as text, several as a list."""
    for item in _items(conditions):
        key = item.get("key")
        values = [one.get("value") for one in _items(_object(item.get("values")))]
        texts = [value for value in values if isinstance(value, str)]
        if isinstance(key, str) and texts:
            yield key, texts[0] if len(texts) == 1 else list[Json](texts)


def _items(value: Mapping[str, Json]) -> list[Mapping[str, Json]]:
    items = value.get("items")
    return [_object(one) for one in items] if isinstance(items, list) else []


def _object(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}
