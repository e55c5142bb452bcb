"""How are values derived that a file omits: ARN, path, unique id, access key?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from msgspec.structs import replace

from sts_tui.account.arn import Arn, account_of, iam_arn
from sts_tui.account.entities import BUILT_IN_ISSUERS, AccessKey, OrganizationalUnit, PolicyVersion, User
from sts_tui.account.format.file_format import FORMATS
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
from sts_tui.account.policy_document import NO_DOCUMENT, WrittenPolicy
from sts_tui.account.regions import DEFAULT_REGION
from sts_tui.account.workload_identities import (
    anywhere_arn,
    association_arn,
    derived_association_id,
    derived_uuid,
)
from sts_tui.start_up.named_tuple import NamedTuple

Fields: TypeAlias = dict[str, Any]
"""Field name → value for an entity. Each value has the type that the entity declares."""


class Derivation:
    """The account and partition from which ARNs and ids are derived."""

    __slots__ = ("account", "partition")

    def __init__(self, account: str, partition: str = "aws") -> None:
        self.account = account
        self.partition = partition


Derive: TypeAlias = Callable[[Fields, Mapping[str, object], Derivation | None], None]
"""Adds the fields that the raw object of an entity omits. The `Derivation` is None outside of accounts."""


class IamNames(NamedTuple):
    """The names of one kind of IAM entity."""

    resource_type: str
    """The resource type in its ARN."""
    name_key: str
    id_key: str
    id_prefix: str


IAM_ENTITIES: Final = {
    "User": IamNames("user", "UserName", "UserId", USER_PREFIX),
    "Group": IamNames("group", "GroupName", "GroupId", GROUP_PREFIX),
    "Role": IamNames("role", "RoleName", "RoleId", ROLE_PREFIX),
    "ManagedPolicy": IamNames("policy", "PolicyName", "PolicyId", MANAGED_POLICY_PREFIX),
    "InstanceProfile": IamNames(
        "instance-profile", "InstanceProfileName", "InstanceProfileId", INSTANCE_PROFILE_PREFIX
    ),
}
"""By name of the object format."""


class AnywhereNames(NamedTuple):
    """The names of one kind of resource of IAM Roles Anywhere."""

    kind: str
    """The resource type in its ARN."""
    arn_key: str
    id_key: str
    id_field: str


ANYWHERE_ENTITIES: Final = {
    "TrustAnchor": AnywhereNames("trust-anchor", "trustAnchorArn", "trustAnchorId", "trust_anchor_id"),
    "Profile": AnywhereNames("profile", "profileArn", "profileId", "profile_id"),
    "Crl": AnywhereNames("crl", "crlArn", "crlId", "crl_id"),
}
"""By name of the object format."""


def derived_arn(object_format: str, raw: Mapping[str, object], where: Derivation) -> str | None:
    """The ARN of an IAM entity or provider, derived if the file does not give it; None if its name is
    unknown.
    """
    arn = raw.get("Arn")
    if isinstance(arn, str):
        return arn
    if object_format in IAM_ENTITIES:
        names = IAM_ENTITIES[object_format]
        name, path = raw.get(names.name_key), raw.get("Path", "/")
        if isinstance(name, str) and isinstance(path, str):
            return iam_arn(where.account, names.resource_type, name, path, where.partition)
        return None
    if object_format == "SAMLProvider" and isinstance(name := raw.get("Name"), str):
        return iam_arn(where.account, "saml-provider", name, partition=where.partition)
    if object_format == "OpenIDConnectProvider" and isinstance(url := raw.get("Url"), str):
        return iam_arn(where.account, "oidc-provider", without_scheme(url), partition=where.partition)
    if object_format in ANYWHERE_ENTITIES:
        return _anywhere_arn(object_format, raw, where)
    if object_format == "PodIdentityAssociation":
        return _association_arn(raw, where)
    return None


def _anywhere_arn(object_format: str, raw: Mapping[str, object], where: Derivation) -> str | None:
    names = ANYWHERE_ENTITIES[object_format]
    if isinstance(arn := raw.get(names.arn_key), str):
        return arn
    identifier, name = raw.get(names.id_key), raw.get("name")
    if not isinstance(identifier, str):
        if not isinstance(name, str):
            return None
        identifier = derived_uuid(names.kind, f"{where.account}/{name}")
    return anywhere_arn(names.kind, where.account, identifier, DEFAULT_REGION, where.partition)


def _association_arn(raw: Mapping[str, object], where: Derivation) -> str | None:
    if isinstance(arn := raw.get("associationArn"), str):
        return arn
    cluster, identifier = raw.get("clusterName"), raw.get("associationId")
    if not isinstance(cluster, str):
        return None
    if not isinstance(identifier, str):
        place = (where.account, cluster, raw.get("namespace"), raw.get("serviceAccount"))
        identifier = derived_association_id("/".join(str(one) for one in place))
    return association_arn(where.account, cluster, identifier, DEFAULT_REGION, where.partition)


def without_scheme(url: str) -> str:
    """An issuer as IAM stores it: without `https://`. A final slash is kept, because it is part of `iss`, of
    the provider's ARN and of its condition keys (`tenant.auth0.com/:aud`).
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
    """
    return url.removeprefix("https://")


def partition_of(account: Mapping[str, object]) -> str:
    """`aws`, or the partition of the first ARN in an account's lists."""
    for key in ("RoleDetailList", "UserDetailList", "GroupDetailList", "Policies"):
        listed = account.get(key)
        for entity in listed if isinstance(listed, list) else ():
            if isinstance(entity, dict) and isinstance(arn := entity.get("Arn"), str) and arn.count(":") >= 5:
                return arn.split(":", 2)[1]
    return "aws"


