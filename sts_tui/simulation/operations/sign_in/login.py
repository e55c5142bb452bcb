"""`aws login`: a console sign-in gives an authorization code, which is exchanged for refreshable credentials.
The credentials last 15 minutes at most; the refresh token gives new ones until the sign-in session ends or is
revoked. They belong to the principal who signed in, and carry `aws:SignInSessionArn`.
https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sign-in.html
https://docs.aws.amazon.com/signin/latest/APIReference/API_CreateOAuth2Token.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from sts_tui.account.persistent_map import PersistentMap
from sts_tui.account.regions import DEFAULT_REGION
from sts_tui.account.sign_in import SignIn
from sts_tui.iam.caller import CallerKind
from sts_tui.simulation.operations.sign_in.principals import (
    console_session_ends,
    denied,
    new_arn,
    principal_of,
)
from sts_tui.sts.credentials import mint
from sts_tui.sts.errors import AwsError
from sts_tui.sts.identity import CallerIdentity
from sts_tui.sts.ids import UNPADDED_TOKEN_LENGTH
from sts_tui.sts.operation import Answer, Call, Perform
from sts_tui.sts.session import Session, SessionKind

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import signin as shapes

LIFETIME: Final = timedelta(seconds=900)
SAME_DEVICE: Final = "arn:aws:signin:::devtools/same-device"
SESSION_KEY: Final = "aws:SignInSessionArn"
_RESOURCES: Final = {
    SAME_DEVICE: "localhost",
    "arn:aws:signin:::devtools/cross-device": "remote",
}
"""The resource of the permissions, by client."""
REFRESH_TOKEN_SIZE: Final = 512


def authorize(call: Call) -> Answer:
    """An authorization code, issued by the page on which the principal is signed in to the console. Raises
    AwsError for a console session that has ended, and denials of `signin:AuthorizeOAuth2Access`.
    """
    from sts_tui.identity_providers.sign_in_codes import CONSOLE, issue_code  # signing loads cryptography

    client = str(call.params["clientId"])
    origin = call.configuration.sign_ins.get(str(call.params["sessionArn"]))
    if origin is None or origin.kind != "console" or not origin.is_active(call.now):
        raise denied("TOKEN_EXPIRED", "there is no console session, or it has ended")
    _authorize(call, "signin:AuthorizeOAuth2Access", principal_of(call, origin), client)
    subject = f"{_RESOURCES[client]} {origin.arn.rpartition('/')[2]}"  # a code has 512 characters at most
    return Answer(response={"code": issue_code(CONSOLE, subject, call.now)})


def create_token(call: Call[shapes.CreateOAuth2TokenRequest]) -> Answer:
    """Credentials for a code or a refresh token. Raises AwsError: AUTHCODE_EXPIRED, TOKEN_EXPIRED,
    USER_CREDENTIALS_CHANGED, and denials of `signin:CreateOAuth2Token`.
    """
    given: Mapping[str, Any] = call.params["tokenInput"]
    is_first = given["grantType"] == "authorization_code"
    sign_in = _begun(call, given) if is_first else _refreshed(call, given)
    caller = principal_of(call, sign_in)
    _authorize(call, "signin:CreateOAuth2Token", caller, sign_in.client_id)
    session = _session(call, sign_in, caller)
    table = PersistentMap.of(call.configuration.sign_ins).updated({sign_in.arn: sign_in})
    output = {
        "accessToken": {
            "accessKeyId": session.credentials.access_key_id,
            "secretAccessKey": session.credentials.secret_access_key,
            "sessionToken": session.credentials.session_token,
        },
        "tokenType": "aws_sigv4",
        "expiresIn": int((session.expires_at - call.now).total_seconds()),
        "refreshToken": sign_in.token,
    }
    return Answer(
        response={"tokenOutput": output},
        configuration=replace(call.configuration, sign_ins=table),
        sessions=(session,),
        subject=sign_in.arn,
    )


def _begun(call: Call, given: Mapping[str, Any]) -> SignIn:
    """The sign-in session that a code begins."""
    from sts_tui.identity_providers.sign_in_codes import (
        CONSOLE,
        ExpiredCodeError,
        InvalidCodeError,
        read_code,
    )

    code = given.get("code")
    if not code:
        raise AwsError("ValidationException", "INVALID_REQUEST: code is missing", 400)
    try:
        client, _, name = read_code(CONSOLE, code, call.now).partition(" ")
    except ExpiredCodeError as expired:
        raise denied("AUTHCODE_EXPIRED", str(expired)) from None
    except InvalidCodeError as invalid:
        raise AwsError("ValidationException", f"INVALID_REQUEST: {invalid}", 400) from None
    found = (one for arn, one in call.configuration.sign_ins.items() if arn.endswith(f"/{name}"))
    origin = next(found, None)
    if client != _RESOURCES[given["clientId"]] or origin is None:
        raise AwsError("ValidationException", "INVALID_REQUEST: the code was issued to another client", 400)
    caller = principal_of(call, origin)
    return SignIn(
        arn=new_arn(call, caller.account or call.account),
        kind="CLI",
        principal=origin.principal,
        label=origin.label,
        issued_at=call.now,
        expires_at=_ends(call, origin, caller),
        token=call.ids.token(REFRESH_TOKEN_SIZE),
        client_id=given["clientId"],
        origin=origin.arn,
        region=call.region,
        last_used_at=call.now,
        credentials=origin.credentials,
    )


def _ends(call: Call, origin: SignIn, caller: CallerIdentity) -> datetime:
    """When the login ends. For a user or root user it lasts as long as a console session; with temporary
    credentials it ends with the console session that they created.
    """
    return console_session_ends(call, caller, None) if not origin.credentials else origin.expires_at


def _refreshed(call: Call, given: Mapping[str, Any]) -> SignIn:
    token = given.get("refreshToken")
    for one in call.configuration.sign_ins.values():
        if token and one.token == token and one.client_id == given["clientId"]:
            if one.ended_at is not None:
                raise denied("TOKEN_EXPIRED", "the session was revoked")
            if call.now >= one.expires_at:
                raise denied("TOKEN_EXPIRED", "the session has expired")
            return replace(one, last_used_at=call.now)
    raise AwsError("ValidationException", "INVALID_REQUEST: no session has this refresh token", 400)


def _authorize(call: Call, action: str, caller: CallerIdentity, client: str) -> None:
    """Authorize the action on the client for the principal; a root user needs no permission. Raises
    denials.
    """
    if caller.caller.kind is CallerKind.ROOT:
        return
    partition, account = (caller.arn or "arn:aws").split(":")[1], caller.account or ""
    region = DEFAULT_REGION if call.region == "aws-global" else call.region
    resource = f"arn:{partition}:signin:{region}:{account}:oauth2/public-client/{_RESOURCES[client]}"
    context = {"signin:OAuthClientId": client}
    call.authorize(action, resource, resource_account=account, context=context, caller=caller)


def _session(call: Call, sign_in: SignIn, caller: CallerIdentity) -> Session:
    account = caller.account or call.account
    ends = min(call.now + LIFETIME, sign_in.expires_at)
    credentials = mint(call.ids, account, ends, UNPADDED_TOKEN_LENGTH)
    if caller.session is not None:
        carried = {**caller.session.context, SESSION_KEY: sign_in.arn}
        return replace(
            caller.session,
            name=call.session_label or caller.session.name,
            operation="CreateOAuth2Token",
            credentials=credentials,
            issued_at=call.now,
            expires_at=credentials.expiration,
            token_issue_time=None,
            context=carried,
            workload=None,
            sign_in=sign_in.arn,
        )
    is_root = caller.caller.kind is CallerKind.ROOT
    user = call.configuration.users.get(caller.user_arn or "")
    return Session(
        name=call.session_label or ("root-login" if is_root else f"{caller.label}-login"),
        kind=SessionKind.ROOT if is_root else SessionKind.USER,
        operation="CreateOAuth2Token",
        credentials=credentials,
        account=account,
        arn=caller.arn or "",
        user_id=caller.user_id or "",
        issuer_arn=caller.arn or "",
        issuer_id=caller.caller.unique_id or account,
        issued_at=call.now,
        expires_at=credentials.expiration,
        parent_label=caller.label,
        mfa_at=_signed_in_at(call, sign_in) if user is not None and user.mfa_devices else None,
        context={SESSION_KEY: sign_in.arn},
        sign_in=sign_in.arn,
    )


def _signed_in_at(call: Call, sign_in: SignIn) -> datetime:
    """When the user signed in to the console, with the code of a device."""
    origin = call.configuration.sign_ins.get(sign_in.origin)
    return origin.issued_at if origin is not None else sign_in.issued_at


PERFORMS: dict[str, Perform] = {"AuthorizeOAuth2Access": authorize, "CreateOAuth2Token": create_token}
