"""Is a login of an app's user valid, and which user is it? Each token is verified with its provider.

`Logins` maps the name of a login provider to a token: an ID token (user pool, Google, OIDC provider) or an
access token (Login with Amazon, Facebook). The provider must be one of the pool's, and the token for its app.
https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flow.html
https://docs.aws.amazon.com/cognito/latest/developerguide/external-identity-providers.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from sts_tui.account.entities import BUILT_IN_HOSTS, OPAQUE_TOKENS, IdentityProvider
from sts_tui.account.identity_pools import IdentityPool
from sts_tui.account.json_value import JsonObject
from sts_tui.simulation.operations.cognito.refusals import (
    UNSUPPORTED,
    bad_login,
    not_authorized,
    not_responding,
)
from sts_tui.sts.errors import AwsError
from sts_tui.sts.federation.access_tokens import BUILT_IN_OAUTH
from sts_tui.sts.federation.web_identity_tokens import (
    directory_of,
    parsed_token,
    seconds_of,
    verify_signature,
)

if TYPE_CHECKING:
    from sts_tui.sts.operation import Call

_REQUIRED: Final = ("iss", "sub", "aud", "exp")
_GOOGLE: Final = BUILT_IN_HOSTS["Google"]
_TWITTER: Final = "api.twitter.com"


class Login(Struct, frozen=True, kw_only=True):
    """A user of a login provider, verified."""

    provider: str
    """The provider's name in `Logins`."""
    client: str = ""
    """The app client, for user pools, whose role mappings name it too."""
    user_id: str
    claims: JsonObject = field(default_factory=dict)
    """The claims that role mappings and principal tags can use."""
    label: str
    """The user's name at the simulated provider, else the id."""
    is_user_pool: bool = False

    @property
    def methods(self) -> tuple[str, ...]:
        """What the login adds to `amr`: the provider, and for user pools the user."""
        if not self.is_user_pool:
            return (self.provider,)
        return self.provider, f"{self.provider}:CognitoSignIn:{self.user_id}"


def verified_logins(call: Call, pool: IdentityPool, logins: Mapping[str, str]) -> tuple[Login, ...]:
    """Every login, in order. `logins`: the tokens by the name of their login provider. Raises
    NotAuthorizedException for the first that is not valid for this pool.
    """
    return tuple([_verified(call, pool, name, token) for name, token in logins.items()])


def _verified(call: Call, pool: IdentityPool, name: str, token: str) -> Login:
    if name in pool.saml_provider_arns:
        raise bad_login("", "SAML assertions as logins of identity pools are not simulated")
    apps = _apps(call, pool, name)
    if not apps:
        known = ", ".join(_names(call, pool)) or "none"
        raise not_authorized(UNSUPPORTED, f"login providers of the pool: {known}")
    if name == _TWITTER:
        raise bad_login("", "Twitter as a login of identity pools is not simulated")
    opaque = [
        one for one in call.identity_providers.values() if one.host == name and one.type in OPAQUE_TOKENS
    ]
    if name in BUILT_IN_OAUTH and not opaque:
        raise not_responding(f"no simulated identity provider is {name}")
    return _looked_up(call, opaque, name, token, apps) if opaque else _signed(call, pool, name, token, apps)


def _apps(call: Call, pool: IdentityPool, name: str) -> tuple[str, ...]:
    """The ids of the apps whose tokens are accepted from this provider; empty if it is not a provider of the
    pool.
    """
    if name in pool.supported_login_providers:
        return (pool.supported_login_providers[name],)
    clients = [one.client_id for one in pool.cognito_identity_providers if one.provider_name == name]
    if clients:
        return tuple(clients)
    for arn in pool.open_id_connect_provider_arns:
        provider = call.configuration.oidc_providers.get(arn)
        if provider is not None and provider.url == name:
            return provider.client_id_list
    return ()


def _names(call: Call, pool: IdentityPool) -> list[str]:
    hosts = [arn.partition(":oidc-provider/")[2] for arn in pool.open_id_connect_provider_arns]
    user_pools = [one.provider_name for one in pool.cognito_identity_providers]
    return [*pool.supported_login_providers, *user_pools, *hosts]


def _looked_up(
    call: Call, providers: list[IdentityProvider], name: str, token: str, apps: tuple[str, ...]
) -> Login:
    from sts_tui.identity_providers.access_tokens import RejectedTokenError, look_up

    why = ""
    for provider in providers:
        try:
            found = look_up(provider, token, call.now)
        except RejectedTokenError as rejected:
            why = why or str(rejected)
            continue
        if found.app_id not in apps:
            raise not_authorized(
                UNSUPPORTED, f"the token is for the app {found.app_id}, not {', '.join(apps)}"
            )
        claims: JsonObject = {"iss": name, "aud": found.app_id, "sub": found.user_id}
        if provider.type == "Amazon":
            claims = {**claims, "user_id": found.user_id}
        return Login(provider=name, user_id=found.user_id, claims=claims, label=found.user.name)
    raise bad_login("", why)


def _signed(call: Call, pool: IdentityPool, name: str, token: str, apps: tuple[str, ...]) -> Login:
    try:
        header, claims = parsed_token(token)
    except AwsError as refused:
        raise bad_login("Not a valid OpenId Connect identity token.", refused.hint) from None
    for claim in _REQUIRED:
        if claims.get(claim) in (None, "", []):
            raise bad_login(f"Missing a required claim: {claim}")
    if str(claims["iss"]).removeprefix("https://") != name:
        raise bad_login("Issuer doesn't match providerName", f"the issuer is {claims['iss']}")
    registered = next(
        (
            one
            for arn in pool.open_id_connect_provider_arns
            if (one := call.configuration.oidc_providers.get(arn)) is not None and one.url == name
        ),
        None,
    )
    directory = directory_of(call.identity_providers, registered, name, header.get("kid"))
    try:
        verify_signature(token, header, directory, name)
        expires = seconds_of(claims, "exp")
    except AwsError as refused:
        if refused.code == "IDPCommunicationError":
            raise not_responding(refused.hint) from None
        raise bad_login("Couldn't verify signed token.", refused.hint) from None
    now = int(call.now.timestamp())
    if now >= expires:
        raise bad_login(f"Token expired: {now} >= {expires}")
    client = _client(claims, name)
    if client not in apps:
        raise _other_app(client, apps)
    return _login(pool, name, client, claims, directory)


def _login(
    pool: IdentityPool, name: str, client: str, claims: JsonObject, directory: IdentityProvider | None
) -> Login:
    subject = str(claims["sub"])
    users = directory.users if directory is not None else ()
    user = next((one.name for one in users if str(one.claims.get("sub", one.name)) == subject), "")
    in_pool = [one for one in pool.cognito_identity_providers if one.provider_name == name]
    if not user and any(one.server_side_token_check for one in in_pool):
        raise bad_login("", f"the user pool no longer has the user {subject} (ServerSideTokenCheck)")
    return Login(
        provider=name,
        client=client,
        user_id=subject,
        claims=claims,
        label=user or subject,
        is_user_pool=bool(in_pool),
    )


def _other_app(client: str, apps: tuple[str, ...]) -> AwsError:
    return not_authorized(UNSUPPORTED, f"the token is for the app {client}, not {', '.join(apps)}")


def _client(claims: JsonObject, name: str) -> str:
    """The app that the token is for: with Google `azp` decides, as it does for STS."""
    if name == _GOOGLE and claims.get("azp"):
        return str(claims["azp"])
    audience = claims["aud"]
    return str(audience[0] if isinstance(audience, list) else audience)