def _derive_iam(object_format: str) -> Derive:
    names, members = IAM_ENTITIES[object_format], FORMATS[object_format].keys
    name_field, id_field = members[names.name_key].field, members[names.id_key].field

    def derive(fields: Fields, raw: Mapping[str, object], where: Derivation | None) -> None:
        assert where is not None
        arn = fields.get("arn") or derived_arn(object_format, raw, where)
        if arn is None:
            return
        fields["arn"] = arn
        if name_field not in fields or "path" not in fields:
            parsed = Arn.parse(arn)
            fields.setdefault(name_field, parsed.name)
            fields.setdefault("path", parsed.path)
        fields.setdefault(id_field, derive_unique_id(names.id_prefix, arn))

    return derive


_derive_user_names = _derive_iam("User")
_derive_role_names = _derive_iam("Role")
_derive_policy_names = _derive_iam("ManagedPolicy")


_STATED: Final = frozenset(("AccessKeys", "MFADevices", "LoginProfile"))


def _derive_user(fields: Fields, raw: Mapping[str, object], where: Derivation | None) -> None:
    _derive_user_names(fields, raw, where)
    if stated := _STATED.intersection(raw):
        fields["stated"] = stated
    if fields.get("access_keys") is None and where is not None and "arn" in fields:
        fields["access_keys"] = (AccessKey(access_key_id=derive_access_key_id(where.account, fields["arn"])),)


def _derive_role(fields: Fields, raw: Mapping[str, object], where: Derivation | None) -> None:
    _derive_role_names(fields, raw, where)
    fields.setdefault("assume_role_policy_document", WrittenPolicy(NO_DOCUMENT, "absent"))


def _derive_policy(fields: Fields, raw: Mapping[str, object], where: Derivation | None) -> None:
    _derive_policy_names(fields, raw, where)
    fields.setdefault("default_version_id", default_version_id(fields.get("policy_version_list", ())))


def default_version_id(versions: Sequence[PolicyVersion]) -> str:
    """The default version of a managed policy without `DefaultVersionId`: the one marked as default, else the
    first.
    """
    marked = (version for version in versions if version.is_default_version)
    return next((version.version_id for version in (*marked, *versions)), "v1")


def _derive_attached(fields: Fields, raw: Mapping[str, object], where: Derivation | None) -> None:
    if "policy_arn" in fields and not fields.get("policy_name"):
        fields["policy_name"] = fields["policy_arn"].rsplit("/", 1)[-1]


