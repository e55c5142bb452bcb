"""Checked JSON to entities: everything that can be derived is derived here.

Input has passed `account.shape_check`: every value is of its kind, or wrapped as `Unusable`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, replace
from dataclasses import fields as dataclass_fields
from datetime import UTC, datetime
from functools import cache
from sys import intern
from typing import Any, Final

from sts_tui.account.arn import Arn, iam_arn
from sts_tui.account.entities import AccessKey, AccountModel, Entity, OrganizationalUnit
from sts_tui.account.identifiers import (
    GROUP_PREFIX,
    INSTANCE_PROFILE_PREFIX,
    MANAGED_POLICY_PREFIX,
    ROLE_PREFIX,
    USER_PREFIX,
    derive_access_key_id,
    derive_organization_id,
    derive_unique_id,
)
from sts_tui.account.policy_document import NO_DOCUMENT, WrittenPolicy, written_policy
from sts_tui.account.shape import Holds, Member, Shape
from sts_tui.account.shapes import SHAPES


class Unusable:
    """A value of a raw dump that is not of its kind: left out, but kept for the export."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class Derivation:
    """What an entity without its own says follows from where it stands."""

    __slots__ = ("account", "partition")

    def __init__(self, account: str, partition: str = "aws") -> None:
        self.account = account
        self.partition = partition


IAM_ENTITIES: Final = {
    "User": ("user", "UserName", "UserId", USER_PREFIX),
    "Group": ("group", "GroupName", "GroupId", GROUP_PREFIX),
    "Role": ("role", "RoleName", "RoleId", ROLE_PREFIX),
    "ManagedPolicy": ("policy", "PolicyName", "PolicyId", MANAGED_POLICY_PREFIX),
    "InstanceProfile": (
        "instance-profile",
        "InstanceProfileName",
        "InstanceProfileId",
        INSTANCE_PROFILE_PREFIX,
    ),
}
"""Shape → the ARN's resource type, the keys of name and unique id, and the prefix of that id."""


def derived_arn(shape: str, raw: Mapping[str, Any], where: Derivation) -> str | None:
    """The ARN that an IAM entity or provider has, or would have; None where even its name is unknown."""
    arn = raw.get("Arn")
    if isinstance(arn, str):
        return arn
    if shape in IAM_ENTITIES:
        kind, name_key, _, _ = IAM_ENTITIES[shape]
        name, path = raw.get(name_key), raw.get("Path", "/")
        if isinstance(name, str) and isinstance(path, str):
            return iam_arn(where.account, kind, name, path, where.partition)
        return None
    if shape == "SAMLProvider" and isinstance(name := raw.get("Name"), str):
        return iam_arn(where.account, "saml-provider", name, partition=where.partition)
    if shape == "OpenIDConnectProvider" and isinstance(url := raw.get("Url"), str):
        return iam_arn(where.account, "oidc-provider", without_scheme(url), partition=where.partition)
    return None


def without_scheme(url: str) -> str:
    """An issuer as IAM stores it: without `https://` and without a final slash."""
    return url.removeprefix("https://").removesuffix("/")


def read_instant(value: str | int | float) -> datetime:
    """A time of a file, always aware UTC: ISO 8601, or seconds since 1970 as some SDKs print them."""
    if isinstance(value, str):
        instant = datetime.fromisoformat(value)
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    return datetime.fromtimestamp(value, UTC)


def build_model(raw: Mapping[str, Any]) -> AccountModel:
    """The model of one merged file. `raw["Accounts"]` are checked accounts with ids."""
    fields = _fields(raw, SHAPES["AccountModel"], None)
    return AccountModel(**fields)


def _build(raw: Mapping[str, Any], shape: Shape, where: Derivation | None) -> Entity | None:
    """One entity, or None where a raw dump lacks what it cannot be without."""
    if shape.name == "Account":
        where = Derivation(raw["AccountId"], partition_of(raw))
    fields = _fields(raw, shape, where)
    if derive := _DERIVE.get(shape.name):
        derive(fields, raw, where)
    if any(name not in fields for name in _needed(shape.name)):
        return None
    return shape.entity(**fields)


@cache
def _needed(shape: str) -> tuple[str, ...]:
    """The fields that an entity cannot be made without."""
    return tuple(
        field.name
        for field in dataclass_fields(SHAPES[shape].entity)
        if field.default is field.default_factory is MISSING
    )


def partition_of(account: Mapping[str, Any]) -> str:
    """`aws`, or the partition that the first ARN in an account's lists tells."""
    for key in ("RoleDetailList", "UserDetailList", "GroupDetailList", "Policies"):
        for entity in account.get(key, ()):
            if isinstance(entity, dict) and isinstance(arn := entity.get("Arn"), str) and arn.count(":") >= 5:
                return arn.split(":", 2)[1]
    return "aws"


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


