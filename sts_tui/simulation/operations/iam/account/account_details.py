"""GetAccountAuthorizationDetails: the account as one document, which can be loaded as an account file.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias, TypeVar, cast

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Entity, Group, ManagedPolicy, Role, User
from sts_tui.simulation.operations.iam.identity_types import AWS_OWNER, GROUP, ROLE, USER
from sts_tui.simulation.operations.iam.policy_arns import usage
from sts_tui.simulation.operations.iam.responses import (
    attached_shape,
    bare_role_shape,
    boundary_shape,
    inline_shape,
    last_used_shape,
    listed_instance_profile_shape,
    version_shape,
)
from sts_tui.simulation.operations.responses import created, page_of, tags_shape
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import iam as shapes

Detailed: TypeAlias = User | Group | Role | ManagedPolicy

S = TypeVar("S", bound=Mapping[str, object])


def get_account_authorization_details(
    call: Call[shapes.GetAccountAuthorizationDetailsRequest],
) -> Answer[shapes.GetAccountAuthorizationDetailsResponse]:
    """Users, groups, roles and policies, in this order, `MaxItems` in total on a page.

    Raises AccessDenied, ValidationError.
    """
    call.authorize(call.operation)
    configuration, account = call.configuration, call.account
    wanted = call.params.get("Filter") or ("User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy")
    page = page_of(list(_details(configuration, account, wanted)), call.params)
    attached, bounding = usage(configuration, account)
    return Answer(
        response={
            "UserDetailList": [_user(one) for one in page.items if isinstance(one, User)],
            "GroupDetailList": [_group(one) for one in page.items if isinstance(one, Group)],
            "RoleDetailList": [_role(one, configuration) for one in page.items if isinstance(one, Role)],
            "Policies": [
                _policy(one, attached[one.arn], bounding[one.arn])
                for one in page.items
                if isinstance(one, ManagedPolicy)
            ],
            **page.end,
        }
    )


def _details(configuration: Configuration, account: str, wanted: Sequence[str]) -> Iterator[Detailed]:
    if "User" in wanted:
        yield from USER.members(configuration, account)
    if "Group" in wanted:
        yield from GROUP.members(configuration, account)
    if "Role" in wanted:
        yield from ROLE.members(configuration, account)
    attached, bounding = usage(configuration, account)
    for arn, policy in configuration.policies.items():
        if _is_shown(account_of(arn) or "", account, wanted) and (
            account_of(arn) == account or attached[arn] or bounding[arn]
        ):
            yield policy


def _is_shown(owner: str, account: str, wanted: Sequence[str]) -> bool:
    """Whether the policy is the account's or AWS's, and its kind is wanted."""
    return (owner == account and "LocalManagedPolicy" in wanted) or (
        owner == AWS_OWNER and "AWSManagedPolicy" in wanted
    )


def _with_extra(entity: Entity, shape: S) -> S:
    """The shape with the keys of a raw dump that this version does not know, unchanged."""
    return cast(S, {**(entity.extra or {}), **shape})


def _user(user: User) -> shapes.UserDetail:
    shape: shapes.UserDetail = {
        "Path": user.path,
        "UserName": user.user_name,
        "UserId": user.user_id,
        "Arn": user.arn,
        "CreateDate": created(user.create_date),
        "UserPolicyList": inline_shape(user.user_policy_list),
        "GroupList": list(user.group_list),
        "AttachedManagedPolicies": attached_shape(user.attached_managed_policies),
    }
    if user.permissions_boundary is not None:
        shape["PermissionsBoundary"] = boundary_shape(user.permissions_boundary)
    shape["Tags"] = tags_shape(user.tags)
    return _with_extra(user, shape)


def _group(group: Group) -> shapes.GroupDetail:
    shape: shapes.GroupDetail = {
        "Path": group.path,
        "GroupName": group.group_name,
        "GroupId": group.group_id,
        "Arn": group.arn,
        "CreateDate": created(group.create_date),
        "GroupPolicyList": inline_shape(group.group_policy_list),
        "AttachedManagedPolicies": attached_shape(group.attached_managed_policies),
    }
    return _with_extra(group, shape)


def _role(role: Role, configuration: Configuration) -> shapes.RoleDetail:
    """A role without description and maximum session duration, which AWS leaves out here."""
    profiles = [one for one in configuration.instance_profiles.values() if role.arn in one.roles]
    bare = bare_role_shape(role)
    shape: shapes.RoleDetail = {
        "Path": bare["Path"],
        "RoleName": bare["RoleName"],
        "RoleId": bare["RoleId"],
        "Arn": bare["Arn"],
        "CreateDate": bare["CreateDate"],
        "AssumeRolePolicyDocument": role.assume_role_policy_document.document,
        "InstanceProfileList": [listed_instance_profile_shape(one, configuration) for one in profiles],
        "RolePolicyList": inline_shape(role.role_policy_list),
        "AttachedManagedPolicies": attached_shape(role.attached_managed_policies),
    }
    if role.permissions_boundary is not None:
        shape["PermissionsBoundary"] = boundary_shape(role.permissions_boundary)
    shape["Tags"] = tags_shape(role.tags)
    shape["RoleLastUsed"] = last_used_shape(role)
    return _with_extra(role, shape)


def _policy(policy: ManagedPolicy, attached: int, bounding: int) -> shapes.ManagedPolicyDetail:
    shape: shapes.ManagedPolicyDetail = {
        "PolicyName": policy.policy_name,
        "PolicyId": policy.policy_id,
        "Arn": policy.arn,
        "Path": policy.path,
        "DefaultVersionId": policy.default_version_id,
        "AttachmentCount": attached,
        "PermissionsBoundaryUsageCount": bounding,
        "IsAttachable": policy.is_attachable,
    }
    if policy.description is not None:
        shape["Description"] = policy.description
    shape["CreateDate"] = created(policy.create_date)
    shape["UpdateDate"] = created(policy.update_date or policy.create_date)
    shape["PolicyVersionList"] = [version_shape(version) for version in policy.policy_version_list]
    return _with_extra(policy, shape)


PERFORMS: dict[str, Perform] = {"GetAccountAuthorizationDetails": get_account_authorization_details}
