"""Sessions that a user or root user draws on their own permissions, with long-term keys.

Shared by GetSessionToken and GetFederationToken.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sts_tui.iam.caller import CallerKind
from sts_tui.sts.credentials import mint
from sts_tui.sts.denials import access_denied
from sts_tui.sts.identity import CallerIdentity
from sts_tui.sts.limits import LONG_TERM_CALLER_DEFAULT, ROOT_CALLER_MAXIMUM
from sts_tui.sts.regions import GLOBAL_ENDPOINT, refuse_region
from sts_tui.sts.session import Session, SessionKind
from sts_tui.sts.session_policies import NO_POLICIES, SessionPolicies, packed_bytes
from sts_tui.sts.tags import NO_TAGS, SessionTags
from sts_tui.sts.who_may_call import refuse_caller

if TYPE_CHECKING:
    from sts_tui.sts.operation import Call


def long_term_caller(call: Call, action: str) -> CallerIdentity:
    """The user or root user who calls with long-term keys; AwsError for everyone else."""
    caller = call.caller
    refuse_caller(action, caller, call.settings)
    if caller.is_operator:
        raise access_denied(
            action, "*", caller, hint="the operator has no permissions of its own to hand out"
        )
    refuse_region(call.region, caller.account or call.account, call.settings)
    return caller


def seconds_for_long_term_caller(call: Call) -> int:
    """Seconds asked for, by default twelve hours; a root user's are cut to one hour without a word."""
    seconds = int(call.params.get("DurationSeconds") or LONG_TERM_CALLER_DEFAULT)
    return min(seconds, ROOT_CALLER_MAXIMUM) if call.caller.caller.kind is CallerKind.ROOT else seconds


def issue_user_session(
    call: Call,
    *,
    operation: str,
    kind: SessionKind,
    seconds: int,
    name: str,
    arn: str,
    user_id: str,
    tags: SessionTags = NO_TAGS,
    policies: SessionPolicies = NO_POLICIES,
    packed_policy_size: int | None = None,
    mfa_at: datetime | None = None,
) -> Session:
    """Credentials whose permissions are the caller's."""
    caller = call.caller
    account = caller.account or call.account
    credentials = mint(
        call.ids,
        account,
        call.now,
        seconds,
        packed_bytes=packed_bytes(policies, tags.all),
        minimum_token_size=int(call.params.get("MinimumSessionTokenSize") or 0),
    )
    return Session(
        name=call.session_label or name,
        kind=kind,
        operation=operation,
        credentials=credentials,
        account=account,
        arn=arn,
        user_id=user_id,
        issuer_arn=caller.arn or "",
        issuer_id=caller.caller.unique_id or account,
        issued_at=call.now,
        expires_at=credentials.expiration,
        parent=caller.access_key_id,
        parent_label=caller.label,
        tags=tags.all,
        session_policies=policies.documents,
        session_policy_arns=policies.arns,
        has_session_policy=policies.are_set,
        mfa_at=mfa_at,
        packed_policy_size=packed_policy_size,
        is_global_token=call.region == GLOBAL_ENDPOINT,
    )
