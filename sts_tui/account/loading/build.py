"""How are entities built from checked JSON? Values that the file omits are derived (`format.derivation`).

The input has passed `checks.format_check`: every value is valid for its `ValueKind`, or wrapped as
`Unusable`.
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
from sts_tui.account.format.plain_kinds import TEXT
from sts_tui.account.format.value_kind import ObjectFormat
from sts_tui.account.json_value import RawObject
from sts_tui.account.values import Unusable

_LIFTED: Final = frozenset({"InstanceProfileList"})
"""Keys whose content is stored elsewhere in the model."""


def build_model(raw: RawObject) -> AccountModel:
    """The model of one merged file. `raw["Accounts"]` are checked accounts with ids.

    `raw` is consumed: each object of a list is removed once it is built, so that its memory can be reused.
    """
    return AccountModel(**_Builder(None, {}, {}).fields(raw, FORMATS["AccountModel"]))


class _Builder:
    """Builds the entities of one account. `where` is None outside of accounts.

    Equal strings and equal small objects (tags, attachments) are shared in the whole model.
    """

    __slots__ = ("_objects", "_texts", "_where")

    def __init__(
        self, where: Derivation | None, texts: dict[str, str], objects: dict[tuple[object, ...], Entity]
    ) -> None:
        self._where = where
        self._texts = texts
        self._objects = objects

    def format(self, name: str) -> ObjectFormat:
        return FORMATS[name]

    def text(self, written: str) -> str:
        return self._texts.setdefault(written, written)

    def entity(self, raw: Mapping[str, object], name: str) -> Entity | None:
        """One entity; None if a raw dump lacks a required field."""
        if name == "Account":
            where = Derivation(str(raw["AccountId"]), partition_of(raw))
            return _Builder(where, self._texts, self._objects)._built(raw, name)
        if not _holds_only_texts(name):
            return self._built(raw, name)
        written = (name, *raw.items())
        try:
            entity = self._objects.get(written)
        except TypeError:  # it has an unknown key with a list or an object
            return self._built(raw, name)
        if entity is None and (entity := self._built(raw, name)) is not None:
            self._objects[written] = entity
        return entity

    def _built(self, raw: Mapping[str, object], name: str) -> Entity | None:
        object_format = FORMATS[name]
        fields = self.fields(raw, object_format)
        if derive := DERIVE_BY_FORMAT.get(name):
            derive(fields, raw, self._where)
        for needed in _needed(name):
            if needed not in fields:
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
        """The ARN of a role that is given as ARN, name or complete role."""
        where = self._where
        assert where is not None
        if isinstance(role, dict):
            return derived_arn("Role", role, where)
        if not isinstance(role, str):
            return None
        return role if role.startswith("arn:") else iam_arn(where.account, "role", role, "/", where.partition)


@cache
def _holds_only_texts(name: str) -> bool:
    return all(key_format.kind is TEXT for key_format in FORMATS[name].keys.values())


@cache
def _needed(name: str) -> tuple[str, ...]:
    """The required fields of an entity.

    Not found with `msgspec.structs.fields`, which evaluates every annotation of the class and takes longer
    than building the built-in sample. The last fields are the ones with defaults.
    """
    fields = FORMATS[name].entity.__struct_fields__
    defaults = FORMATS[name].entity.__struct_defaults__
    unset = (NODEFAULT,) * (len(fields) - len(defaults))
    return tuple(
        field for field, default in zip(fields, (*unset, *defaults), strict=True) if default is NODEFAULT
    )
