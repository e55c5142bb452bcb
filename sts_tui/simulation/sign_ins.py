"""Which calls sign a user in, at the access portal of Identity Center or at the console? Users sign in on a
page of AWS. The page's code is issued here, and the calls that exchange it are returned; front ends make
them, as an AWS client would.
https://docs.aws.amazon.com/singlesignon/latest/userguide/using-the-portal.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from sts_tui.account.diagnostics.suggestions import did_you_mean
from sts_tui.account.identity_center import CenterUser
from sts_tui.account.permission_set_roles import set_name
from sts_tui.account.sign_in import SignIn
from sts_tui.simulation.identities import ANONYMOUS, Identity, IdentityKind, account_id
from sts_tui.simulation.operations.identity_center.portal import assigned
from sts_tui.simulation.operations.sign_in.login import SAME_DEVICE
from sts_tui.simulation.world import World
from sts_tui.sts.session import Session

PORTAL_CLIENT: Final = "sts-tui"
SIGN_IN_TOKEN: Final = "${SigninToken}"
"""A placeholder for the token that GetSigninToken returns."""


class CannotSignInError(Exception):
    """This sign-in is not possible; the message says why, the hint what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def portal_user(name: str, world: World) -> CenterUser:
    """The user of Identity Center with this name or id. Raises CannotSignInError."""
    users = world.configuration.directory_users
    if name in users:
        return users[name]
    for user in users.values():
        if user.user_name.lower() == name.lower():
            return user
    names = [user.user_name for user in users.values()]
    if not names:
        raise CannotSignInError("the account files have no users of IAM Identity Center")
    raise CannotSignInError(f"Identity Center has no user {name!r}", did_you_mean(name, names))


def portal_code(user: CenterUser, world: World) -> str:
    """The code that the portal gives to a client after the user has signed in."""
    from sts_tui.identity_providers.sign_in_codes import PORTAL, issue_code  # signing loads cryptography

    return issue_code(PORTAL, user.user_id, world.now)


def context_assertion(user: CenterUser, world: World) -> str:
    """The assertion that an application passes to AssumeRole in ProvidedContexts for its signed-in user."""
    from sts_tui.identity_providers.sign_in_codes import IDENTITY_CONTEXT, issue_code  # as above

    return issue_code(IDENTITY_CONTEXT, user.user_id, world.now)


def portal_sign_in(user: CenterUser, world: World) -> tuple[str, Mapping[str, object]]:
    """(action, parameters) of the call that creates a portal session."""
    return "sso-oauth:CreateToken", {
        "clientId": PORTAL_CLIENT,
        "clientSecret": PORTAL_CLIENT,
        "grantType": "authorization_code",
        "code": portal_code(user, world),
    }


def open_portal_session(user: CenterUser, world: World) -> SignIn | None:
    """The user's newest portal session that has not ended."""
    found = [
        one
        for one in world.configuration.sign_ins.values()
        if one.kind == "portal" and one.principal == user.user_id and one.is_active(world.now)
    ]
    return found[-1] if found else None


def role_of_portal(sign_in: SignIn, account: str, set_name: str) -> tuple[str, Mapping[str, object]]:
    """(action, parameters) of the call that gets credentials of a permission set."""
    params = {"roleName": set_name, "accountId": account, "accessToken": sign_in.token}
    return "sso:GetRoleCredentials", params


def end_of_portal_session(sign_in: SignIn) -> tuple[str, Mapping[str, object]]:
    """(action, parameters) of the call that ends a portal session."""
    return "sso:Logout", {"accessToken": sign_in.token}


