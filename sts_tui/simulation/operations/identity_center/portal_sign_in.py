"""Signing in at the access portal: a code that proves the sign-in is exchanged for an access token.

https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from sts_tui.account.identity_center import (
    DEFAULT_PORTAL_SESSION,
    CenterUser,
    IdentityCenterInstance,
    duration_of,
)
from sts_tui.account.persistent_map import PersistentMap
from sts_tui.account.sign_in import SignIn
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import sso_oauth as shapes

TOKEN_SIZE: Final = 128


def create_token(call: Call[shapes.CreateTokenRequest]) -> Answer[shapes.CreateTokenResponse]:
    """A portal session. Raises InvalidRequestException, UnsupportedGrantTypeException,
    InvalidGrantException, ExpiredTokenException, AccessDeniedException for a disabled user.
    """
    user, instance = _signed_in(call)
    span = portal_duration(instance)
    made = SignIn(
        arn=f"portal/{call.ids.request_id()}",
        kind="portal",
        principal=user.user_id,
        label=user.user_name,
        issued_at=call.now,
        expires_at=call.now + span,
        token=call.ids.token(TOKEN_SIZE),
        client_id=call.params["clientId"],
        region=call.region,
        last_used_at=call.now,
    )
    table = PersistentMap.of(call.configuration.sign_ins).updated({made.arn: made})
    return Answer(
        response={
            "accessToken": made.token,
            "tokenType": "Bearer",
            "expiresIn": int(span.total_seconds()),
        },
        configuration=replace(call.configuration, sign_ins=table),
        subject=f"arn:aws:identitystore:::user/{user.user_id}",
    )


def _signed_in(call: Call[shapes.CreateTokenRequest]) -> tuple[CenterUser, IdentityCenterInstance]:
    """The user that the code of a sign-in was issued to, and the instance. Raises what `create_token`
    does.
    """
    from sts_tui.identity_providers.sign_in_codes import (
        PORTAL,
        ExpiredCodeError,
        InvalidCodeError,
        read_code,
    )

    params = call.params
    if params["grantType"] != "authorization_code":
        hint = "only authorization_code is simulated: the code of a sign-in at the access portal"
        raise AwsError("UnsupportedGrantTypeException", "unsupported_grant_type", 400, hint=hint)
    code = params.get("code")
    if not code:
        raise AwsError("InvalidRequestException", "invalid_request", 400, hint="code is missing")
    try:
        user_id = read_code(PORTAL, code, call.now)
    except ExpiredCodeError as expired:
        raise AwsError("ExpiredTokenException", "expired_token", 400, hint=str(expired)) from None
    except InvalidCodeError as invalid:
        raise AwsError("InvalidGrantException", "invalid_grant", 400, hint=str(invalid)) from None
    user = call.configuration.directory_users.get(user_id)
    instance = next(iter(call.configuration.identity_center_instances.values()), None)
    if user is None or instance is None:
        raise AwsError("InvalidGrantException", "invalid_grant", 400, hint=f"there is no user {user_id}")
    if user.user_status == "DISABLED":
        raise AwsError("AccessDeniedException", "access_denied", 400, hint=f"{user.user_name} is disabled")
    return user, instance


def portal_duration(instance: IdentityCenterInstance) -> timedelta:
    """How long a sign-in to the portal lasts."""
    return duration_of(instance.portal_session_duration) or DEFAULT_PORTAL_SESSION


PERFORMS: dict[str, Perform] = {"CreateToken": create_token}
