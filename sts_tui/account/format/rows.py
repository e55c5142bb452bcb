"""How is a row of the format's table declared? One function for each kind of value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Protocol, TypedDict, Unpack

from sts_tui.account.entities import Entity
from sts_tui.account.format import document_kinds, object_kinds, plain_kinds
from sts_tui.account.format.value_kind import AnyKind, KeyFormat, ObjectFormat
from sts_tui.account.policies.policy_kind import PolicyKind


class Facts(TypedDict, total=False):
    """The optional columns of a row; see `KeyFormat`."""

    about: str
    required: bool
    pattern: re.Pattern[str]
    choices: tuple[str, ...]
    minimum: float
    maximum: float
    most: int


class _Row(Protocol):
    def __call__(self, key: str, field: str = "", **facts: Unpack[Facts]) -> KeyFormat: ...


def _row(kind: AnyKind) -> _Row:
    def row(key: str, field: str = "", **facts: Unpack[Facts]) -> KeyFormat:
        return KeyFormat(key=key, field=field, kind=kind, **facts)

    return row


text: Final = _row(plain_kinds.TEXT)
entity_arn: Final = _row(plain_kinds.ENTITY_ARN)
integer: Final = _row(plain_kinds.INTEGER)
number: Final = _row(plain_kinds.NUMBER)
boolean: Final = _row(plain_kinds.BOOLEAN)
instant: Final = _row(plain_kinds.INSTANT)
texts: Final = _row(plain_kinds.TEXTS)
json_object: Final = _row(plain_kinds.JSON_OBJECT)
json_objects: Final = _row(plain_kinds.JSON_OBJECTS)
text_by_key: Final = _row(plain_kinds.TEXT_BY_KEY)
texts_by_key: Final = _row(plain_kinds.TEXTS_BY_KEY)
session_policy: Final = _row(document_kinds.SESSION_POLICY)
role_references: Final = _row(object_kinds.ROLE_REFERENCES)


def document(
    key: str, field: str, policy: PolicyKind, *, required: bool = True, about: str = ""
) -> KeyFormat:
    """A key whose value is a policy document of the given type."""
    kind = document_kinds.DOCUMENT
    return KeyFormat(key=key, field=field, kind=kind, policy=policy, required=required, about=about)


def one(key: str, field: str, format: str, **facts: Unpack[Facts]) -> KeyFormat:
    """A key whose value is an object of the named format."""
    return KeyFormat(key=key, field=field, kind=object_kinds.SINGLE_OBJECT, format=format, **facts)


def many(key: str, field: str, format: str, about: str = "", most: int | None = None) -> KeyFormat:
    """A key whose value is a list of objects of the named format, with at most `most` entries."""
    kind = object_kinds.LIST_OF_OBJECTS
    return KeyFormat(key=key, field=field, kind=kind, format=format, about=about, most=most)


def object_format(
    name: str,
    entity: type[Entity],
    *keys: KeyFormat,
    identity: str = "",
    ignores_case: bool = False,
    about: str = "",
    text_stands_for: str = "",
    renamed: Mapping[str, str] | None = None,
) -> ObjectFormat:
    """One kind of object with its keys. `renamed`: earlier names of keys and what replaces them."""
    return ObjectFormat(
        name=name,
        entity=entity,
        keys={key.key: key for key in keys},
        identity=identity,
        ignores_case=ignores_case,
        about=about,
        text_stands_for=text_stands_for,
        renamed=renamed or {},
    )
