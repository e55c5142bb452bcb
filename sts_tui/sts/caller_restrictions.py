"""Can these credentials be used for this action at all? What AWS refuses before it evaluates any policy.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sts_tui.iam.caller import CallerKind
from sts_tui.sts.authenticate import invalid_token, missing_token
from sts_tui.sts.denials import access_denied
from sts_tui.sts.errors import AwsError
from sts_tui.sts.facts.operation_matrix import LONG_TERM, OPERATION_ROWS, OperationRow
from sts_tui.sts.identity import CallerIdentity

if TYPE_CHECKING:
    from sts_tui.account.entities import Settings

INVALID_SUBJECT: Final = "The calling session's credentials could not be validated or resolved."
ROOT_MAY_NOT_ASSUME: Final = "Roles may not be assumed by root accounts."


def refuse_caller(action: str, caller: CallerIdentity, settings: Settings, resource: str = "*") -> None:
    """Raise AwsError if these credentials cannot be used for `action`, whatever the policies.

    Called for every action, after authentication and before parameters and policies are checked: credentials
    from GetFederationToken, and from GetSessionToken without MFA, cannot call any operation of IAM.
    """
    if caller.is_operator:
        return
    service, _, operation = action.partition(":")
    if service.lower() == "iam":
        _refuse_for_iam(action, caller)
    if service.lower() == "sts" and (row := OPERATION_ROWS.get(operation)) and row.is_signed:
        _refuse_for_sts(row, caller, settings, resource)


def _refuse_for_iam(action: str, caller: CallerIdentity) -> None:
    from sts_tui.iam.credential_limits import NO_OPERATIONS

    if action.lower() in NO_OPERATIONS:
        return
    kind = caller.caller.kind
    if kind is CallerKind.FEDERATED_USER:
        raise invalid_token("iam", "credentials from GetFederationToken cannot call IAM")
    if _is_from_get_session_token(caller) and not caller.caller.has_mfa:
        raise invalid_token(
            "iam", "credentials from GetSessionToken can call IAM only if they were issued with MFA"
        )


def _refuse_for_sts(row: OperationRow, caller: CallerIdentity, settings: Settings, resource: str) -> None:
    kind = caller.caller.kind
    action = f"sts:{row.operation}"
    if kind is CallerKind.ANONYMOUS:
        raise missing_token()
    if row.operation == "AssumeRole" and kind in (CallerKind.ROOT, CallerKind.ROOT_SESSION):
        raise AwsError("AccessDenied", ROOT_MAY_NOT_ASSUME, 403)
    if row.operation == "GetScopedCredentials" and _has_no_session_to_scope(kind, settings):
        raise invalid_subject(f"credentials of this kind cannot be scoped down: {kind.value}")
    if row.callers == LONG_TERM and caller.is_temporary:
        raise AwsError("AccessDenied", f"Cannot call {row.operation} with session credentials", 403)
    if row.operation == "GetWebIdentityToken" and caller.account and caller.arn:
        resource = self_arn(caller)
    if kind not in row.callers:
        raise access_denied(
            action,
            resource,
            caller,
            hint=f"{row.operation} does not accept credentials of this kind: {kind.value}",
        )
    if _is_from_get_session_token(caller) and not _user_session_may(row.operation, caller, settings):
        raise access_denied(
            action, resource, caller, hint=f"GetSessionToken credentials cannot call {row.operation}"
        )


def self_arn(caller: CallerIdentity) -> str:
    """The resource of GetWebIdentityToken: the caller's account, as `arn:aws:sts::ACCOUNT:self`."""
    return f"arn:{(caller.arn or 'arn:aws').split(':')[1]}:sts::{caller.account}:self"


def _has_no_session_to_scope(kind: CallerKind, settings: Settings) -> bool:
    """Whether the credentials have no session, as long-term keys. AWS refuses "root credentials"; whether
    that includes sessions of a root user is not documented.
    """
    return kind in LONG_TERM or (kind is CallerKind.ROOT_SESSION and not settings.root_may_scope)


def invalid_subject(hint: str) -> AwsError:
    """The error of GetScopedCredentials for credentials that are not a session. Its code is documented for
    sessions that cannot be validated; that it applies to long-term keys too is an assumption.
    https://docs.aws.amazon.com/STS/latest/APIReference/API_GetScopedCredentials.html
    """
    return AwsError("InvalidSubjectCredentials", INVALID_SUBJECT, hint=hint)


def _is_from_get_session_token(caller: CallerIdentity) -> bool:
    return caller.session is not None and caller.session.first_operation == "GetSessionToken"


def _user_session_may(operation: str, caller: CallerIdentity, settings: Settings) -> bool:
    """Whether GetSessionToken credentials, including those of a root user, can call the operation.

    AWS's pages disagree about these credentials, so there is a setting.
    """
    if operation == "GetCallerIdentity":
        return True
    is_open = CallerKind.USER_SESSION in OPERATION_ROWS[operation].callers
    match settings.user_sessions_call_sts:
        case "AssumeRole":
            return is_open
        case "WithMfa":
            return is_open and caller.caller.has_mfa
        case "Never":
            return False
