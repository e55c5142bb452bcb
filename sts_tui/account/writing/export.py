"""A model as an account file: what was read, with all edits, in AWS's names.

What follows from something else (an ARN from account, path and name, an id from the ARN) is left out, so
that a file written by hand comes back as it was. Of a raw dump everything is written, unknown keys and the
encodings of its policy documents included; its accounts are marked `RawDump`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final

from msgspec import NODEFAULT
from msgspec.structs import fields as struct_fields

from sts_tui.account.arn import iam_arn
from sts_tui.account.entities import Account, AccountModel, Entity, ManagedPolicy, OrganizationalUnit, User
from sts_tui.account.format.derivation import IAM_ENTITIES, Derivation, default_version_id, derived_arn
from sts_tui.account.format.file_format import FORMATS
from sts_tui.account.format.object_format import Holds, KeyFormat, ObjectFormat
from sts_tui.account.identifiers import derive_access_key_id, derive_organization_id, derive_unique_id
from sts_tui.account.policy_document import WrittenPolicy


def export(model: AccountModel) -> str:
    """The text of an account file that loads as `model`."""
    return json.dumps(as_json(model), indent=2, ensure_ascii=False) + "\n"


def as_json(model: AccountModel) -> dict[str, Any]:
    """The same as a JSON value."""
    value = _written(model, FORMATS["AccountModel"], None)
    organization = model.organization
    if organization is not None:
        _without_derived_unit_ids(value["Organization"]["Root"], organization.root, organization.id, "r")
    return value


def _written(entity: Entity, object_format: ObjectFormat, where: Derivation | None) -> dict[str, Any]:
    """One object, its keys in the order of the format's table."""
    if isinstance(entity, Account):
        where = Derivation(entity.account_id, "" if entity.is_raw_dump else "aws")
    value: dict[str, Any] = {}
    for key, key_format in object_format.keys.items():
        is_dumped_path = key == "Path" and where is not None and not where.partition
        if key_format.field and (is_dumped_path or not _is_default(entity, key_format)):
            written = _write(getattr(entity, key_format.field), key_format, where)
            if written is not None:
                value[key] = written
    if value.get("IdentityProvider") == value.get("Name"):
        value.pop("IdentityProvider", None)
    if isinstance(entity, User) and where is not None:
        _leave_out_derived_key(entity, value, where)
    if where is not None and where.partition and (leave_out := _DERIVED.get(object_format.name)):
        leave_out(entity, value, where)
    for key, unknown in (entity.extra or {}).items():
        value.setdefault(
            key, unknown
        )  # a field that was edited since wins over an unusable value of the dump
    return value


def _is_default(entity: Entity, key_format: KeyFormat) -> bool:
    """Whether a field has the value that it would have if its key were absent."""
    value = getattr(entity, key_format.field)
    if key_format.required:
        return False
    if isinstance(entity, ManagedPolicy) and key_format.key == "DefaultVersionId":
        return bool(value == "v1" == default_version_id(entity.policy_version_list))
    return value is None or bool(value == _defaults(type(entity))[key_format.field])


@cache
def _defaults(kind: type[Entity]) -> Mapping[str, Any]:
    """What each field is where its key is absent; the only default that is made anew is an empty mapping."""
    return {one.name: {} if one.default is NODEFAULT else one.default for one in struct_fields(kind)}


def _write(value: Any, key_format: KeyFormat, where: Derivation | None) -> Any:
    match value:
        case None:
            return None
        case WrittenPolicy():
            return written_document(value)
        case datetime():
            return value.isoformat(timespec="auto").replace("+00:00", "Z")
        case Entity():
            return _written(value, FORMATS[key_format.format], where)
        case tuple() if key_format.holds is Holds.ENTITIES:
            return [_write_item(item, FORMATS[key_format.format], where) for item in value]
        case tuple():
            return list(value)
        case Mapping() if key_format.holds is Holds.TEXTS_BY_KEY:
            return {key: list(texts) for key, texts in value.items()}
        case Mapping():
            return dict(value)
        case _:
            return value


def _write_item(item: Entity, object_format: ObjectFormat, where: Derivation | None) -> Any:
    value = _written(item, object_format, where)
    if object_format.text_stands_for and list(value) == [object_format.text_stands_for]:
        return value[object_format.text_stands_for]
    return value


def written_document(written: WrittenPolicy) -> Any:
    """A policy document as the file had it; None for one that stands for an absent document."""
    if written.written_as == "absent":
        return None
    return written.document if written.original is None else written.original


def _leave_out_derived_key(user: User, value: dict[str, Any], where: Derivation) -> None:
    """Also of a raw dump: the keys that an overlay tells later are the only ones then."""
    if value.get("AccessKeys") == [{"AccessKeyId": derive_access_key_id(where.account, user.arn)}]:
        del value["AccessKeys"]


def _leave_out_iam(object_format: str) -> Callable[[Entity, dict[str, Any], Derivation], None]:
    kind, name_key, id_key, prefix = IAM_ENTITIES[object_format]

    def leave_out(entity: Entity, value: dict[str, Any], where: Derivation) -> None:
        arn = value["Arn"]
        if value.get(id_key) == derive_unique_id(prefix, arn):
            del value[id_key]
        if arn == iam_arn(where.account, kind, value[name_key], value.get("Path", "/"), where.partition):
            del value["Arn"]

    return leave_out


def _leave_out_provider(object_format: str) -> Callable[[Entity, dict[str, Any], Derivation], None]:
    def leave_out(entity: Entity, value: dict[str, Any], where: Derivation) -> None:
        arn = value.pop("Arn")
        if derived_arn(object_format, value, where) != arn:
            value["Arn"] = arn

    return leave_out


def _leave_out_policy_name(entity: Entity, value: dict[str, Any], where: Derivation) -> None:
    if value.get("PolicyName") == value["PolicyArn"].rsplit("/", 1)[-1]:
        del value["PolicyName"]


_DERIVED: Final[Mapping[str, Callable[[Entity, dict[str, Any], Derivation], None]]] = {
    **{object_format: _leave_out_iam(object_format) for object_format in IAM_ENTITIES},
    "SAMLProvider": _leave_out_provider("SAMLProvider"),
    "OpenIDConnectProvider": _leave_out_provider("OpenIDConnectProvider"),
    "AttachedPolicy": _leave_out_policy_name,
}


def _without_derived_unit_ids(
    value: dict[str, Any], unit: OrganizationalUnit, above: str, prefix: str
) -> None:
    place = f"{above}/{unit.name}"
    if unit.id == derive_organization_id(prefix, place):
        value.pop("Id", None)
    for child_value, child in zip(
        value.get("OrganizationalUnits", ()), unit.organizational_units, strict=True
    ):
        _without_derived_unit_ids(child_value, child, place, "ou")
