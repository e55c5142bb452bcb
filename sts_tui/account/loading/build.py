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
from sts_tui.account.format.derivation import DERIVE_BY_SHAPE, Derivation, derived_arn, partition_of
from sts_tui.account.format.file_format import SHAPES
from sts_tui.account.format.object_format import Holds, Member, Shape
from sts_tui.account.policy_document import WrittenPolicy, written_policy
from sts_tui.account.values import Unusable, read_instant


def build_model(raw: Mapping[str, Any]) -> AccountModel:
    """The model of one merged file. `raw["Accounts"]` are checked accounts with ids."""
    fields = _fields(raw, SHAPES["AccountModel"], None)
    return AccountModel(**fields)


def _build(raw: Mapping[str, Any], shape: Shape, where: Derivation | None) -> Entity | None:
    """One entity, or None where a raw dump lacks what it cannot be without."""
    if shape.name == "Account":
        where = Derivation(raw["AccountId"], partition_of(raw))
    fields = _fields(raw, shape, where)
    if derive := DERIVE_BY_SHAPE.get(shape.name):
        derive(fields, raw, where)
    if any(name not in fields for name in _needed(shape.name)):
        return None
    return shape.entity(**fields)


@cache
def _needed(shape: str) -> tuple[str, ...]:
    """The fields that an entity cannot be made without."""
    return tuple(field.name for field in struct_fields(SHAPES[shape].entity) if field.required)


def _fields(raw: Mapping[str, Any], shape: Shape, where: Derivation | None) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for key, value in raw.items():
        member = shape.members.get(key)
        if isinstance(value, Unusable):
            if value.value is not None:
                extra[key] = value.value
        elif member is None or not member.field:
            if key not in _LIFTED:
                extra[key] = value
        elif value is not None:
            fields[member.field] = _VALUES[member.holds](value, member, where)
    if extra:
        fields["extra"] = extra
    return fields


_LIFTED: Final = frozenset({"InstanceProfileList"})


def _as_it_is(value: Any, member: Member, where: Derivation | None) -> Any:
    return value


def _text(value: str, member: Member, where: Derivation | None) -> str:
    return intern(value)


def _texts(value: Sequence[Any], member: Member, where: Derivation | None) -> tuple[str, ...]:
    return tuple(intern(text) for text in value if isinstance(text, str))


def _instant(value: Any, member: Member, where: Derivation | None) -> datetime:
    return read_instant(value)


def _document(value: Any, member: Member, where: Derivation | None) -> WrittenPolicy:
    return value if isinstance(value, WrittenPolicy) else written_policy(value)


def _texts_by_key(value: Mapping[str, Any], member: Member, where: Derivation | None) -> Any:
    return {key: tuple(texts) for key, texts in value.items()}


def _entity(value: Mapping[str, Any], member: Member, where: Derivation | None) -> Entity | None:
    return _build(value, SHAPES[member.shape], where)


def _entities(value: Sequence[Any], member: Member, where: Derivation | None) -> tuple[Entity, ...]:
    shape = SHAPES[member.shape]
    built = []
    for item in value:
        if isinstance(item, str) and shape.text_stands_for:
            item = {shape.text_stands_for: item}
        if isinstance(item, dict) and (entity := _build(item, shape, where)) is not None:
            built.append(entity)
    return tuple(built)


def _references(value: Sequence[Any], member: Member, where: Derivation | None) -> tuple[str, ...]:
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


_VALUES: Final[Mapping[Holds, Callable[[Any, Member, Derivation | None], Any]]] = {
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
