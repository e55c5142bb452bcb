"""Is a web identity token valid, and which user does it identify?

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html

Order of the checks: parse, find the provider in the role's account, signature, times, audience. Some messages
are not documented; `sts_tui.sts.facts.fixed_assumptions` lists them.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from sts_tui.account.entities import BUILT_IN_HOSTS, IdentityProvider, OpenIDConnectProvider
from sts_tui.account.identity_pools import ISSUER
from sts_tui.account.json_value import Json, JsonObject
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.sts.denials import idp_not_reached, invalid_identity_token, not_validated
from sts_tui.sts.errors import AwsError
from sts_tui.sts.facts.limits import OIDC_CLOCK_SKEW
from sts_tui.sts.federation.assumed_providers import assumed_oidc_provider

if TYPE_CHECKING:
    from sts_tui.account.configuration import Configuration
    from sts_tui.sts.operation import Call

GOOGLE: Final = BUILT_IN_HOSTS["Google"]
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "ES256", "ES384", "ES512")
BUILT_IN_OIDC: Final = (GOOGLE, ISSUER)
"""Built-in providers with OIDC tokens: they need no provider entity in IAM."""
IDENTITY_POOLS: Final = IdentityProvider(name=ISSUER, type="Cognito", issuer=f"https://{ISSUER}")
"""Cognito, which issues the tokens of every identity pool."""
_WHOLE_NUMBER: Final = lazy_pattern(r"-?[0-9]{1,20}")
REQUIRED_CLAIMS: Final = ("iss", "sub", "aud", "iat", "exp")

_EVERY_PROVIDER: Final = ("aud", "sub", "amr", "azp", "oaud", "email", "id")
PROVIDER_CLAIMS: Final[Mapping[str, tuple[str, ...]]] = {
    "token.actions.githubusercontent.com": (
        "actor", "actor_id", "job_workflow_ref", "repository", "repository_id", "workflow", "ref",
        "environment", "enterprise_id",
    ),
    GOOGLE: ("google/organization_number",),
}  # fmt: skip
"""Provider → claims that are condition keys only for this provider.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html"""
_SESSION_CLAIMS: Final = ("amr", "aud", "id", "sub", "user_id")
"""Claims that are still condition keys after the role is assumed. The guide's list lacks `user_id`, which its
example policies use.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WIF.html"""


class WebIdentity(Struct, frozen=True, kw_only=True):
    """A verified token."""

    principal: str
    """The ARN of the account's provider, or the name of a built-in one, as in a trust policy."""
    host: str
    """The issuer without scheme: the prefix of its condition keys."""
    claims: JsonObject
    audience: str
    label: str
    """`github/main`, where the provider's directory knows the subject."""
    is_looked_up: bool = False
    """Whether the token is an opaque access token, about which its provider was asked."""

    @property
    def subject(self) -> str:
        return str(self.claims["sub"])

    def single(self, name: str) -> str | None:
        """The text of a claim; None if it is absent, a list or an object."""
        value = self.claims.get(name)
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value) if isinstance(value, str | int | float) else None

    def trust_context(self) -> dict[str, Json]:
        """Condition keys while the trust policy is evaluated: `token.actions.githubusercontent.com:sub` …"""
        if self.is_looked_up:
            return {
                f"{self.host}:{name}": _text(value) for name, value in self.claims.items() if name != "sub"
            }
        names = (*_EVERY_PROVIDER, *PROVIDER_CLAIMS.get(self.host, ()))
        values = {name: self.claims[name] for name in names if name in self.claims}
        if self.audience != _single(self.claims["aud"]) or "azp" in self.claims:
            values["oaud"] = _single(self.claims["aud"])
        values["aud"] = self.audience
        return {f"{self.host}:{name}": _condition_value(value) for name, value in values.items()}

    def session_context(self) -> dict[str, Json]:
        """The condition keys in requests of the session."""
        kept = {f"{self.host}:{name}" for name in _SESSION_CLAIMS}
        context = {key: value for key, value in self.trust_context().items() if key in kept}
        return {"aws:FederatedProvider": self.principal, **context}


def verified_web_identity(call: Call, account: str) -> WebIdentity:
    """The identity in the WebIdentityToken of a call for a role of `account`. Raises AwsError."""
    token = call.params["WebIdentityToken"]
    header, claims = parsed_token(token)
    for name in REQUIRED_CLAIMS:
        if claims.get(name) in (None, "", []):
            raise invalid_identity_token(f"Missing a required claim: {name}")
    issuer = str(claims["iss"])
    host = issuer.removeprefix("https://")
    registered = registered_provider(call, account, host)
    if registered is None and host not in BUILT_IN_OIDC:
        raise invalid_identity_token(f"No OpenIDConnect provider found in your account for {issuer}")
    directory = directory_of(call.identity_providers, registered, host, header.get("kid"))
    verify_signature(token, header, directory, host)
    _refuse_wrong_times(claims, int(call.now.timestamp()))
    audience = _audience(claims, host, registered)
    return WebIdentity(
        principal=registered.arn if registered else host,
        host=host,
        claims=claims,
        audience=audience,
        label=identity_label(call.configuration, claims) or _label(directory, claims),
    )


def parsed_token(token: str) -> tuple[JsonObject, JsonObject]:
    """The header and claims of a JWT. Raises AwsError InvalidIdentityToken for any other text."""
    segments = token.split(".")
    try:
        header, claims = (
            json.loads(urlsafe_b64decode(f"{part}=="))
            for part in segments[:2]  # extra padding is ignored
        )
    except (ValueError, RecursionError):
        header, claims = None, None
    if len(segments) != 3 or not isinstance(header, dict) or not isinstance(claims, dict):
        raise invalid_identity_token(
            "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
        )
    return header, claims