def _derive_iam(shape: str) -> Callable[[dict[str, Any], Mapping[str, Any], Derivation | None], None]:
    name_key, id_key, prefix = IAM_ENTITIES[shape][1:]
    members = SHAPES[shape].members
    name_field, id_field = members[name_key].field, members[id_key].field

    def derive(fields: dict[str, Any], raw: Mapping[str, Any], where: Derivation | None) -> None:
        assert where is not None
        arn = fields.get("arn") or derived_arn(shape, raw, where)
        if arn is None:
            return
        fields["arn"] = arn
        if name_field not in fields or "path" not in fields:
            parsed = Arn.parse(arn)
            fields.setdefault(name_field, parsed.name)
            fields.setdefault("path", parsed.path)
        fields.setdefault(id_field, derive_unique_id(prefix, arn))

    return derive


_derive_user_names = _derive_iam("User")
_derive_role_names = _derive_iam("Role")
_derive_policy_names = _derive_iam("ManagedPolicy")


def _derive_user(fields: dict[str, Any], raw: Mapping[str, Any], where: Derivation | None) -> None:
    _derive_user_names(fields, raw, where)
    if fields.get("access_keys") is None and where is not None and "arn" in fields:
        fields["access_keys"] = (AccessKey(access_key_id=derive_access_key_id(where.account, fields["arn"])),)


def _derive_role(fields: dict[str, Any], raw: Mapping[str, Any], where: Derivation | None) -> None:
    _derive_role_names(fields, raw, where)
    fields.setdefault("assume_role_policy_document", WrittenPolicy(NO_DOCUMENT, "absent"))


def _derive_policy(fields: dict[str, Any], raw: Mapping[str, Any], where: Derivation | None) -> None:
    _derive_policy_names(fields, raw, where)
    versions = fields.get("policy_version_list", ())
    if "default_version_id" not in fields and versions:
        default = next((version for version in versions if version.is_default_version), versions[0])
        fields["default_version_id"] = default.version_id


def _derive_attached(fields: dict[str, Any], raw: Mapping[str, Any], where: Derivation | None) -> None:
    if "policy_arn" in fields and not fields.get("policy_name"):
        fields["policy_name"] = fields["policy_arn"].rsplit("/", 1)[-1]


def _derive_saml_provider(fields: dict[str, Any], raw: Mapping[str, Any], where: Derivation | None) -> None:
    assert where is not None
    if arn := derived_arn("SAMLProvider", raw, where):
        fields.setdefault("arn", arn)
        fields.setdefault("name", arn.rpartition(":saml-provider/")[2])
        fields.setdefault("identity_provider", fields["name"])


def _derive_oidc_provider(fields: dict[str, Any], raw: Mapping[str, Any], where: Derivation | None) -> None:
    assert where is not None
    if arn := derived_arn("OpenIDConnectProvider", raw, where):
        fields.setdefault("arn", arn)
        fields["url"] = without_scheme(fields.get("url") or arn.rpartition(":oidc-provider/")[2])


def _derive_resource(fields: dict[str, Any], raw: Mapping[str, Any], where: Derivation | None) -> None:
    assert where is not None
    fields["account"] = where.account


def _derive_organization(fields: dict[str, Any], raw: Mapping[str, Any], where: Derivation | None) -> None:
    if isinstance(fields.get("root"), OrganizationalUnit) and "id" in fields:
        fields["root"] = _with_ids(fields["root"], fields["id"], "r")


def _with_ids(unit: OrganizationalUnit, above: str, prefix: str) -> OrganizationalUnit:
    place = f"{above}/{unit.name}"
    identifier = unit.id or derive_organization_id(prefix, place)
    units = tuple(_with_ids(child, place, "ou") for child in unit.organizational_units)
    return replace(unit, id=identifier, organizational_units=units)


_DERIVE: Final[Mapping[str, Callable[[dict[str, Any], Mapping[str, Any], Derivation | None], None]]] = {
    "User": _derive_user,
    "Group": _derive_iam("Group"),
    "Role": _derive_role,
    "ManagedPolicy": _derive_policy,
    "InstanceProfile": _derive_iam("InstanceProfile"),
    "AttachedPolicy": _derive_attached,
    "SAMLProvider": _derive_saml_provider,
    "OpenIDConnectProvider": _derive_oidc_provider,
    "Resource": _derive_resource,
    "Organization": _derive_organization,
}
