"""AWS's response shapes, made from our entities. Instants print as `2026-01-15T10:00:00Z`.

Policy documents are given as JSON objects, as the AWS CLI and the SDKs show them; on the wire they are
percent-encoded. https://docs.aws.amazon.com/IAM/latest/APIReference/API_Types.html
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import (
    AttachedPolicy,
    Group,
    InstanceProfile,
    ManagedPolicy,
    PermissionsBoundary,
    PolicyVersion,
    Role,
    Tag,
    User,
)
from sts_tui.simulation.operations.refusals import validation_error

DEFAULT_PAGE = 100
UNDATED: Final = datetime(2020, 1, 1, tzinfo=UTC)
"""The date of what a file gives none: like derived ids the same in every run. No policy can ask for it."""


def created(moment: datetime | None) -> str:
    """When it was made, which AWS always tells: `2026-01-15T10:00:00Z`; `UNDATED` where no file does."""
    return (moment or UNDATED).strftime("%Y-%m-%dT%H:%M:%SZ")


def members(**given: Any) -> dict[str, Any]:
    """A structure without the members that have no value, as AWS leaves them out."""
    return {name: value for name, value in given.items() if value is not None}


def tags_shape(tags: Sequence[Tag]) -> list[dict[str, str]]:
    return [{"Key": tag.key, "Value": tag.value} for tag in tags]


def attached_shape(attached: Sequence[AttachedPolicy]) -> list[dict[str, str]]:
    return [{"PolicyName": policy_name(one), "PolicyArn": one.policy_arn} for one in attached]


def policy_name(attached: AttachedPolicy) -> str:
    return attached.policy_name or attached.policy_arn.rsplit("/", 1)[-1]


def boundary_shape(boundary: PermissionsBoundary | None) -> dict[str, str] | None:
    if boundary is None:
        return None
    return {
        "PermissionsBoundaryType": boundary.permissions_boundary_type,
        "PermissionsBoundaryArn": boundary.permissions_boundary_arn,
    }


def user_shape(user: User, *, listed: bool = False) -> dict[str, Any]:
    """A `User`. ListUsers leaves out boundary and tags (`listed`)."""
    return members(
        Path=user.path,
        UserName=user.user_name,
        UserId=user.user_id,
        Arn=user.arn,
        CreateDate=created(user.create_date),
        PermissionsBoundary=None if listed else boundary_shape(user.permissions_boundary),
        Tags=None if listed or not user.tags else tags_shape(user.tags),
    )


def group_shape(group: Group) -> dict[str, Any]:
    return members(
        Path=group.path,
        GroupName=group.group_name,
        GroupId=group.group_id,
        Arn=group.arn,
        CreateDate=created(group.create_date),
    )


def role_shape(role: Role, *, listed: bool = False) -> dict[str, Any]:
    """A `Role`. ListRoles leaves out boundary, tags and last use (`listed`)."""
    return members(
        Path=role.path,
        RoleName=role.role_name,
        RoleId=role.role_id,
        Arn=role.arn,
        CreateDate=created(role.create_date),
        AssumeRolePolicyDocument=role.assume_role_policy_document.document,
        Description=role.description or None,
        MaxSessionDuration=role.max_session_seconds,
        PermissionsBoundary=None if listed else boundary_shape(role.permissions_boundary),
        Tags=None if listed or not role.tags else tags_shape(role.tags),
        RoleLastUsed=None if listed else role.role_last_used or {},
    )


def instance_profile_shape(profile: InstanceProfile, configuration: Configuration) -> dict[str, Any]:
    held = [configuration.roles[arn] for arn in profile.roles if arn in configuration.roles]
    return members(
        Path=profile.path,
        InstanceProfileName=profile.instance_profile_name,
        InstanceProfileId=profile.instance_profile_id,
        Arn=profile.arn,
        CreateDate=created(profile.create_date),
        Roles=[role_shape(role, listed=True) for role in held],
        Tags=tags_shape(profile.tags) if profile.tags else None,
    )


def policy_shape(
    policy: ManagedPolicy, attached: int, bounding: int, *, listed: bool = False
) -> dict[str, Any]:
    """A `Policy`, with the numbers of entities it is attached to and bounds. ListPolicies leaves out
    description and tags (`listed`).
    """
    return members(
        PolicyName=policy.policy_name,
        PolicyId=policy.policy_id,
        Arn=policy.arn,
        Path=policy.path,
        DefaultVersionId=policy.default_version_id,
        AttachmentCount=attached,
        PermissionsBoundaryUsageCount=bounding,
        IsAttachable=policy.is_attachable,
        Description=None if listed else policy.description or None,
        CreateDate=created(policy.create_date),
        UpdateDate=created(policy.update_date or policy.create_date),
        Tags=None if listed or not policy.tags else tags_shape(policy.tags),
    )


def version_shape(version: PolicyVersion, *, with_document: bool = True) -> dict[str, Any]:
    return members(
        Document=version.document.document if with_document and version.document else None,
        VersionId=version.version_id,
        IsDefaultVersion=version.is_default_version,
        CreateDate=created(version.create_date),
    )


def paged(name: str, items: Sequence[Any], params: Mapping[str, Any]) -> dict[str, Any]:
    """One page of a list: `MaxItems` (100 where absent) items after `Marker`.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html
    """
    start = _offset(params.get("Marker"))
    size = int(params.get("MaxItems") or DEFAULT_PAGE)
    response: dict[str, Any] = {
        name: list(items[start : start + size]),
        "IsTruncated": start + size < len(items),
    }
    if response["IsTruncated"]:
        response["Marker"] = marker(start + size)
    return response


def marker(offset: int) -> str:
    """An opaque token that says where the next page begins."""
    return base64.urlsafe_b64encode(f"from:{offset}".encode()).decode()


def _offset(token: str | None) -> int:
    if token is None:
        return 0
    try:
        word, _, offset = base64.urlsafe_b64decode(token.encode()).decode().partition(":")
        if word == "from":
            return int(offset)
    except (binascii.Error, UnicodeDecodeError, ValueError):
        pass
    raise validation_error("Invalid Marker.")
