"""GetAccountAuthorizationDetails: the account as one document, which is itself an account file.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Entity, Group, InlinePolicy, ManagedPolicy, Role, User
from sts_tui.simulation.operations.iam.identity_types import AWS_OWNER, GROUP, ROLE, USER
from sts_tui.simulation.operations.iam.policy_arns import usage
from sts_tui.simulation.operations.responses import (
    attached_shape,
    boundary_shape,
    created,
    group_shape,
    instance_profile_shape,
    members,
    paged,
    role_shape,
    tags_shape,
    user_shape,
    version_shape,
)
from sts_tui.sts.operation import Answer, Call

_LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")


def get_account_authorization_details(call: Call) -> Answer:
    """Users, groups, roles, policies, in this order, `MaxItems` of all together to a page."""
    call.authorize(call.operation)
    page = paged("Details", list(_details(call)), call.params)
    details = [(kind, shape()) for kind, shape in page.pop("Details")]
    lists: dict[str, Any] = {name: [shape for kind, shape in details if kind == name] for name in _LISTS}
    return Answer(response={**lists, **page})


def _details(call: Call) -> Iterator[tuple[str, Callable[[], dict[str, Any]]]]:
    """(list it belongs to, its shape when it is asked for): only those of the page are made."""
    configuration, account = call.configuration, call.account
    wanted = call.params.get("Filter") or ("User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy")
    if "User" in wanted:
        yield from (("UserDetailList", partial(_user, user)) for user in USER.members(configuration, account))
    if "Group" in wanted:
        yield from (
            ("GroupDetailList", partial(_group, group)) for group in GROUP.members(configuration, account)
        )
    if "Role" in wanted:
        roles = ROLE.members(configuration, account)
        yield from (("RoleDetailList", partial(_role, role, configuration)) for role in roles)
    attached, bounding = usage(configuration, account)
    for arn, policy in configuration.policies.items():
        if _is_shown(account_of(arn) or "", account, wanted) and (
            account_of(arn) == account or attached[arn] or bounding[arn]
        ):
            yield "Policies", partial(_policy, policy, attached[arn], bounding[arn])


def _is_shown(owner: str, account: str, wanted: Sequence[str]) -> bool:
    """The account's own policies and AWS's, each where its kind is wanted."""
    return (owner == account and "LocalManagedPolicy" in wanted) or (
        owner == AWS_OWNER and "AWSManagedPolicy" in wanted
    )


def _with_extra(entity: Entity, shape: dict[str, Any]) -> dict[str, Any]:
    """Keys of a raw dump that we do not know are given back as they came."""
    return {**(entity.extra or {}), **shape}


def _inline(policies: Iterable[InlinePolicy]) -> list[dict[str, Any]]:
    return [
        {"PolicyName": one.policy_name, "PolicyDocument": one.policy_document.document} for one in policies
    ]


def _user(user: User) -> dict[str, Any]:
    return _with_extra(
        user,
        {
            **user_shape(user, listed=True),
            "UserPolicyList": _inline(user.user_policy_list),
            "GroupList": list(user.group_list),
            "AttachedManagedPolicies": attached_shape(user.attached_managed_policies),
            **members(PermissionsBoundary=boundary_shape(user.permissions_boundary)),
            "Tags": tags_shape(user.tags),
        },
    )


def _group(group: Group) -> dict[str, Any]:
    return _with_extra(
        group,
        {
            **group_shape(group),
            "GroupPolicyList": _inline(group.group_policy_list),
            "AttachedManagedPolicies": attached_shape(group.attached_managed_policies),
        },
    )


def _role(role: Role, configuration: Configuration) -> dict[str, Any]:
    """Neither description nor maximum session duration: AWS leaves them out here."""
    shape = role_shape(role, listed=True)
    profiles = [one for one in configuration.instance_profiles.values() if role.arn in one.roles]
    return _with_extra(
        role,
        {
            **{
                key: value for key, value in shape.items() if key not in ("Description", "MaxSessionDuration")
            },
            "InstanceProfileList": [instance_profile_shape(one, configuration) for one in profiles],
            "RolePolicyList": _inline(role.role_policy_list),
            "AttachedManagedPolicies": attached_shape(role.attached_managed_policies),
            **members(PermissionsBoundary=boundary_shape(role.permissions_boundary)),
            "Tags": tags_shape(role.tags),
            "RoleLastUsed": role.role_last_used or {},
        },
    )


def _policy(policy: ManagedPolicy, attached: int, bounding: int) -> dict[str, Any]:
    return _with_extra(
        policy,
        members(
            PolicyName=policy.policy_name,
            PolicyId=policy.policy_id,
            Arn=policy.arn,
            Path=policy.path,
            DefaultVersionId=policy.default_version_id,
            AttachmentCount=attached,
            PermissionsBoundaryUsageCount=bounding,
            IsAttachable=policy.is_attachable,
            Description=policy.description,
            CreateDate=created(policy.create_date),
            UpdateDate=created(policy.update_date or policy.create_date),
            PolicyVersionList=[version_shape(version) for version in policy.policy_version_list],
        ),
    )


PERFORMS: dict[str, Callable[[Call], Answer]] = {
    "GetAccountAuthorizationDetails": get_account_authorization_details
}
