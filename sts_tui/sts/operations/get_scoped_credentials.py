"""How is GetScopedCredentials simulated? It returns credentials of the same session with fewer permissions or
a shorter duration.

https://docs.aws.amazon.com/STS/latest/APIReference/API_GetScopedCredentials.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_getscopedcredentials.html

Principal, session name, tags, source identity and session policies stay the same. The new credentials can do
what both the calling session and the policy of this call allow, and expire no later than the calling session.
A session has at most three such policies. A call with only a duration adds none and can be repeated.

Order of the checks: caller, parameters, permission, number of policies, remaining lifetime, policy, sizes.
AWS documents the errors, but neither this order nor whether a permission is needed (setting
GetScopedCredentialsNeedsPermission).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.sts.caller_restrictions import invalid_subject, refuse_caller
from sts_tui.sts.credentials import asked_token_size, credentials_shape, mint, token_size_members
from sts_tui.sts.denials import access_denied
from sts_tui.sts.errors import AwsError
from sts_tui.sts.facts.limits import SCOPE_DOWN_POLICIES_MAXIMUM
from sts_tui.sts.issuing.packed_size import scoped_token_size
from sts_tui.sts.issuing.session_policies import inline_policy
from sts_tui.sts.operation import Answer, Call
from sts_tui.sts.session import Session

if TYPE_CHECKING:
    from sts_tui.sts import api_shapes as shapes

ACTION: Final = "sts:GetScopedCredentials"


def get_scoped_credentials(
    call: Call[shapes.GetScopedCredentialsRequest],
) -> Answer[shapes.GetScopedCredentialsResponse]:
    """Issue a scoped session of the calling session.

    Raises AwsError: InvalidSubjectCredentials, ValidationError without both parameters, AccessDenied for a
    fourth policy, InsufficientSessionLifetime, MalformedPolicyDocument, PackedPolicyTooLarge, and denials.
    """
    refuse_caller(ACTION, call.caller, call.settings)
    parent = call.caller.session
    if parent is None:
        raise invalid_subject("only a simulated session can be scoped down")
    if call.params.get("Policy") is None and call.params.get("DurationSeconds") is None:
        raise AwsError("ValidationError", "At least one of Policy or DurationSeconds must be specified")
    if call.settings.get_scoped_credentials_needs_permission:
        call.authorize(ACTION)
    _refuse_fourth_policy(call, parent)
    session = _scoped(call, parent, _expiration(call, parent))
    token = token_size_members(session.credentials)
    response: shapes.GetScopedCredentialsResponse = {
        "Credentials": credentials_shape(session.credentials),
        "SessionInfo": {"ScopedSessionId": session.user_id, "Arn": session.arn},
        "ScopedPoliciesCount": len(session.scope_down_policies),
        "SessionTokenUtilization": token["SessionTokenUtilization"],
        "SessionTokenSize": token["SessionTokenSize"],
    }
    if session.source_identity is not None:
        response["SourceIdentity"] = session.source_identity
    return Answer(response=response, sessions=(session,))


def _refuse_fourth_policy(call: Call[shapes.GetScopedCredentialsRequest], parent: Session) -> None:
    """Raise AwsError for a fourth policy. AWS says that such a call "is denied"; the code is assumed."""
    if "Policy" in call.params and len(parent.scope_down_policies) >= SCOPE_DOWN_POLICIES_MAXIMUM:
        hint = f"a session has at most {SCOPE_DOWN_POLICIES_MAXIMUM} scope-down policies"
        raise access_denied(ACTION, "*", call.caller, hint=hint)


def _expiration(call: Call[shapes.GetScopedCredentialsRequest], parent: Session) -> datetime:
    seconds = call.params.get("DurationSeconds")
    if seconds is None:
        return parent.expires_at
    expiration = (call.now + timedelta(seconds=int(seconds))).replace(microsecond=0)
    if expiration > parent.expires_at:
        raise AwsError(
            "InsufficientSessionLifetime",
            "The requested DurationSeconds is greater than the remaining lifetime of the calling session.",
            hint=f"{parent.label} expires at {parent.expires_at:%H:%M:%S}",
        )
    return expiration


def _scoped(call: Call[shapes.GetScopedCredentialsRequest], parent: Session, expiration: datetime) -> Session:
    policies = (*parent.scope_down_policies, *_added_policy(call))
    size = scoped_token_size(
        parent,
        policies,
        call.settings,
        minimum_token_size=asked_token_size(call.params),
    )
    own_time = call.settings.scoped_sessions_have_own_issue_time
    return replace(
        parent,
        name=call.session_label or parent.name,
        operation="GetScopedCredentials",
        credentials=mint(call.ids, parent.account, expiration, size),
        issued_at=call.now,
        expires_at=expiration,
        token_issue_time=call.now if own_time else parent.dated_at,
        parent=parent.access_key_id,
        parent_label=parent.label,
        original_operation=parent.first_operation,
        original_parent=parent.first_parent,
        scope_down_policies=policies,
        packed_policy_size=None,
        is_version_1_token=False,
        workload=None,
    )


def _added_policy(call: Call[shapes.GetScopedCredentialsRequest]) -> tuple[WrittenPolicy, ...]:
    """The policy of this call, parsed and checked like a session policy."""
    policy = inline_policy(call.params)
    return () if policy is None else (policy,)
