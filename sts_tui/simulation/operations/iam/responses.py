"""In which shapes do IAM's responses contain its entities?

Policy documents are JSON objects, as the AWS CLI and the SDKs show them; on the wire they are
percent-encoded. For many of them, the members that a response leaves out were recorded from the live service.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_Types.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import (
    AttachedPolicy,
    Group,
    InlinePolicy,
    InstanceProfile,
    ManagedPolicy,
    PermissionsBoundary,
    PolicyVersion,
    Role,
    User,
)
from sts_tui.simulation.operations.responses import created, tags_shape

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import iam as shapes


def attached_shape(attached: Sequence[AttachedPolicy]) -> list[shapes.AttachedPolicy]:
    return [{"PolicyName": policy_name(one), "PolicyArn": one.policy_arn} for one in attached]


def policy_name(attached: AttachedPolicy) -> str:
    """The name of an attached policy; if the file gives none, the last part of its ARN."""
    return attached.policy_name or attached.policy_arn.rsplit("/", 1)[-1]


def boundary_shape(boundary: PermissionsBoundary) -> shapes.AttachedPermissionsBoundary:
    return {
        "PermissionsBoundaryType": boundary.permissions_boundary_type,
        "PermissionsBoundaryArn": boundary.permissions_boundary_arn,
    }


def inline_shape(policies: Sequence[InlinePolicy]) -> list[shapes.PolicyDetail]:
    return [
        {"PolicyName": one.policy_name, "PolicyDocument": one.policy_document.document} for one in policies
    ]


def user_shape(user: User, *, listed: bool = False) -> shapes.User:
    """A `User`. ListUsers leaves out boundary and tags (`listed`)."""
    shape: shapes.User = {
        "Path": user.path,
        "UserName": user.user_name,
        "UserId": user.user_id,
        "Arn": user.arn,
        "CreateDate": created(user.create_date),
    }
    if user.permissions_boundary is not None and not listed:
        shape["PermissionsBoundary"] = boundary_shape(user.permissions_boundary)
    if user.tags and not listed:
        shape["Tags"] = tags_shape(user.tags)
    return shape


def group_shape(group: Group) -> shapes.Group:
    return {
        "Path": group.path,
        "GroupName": group.group_name,
        "GroupId": group.group_id,
        "Arn": group.arn,
        "CreateDate": created(group.create_date),
    }


def bare_role_shape(role: Role) -> shapes.Role:
    """The six members that every answer with a role has; roles in instance profiles have no others."""
    return {
        "Path": role.path,
        "RoleName": role.role_name,
        "RoleId": role.role_id,
        "Arn": role.arn,
        "CreateDate": created(role.create_date),
        "AssumeRolePolicyDocument": role.assume_role_policy_document.document,
    }


def created_role_shape(role: Role) -> shapes.Role:
    """A role in the response of CreateRole: without description, maximum session duration and last use, even
    if given.
    """
    shape = bare_role_shape(role)
    if role.permissions_boundary is not None:
        shape["PermissionsBoundary"] = boundary_shape(role.permissions_boundary)
    if role.tags:
        shape["Tags"] = tags_shape(role.tags)
    return shape


def listed_role_shape(role: Role) -> shapes.Role:
    """A role in ListRoles, which leaves out boundary, tags and last use."""
    shape = bare_role_shape(role)
    if role.description:
        shape["Description"] = role.description
    shape["MaxSessionDuration"] = role.max_session_seconds
    if role.max_signin_session_duration is not None:
        shape["MaxSigninSessionDuration"] = role.max_signin_session_duration
    return shape


def role_shape(role: Role) -> shapes.Role:
    """A role in GetRole."""
    shape = listed_role_shape(role)
    if role.permissions_boundary is not None:
        shape["PermissionsBoundary"] = boundary_shape(role.permissions_boundary)
    if role.tags:
        shape["Tags"] = tags_shape(role.tags)
    shape["RoleLastUsed"] = last_used_shape(role)
    return shape


def last_used_shape(role: Role) -> shapes.RoleLastUsed:
    """When and where the role was last used; empty if never."""
    used = role.role_last_used or {}
    shape: shapes.RoleLastUsed = {}
    if "LastUsedDate" in used:
        shape["LastUsedDate"] = str(used["LastUsedDate"])
    if "Region" in used:
        shape["Region"] = str(used["Region"])
    return shape


def listed_instance_profile_shape(
    profile: InstanceProfile, configuration: Configuration
) -> shapes.InstanceProfile:
    """An instance profile without its tags."""
    held = [configuration.roles[arn] for arn in profile.roles if arn in configuration.roles]
    return {
        "Path": profile.path,
        "InstanceProfileName": profile.instance_profile_name,
        "InstanceProfileId": profile.instance_profile_id,
        "Arn": profile.arn,
        "CreateDate": created(profile.create_date),
        "Roles": [bare_role_shape(role) for role in held],
    }


def listed_policy_shape(policy: ManagedPolicy, attached: int, bounding: int) -> shapes.Policy:
    """A policy without description and tags, with the numbers of identities it is attached to and bounds."""
    return {
        "PolicyName": policy.policy_name,
        "PolicyId": policy.policy_id,
        "Arn": policy.arn,
        "Path": policy.path,
        "DefaultVersionId": policy.default_version_id,
        "AttachmentCount": attached,
        "PermissionsBoundaryUsageCount": bounding,
        "IsAttachable": policy.is_attachable,
        "CreateDate": created(policy.create_date),
        "UpdateDate": created(policy.update_date or policy.create_date),
    }


def version_shape(version: PolicyVersion, *, with_document: bool = True) -> shapes.PolicyVersion:
    shape: shapes.PolicyVersion = {
        "VersionId": version.version_id,
        "IsDefaultVersion": version.is_default_version,
        "CreateDate": created(version.create_date),
    }
    if with_document and version.document is not None:
        shape["Document"] = version.document.document
    return shape
