"""How does checked JSON become entities? What the file leaves out is derived (`format.derivation`).

The input has passed `checks.format_check`: every value is of its kind, or wrapped as `Unusable`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from msgspec import NODEFAULT

from sts_tui.account.arn import iam_arn
from sts_tui.account.entities import AccountModel, Entity
from sts_tui.account.format.derivation import DERIVE_BY_FORMAT, Derivation, Fields, derived_arn, partition_of
from sts_tui.account.format.file_format import FORMATS
from sts_tui.account.format.value_kind import ObjectFormat
from sts_tui.account.json_value import RawObject
from sts_tui.account.values import Unusable

_LIFTED: Final = frozenset({"InstanceProfileList"})
"""Keys whose content is elsewhere in the model."""


def build_model(raw: Mapping[str, object]) -> AccountModel:
    """The model of one merged file. `raw["Accounts"]` are checked accounts with ids."""
    return AccountModel(**_Builder(None).fields(raw, FORMATS["AccountModel"]))


class _Builder:
    """Builds the entities of one account; outside of accounts `where` is None."""

    __slots__ = ("_where",)

    def __init__(self, where: Derivation | None) -> None:
        self._where = where

    def format(self, name: str) -> ObjectFormat:
        return FORMATS[name]

    def entity(self, raw: Mapping[str, object], name: str) -> Entity | None:
        """One entity, or None where a raw dump lacks a required field."""
        if name == "Account":
            return _Builder(Derivation(str(raw["AccountId"]), partition_of(raw)))._built(raw, name)
        return self._built(raw, name)

    def _built(self, raw: Mapping[str, object], name: str) -> Entity | None:
        object_format = FORMATS[name]
        fields = self.fields(raw, object_format)
        if derive := DERIVE_BY_FORMAT.get(name):
            derive(fields, raw, self._where)
        if any(needed not in fields for needed in _needed(name)):
            return None
        return object_format.entity(**fields)

    def fields(self, raw: Mapping[str, object], object_format: ObjectFormat) -> Fields:
        keys = object_format.keys
        fields: Fields = {}
        extra: RawObject = {}
        for key, value in raw.items():
            key_format = keys.get(key)
            if isinstance(value, Unusable):
                if value.value is not None:
                    extra[key] = value.value
            elif key_format is None or not key_format.field:
                if key not in _LIFTED:
                    extra[key] = value
            elif value is not None:
                fields[key_format.field] = key_format.kind.build(value, key_format, self)
        if extra:
            fields["extra"] = extra
        return fields

    def role_arn(self, role: object) -> str | None:
        """The ARN of a role that is written as ARN, name or whole role."""
        where = self._where
        assert where is not None
        if isinstance(role, dict):
            return derived_arn("Role", role, where)
        if not isinstance(role, str):
            return None
        return role if role.startswith("arn:") else iam_arn(where.account, "role", role, "/", where.partition)


@cache
def _needed(name: str) -> tuple[str, ...]:
    """The fields that an entity cannot be made without.

    `msgspec.structs.fields` would evaluate every annotation of the class, which takes longer than building
    the built-in sample. The defaults belong to the last fields.
    """
    fields = FORMATS[name].entity.__struct_fields__
    defaults = FORMATS[name].entity.__struct_defaults__
    unset = (NODEFAULT,) * (len(fields) - len(defaults))
    return tuple(
        field for field, default in zip(fields, (*unset, *defaults), strict=True) if default is NODEFAULT
    )
