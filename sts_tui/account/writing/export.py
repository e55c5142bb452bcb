"""How is a model written as an account file, with all edits and AWS's names?

Values that can be derived (an ARN from account, path and name, an id from the ARN) are omitted, so that a
hand-written file is exported as it was. A raw dump is exported completely, with unknown keys and the
encodings of its policy documents; its accounts are marked with `RawDump`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from msgspec import NODEFAULT
from msgspec.structs import fields as struct_fields

from sts_tui.account.arn import iam_arn
from sts_tui.account.entities import Account, AccountModel, Entity, ManagedPolicy, OrganizationalUnit, User
from sts_tui.account.format.derivation import (
    ANYWHERE_ENTITIES,
    IAM_ENTITIES,
    Derivation,
    default_version_id,
    derived_arn,
)
from sts_tui.account.format.file_format import FORMATS
from sts_tui.account.format.value_kind import KeyFormat
from sts_tui.account.identifiers import derive_access_key_id, derive_organization_id, derive_unique_id
from sts_tui.account.json_value import RawObject, RawValue


def export(model: AccountModel) -> str:
    """The text of an account file that loads as `model`."""
    return json.dumps(as_json(model), indent=2, ensure_ascii=False) + "\n"


def as_json(model: AccountModel) -> RawObject:
    """The same, as a JSON value."""
    value = _Exporter(None).object(model, "AccountModel")
    organization = model.organization
    written = value.get("Organization")
    if organization is not None and isinstance(written, dict):
        _without_derived_unit_ids(written["Root"], organization.root, organization.id, "r")
    return value


class _Exporter:
    """Writes the entities of one account. `where` is None outside of accounts."""

    def __init__(self, where: Derivation | None) -> None:
        self._where = where

    def object(self, entity: Entity, name: str) -> RawObject:
        """One object, with its keys in the order of the format's table."""
        if isinstance(entity, Account):
            partition = "" if entity.is_raw_dump else "aws"
            return _Exporter(Derivation(entity.account_id, partition))._written(entity, name)
        return self._written(entity, name)

    def item(self, entity: Entity, name: str) -> RawValue:
        """An object in a list, or only its text if that is sufficient (`text_stands_for`)."""
        value = self.object(entity, name)
        text = FORMATS[name].text_stands_for
        return value[text] if text and list(value) == [text] else value

    def _written(self, entity: Entity, name: str) -> RawObject:
        where = self._where
        is_dumped = where is not None and not where.partition
        value: RawObject = {}
        for key, key_format in FORMATS[name].keys.items():
            if not key_format.field or (
                _is_default(entity, key_format) and not (is_dumped and key == "Path")
            ):
                continue
            field = getattr(entity, key_format.field)
            written = None if field is None else key_format.kind.export(field, key_format, self)
            if written is not None:
                value[key] = written
        if value.get("IdentityProvider") == value.get("Name"):
            value.pop("IdentityProvider", None)
        if where is not None:
            _leave_out_derived(entity, name, value, where)
        for key, unknown in (entity.extra or {}).items():
            value.setdefault(
                key, unknown
            )  # an edited field takes precedence over an unusable value of the dump
        return value


def _leave_out_derived(entity: Entity, name: str, value: RawObject, where: Derivation) -> None:
    if isinstance(entity, User):
        _leave_out_derived_key(entity, value, where)
    if where.partition and (leave_out := _DERIVED.get(name)):
        leave_out(entity, value, where)


def _is_default(entity: Entity, key_format: KeyFormat) -> bool:
    """Whether a field has its default value, so that the key can be omitted."""
    value = getattr(entity, key_format.field)
    if key_format.required:
        return False
    if isinstance(entity, ManagedPolicy) and key_format.key == "DefaultVersionId":
        return bool(value == "v1" == default_version_id(entity.policy_version_list))
    return value is None or bool(value == _defaults(type(entity))[key_format.field])


@cache
def _defaults(kind: type[Entity]) -> Mapping[str, RawValue]:
    """Field name → default value. Only empty mappings have a default factory."""
    return {one.name: {} if one.default is NODEFAULT else one.default for one in struct_fields(kind)}


def _leave_out_derived_key(user: User, value: RawObject, where: Derivation) -> None:
    """The derived key is omitted in a raw dump too. Keys that an overlay lists later then replace it."""
    if value.get("AccessKeys") == [{"AccessKeyId": derive_access_key_id(where.account, user.arn)}]:
        del value["AccessKeys"]


def _leave_out_iam(object_format: str) -> Callable[[Entity, RawObject, Derivation], None]:
    kind, name_key, id_key, prefix = IAM_ENTITIES[object_format]

    def leave_out(entity: Entity, value: RawObject, where: Derivation) -> None:
        arn, name, path = value["Arn"], value[name_key], value.get("Path", "/")
        if not (isinstance(arn, str) and isinstance(name, str) and isinstance(path, str)):
            return
        if value.get(id_key) == derive_unique_id(prefix, arn):
            del value[id_key]
        if arn == iam_arn(where.account, kind, name, path, where.partition):
            del value["Arn"]

    return leave_out


def _leave_out_provider(object_format: str) -> Callable[[Entity, RawObject, Derivation], None]:
    def leave_out(entity: Entity, value: RawObject, where: Derivation) -> None:
        arn = value.pop("Arn")
        if derived_arn(object_format, value, where) != arn:
            value["Arn"] = arn

    return leave_out


def _leave_out_ids(
    object_format: str, arn_key: str, id_key: str
) -> Callable[[Entity, RawObject, Derivation], None]:
    """For entities whose ARN ends with their id."""

    def leave_out(entity: Entity, value: RawObject, where: Derivation) -> None:
        arn, identifier = value.pop(arn_key), value.pop(id_key)
        if derived_arn(object_format, value, where) != arn:
            value[arn_key] = arn
        if not str(arn).endswith(f"/{identifier}"):
            value[id_key] = identifier

    return leave_out


def _leave_out_policy_name(entity: Entity, value: RawObject, where: Derivation) -> None:
    arn = value["PolicyArn"]
    if isinstance(arn, str) and value.get("PolicyName") == arn.rsplit("/", 1)[-1]:
        del value["PolicyName"]


_DERIVED: Final[Mapping[str, Callable[[Entity, RawObject, Derivation], None]]] = {
    **{object_format: _leave_out_iam(object_format) for object_format in IAM_ENTITIES},
    "SAMLProvider": _leave_out_provider("SAMLProvider"),
    "OpenIDConnectProvider": _leave_out_provider("OpenIDConnectProvider"),
    "AttachedPolicy": _leave_out_policy_name,
    **{name: _leave_out_ids(name, names.arn_key, names.id_key) for name, names in ANYWHERE_ENTITIES.items()},
    "PodIdentityAssociation": _leave_out_ids("PodIdentityAssociation", "associationArn", "associationId"),
}


def _without_derived_unit_ids(value: object, unit: OrganizationalUnit, above: str, prefix: str) -> None:
    if not isinstance(value, dict):
        return
    place = f"{above}/{unit.name}"
    if unit.id == derive_organization_id(prefix, place):
        value.pop("Id", None)
    children = value.get("OrganizationalUnits", ())
    for child_value, child in zip(children, unit.organizational_units, strict=True):
        _without_derived_unit_ids(child_value, child, place, "ou")