def console_sign_in(who: Identity, world: World) -> Iterator[tuple[str, Mapping[str, object], Identity]]:
    """(action, parameters, caller) of the calls that sign in to the console: a user or root user at the
    sign-in page, the holder of temporary credentials by the URL of a broker. In the second call
    `SIGN_IN_TOKEN` is a placeholder for the first call's token. Raises CannotSignInError.
    """
    match who.kind:
        case IdentityKind.USER | IdentityKind.ROOT:
            yield "signin:ConsoleLogin", {}, replace(who, access_key_id=None)
        case IdentityKind.SESSION:
            credentials = world.sessions[who.access_key_id or ""].credentials
            given = {
                "sessionId": credentials.access_key_id,
                "sessionKey": credentials.secret_access_key,
                "sessionToken": credentials.session_token,
            }
            yield "signin:GetSigninToken", {"Session": given}, ANONYMOUS
            yield "signin:ConsoleLogin", {"SigninToken": SIGN_IN_TOKEN}, ANONYMOUS
        case _:
            raise CannotSignInError(f"{who.label} cannot sign in to the console")


def open_sign_ins(who: Identity, kind: str, world: World) -> tuple[SignIn, ...]:
    """The identity's open sign-in sessions of a kind (`console`, `CLI`), oldest first."""
    return tuple(
        one
        for one in world.configuration.sign_ins.values()
        if one.kind == kind and one.principal == who.arn and one.is_active(world.now)
    )


def login_code(origin: SignIn) -> tuple[str, Mapping[str, object]]:
    """(action, parameters) of the call that the page makes when `aws login` opens it."""
    return "signin:AuthorizeOAuth2Access", {"clientId": SAME_DEVICE, "sessionArn": origin.arn}


def login_credentials(code: str) -> tuple[str, Mapping[str, object]]:
    """(action, parameters) of the call with which `aws login` gets credentials."""
    return "signin:CreateOAuth2Token", {
        "tokenInput": {
            "clientId": SAME_DEVICE,
            "grantType": "authorization_code",
            "code": code,
            "redirectUri": "http://127.0.0.1/oauth/callback",
        }
    }


def renewal(sign_in: SignIn, session: Session, world: World) -> tuple[str, Mapping[str, object]] | None:
    """(action, parameters) of the call that gets new credentials in place of `session`; None if a sign-in of
    this kind issues none.
    """
    if sign_in.kind == "portal":
        role = world.configuration.roles.get(session.issuer_arn)
        return None if role is None else role_of_portal(sign_in, session.account, set_name(role))
    if sign_in.kind == "console":
        return None
    refresh = {"clientId": sign_in.client_id, "grantType": "refresh_token", "refreshToken": sign_in.token}
    return "signin:CreateOAuth2Token", {"tokenInput": refresh}


def account_for(user: CenterUser, set_name: str, account: str, world: World) -> str:
    """The account for a permission set of the user: the only possible one if none is named. Raises
    CannotSignInError for an unknown account, and if several are possible.
    """
    if account:
        found = account_id(account, world.configuration)
        if found is None:
            raise CannotSignInError(f"there is no account {account!r}", _accounts(world))
        return found
    accounts = [where for where, set_ in assigned(user, world.configuration) if set_.name == set_name]
    distinct = list(dict.fromkeys(accounts))
    if len(distinct) == 1:
        return distinct[0]
    if distinct:
        names = ", ".join(_named(one, world) for one in distinct)
        raise CannotSignInError(f"{user.user_name} has {set_name} in several accounts: {names}", "name one")
    sets = list(dict.fromkeys(set_.name for _, set_ in assigned(user, world.configuration)))
    raise CannotSignInError(
        f"{user.user_name} has no permission set {set_name!r}",
        did_you_mean(set_name, sets) or (f"has {', '.join(sets)}" if sets else "has none"),
    )


def portal_choices(world: World) -> Iterator[tuple[CenterUser, str, str]]:
    """(user, name of the permission set, account id) of every assignment of a user of Identity Center."""
    for user in world.configuration.directory_users.values():
        for account, set_ in assigned(user, world.configuration):
            yield user, set_.name, account


def _named(account: str, world: World) -> str:
    facts = world.configuration.accounts.get(account)
    return (facts.name if facts else "") or account


def _accounts(world: World) -> str:
    names: Sequence[str] = [facts.name or facts.account_id for facts in world.configuration.accounts.values()]
    return f"there are {', '.join(names)}"
