"""Checked JSON to entities; what the file leaves out is derived (`account.derivation`).

Input has passed `account.shape_check`: every value is of its kind, or wrapped as `Unusable`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache
from sys import intern
from typing import Any, Final

from msgspec.structs import fields as struct_fields

from sts_tui.account.arn import iam_arn
from sts_tui.account.entities import AccountModel, Entity
from sts_tui.account.format.derivation import DERIVE_BY_FORMAT, Derivation, derived_arn, partition_of
from sts_tui.account.format.file_format import FORMATS
from sts_tui.account.format.object_format import Holds, KeyFormat, ObjectFormat
from sts_tui.account.policy_document import WrittenPolicy, written_policy
from sts_tui.account.values import Unusable, read_instant


def build_model(raw: Mapping[str, Any]) -> AccountModel:
    """The model of one merged file. `raw["Accounts"]` are checked accounts with ids."""
    fields = _fields(raw, FORMATS["AccountModel"], None)
    return AccountModel(**fields)


def _build(raw: Mapping[str, Any], object_format: ObjectFormat, where: Derivation | None) -> Entity | None:
    """One entity, or None where a raw dump lacks what it cannot be without."""
    if object_format.name == "Account":
        where = Derivation(raw["AccountId"], partition_of(raw))
    fields = _fields(raw, object_format, where)
    if derive := DERIVE_BY_FORMAT.get(object_format.name):
        derive(fields, raw, where)
    if any(name not in fields for name in _needed(object_format.name)):
        return None
    return object_format.entity(**fields)


@cache
def _needed(object_format: str) -> tuple[str, ...]:
    """The fields that an entity cannot be made without."""
    return tuple(field.name for field in struct_fields(FORMATS[object_format].entity) if field.required)


def _fields(raw: Mapping[str, Any], object_format: ObjectFormat, where: Derivation | None) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for key, value in raw.items():
        key_format = object_format.keys.get(key)
        if isinstance(value, Unusable):
            if value.value is not None:
                extra[key] = value.value
        elif key_format is None or not key_format.field:
            if key not in _LIFTED:
                extra[key] = value
        elif value is not None:
            fields[key_format.field] = _VALUES[key_format.holds](value, key_format, where)
    if extra:
        fields["extra"] = extra
    return fields


_LIFTED: Final = frozenset({"InstanceProfileList"})


def _as_it_is(value: Any, key_format: KeyFormat, where: Derivation | None) -> Any:
    return value


def _text(value: str, key_format: KeyFormat, where: Derivation | None) -> str:
    return intern(value)


def _texts(value: Sequence[Any], key_format: KeyFormat, where: Derivation | None) -> tuple[str, ...]:
    return tuple(intern(text) for text in value if isinstance(text, str))


def _instant(value: Any, key_format: KeyFormat, where: Derivation | None) -> datetime:
    return read_instant(value)


def _document(value: Any, key_format: KeyFormat, where: Derivation | None) -> WrittenPolicy:
    return value if isinstance(value, WrittenPolicy) else written_policy(value)


def _texts_by_key(value: Mapping[str, Any], key_format: KeyFormat, where: Derivation | None) -> Any:
    return {key: tuple(texts) for key, texts in value.items()}


def _entity(value: Mapping[str, Any], key_format: KeyFormat, where: Derivation | None) -> Entity | None:
    return _build(value, FORMATS[key_format.format], where)


def _entities(value: Sequence[Any], key_format: KeyFormat, where: Derivation | None) -> tuple[Entity, ...]:
    object_format = FORMATS[key_format.format]
    built = []
    for item in value:
        if isinstance(item, str) and object_format.text_stands_for:
            item = {object_format.text_stands_for: item}
        if isinstance(item, dict) and (entity := _build(item, object_format, where)) is not None:
            built.append(entity)
    return tuple(built)


def _references(value: Sequence[Any], key_format: KeyFormat, where: Derivation | None) -> tuple[str, ...]:
    """Roles of an instance profile by ARN, whether written as ARNs, names or whole roles."""
    assert where is not None
    arns = []
    for item in value:
        if isinstance(item, dict):
            arn = derived_arn("Role", item, where)
        elif isinstance(item, str):
            arn = (
                item
                if item.startswith("arn:")
                else iam_arn(where.account, "role", item, "/", where.partition)
            )
        else:
            arn = None
        if arn:
            arns.append(arn)
    return tuple(arns)


_VALUES: Final[Mapping[Holds, Callable[[Any, KeyFormat, Derivation | None], Any]]] = {
    Holds.TEXT: _text,
    Holds.INTEGER: _as_it_is,
    Holds.NUMBER: _as_it_is,
    Holds.BOOLEAN: _as_it_is,
    Holds.INSTANT: _instant,
    Holds.TEXTS: _texts,
    Holds.OBJECT: _as_it_is,
    Holds.OBJECTS: _as_it_is,
    Holds.TEXT_BY_KEY: _as_it_is,
    Holds.TEXTS_BY_KEY: _texts_by_key,
    Holds.DOCUMENT: _document,
    Holds.SESSION_POLICY: _as_it_is,
    Holds.ENTITY: _entity,
    Holds.ENTITIES: _entities,
    Holds.REFERENCES: _references,
}
