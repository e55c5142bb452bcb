"""Which `aws` commands undo a cut in the real account? The state before the cut is read from the model."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import InlinePolicy, Role, User
from sts_tui.simulation.containment.cut import POLICY_ID, Step
from sts_tui.simulation.containment.kinds.resource_policy_calls import put_back, resource_of
from sts_tui.simulation.operations.equivalent_cli import cli_line
from sts_tui.simulation.operations.organizations.organization_policies import all_policies, policy_id


def undo_commands(steps: Iterable[Step], before: Configuration) -> tuple[str, ...]:
    """The commands that undo these calls, the last call first; a comment if no call does. `before`: the
    configuration in which the cut is made.
    """
    return tuple(_undone(step, before) for step in reversed(list(steps)))


def _undone(step: Step, before: Configuration) -> str:
    if opposite := _OPPOSITES.get(step.action):
        return cli_line(opposite, step.params)
    if put_back := _PUT_BACK.get(step.action):
        return put_back(step, before)
    action = step.action.partition(":")[2]
    return f"# {action} cannot be undone: keep a copy of what it deletes before you run it"


def _inline(step: Step, before: Configuration) -> str:
    """Restore an inline policy as it was, or delete it if there was none."""
    kind = "Role" if "RoleName" in step.params else "User"
    named = {f"{kind}Name": step.params[f"{kind}Name"], "PolicyName": step.params["PolicyName"]}
    holder = _holder(step, before)
    inline: tuple[InlinePolicy, ...] = ()
    if isinstance(holder, Role):
        inline = holder.role_policy_list
    elif isinstance(holder, User):
        inline = holder.user_policy_list
    for policy in inline:
        if policy.policy_name == named["PolicyName"]:
            document = policy.policy_document.document
            return cli_line(f"iam:Put{kind}Policy", {**named, "PolicyDocument": document})
    return cli_line(f"iam:Delete{kind}Policy", named)


def _boundary(step: Step, before: Configuration) -> str:
    kind = "Role" if "RoleName" in step.params else "User"
    named = {f"{kind}Name": step.params[f"{kind}Name"]}
    holder = _holder(step, before)
    if holder is not None and holder.permissions_boundary is not None:
        arn = holder.permissions_boundary.permissions_boundary_arn
        return cli_line(f"iam:Put{kind}PermissionsBoundary", {**named, "PermissionsBoundary": arn})
    return cli_line(f"iam:Delete{kind}PermissionsBoundary", named)


def _role_facts(step: Step, before: Configuration) -> str:
    role = _holder(step, before)
    if not isinstance(role, Role):
        return f"# {step.action}: there is no such role"
    named = {"RoleName": role.role_name}
    if step.action == "iam:UpdateRole":
        return cli_line(step.action, {**named, "MaxSessionDuration": role.max_session_seconds})
    return cli_line(step.action, {**named, "PolicyDocument": role.assume_role_policy_document.document})


def _resource(step: Step, before: Configuration) -> str:
    ending = resource_of(step.params)
    for arn, entry in before.resources.items():
        if arn.endswith(ending) and entry.account == step.account:
            return put_back(entry)
    return f"# {step.action}: there is no such resource"


def _holder(step: Step, before: Configuration) -> Role | User | None:
    table: Mapping[str, Role] | Mapping[str, User] = before.users
    member = "UserName"
    if "RoleName" in step.params:
        table, member = before.roles, "RoleName"
    name = step.params[member]
    for arn, holder in table.items():
        if account_of(arn) == step.account and arn.rpartition("/")[2] == name:
            return holder
    return None


def _policy_version(step: Step, before: Configuration) -> str:
    arn = str(step.params["PolicyArn"])
    version = before.policies[arn].default_version_id if arn in before.policies else "v1"
    return cli_line("iam:SetDefaultPolicyVersion", {"PolicyArn": arn, "VersionId": version})


def _active_key(step: Step, _: Configuration) -> str:
    return cli_line(step.action, {**step.params, "Status": "Active"})


def _detached(step: Step, _: Configuration) -> str:
    target = shlex.quote(str(step.params.get("TargetId", "")))
    policy = str(step.params.get("PolicyId", POLICY_ID)).replace(POLICY_ID, "POLICY_ID")
    return f"aws organizations detach-policy --policy-id {policy} --target-id {target}"


def _organization_policy(_: Step, __: Configuration) -> str:
    return "aws organizations delete-policy --policy-id POLICY_ID"


def _organization_policy_before(step: Step, before: Configuration) -> str:
    policies = all_policies(before.organization) if before.organization is not None else ()
    for policy_type, policy in policies:
        if policy_id(policy, policy_type) == step.params["PolicyId"]:
            content = json.dumps(policy.document.document, separators=(",", ":"))
            return cli_line(step.action, {"PolicyId": step.params["PolicyId"], "Content": content})
    return f"# {step.action}: there is no such policy"


def _inline_of_set(step: Step, before: Configuration) -> str:
    named = {name: step.params[name] for name in ("InstanceArn", "PermissionSetArn")}
    set_ = before.permission_sets.get(str(named["PermissionSetArn"]))
    if set_ is None or set_.inline_policy is None:
        return cli_line("sso:DeleteInlinePolicyFromPermissionSet", named)
    return cli_line(step.action, {**named, "InlinePolicy": set_.inline_policy.document})


def _provisioned(step: Step, _: Configuration) -> str:
    return f"{cli_line(step.action, step.params)}  # after the command that follows"


def _membership(step: Step, before: Configuration) -> str:
    found = before.group_memberships.get(str(step.params["MembershipId"]))
    if found is None:
        return f"# {step.action}: there is no such membership"
    member = {"UserId": found.member_id.user_id}
    params = {
        "IdentityStoreId": step.params["IdentityStoreId"],
        "GroupId": found.group_id,
        "MemberId": member,
    }
    return cli_line("identitystore:CreateGroupMembership", params)


_OPPOSITES: Final[Mapping[str, str]] = {
    "iam:AttachRolePolicy": "iam:DetachRolePolicy",
    "iam:AttachUserPolicy": "iam:DetachUserPolicy",
    "iam:DetachRolePolicy": "iam:AttachRolePolicy",
    "iam:DetachUserPolicy": "iam:AttachUserPolicy",
    "iam:RemoveUserFromGroup": "iam:AddUserToGroup",
    "sso:DeleteAccountAssignment": "sso:CreateAccountAssignment",
}
"""Calls and their opposites, which take the same parameters."""
_PUT_BACK: Final[Mapping[str, Callable[[Step, Configuration], str]]] = {
    "iam:PutRolePolicy": _inline,
    "iam:PutUserPolicy": _inline,
    "iam:DeleteRolePolicy": _inline,
    "iam:DeleteUserPolicy": _inline,
    "iam:PutRolePermissionsBoundary": _boundary,
    "iam:PutUserPermissionsBoundary": _boundary,
    "iam:UpdateAssumeRolePolicy": _role_facts,
    "iam:UpdateRole": _role_facts,
    "iam:CreatePolicyVersion": _policy_version,
    "iam:UpdateAccessKey": _active_key,
    "s3:PutBucketPolicy": _resource,
    "kms:PutKeyPolicy": _resource,
    "sqs:SetQueueAttributes": _resource,
    "sns:SetTopicAttributes": _resource,
    "secretsmanager:PutResourcePolicy": _resource,
    "ecr:SetRepositoryPolicy": _resource,
    "organizations:AttachPolicy": _detached,
    "organizations:CreatePolicy": _organization_policy,
    "organizations:UpdatePolicy": _organization_policy_before,
    "sso:PutInlinePolicyToPermissionSet": _inline_of_set,
    "sso:ProvisionPermissionSet": _provisioned,
    "identitystore:DeleteGroupMembership": _membership,
}
"""Calls whose opposite needs the state before the cut."""
