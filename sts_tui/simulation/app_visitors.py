"""Which calls does an app make for a visitor: a guest, or a user who signs in at a login provider? The token
of the login provider is issued here; front ends make the calls, as the app's SDK would.
https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flow.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from sts_tui.account.diagnostics.suggestions import did_you_mean
from sts_tui.account.entities import OPAQUE_TOKENS, DirectoryUser, IdentityProvider
from sts_tui.account.identity_pools import IdentityPool
from sts_tui.account.json_value import Json
from sts_tui.simulation.sign_ins import CannotSignInError
from sts_tui.simulation.world import World

GET_ID: Final = "cognito-identity:GetId"
GET_CREDENTIALS: Final = "cognito-identity:GetCredentialsForIdentity"
GET_TOKEN: Final = "cognito-identity:GetOpenIdToken"
BY_TOKEN: Final = "sts:AssumeRoleWithWebIdentity"


def pool_of(name: str, world: World) -> IdentityPool:
    """The identity pool with this name or id. Raises CannotSignInError."""
    pools = world.configuration.identity_pools
    found = [one for one in pools.values() if name in (one.identity_pool_name, one.identity_pool_id)]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(one.identity_pool_id for one in found)
        raise CannotSignInError(f"several identity pools are called {name!r}", f"write the id: {ids}")
    names = [one.identity_pool_name for one in pools.values()]
    if not names:
        raise CannotSignInError("there are no identity pools", "IdentityProviders of type Cognito")
    raise CannotSignInError(f"there is no identity pool {name!r}", did_you_mean(name, names))


def logins_of(who: str, pool: IdentityPool, world: World) -> dict[str, Json]:
    """`Logins` of a user (`facebook/ana`) at a login provider of the pool; empty for a guest. Raises
    CannotSignInError.
    """
    if not who:
        return {}
    for name, directory, user in people_of(pool, world):
        if who == f"{directory.name}/{user.name}":
            return {name: _token(directory, user, world)}
    known = [f"{directory.name}/{user.name}" for _, directory, user in people_of(pool, world)]
    hint = did_you_mean(who, known) or (f"there are {', '.join(known)}" if known else "it has guests only")
    raise CannotSignInError(f"{who!r} cannot sign in to {pool.identity_pool_name}", hint)


def people_of(pool: IdentityPool, world: World) -> Iterator[tuple[str, IdentityProvider, DirectoryUser]]:
    """(name in `Logins`, simulated provider, user) of every user who can sign in to the pool."""
    hosts = [arn.partition(":oidc-provider/")[2] for arn in pool.open_id_connect_provider_arns]
    user_pools = [one.provider_name for one in pool.cognito_identity_providers]
    for name in dict.fromkeys((*pool.supported_login_providers, *user_pools, *hosts)):
        for directory in world.identity_providers.values():
            if directory.host == name and directory.type not in ("SAML", "Cognito"):
                yield from ((name, directory, user) for user in directory.users)


def first_call(pool: IdentityPool, logins: Mapping[str, Json]) -> tuple[str, dict[str, object]]:
    """(action, parameters) of GetId. `logins`: the result of `logins_of`."""
    given: dict[str, object] = {"Logins": logins} if logins else {}
    return GET_ID, {"IdentityPoolId": pool.identity_pool_id, **given}


def second_call(
    identity_id: str, logins: Mapping[str, Json], role_arn: str = ""
) -> tuple[str, dict[str, object]]:
    """(action, parameters) of GetCredentialsForIdentity. `logins`: the result of `logins_of`. `role_arn`:
    CustomRoleArn; empty: the pool chooses.
    """
    given: dict[str, object] = {"Logins": logins} if logins else {}
    chosen: dict[str, object] = {"CustomRoleArn": role_arn} if role_arn else {}
    return GET_CREDENTIALS, {"IdentityId": identity_id, **given, **chosen}


def token_call(identity_id: str, logins: Mapping[str, Json]) -> tuple[str, dict[str, object]]:
    """(action, parameters) of GetOpenIdToken, for the basic flow. `logins`: the result of `logins_of`."""
    given: dict[str, object] = {"Logins": logins} if logins else {}
    return GET_TOKEN, {"IdentityId": identity_id, **given}


def session_call(token: str, role_arn: str, session_name: str) -> tuple[str, dict[str, object]]:
    """(action, parameters) of the call that assumes a role with a token of GetOpenIdToken."""
    return BY_TOKEN, {"RoleArn": role_arn, "RoleSessionName": session_name, "WebIdentityToken": token}


def _token(directory: IdentityProvider, user: DirectoryUser, world: World) -> str:
    if directory.type in OPAQUE_TOKENS:
        from sts_tui.identity_providers.access_tokens import issue_access_token

        return issue_access_token(directory, user, now=world.now)
    from sts_tui.identity_providers.oidc import issue_oidc  # signing loads cryptography

    return issue_oidc(directory, user, now=world.now)
