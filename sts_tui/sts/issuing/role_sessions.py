"""How is a role session issued after the call was authorized: duration, credentials, AWS's response?

Shared by AssumeRole, AssumeRoleWithSAML and AssumeRoleWithWebIdentity.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from sts_tui.account.entities import Role, Settings
from sts_tui.account.json_value import JsonObject
from sts_tui.iam.caller import CallerKind
from sts_tui.sts.credentials import asked_token_size, credentials_shape, mint, token_size_members
from sts_tui.sts.errors import AwsError
from sts_tui.sts.facts.limits import DEFAULT_ROLE_SESSION, ROLE_CHAINING_MAXIMUM
from sts_tui.sts.issuing.packed_size import PackedSize, packed_size
from sts_tui.sts.issuing.session_policies import NO_POLICIES, SessionPolicies
from sts_tui.sts.issuing.tags import SessionTags
from sts_tui.sts.regions import is_version_1
from sts_tui.sts.session import Session, SessionKind

if TYPE_CHECKING:
    from sts_tui.sts import api_shapes as shapes
    from sts_tui.sts.issuing.parameters import DurationParameters, TokenParameters
    from sts_tui.sts.operation import Call


class RoleSessionPlan(Struct, frozen=True, kw_only=True):
    """The properties of the session to issue, decided by the operation. `seconds` is its duration."""

    operation: str
    role: Role
    session_name: str
    seconds: int
    tags: SessionTags
    policies: SessionPolicies = NO_POLICIES
    source_identity: str | None = None
    is_chained: bool = False
    mfa_at: datetime | None = None
    parent: str | None = None
    parent_label: str
    context: JsonObject
    has_identity_context: bool = False


def duration(params: DurationParameters, role: Role, *, is_chained: bool, has_maximum: bool = True) -> int:
    """The duration of the session in seconds: as requested, by default an hour. Raises AwsError
    ValidationError above the role's maximum and, for role chaining, above an hour. The maximum does not limit
    services (`has_maximum=False`).
    """
    seconds = int(params.get("DurationSeconds") or DEFAULT_ROLE_SESSION)
    if has_maximum and seconds > role.max_session_seconds:
        raise AwsError(
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        )
    if is_chained and seconds > ROLE_CHAINING_MAXIMUM:
        raise AwsError(
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role "
            "chaining.",
        )
    return seconds


def is_role_chaining(caller: CallerKind, settings: Settings) -> bool:
    """Whether AssumeRole with these credentials is limited to one hour, as with all temporary credentials.

    AWS's page mentions only role sessions. According to public reports the limit applies to GetSessionToken
    credentials too: https://github.com/99designs/aws-vault/issues/351. Services are not limited.
    """
    if caller is CallerKind.USER_SESSION:
        return settings.get_session_token_is_role_chaining
    return caller in (CallerKind.ROLE_SESSION, CallerKind.FEDERATED_USER)


def issue_role_session(
    call: Call[TokenParameters], plan: RoleSessionPlan
) -> tuple[Session, shapes.AssumeRoleResponse]:
    """Issue the session. Returns it with the members that the three responses have in common.

    Raises AwsError PackedPolicyTooLarge.
    """
    packed = packed_size(
        plan.policies,
        plan.tags.all,
        call.settings,
        minimum_token_size=asked_token_size(call.params),
        is_version_1=is_version_1(call, plan.role.arn.split(":")[4]),
    )
    session = _session(call, plan, packed)
    token_size = token_size_members(session.credentials)
    response: shapes.AssumeRoleResponse = {
        "Credentials": credentials_shape(session.credentials),
        "AssumedRoleUser": {"AssumedRoleId": session.user_id, "Arn": session.arn},
        "SessionTokenUtilization": token_size["SessionTokenUtilization"],
        "SessionTokenSize": token_size["SessionTokenSize"],
    }
    if session.packed_policy_size is not None:
        response["PackedPolicySize"] = session.packed_policy_size
    if plan.source_identity is not None:
        response["SourceIdentity"] = plan.source_identity
    return session, response


def _session(call: Call, plan: RoleSessionPlan, packed: PackedSize) -> Session:
    role, tags = plan.role, plan.tags.all
    _, partition, _, _, account, _ = role.arn.split(":", 5)
    expiration = call.now + timedelta(seconds=plan.seconds)
    credentials = mint(call.ids, account, expiration, packed.token_size)
    return Session(
        name=call.session_label or plan.session_name,
        has_identity_context=plan.has_identity_context,
        kind=SessionKind.ROLE,
        operation=plan.operation,
        credentials=credentials,
        account=account,
        arn=f"arn:{partition}:sts::{account}:assumed-role/{role.role_name}/{plan.session_name}",
        user_id=f"{role.role_id}:{plan.session_name}",
        issuer_arn=role.arn,
        issuer_id=role.role_id,
        issued_at=call.now,
        expires_at=credentials.expiration,
        parent=plan.parent,
        parent_label=plan.parent_label,
        is_chained=plan.is_chained,
        tags=tags,
        transitive_tag_keys=plan.tags.all_transitive_keys,
        inherited_tag_keys=tuple([key for key, _ in plan.tags.inherited]),
        source_identity=plan.source_identity,
        session_policies=plan.policies.documents,
        session_policy_arns=plan.policies.arns,
        has_session_policy=plan.policies.are_set,
        mfa_at=plan.mfa_at,
        context=plan.context,
        packed_policy_size=packed.percentage if plan.policies.are_set or plan.tags.are_set else None,
        is_version_1_token=is_version_1(call, account),
    )
