"""Signing in to the console: with a password, as the root user, or with temporary credentials of a broker.

A custom broker exchanges temporary credentials for a sign-in token and builds a URL from it; anyone who opens
the URL within 15 minutes has a console session.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html
https://docs.aws.amazon.com/signin/latest/userguide/how-to-sign-in.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from msgspec.structs import replace

from sts_tui.account.persistent_map import PersistentMap
from sts_tui.account.role_durations import SHORTEST_SESSION
from sts_tui.account.sign_in import SignIn
from sts_tui.iam.caller import CallerKind
from sts_tui.simulation.operations.sign_in.principals import (
    LONGEST_CONSOLE_SESSION,
    console_session_ends,
    new_arn,
)
from sts_tui.sts.authenticate import authenticate
from sts_tui.sts.errors import AwsError
from sts_tui.sts.facts.limits import ROLE_CHAINING_MAXIMUM
from sts_tui.sts.identity import CallerIdentity, session_identity
from sts_tui.sts.operation import Answer, Call, Perform
from sts_tui.sts.session import Session

_SIGN_IN_TOKEN: Final = "sign-in token"


def console_login(call: Call) -> Answer:
    """A console session of the caller, or of the credentials behind `SigninToken`. Raises AwsError for a user
    without a password, and for a token that is not valid.
    """
    token = call.params.get("SigninToken")
    caller, wanted = _behind_token(call, str(token)) if token else (call.caller, None)
    _refuse_without_password(call, caller)
    account = caller.account or call.account
    made = SignIn(
        arn=new_arn(call, account),
        kind="console",
        principal=caller.arn or "",
        label=caller.label,
        issued_at=call.now,
        expires_at=console_session_ends(call, caller, wanted),
        region=call.region,
        last_used_at=call.now,
        credentials=caller.session.access_key_id if caller.session is not None else "",
    )
    table = PersistentMap.of(call.configuration.sign_ins).updated({made.arn: made})
    return Answer(
        response={"sessionArn": made.arn, "expiresAt": int(made.expires_at.timestamp())},
        configuration=replace(call.configuration, sign_ins=table),
        subject=made.arn,
    )


def get_signin_token(call: Call) -> Answer:
    """A token for a console URL. Raises AwsError for credentials that are not temporary ones of a role or of
    a federated user, and for a SessionDuration that is not allowed with them.
    """
    from sts_tui.identity_providers.sign_in_codes import issue_code  # signing loads cryptography

    session = _given_session(call)
    seconds = call.params.get("SessionDuration")
    _refuse_duration(session, seconds)
    subject = json.dumps([session.access_key_id, seconds])
    return Answer(response={"SigninToken": issue_code(_SIGN_IN_TOKEN, subject, call.now)})


def _behind_token(call: Call, token: str) -> tuple[CallerIdentity, timedelta | None]:
    from sts_tui.identity_providers.sign_in_codes import InvalidCodeError, read_code

    try:
        key, seconds = json.loads(read_code(_SIGN_IN_TOKEN, token, call.now))
    except InvalidCodeError as invalid:
        raise _refused(f"The sign-in token is not valid: {invalid}") from None
    session = call.sessions.get(key)
    if session is None:
        raise _refused("The sign-in token is not valid: its credentials are gone")
    return session_identity(session), None if seconds is None else timedelta(seconds=seconds)


def _given_session(call: Call) -> Session:
    """The session of the credentials in `Session`, which have to be valid and of the right kind."""
    given: Mapping[str, Any] = call.params["Session"]
    caller = authenticate(
        str(given.get("sessionId", "")),
        configuration=call.configuration,
        sessions=call.sessions,
        now=call.now,
        secret=str(given.get("sessionKey", "")),
        token=str(given.get("sessionToken", "")),
        service="signin",
        settings=call.settings,
    )
    kinds = (CallerKind.ROLE_SESSION, CallerKind.FEDERATED_USER)
    if caller.session is None or caller.caller.kind not in kinds:
        raise _refused(
            "The credentials are not of AssumeRole or GetFederationToken.",
            "AWS makes console URLs of role sessions and of federated user sessions only",
        )
    return caller.session


def _refuse_duration(session: Session, seconds: int | None) -> None:
    if seconds is None:
        return
    if session.first_operation == "GetFederationToken":
        raise _refused("SessionDuration cannot be used with credentials from GetFederationToken.")
    longest = ROLE_CHAINING_MAXIMUM if session.is_chained else int(LONGEST_CONSOLE_SESSION.total_seconds())
    if not SHORTEST_SESSION <= seconds <= longest:
        raise _refused(f"SessionDuration is between {SHORTEST_SESSION} and {longest} seconds.")


def _refuse_without_password(call: Call, caller: CallerIdentity) -> None:
    if caller.session is not None or caller.caller.kind is CallerKind.ROOT:
        if caller.is_operator:
            raise _refused("The operator is not a principal of an account.")
        return
    user = call.configuration.users.get(caller.user_arn or "")
    if user is None or user.login_profile is None:
        raise _refused(
            "Your authentication information is incorrect. Please try again.",
            f"{caller.label} has no console password (LoginProfile)",
        )


def _refused(message: str, hint: str = "") -> AwsError:
    return AwsError("SigninFailure", message, 400, hint=hint)


PERFORMS: dict[str, Perform] = {"ConsoleLogin": console_login, "GetSigninToken": get_signin_token}
