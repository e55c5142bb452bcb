"""Sessions that a user or root user draws on their own permissions, with long-term keys.

Shared by GetSessionToken and GetFederationToken.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from sts_tui.iam.caller import CallerKind
from sts_tui.sts.caller_restrictions import refuse_caller
from sts_tui.sts.credentials import mint
from sts_tui.sts.denials import access_denied
from sts_tui.sts.facts.limits import LONG_TERM_CALLER_DEFAULT, ROOT_CALLER_MAXIMUM
from sts_tui.sts.identity import CallerIdentity
from sts_tui.sts.issuing.session_policies import NO_POLICIES, SessionPolicies, packed_bytes
from sts_tui.sts.issuing.tags import NO_TAGS, SessionTags
from sts_tui.sts.regions import is_version_1, refuse_region
from sts_tui.sts.session import Credentials, Session, SessionKind

if TYPE_CHECKING:
    from sts_tui.sts.operation import Call


class UserSessionPlan(Struct, frozen=True, kw_only=True):
    """What the operation found out; `arn` and `user_id` are the session's."""

    operation: str
    kind: SessionKind
    name: str
    arn: str
    user_id: str
    tags: SessionTags = NO_TAGS
    policies: SessionPolicies = NO_POLICIES
    packed_policy_size: int | None = None
    mfa_at: datetime | None = None


def long_term_caller(call: Call, action: str) -> CallerIdentity:
    """The user or root user who calls with long-term keys; AwsError for everyone else."""
    caller = call.caller
    refuse_caller(action, caller, call.settings)
    if caller.is_operator:
        raise access_denied(
            action, "*", caller, hint="the operator has no permissions of its own to hand out"
        )
    refuse_region(call, caller.account or call.account)
    return caller


def _seconds(call: Call) -> int:
    """Seconds asked for, by default twelve hours; a root user's are cut to one hour without a word."""
    seconds = int(call.params.get("DurationSeconds") or LONG_TERM_CALLER_DEFAULT)
    return min(seconds, ROOT_CALLER_MAXIMUM) if call.caller.caller.kind is CallerKind.ROOT else seconds


def issue_user_session(call: Call, plan: UserSessionPlan) -> Session:
    """Credentials whose permissions are the caller's."""
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
        packed_policy_size=plan.packed_policy_size,
        is_version_1_token=is_version_1(call, account),
    )


def _credentials(call: Call, plan: UserSessionPlan, account: str) -> Credentials:
    return mint(
        call.ids,
        account,
        call.now,
        _seconds(call),
        packed_bytes=packed_bytes(plan.policies, plan.tags.all),
        minimum_token_size=int(call.params.get("MinimumSessionTokenSize") or 0),
        is_version_1=is_version_1(call, account),
    )
