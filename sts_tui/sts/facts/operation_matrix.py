"""Who can call each STS operation, how long does the result last, and what can the result call?

`caller_restrictions` enforces these rows; `docs/sts-operations.md` and the explorer's table of operations
show them. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from sts_tui.account.role_durations import HIGHEST_MAXIMUM, SHORTEST_SESSION
from sts_tui.iam.caller import OF_AN_ACCOUNT, CallerKind
from sts_tui.sts.facts.limits import (
    ASSUME_ROOT_DEFAULT,
    ASSUME_ROOT_MAXIMUM,
    DEFAULT_ROLE_SESSION,
    LONG_TERM_CALLER_DEFAULT,
    LONG_TERM_CALLER_MAXIMUM,
    ROLE_CHAINING_MAXIMUM,
    WEB_IDENTITY_TOKEN_DEFAULT,
)


class OperationRow(Struct, frozen=True, kw_only=True):
    """One operation: a row of AWS's comparison table. Durations are in seconds."""

    operation: str
    callers: tuple[CallerKind, ...]
    """Kinds of credentials that the operation accepts; empty if the call is not signed."""
    permission: str
    """What policies must allow."""
    result: str
    default_seconds: int | None = None
    shortest_seconds: int | None = None
    longest_seconds: int | None = None
    also_capped_by: str = ""
    takes_mfa: bool = False
    takes_session_policies: bool = False
    takes_tags: bool = False
    takes_scope_down_policy: bool = False

    @property
    def is_signed(self) -> bool:
        return bool(self.callers)

    @property
    def callers_in_words(self) -> str:
        """`IAM user, role session`; `anyone` if every kind of credentials is accepted."""
        if not self.is_signed:
            return "anyone with the token or assertion; not signed"
        return "anyone" if self.callers == ANY_CALLER else ", ".join(kind.value for kind in self.callers)


LONG_TERM: Final = (CallerKind.USER, CallerKind.ROOT)
_WITH_PERMISSION: Final = (CallerKind.USER, CallerKind.ROLE_SESSION, CallerKind.ROOT, CallerKind.ROOT_SESSION)
ANY_CALLER: Final = (*OF_AN_ACCOUNT, CallerKind.SERVICE)

_ROWS: Final = (
    OperationRow(
        operation="AssumeRole",
        callers=(CallerKind.USER, CallerKind.USER_SESSION, CallerKind.ROLE_SESSION, CallerKind.SERVICE),
        permission="`sts:AssumeRole` in the role's trust policy; in identity-based policies too, unless the "
        "trust policy names the caller itself in the same account",
        result="role session",
        default_seconds=DEFAULT_ROLE_SESSION,
        shortest_seconds=SHORTEST_SESSION,
        longest_seconds=HIGHEST_MAXIMUM,
        also_capped_by=f"the role's MaxSessionDuration; {ROLE_CHAINING_MAXIMUM // 3600} hour if temporary "
        "credentials call (role chaining)",
        takes_mfa=True,
        takes_session_policies=True,
        takes_tags=True,
    ),
    OperationRow(
        operation="AssumeRoleWithSAML",
        callers=(),
        permission="`sts:AssumeRoleWithSAML` only in the role's trust policy",
        result="role session",
        default_seconds=DEFAULT_ROLE_SESSION,
        shortest_seconds=SHORTEST_SESSION,
        longest_seconds=HIGHEST_MAXIMUM,
        also_capped_by="the role's MaxSessionDuration; the assertion's SessionDuration and "
        "SessionNotOnOrAfter",
        takes_session_policies=True,
    ),
    OperationRow(
        operation="AssumeRoleWithWebIdentity",
        callers=(),
        permission="`sts:AssumeRoleWithWebIdentity` only in the role's trust policy",
        result="role session",
        default_seconds=DEFAULT_ROLE_SESSION,
        shortest_seconds=SHORTEST_SESSION,
        longest_seconds=HIGHEST_MAXIMUM,
        also_capped_by="the role's MaxSessionDuration; not the token's own `exp`",
        takes_session_policies=True,
    ),
    OperationRow(
        operation="AssumeRoot",
        callers=(CallerKind.USER, CallerKind.ROLE_SESSION),
        permission="`sts:AssumeRoot` on the member account's root, in the management account or the "
        "delegated administrator account for IAM",
        result="root session of a member account, limited by one task policy",
        default_seconds=ASSUME_ROOT_DEFAULT,
        shortest_seconds=0,
        longest_seconds=ASSUME_ROOT_MAXIMUM,
    ),
    OperationRow(
        operation="DecodeAuthorizationMessage",
        callers=_WITH_PERMISSION,
        permission="`sts:DecodeAuthorizationMessage`",
        result="the details of an EC2 denial",
    ),
    OperationRow(
        operation="GetAccessKeyInfo",
        callers=_WITH_PERMISSION,
        permission="`sts:GetAccessKeyInfo`",
        result="the account of an access key",
    ),
    OperationRow(
        operation="GetCallerIdentity",
        callers=ANY_CALLER,
        permission="none; cannot be denied",
        result="UserId, Account, Arn",
    ),
    OperationRow(
        operation="GetDelegatedAccessToken",
        callers=OF_AN_ACCOUNT,
        permission="a trade-in token from a delegation; not simulated",
        result="credentials of the named principal",
    ),
    OperationRow(
        operation="GetFederationToken",
        callers=LONG_TERM,
        permission="`sts:GetFederationToken` on the federated user",
        result="federated user session: the caller's permissions within the session policies",
        default_seconds=LONG_TERM_CALLER_DEFAULT,
        shortest_seconds=SHORTEST_SESSION,
        longest_seconds=LONG_TERM_CALLER_MAXIMUM,
        also_capped_by="one hour for a root user, without an error",
        takes_session_policies=True,
        takes_tags=True,
    ),
    OperationRow(
        operation="GetScopedCredentials",
        callers=(
            CallerKind.USER_SESSION,
            CallerKind.ROLE_SESSION,
            CallerKind.FEDERATED_USER,
            CallerKind.ROOT_SESSION,
        ),
        permission="`sts:GetScopedCredentials` (assumed; setting GetScopedCredentialsNeedsPermission)",
        result="the same session, limited by up to three scope-down policies",
        shortest_seconds=1,
        longest_seconds=LONG_TERM_CALLER_MAXIMUM,
        also_capped_by="the time left in the calling session, which is the default",
        takes_scope_down_policy=True,
    ),
    OperationRow(
        operation="GetSessionToken",
        callers=LONG_TERM,
        permission="none; no policy controls it",
        result="session of the same user",
        default_seconds=LONG_TERM_CALLER_DEFAULT,
        shortest_seconds=SHORTEST_SESSION,
        longest_seconds=LONG_TERM_CALLER_MAXIMUM,
        also_capped_by="one hour for a root user, without an error",
        takes_mfa=True,
    ),
    OperationRow(
        operation="GetWebIdentityToken",
        callers=(CallerKind.USER, CallerKind.USER_SESSION, CallerKind.ROLE_SESSION),
        permission="`sts:GetWebIdentityToken` on `arn:aws:sts::ACCOUNT:self`; `sts:TagGetWebIdentityToken` "
        "for tags, `sts:SetWebIdentityTokenScope` for a scope",
        result="a signed JWT for services outside AWS, no credentials",
        default_seconds=WEB_IDENTITY_TOKEN_DEFAULT,
        shortest_seconds=60,
        longest_seconds=3600,
        also_capped_by="the time left in the calling session",
        takes_tags=True,
    ),
)