def _derive_saml_provider(fields: Fields, raw: Mapping[str, object], where: Derivation | None) -> None:
    assert where is not None
    if arn := derived_arn("SAMLProvider", raw, where):
        fields.setdefault("arn", arn)
        fields.setdefault("name", arn.rpartition(":saml-provider/")[2])
        fields.setdefault("identity_provider", fields["name"])


def _derive_oidc_provider(fields: Fields, raw: Mapping[str, object], where: Derivation | None) -> None:
    assert where is not None
    if arn := derived_arn("OpenIDConnectProvider", raw, where):
        fields.setdefault("arn", arn)
        fields["url"] = without_scheme(fields.get("url") or arn.rpartition(":oidc-provider/")[2])


def _derive_resource(fields: Fields, raw: Mapping[str, object], where: Derivation | None) -> None:
    assert where is not None
    fields["account"] = where.account


def _derive_organization(fields: Fields, raw: Mapping[str, object], where: Derivation | None) -> None:
    if isinstance(fields.get("root"), OrganizationalUnit) and "id" in fields:
        fields["root"] = _with_ids(fields["root"], fields["id"], "r")


def _with_ids(unit: OrganizationalUnit, above: str, prefix: str) -> OrganizationalUnit:
    place = f"{above}/{unit.name}"
    identifier = unit.id or derive_organization_id(prefix, place)
    units = tuple(_with_ids(child, place, "ou") for child in unit.organizational_units)
    return replace(unit, id=identifier, organizational_units=units)


def _derive_identity_center(fields: Fields, raw: Mapping[str, object], where: Derivation | None) -> None:
    """Remove duplicates of assignments, memberships and instances that several files contain."""
    assignments = fields.get("account_assignments", ())
    fields["account_assignments"] = tuple({one.key: one for one in assignments}.values())
    memberships = fields.get("group_memberships", ())
    pairs = {(one.group_id, one.member_id.user_id): one for one in memberships}
    fields["group_memberships"] = tuple(pairs.values())
    instances = fields.get("instances", ())
    fields["instances"] = tuple(one for at, one in enumerate(instances) if one not in instances[:at])


def _derive_identity_provider(fields: Fields, raw: Mapping[str, object], where: Derivation | None) -> None:
    if fields.get("type") in BUILT_IN_ISSUERS:
        fields["issuer"] = BUILT_IN_ISSUERS[fields["type"]]


def _derive_anywhere(object_format: str) -> Derive:
    names = ANYWHERE_ENTITIES[object_format]

    def derive(fields: Fields, raw: Mapping[str, object], where: Derivation | None) -> None:
        assert where is not None
        if arn := derived_arn(object_format, raw, where):
            fields["arn"] = arn
            fields.setdefault(names.id_field, arn.rpartition("/")[2])
        anchor = fields.get("trust_anchor_arn", "")
        if anchor and not anchor.startswith("arn:"):
            fields["trust_anchor_arn"] = derived_arn("TrustAnchor", {"name": anchor}, where)

    return derive


def _derive_association(fields: Fields, raw: Mapping[str, object], where: Derivation | None) -> None:
    assert where is not None
    if arn := derived_arn("PodIdentityAssociation", raw, where):
        fields["arn"] = arn
        fields.setdefault("association_id", arn.rpartition("/")[2])


DERIVE_BY_FORMAT: Final[Mapping[str, Derive]] = {
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
    "IdentityCenter": _derive_identity_center,
    "IdentityProvider": _derive_identity_provider,
    **{object_format: _derive_anywhere(object_format) for object_format in ANYWHERE_ENTITIES},
    "PodIdentityAssociation": _derive_association,
}


def has_derived_key(user: User) -> bool:
    """Whether the user has the access key that is derived for users without listed keys. An export may list
    this key, because its status changed or because the user has other keys too.
    """
    derived = derive_access_key_id(account_of(user.arn) or "", user.arn)
    return any(key.access_key_id == derived for key in user.access_keys or ())
