"""May this caller have a session of this role? Every action that the call needs has to be allowed.

A call needs `sts:AssumeRole…`, `sts:TagSession` when tags are passed or inherited, and
`sts:SetSourceIdentity` when a source identity is passed or inherited. The answer
to a refusal is the same as for a role that does not exist.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sts_tui.account.arn import Arn
from sts_tui.account.entities import Role
from sts_tui.sts.denials import access_denied
from sts_tui.sts.errors import AwsError
from sts_tui.sts.identity import CallerIdentity
from sts_tui.sts.issuing.tags import SessionTags

if TYPE_CHECKING:
    from sts_tui.sts.operation import Call


def role_account(role_arn: str) -> str:
    """The account in a RoleArn; AwsError for what is no ARN, and for the ARN of anything but a role."""
    try:
        arn = Arn.parse(role_arn)
    except ValueError:
        arn = None
    if arn is None or (arn.service == "iam" and not _has_account(arn)):
        raise AwsError("ValidationError", f"{role_arn} is invalid")
    if arn.service != "iam" or not arn.resource.startswith("role/") or not arn.name:
        raise AwsError("ValidationError", "Request ARN is invalid", hint=f"{role_arn} is no role")
    return arn.account


def _has_account(arn: Arn) -> bool:
    return not arn.region and len(arn.account) == 12 and arn.account.isdecimal()


def find_role(call: Call, action: str, caller: CallerIdentity) -> Role:
    """The role that RoleArn names, with path and in its case; refused like a denial where there is none."""
    role_arn = call.params["RoleArn"]
    role_account(role_arn)
    role = call.configuration.roles.get(role_arn)
    if role is None:
        raise access_denied(action, role_arn, caller, hint=f"there is no role {role_arn}")
    return role


def authorize_on_role(
    call: Call,
    action: str,
    role: Role,
    *,
    context: Mapping[str, Any],
    tags: SessionTags,
    source_identity: str | None,
    caller: CallerIdentity | None = None,
) -> None:
    """Ask for each action in turn; AwsError names the first that is refused.

    A source identity that is refused is named before the assumption itself (measured against the service).
    """
    asked = {**context, **tags.request_context(), **tags.role_tag_context(role.tags)}
    if source_identity is not None:
        asked["sts:SourceIdentity"] = source_identity
    actions = [action]
    if tags.are_set:
        actions.insert(0, "sts:TagSession")
    if source_identity is not None:
        actions.insert(0, "sts:SetSourceIdentity")
    for needed in actions:
        try:
            call.authorize(
                needed,
                role.arn,
                context=asked,
                resource_account=role.arn.split(":")[4],
                resource_policy=role.assume_role_policy_document,
                caller=caller,
            )
        except AwsError as denied:
            raise access_denied(
                needed, role.arn, caller or call.caller, decision=denied.decision, hint=denied.hint
            ) from None
