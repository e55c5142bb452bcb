"""How is a session issued with the permissions of a user or root user who calls with long-term keys?

Shared by GetSessionToken and GetFederationToken.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from sts_tui.iam.caller import CallerKind
from sts_tui.sts.caller_restrictions import refuse_caller
from sts_tui.sts.credentials import asked_token_size, mint, token_size
from sts_tui.sts.denials import access_denied
from sts_tui.sts.facts.limits import LONG_TERM_CALLER_DEFAULT, ROOT_CALLER_MAXIMUM
from sts_tui.sts.identity import CallerIdentity
from sts_tui.sts.issuing.packed_size import PackedSize
from sts_tui.sts.issuing.session_policies import NO_POLICIES, SessionPolicies
from sts_tui.sts.issuing.tags import NO_TAGS, SessionTags
from sts_tui.sts.regions import is_version_1, refuse_region
from sts_tui.sts.session import Credentials, Session, SessionKind

if TYPE_CHECKING:
    from sts_tui.sts.issuing.parameters import DurationParameters, UserSessionParameters
    from sts_tui.sts.operation import Call


class UserSessionPlan(Struct, frozen=True, kw_only=True):
    """The properties of the session to issue, decided by the operation. `arn` and `user_id` are the
    session's.
    """

    operation: str
    kind: SessionKind
    name: str
    arn: str
    user_id: str
    tags: SessionTags = NO_TAGS
    policies: SessionPolicies = NO_POLICIES
    packed: PackedSize | None = None
    """None for GetSessionToken, which takes neither policies nor tags."""
    mfa_at: datetime | None = None


def long_term_caller(call: Call, action: str) -> CallerIdentity:
    """The user or root user who calls with long-term keys. Raises AwsError for all other callers."""
    caller = call.caller
    refuse_caller(action, caller, call.settings)
    if caller.is_operator:
        raise access_denied(
            action, "*", caller, hint="the operator has no permissions that a session could have"
        )
    refuse_region(call, caller.account or call.account)
    return caller


def _seconds(call: Call[DurationParameters]) -> int:
    """The duration in seconds: as requested, by default twelve hours; for a root user at most one hour,
    without an error.
    """
    seconds = int(call.params.get("DurationSeconds") or LONG_TERM_CALLER_DEFAULT)
    return min(seconds, ROOT_CALLER_MAXIMUM) if call.caller.caller.kind is CallerKind.ROOT else seconds


def issue_user_session(call: Call[UserSessionParameters], plan: UserSessionPlan) -> Session:
    """Issue credentials with the caller's permissions."""
    caller = call.caller
    account = caller.account or call.account
    credentials = _credentials(call, plan, account)
    return Session(
        name=call.session_label or plan.name,
        kind=plan.kind,
        operation=plan.operation,
        credentials=credentials,
        account=account,
        arn=plan.arn,
        user_id=plan.user_id,
        issuer_arn=caller.arn or "",
        issuer_id=caller.caller.unique_id or account,
        issued_at=call.now,
        expires_at=credentials.expiration,
        parent=caller.access_key_id,
        parent_label=caller.label,
        tags=plan.tags.all,
        session_policies=plan.policies.documents,
        session_policy_arns=plan.policies.arns,
        has_session_policy=plan.policies.are_set,
        mfa_at=plan.mfa_at,
        packed_policy_size=None if plan.packed is None else plan.packed.percentage,
        is_version_1_token=is_version_1(call, account),
    )


def _credentials(call: Call[UserSessionParameters], plan: UserSessionPlan, account: str) -> Credentials:
    size = token_size(
        minimum_token_size=asked_token_size(call.params),
        is_version_1=is_version_1(call, account),
    )
    if plan.packed is not None:
        size = plan.packed.token_size
    return mint(call.ids, account, call.now + timedelta(seconds=_seconds(call)), size)
