"""Whose sign-in is it, and may that principal still get credentials with it?

https://docs.aws.amazon.com/signin/latest/APIReference/API_CreateOAuth2Token.html
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import User
from sts_tui.account.regions import DEFAULT_REGION
from sts_tui.account.sign_in import SignIn
from sts_tui.sts.errors import AwsError
from sts_tui.sts.identity import CallerIdentity, root_identity, session_identity, user_identity
from sts_tui.sts.operation import Call
from sts_tui.sts.session import Session, SessionKind

LONGEST_CONSOLE_SESSION: Final = timedelta(hours=12)
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html"""


def denied(error: str, message: str, hint: str = "") -> AwsError:
    """A refusal of the sign-in service: `TOKEN_EXPIRED`, `USER_CREDENTIALS_CHANGED` …"""
    return AwsError("AccessDeniedException", f"{error}: {message}", 403, hint=hint)


def principal_of(call: Call, sign_in: SignIn) -> CallerIdentity:
    """The signed-in principal as it is now. Raises AwsError: USER_CREDENTIALS_CHANGED if the user or password
    was deleted, TOKEN_EXPIRED if the credentials no longer exist.
    """
    if sign_in.credentials:
        return session_identity(session_behind(call, sign_in))
    account = sign_in.principal.split(":")[4]
    if sign_in.principal.endswith(":root"):
        return root_identity(account, call.configuration.partition_of(account))
    user = call.configuration.users.get(sign_in.principal)
    if user is None or user.login_profile is None:
        raise denied("USER_CREDENTIALS_CHANGED", f"{sign_in.label} can no longer sign in")
    return user_identity(user)


def session_behind(call: Call, sign_in: SignIn) -> Session:
    """The credentials that created a console session. Raises AwsError TOKEN_EXPIRED if they or their role no
    longer exist.
    """
    session = call.sessions.get(sign_in.credentials)
    if session is None or not _exists(session, call.configuration):
        raise denied("TOKEN_EXPIRED", f"the credentials behind {sign_in.label} are gone")
    return session


def _exists(session: Session, configuration: Configuration) -> bool:
    if session.kind is SessionKind.ROLE:
        role = configuration.roles.get(session.issuer_arn)
        return role is not None and role.role_id == session.issuer_id
    user = configuration.users.get(session.issuer_arn)
    return user is None or user.user_id == session.issuer_id


def console_session_ends(call: Call, caller: CallerIdentity, wanted: timedelta | None) -> datetime:
    """When a console session of this principal ends. MaxSigninSessionDuration of the user or role replaces
    the twelve hours; `wanted` is the SessionDuration of a custom broker.
    """
    session = caller.session
    if session is None:
        user = call.configuration.users.get(caller.user_arn or "")
        return call.now + (_configured(user) or LONGEST_CONSOLE_SESSION)
    ends = session.expires_at if wanted is None else call.now + wanted
    role = call.configuration.roles.get(session.issuer_arn)
    longest = role.max_signin_session_duration if role is not None else None
    return ends if longest is None else min(ends, call.now + timedelta(seconds=longest))


def _configured(user: User | None) -> timedelta | None:
    profile = user.login_profile if user is not None else None
    seconds = profile.max_signin_session_duration if profile is not None else None
    return None if seconds is None else timedelta(seconds=seconds)


def new_arn(call: Call, account: str) -> str:
    """The ARN of a new sign-in session."""
    partition = call.configuration.partition_of(account)
    region = DEFAULT_REGION if call.region == "aws-global" else call.region
    return f"arn:{partition}:signin:{region}:{account}:session/{call.ids.request_id()}"
