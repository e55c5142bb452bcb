"""How is AssumeRole simulated? A user, a role session or a service gets a session of a role.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html

Order of the checks: caller, parameters, whether the role exists, MFA, trust policy and the caller's policies,
duration, conflicts with inherited tags and source identity, session policies. A role that does not exist gets
the same response as a denial.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from sts_tui.account.entities import Role
from sts_tui.account.json_value import Json
from sts_tui.iam.caller import CallerKind
from sts_tui.sts.caller_restrictions import refuse_caller
from sts_tui.sts.errors import AwsError
from sts_tui.sts.issuing.mfa import has_verified_mfa
from sts_tui.sts.issuing.origin_identity import carried_context
from sts_tui.sts.issuing.provided_contexts import provided_context
from sts_tui.sts.issuing.role_sessions import (
    RoleSessionPlan,
    duration,
    is_role_chaining,
    issue_role_session,
)
from sts_tui.sts.issuing.role_trust import authorize_on_role, find_role, role_account
from sts_tui.sts.issuing.service_sessions import credential_context, service_seconds
from sts_tui.sts.issuing.session_policies import refuse_long_policy, requested_policies
from sts_tui.sts.issuing.tags import SessionTags, requested_tags
from sts_tui.sts.operation import Answer, Call
from sts_tui.sts.regions import refuse_region
from sts_tui.sts.session import SessionKind

if TYPE_CHECKING:
    from sts_tui.sts import api_shapes as shapes

ACTION = "sts:AssumeRole"


def assume_role(call: Call[shapes.AssumeRoleRequest]) -> Answer[shapes.AssumeRoleResponse]:
    """Issue a session of the role. Raises AwsError as AWS would."""
    tags = _checked_parameters(call)
    provided = provided_context(call)
    role = find_role(call, ACTION, call.caller)
    has_mfa = has_verified_mfa(call)
    source_identity = call.params.get("SourceIdentity") or _inherited_source_identity(call)
    authorize_on_role(
        call,
        ACTION,
        role,
        context={**_context(call, has_mfa=has_mfa), **provided.authorization_keys},
        tags=tags,
        source_identity=source_identity,
    )
    seconds = _seconds(call, role)
    tags.refuse_conflicts()
    _refuse_other_source_identity(call)
    plan = RoleSessionPlan(
        operation="AssumeRole",
        role=role,
        session_name=call.params["RoleSessionName"],
        seconds=seconds,
        tags=tags,
        policies=requested_policies(call.params, role_account(role.arn), call.configuration),
        source_identity=source_identity,
        is_chained=is_role_chaining(call.caller.caller.kind, call.settings),
        mfa_at=_mfa_at(call, has_mfa=has_mfa),
        parent=call.caller.access_key_id,
        parent_label=call.caller.label,
        context={**_carried(call, role), **provided.session_keys},
        has_identity_context=bool(provided.session_keys),
    )
    session, response = issue_role_session(call, plan)
    return Answer(response=response, sessions=(session,))


def _checked_parameters(call: Call[shapes.AssumeRoleRequest]) -> SessionTags:
    """Check credentials, parameters and Region before any policy is evaluated. Returns the tags."""
    role_arn = call.params["RoleArn"]
    refuse_caller(ACTION, call.caller, call.settings, role_arn)
    refuse_long_policy(call.params, call.settings)
    flagged = call.params.get("TransitiveTagKeys") or ()
    tags = requested_tags(call.params, call.caller.session, flagged)
    refuse_region(call, role_account(role_arn))
    return tags


def _carried(call: Call[shapes.AssumeRoleRequest], role: Role) -> Mapping[str, Json]:
    return credential_context(call, role) if _is_service(call) else _carried_context(call)


def _is_service(call: Call) -> bool:
    return call.caller.caller.kind is CallerKind.SERVICE


def _seconds(call: Call[shapes.AssumeRoleRequest], role: Role) -> int:
    if _is_service(call):
        return service_seconds(call.params, call.caller)
    return duration(call.params, role, is_chained=is_role_chaining(call.caller.caller.kind, call.settings))


def _context(call: Call[shapes.AssumeRoleRequest], *, has_mfa: bool) -> dict[str, Json]:
    """The condition keys of this operation. MFA in this call counts only for this decision."""
    context: dict[str, Json] = {"sts:RoleSessionName": call.params["RoleSessionName"]}
    if (external_id := call.params.get("ExternalId")) is not None:
        context["sts:ExternalId"] = external_id
    if has_mfa:
        context |= {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "0"}
    return context


def _carried_context(call: Call) -> dict[str, Json]:
    """The keys of trusted identity propagation in the calling session. AWS does not document whether
    AssumeRole passes them to the new session.
    """
    return carried_context(call.caller.session) if call.settings.origin_identity_survives_assume_role else {}


def _inherited_source_identity(call: Call) -> str | None:
    return call.caller.session.source_identity if call.caller.session else None


def _refuse_other_source_identity(call: Call[shapes.AssumeRoleRequest]) -> None:
    """Raise AwsError for a different source identity than the calling session's: it cannot change within a
    chain. The same value may be passed again.
    """
    inherited = _inherited_source_identity(call)
    if inherited is not None and call.params.get("SourceIdentity") not in (None, inherited):
        raise AwsError("ValidationError", "The source identity is already set for this assume role session")


def _mfa_at(call: Call, *, has_mfa: bool) -> datetime | None:
    """The time of the MFA that the new session inherits; None if it inherits none.

    The guide says that MFA does not carry over to the role session. Reports say otherwise for two ways: MFA
    in AssumeRole itself, and MFA in the GetSessionToken call whose credentials assume the role.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
    """
    settings, session = call.settings, call.caller.session
    if has_mfa:
        return call.now if settings.role_sessions_keep_mfa else None
    if session is None or session.mfa_at is None:
        return None
    is_user = session.kind is SessionKind.USER
    keeps = settings.get_session_token_mfa_reaches_roles if is_user else settings.role_sessions_keep_mfa
    return session.mfa_at if keeps else None
