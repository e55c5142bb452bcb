"""How is the response of a performed operation written? By AWS's shape, as XML or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from typing import Final, NotRequired, TypeAlias, TypedDict
from urllib.parse import quote
from xml.sax.saxutils import escape

_ENCODED: Final = frozenset({"policyDocumentType"})
"""Members with policy documents, which IAM percent-encodes in its responses (RFC 3986)."""


Spelled: TypeAlias = str | list[str]
"""The shape of a member, or the shape and the name on the wire."""


class _Shape(TypedDict):
    """The structure of a response or of a part of one."""

    type: str
    members: dict[str, Spelled]
    member: Spelled
    key: Spelled
    value: Spelled
    flattened: NotRequired[bool]
    payload: NotRequired[str]


class _Table(TypedDict):
    """The responses of one service."""

    shapes: dict[str, _Shape]
    operations: dict[str, str]
    """The shape's name of each operation's response, by operation."""


@lru_cache(maxsize=1)
def _outputs() -> Mapping[str, _Table]:
    text = files("sts_tui.wire").joinpath("tables", "outputs.json").read_text("utf-8")
    loaded: Mapping[str, _Table] = json.loads(text)
    return loaded


class Output:
    """Writes responses of one operation."""

    def __init__(self, service: str, operation: str) -> None:
        table = _outputs()[service]
        self.shapes: Mapping[str, _Shape] = table["shapes"]
        self.shape: str = table["operations"].get(operation, "")
        """The name of its shape; empty if the operation returns nothing."""

    @property
    def payload(self) -> str:
        """The member that is the whole body; empty if there is none."""
        return str(self.shapes[self.shape].get("payload", "")) if self.shape else ""

    def xml(self, answer: Mapping[str, object]) -> str:
        """The members of a response (`answer`, by name) as XML, without the enclosing element."""
        return "".join(self._members(self.shape, answer)) if self.shape else ""

    def json(self, answer: Mapping[str, object]) -> object:
        """The members of a response (`answer`, by name) as JSON; timestamps are seconds since 1970."""
        return self._json(self.shape, answer) if self.shape else {}

    def _members(self, name: str, value: Mapping[str, object]) -> Iterator[str]:
        for member, written in self.shapes[name]["members"].items():
            if value.get(member) is not None:
                shape, tag = _spelled(written, member)
                yield self._element(tag, shape, value[member])

    def _element(self, tag: str, name: str, value: object) -> str:
        shape = self.shapes[name]
        match shape["type"]:
            case "structure" if isinstance(value, Mapping):
                return f"<{tag}>{''.join(self._members(name, value))}</{tag}>"
            case "list" if isinstance(value, list | tuple):
                item, item_tag = _spelled(shape["member"], "member")
                if shape.get("flattened"):
                    return "".join(self._element(tag, item, one) for one in value)
                return f"<{tag}>{''.join(self._element(item_tag, item, one) for one in value)}</{tag}>"
            case "map" if isinstance(value, Mapping):
                return f"<{tag}>{''.join(self._entries(shape, value))}</{tag}>"
        return f"<{tag}>{escape(self._text(name, value))}</{tag}>"

    def _entries(self, shape: _Shape, value: Mapping[str, object]) -> Iterator[str]:
        key_shape, key_tag = _spelled(shape["key"], "key")
        value_shape, value_tag = _spelled(shape["value"], "value")
        for key, one in value.items():
            inner = self._element(key_tag, key_shape, key) + self._element(value_tag, value_shape, one)
            yield f"<entry>{inner}</entry>"

    def _text(self, name: str, value: object) -> str:
        if value is True or value is False:
            return "true" if value else "false"
        text = value if isinstance(value, str) else as_text(value)
        return quote(text, safe="-_.~") if name in _ENCODED else text

    def _json(self, name: str, value: object) -> object:
        shape = self.shapes[name]
        match shape["type"]:
            case "structure" if isinstance(value, Mapping) and shape["members"]:  # none: any JSON value
                return {
                    _spelled(written, member)[1]: self._json(_spelled(written, member)[0], value[member])
                    for member, written in shape["members"].items()
                    if value.get(member) is not None
                }
            case "list" if isinstance(value, list | tuple):
                return [self._json(_spelled(shape["member"], "member")[0], one) for one in value]
            case "map" if isinstance(value, Mapping):
                inner = _spelled(shape["value"], "value")[0]
                return {key: self._json(inner, one) for key, one in value.items()}
            case "timestamp":
                return _seconds(value)
            case "string" if not isinstance(value, str):
                return as_text(value)
        return value


def as_text(value: object) -> str:
    """A parsed document as JSON text; anything else as text."""
    if isinstance(value, Mapping | list):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return str(value)


def _seconds(value: object) -> object:
    if not isinstance(value, str):
        return value
    instant = datetime.fromisoformat(value.replace("Z", "+00:00"))
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp()


def _spelled(written: Spelled, default: str) -> tuple[str, str]:
    """(shape, name on the wire)"""
    return (written, default) if isinstance(written, str) else (written[0], written[1])
