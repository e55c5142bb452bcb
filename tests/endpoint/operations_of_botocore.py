"""Every operation of botocore's models, called with the least parameters that its shape allows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.model import OperationModel, Shape


def least_parameters(operation: OperationModel) -> dict[str, Any]:
    """Values for the required members, for labels of the path and for an idempotency token none."""
    shape = operation.input_shape
    return _structure(shape, ()) if shape is not None else {}


def _structure(shape: Any, above: tuple[str, ...]) -> dict[str, Any]:
    names = list(shape.required_members)
    if getattr(shape, "is_tagged_union", False):
        names = list(shape.members)[:1]
    return {
        name: _value(shape.members[name], (*above, shape.name), name)
        for name in names
        if shape.name not in above
    }


def _value(shape: Shape, above: tuple[str, ...], name: str) -> Any:
    least = shape.metadata.get("min", 1)
    match shape.type_name:
        case "structure":
            return _structure(shape, above)
        case "list":
            return [_value(shape.member, above, name)] * max(1, least)  # type: ignore[attr-defined]
        case "map":
            key = _value(shape.key, above, name)  # type: ignore[attr-defined]
            return {key: _value(shape.value, above, name)}  # type: ignore[attr-defined]
        case "string":
            return _text(shape, name)
    plain: dict[str, Any] = {
        "boolean": True,
        "timestamp": "2026-01-15T09:00:00Z",
        "blob": b"x" * max(1, int(least)),
        "float": float(max(1, least)),
        "double": float(max(1, least)),
    }
    return plain.get(shape.type_name, max(1, int(least)))


def _text(shape: Shape, name: str) -> str:
    if values := shape.metadata.get("enum"):
        return str(values[0])
    if name == "AccountId":
        return "111122223333"
    kind = next((one for one in ("Channel", "Queue") if name.startswith(one)), "stream").lower()
    stream = f"arn:aws:kinesis:us-east-1:111122223333:{kind}/x/consumer/y:1"
    text = stream if "ARN" in name else "arn:aws:s3:::x" if "Arn" in name else "x"
    return text.ljust(shape.metadata.get("min", 1), "x")


def operations(session: Any, service: str) -> Iterator[tuple[Any, str, OperationModel]]:
    """(client, method, model) of each operation that is no event stream."""
    client = session.client(service)
    for method, name in sorted(client.meta.method_to_api_mapping.items()):
        model = client.meta.service_model.operation_model(name)
        if not (model.has_event_stream_input or model.has_event_stream_output):
            yield client, method, model
