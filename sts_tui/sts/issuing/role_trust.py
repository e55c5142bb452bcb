"""Can this caller get a session of this role? Every action that the call needs must be allowed.

A call needs `sts:AssumeRole…`, `sts:TagSession` if tags are passed or inherited, and `sts:SetSourceIdentity`
if a source identity is passed or inherited. The error for a role that does not exist is the same as a denial.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from sts_tui.account.arn import Arn, is_account_id
from sts_tui.account.entities import Role
from sts_tui.account.json_value import Json
from sts_tui.account.workload_identities import ROLES_ANYWHERE
from sts_tui.sts.denials import access_denied
from sts_tui.sts.errors import AwsError
from sts_tui.sts.identity import CallerIdentity
from sts_tui.sts.issuing.origin_identity import carried_context, is_propagated
from sts_tui.sts.issuing.provided_contexts import PROVIDERS_KEY, UNKNOWN_KEYS
from sts_tui.sts.issuing.tags import SessionTags

if TYPE_CHECKING:
    from sts_tui.sts.issuing.parameters import RoleParameters
    from sts_tui.sts.operation import Call


def _has_propagated(call: Call, asked: Mapping[str, Json]) -> bool:
    """Whether the new session will have keys of trusted identity propagation."""
    carries = call.settings.origin_identity_survives_assume_role and carried_context(call.caller.session)
    return bool(carries) or any(is_propagated(key) for key in asked)


@lru_cache(maxsize=1024)
def role_account(role_arn: str) -> str:
    """The account in a RoleArn. Raises AwsError ValidationError unless it is the ARN of a role."""
    try:
        arn = Arn.parse(role_arn)
    except ValueError:
        arn = None
    if arn is None or (arn.service == "iam" and not _has_account(arn)):
        raise AwsError("ValidationError", f"{role_arn} is invalid")
    if arn.service != "iam" or not arn.resource.startswith("role/") or not arn.name:
        raise AwsError("ValidationError", "Request ARN is invalid", hint=f"{role_arn} is not a role")
    return arn.account


def _has_account(arn: Arn) -> bool:
    return not arn.region and is_account_id(arn.account)


def find_role(call: Call[RoleParameters], action: str, caller: CallerIdentity) -> Role:
    """The role with exactly this RoleArn, including path and case. Raises the AwsError of a denial if there
    is none.
    """
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
    context: Mapping[str, Json],
    tags: SessionTags,
    source_identity: str | None,
    caller: CallerIdentity | None = None,
) -> None:
    """Evaluate each action. Raises the AwsError of the first that is denied.

    A denied source identity is reported before the role assumption itself (measured on the live service).
    """
    asked = {**context, **tags.request_context(), **tags.role_tag_context(role.tags)}
    if (caller or call.caller).arn == ROLES_ANYWHERE:
        # The certificate's attributes, which Roles Anywhere passes as session tags, are also tags of the
        # principal.
        # https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
        asked |= tags.principal_context()
    if source_identity is not None:
        asked["sts:SourceIdentity"] = source_identity
    actions = [action]
    is_provided = PROVIDERS_KEY in asked
    if is_provided or (call.settings.set_context_needed and _has_propagated(call, asked)):
        actions.insert(0, "sts:SetContext")
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
                unknown=UNKNOWN_KEYS if is_provided else (),
            )
        except AwsError as denied:
            raise access_denied(
                needed, role.arn, caller or call.caller, decision=denied.decision, hint=denied.hint
            ) from None
