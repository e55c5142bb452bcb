"""How is GetSessionToken simulated? It returns temporary credentials of the calling user, for example to use
MFA.

https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sts_tui.iam.caller import CallerKind
from sts_tui.sts.credentials import credentials_shape, token_size_members
from sts_tui.sts.issuing.mfa import has_verified_mfa
from sts_tui.sts.issuing.user_sessions import UserSessionPlan, issue_user_session, long_term_caller
from sts_tui.sts.operation import Answer, Call
from sts_tui.sts.session import SessionKind

if TYPE_CHECKING:
    from sts_tui.sts import api_shapes as shapes

ACTION: Final = "sts:GetSessionToken"


def get_session_token(call: Call[shapes.GetSessionTokenRequest]) -> Answer[shapes.GetSessionTokenResponse]:
    """Issue credentials with the caller's permissions. No policy is evaluated."""
    caller = long_term_caller(call, ACTION)
    has_mfa = has_verified_mfa(call)
    is_root = caller.caller.kind is CallerKind.ROOT
    plan = UserSessionPlan(
        operation="GetSessionToken",
        kind=SessionKind.ROOT if is_root else SessionKind.USER,
        name="root-session" if is_root else f"{caller.label}-session",
        arn=caller.arn or "",
        user_id=caller.user_id or "",
        mfa_at=call.now if has_mfa else None,
    )
    session = issue_user_session(call, plan)
    response: shapes.GetSessionTokenResponse = {
        "Credentials": credentials_shape(session.credentials),
        **token_size_members(session.credentials),
    }
    return Answer(response=response, sessions=(session,))