def registered_provider(call: Call, account: str, host: str) -> OpenIDConnectProvider | None:
    """The provider of this issuer in the role's account. The issuer must be identical, including a final
    slash.
    """
    for arn, provider in call.configuration.oidc_providers.items():
        if provider.url.removeprefix("https://") == host and arn.split(":")[4] == account:
            return provider
    partition = call.configuration.partition_of(account)
    return assumed_oidc_provider(call.identity_providers, account, host, partition)


def directory_of(
    known: Mapping[str, IdentityProvider],
    registered: OpenIDConnectProvider | None,
    host: str,
    key: object = None,
) -> IdentityProvider | None:
    """The simulated identity provider whose keys the issuer publishes; None if there is none. `known`: all
    providers by name. `key`: the `kid` of the token, which decides if several providers have this issuer.
    """
    if registered is not None and registered.identity_provider:
        return known.get(registered.identity_provider)
    from sts_tui.identity_providers.oidc import key_id

    found = [one for one in known.values() if one.type in ("OIDC", "Google") and one.host == host]
    found += [IDENTITY_POOLS] if host == IDENTITY_POOLS.host else []
    return next((one for one in found if key_id(one) == key), found[0] if found else None)


def verify_signature(token: str, header: JsonObject, directory: IdentityProvider | None, host: str) -> None:
    """Raise AwsError unless one of the provider's keys made the signature: InvalidIdentityToken, or
    IDPCommunicationError if no simulated provider publishes keys for `host`.
    """
    if header.get("alg") not in ALGORITHMS:
        raise not_validated(f"the token says alg={header.get('alg')}; AWS takes {', '.join(ALGORITHMS)}")
    if directory is None:
        raise idp_not_reached(f"no simulated identity provider publishes keys for {host}")
    from jwt import PyJWK, api_jws
    from jwt.exceptions import PyJWTError

    from sts_tui.identity_providers.oidc import jwks

    keys = jwks(directory)["keys"]
    key = next((key for key in keys if header.get("kid") in (key["kid"], None)), None)
    if key is None:
        raise _no_key(f"{directory.name} has no key {header.get('kid')}")
    try:
        api_jws.decode(token, key=PyJWK(key), algorithms=list(ALGORITHMS))
    except (PyJWTError, ValueError):  # ValueError: text that is not ASCII
        raise not_validated(f"no key of {directory.name} made this signature") from None


def _no_key(hint: str) -> AwsError:
    return invalid_identity_token(
        "Couldn't retrieve verification key from your identity provider,  please reference "
        "AssumeRoleWithWebIdentity documentation for requirements",
        hint,
    )


def _refuse_wrong_times(claims: JsonObject, now: int) -> None:
    """Raise AwsError outside the token's lifetime. A clock skew of five minutes is tolerated."""
    expires = seconds_of(claims, "exp")
    if now >= expires + OIDC_CLOCK_SKEW:
        message = f"Token expired: current date/time {now} must be before the expiration date/time {expires}"
        raise AwsError("ExpiredTokenException", message, 400)
    for name in ("iat", "nbf"):
        if name in claims and now + OIDC_CLOCK_SKEW < (begins := seconds_of(claims, name)):
            raise not_validated(f"{name} is {begins - now} s in the future")


def seconds_of(claims: JsonObject, name: str) -> int:
    """The value of a claim that is a numeric date, in seconds since 1970. A whole number as text is accepted
    too. Raises AwsError InvalidIdentityToken for any other value.
    """
    value = claims[name]
    if isinstance(value, str) and _WHOLE_NUMBER.fullmatch(value):
        return int(value)
    if isinstance(value, float) and isfinite(value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise not_validated(f"{name} is not a number of seconds since 1970")


def _audience(claims: JsonObject, host: str, registered: OpenIDConnectProvider | None) -> str:
    """The client for which the token was issued: `azp` if there are several audiences, and always for Google
    if present.
    """
    audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    authorized = claims.get("azp")
    if len(audiences) > 1 and authorized is None:
        raise invalid_identity_token(
            "Missing a required claim: azp", "a token for several audiences names one in azp"
        )
    decides = len(audiences) > 1 or host == GOOGLE
    audience = str(authorized if authorized is not None and decides else audiences[0])
    if registered is not None and audience not in registered.client_id_list:
        known = ", ".join(registered.client_id_list) or "none"
        raise invalid_identity_token(
            "Incorrect token audience", f"the token is for {audience}; registered: {known}"
        )
    return audience


def identity_label(configuration: Configuration, claims: JsonObject) -> str:
    """The label of the identity (`photos/ana`) that is the subject of an identity pool's token; empty for
    other tokens.
    """
    identity = configuration.pool_identities.get(str(claims["sub"]))
    return identity.label if identity is not None and identity.pool_id == claims["aud"] else ""


def _single(value: object) -> str:
    return str(value[0]) if isinstance(value, list) and value else str(value)


def _condition_value(value: object) -> str | list[str]:
    """A claim as a condition value: a string, or a tuple of strings."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_text(one) for one in value]
    return _text(value)


def _text(value: object) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _label(directory: IdentityProvider | None, claims: JsonObject) -> str:
    """The display name of the user who signed in: the name in the directory, else the subject."""
    subject = str(claims["sub"])
    if directory is None:
        return subject
    named = (user.name for user in directory.users if user.claims.get("sub", user.name) == subject)
    return f"{directory.name}/{next(named, subject)}"