OPERATION_ROWS: Final[Mapping[str, OperationRow]] = {row.operation: row for row in _ROWS}


class CredentialsRow(Struct, frozen=True, kw_only=True):
    """What one kind of credentials can call."""

    credentials: str
    iam: str
    sts: str
    console: str


def _operations_of(kind: CallerKind) -> str:
    return ", ".join(row.operation for row in _ROWS if kind in row.callers)


CREDENTIALS_ROWS: Final = (
    CredentialsRow(
        credentials="long-term keys of an IAM user",
        iam="as policies allow",
        sts="as policies allow",
        console="no (a password is needed)",
    ),
    CredentialsRow(
        credentials="AssumeRole, AssumeRoleWithSAML, AssumeRoleWithWebIdentity",
        iam="as policies allow",
        sts="as policies allow, except GetFederationToken and GetSessionToken",
        console="yes",
    ),
    CredentialsRow(
        credentials="AssumeRoot",
        iam="what the task policy covers",
        sts="GetCallerIdentity; otherwise what the task policy covers",
        console="no (not documented)",
    ),
    CredentialsRow(
        credentials="GetFederationToken",
        iam="nothing",
        sts=_operations_of(CallerKind.FEDERATED_USER),
        console="yes",
    ),
    CredentialsRow(
        credentials="GetScopedCredentials",
        iam="as the calling session, within every scope-down policy",
        sts="as the calling session, within every scope-down policy",
        console="not documented",
    ),
    CredentialsRow(
        credentials="GetSessionToken without MFA",
        iam="nothing",
        sts=_operations_of(CallerKind.USER_SESSION),
        console="no",
    ),
    CredentialsRow(
        credentials="GetSessionToken with MFA",
        iam="as policies allow",
        sts=_operations_of(CallerKind.USER_SESSION),
        console="no",
    ),
    CredentialsRow(
        credentials="IAM Identity Center",
        iam="as policies allow",
        sts="as policies allow, except GetFederationToken and GetSessionToken",
        console="yes",
    ),
    CredentialsRow(
        credentials="GetCredentialsForIdentity of a Cognito identity pool, after signing in",
        iam="as policies allow",
        sts="as policies allow, except GetFederationToken and GetSessionToken",
        console="yes",
    ),
    CredentialsRow(
        credentials="GetCredentialsForIdentity of a Cognito identity pool, as a guest",
        iam="nothing: its session policies do not allow it",
        sts="GetCallerIdentity",
        console="not documented",
    ),
    CredentialsRow(
        credentials="CreateSession of IAM Roles Anywhere",
        iam="as policies allow",
        sts="as policies allow, except GetFederationToken and GetSessionToken",
        console="yes",
    ),
    CredentialsRow(
        credentials="AssumeRoleForPodIdentity of EKS Pod Identity",
        iam="as policies allow",
        sts="as policies allow, except GetFederationToken and GetSessionToken",
        console="yes",
    ),
    CredentialsRow(
        credentials="`aws login` of an IAM user",
        iam="as policies allow",
        sts=f"{_operations_of(CallerKind.USER_SESSION)} (not documented)",
        console="no",
    ),
)
