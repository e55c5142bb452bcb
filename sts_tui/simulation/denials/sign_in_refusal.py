"""Which tokens and assertions does AWS refuse before any policy, and what does the model have for them? AWS's
messages name at most an issuer. They are compared with the providers of the model, and with roles that trust
a provider which no account has.
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_saml.html
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from msgspec import Struct

from sts_tui.account.arn import account_of
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.simulation.denials.sign_in_denial import trusting_roles
from sts_tui.simulation.world import World

_NO_PROVIDER: Final = lazy_pattern(
    r"No OpenIDConnect provider found in your account for (?:https://)?([^\s\"']+)"
)
_OIDC: Final = "sts:AssumeRoleWithWebIdentity"
_SAML: Final = "sts:AssumeRoleWithSAML"
_SENTENCES: Final = (
    ("Incorrect token audience", _OIDC, "the aud of the token is not in the ClientIDList of the provider"),
    ("Missing a required claim", _OIDC, "the token lacks one of iss, sub, aud, iat and exp"),
    (
        "Couldn't retrieve verification key from your identity provider",
        _OIDC,
        "AWS could not read the keys of the issuer: its discovery document must be public",
    ),
    ("Specified provider doesn't exist", _SAML, "the account has no SAML provider with this ARN"),
    (
        "Token must be redeemed within 5 minutes of issuance",
        _SAML,
        "the assertion is too old, or a clock is wrong",
    ),
    ("Response signature invalid", _SAML, "the metadata of the provider has another certificate"),
    (
        "RoleSessionName is required in AuthnResponse",
        _SAML,
        "the identity provider does not send the attribute RoleSessionName",
    ),
    (
        "RoleSessionName in AuthnResponse must match",
        _SAML,
        "the identity provider sends a RoleSessionName with other characters, or one of another length",
    ),
)
"""(beginning of AWS's message, operation, what it means)."""


class KnownProvider(Struct, frozen=True, kw_only=True):
    """A provider of the model."""

    arn: str
    audiences: tuple[str, ...] = ()
    """The ClientIDList of an OIDC provider."""


class SignInRefusal(Struct, frozen=True, kw_only=True):
    """A token or assertion that AWS refused before any policy."""

    action: str
    sentence: str
    why: str
    providers: tuple[KnownProvider, ...]
    """The providers of the model that it may concern."""
    roles: tuple[str, ...] = ()
    """ARNs of roles that trust a provider for the issuer which their account does not have."""
    near: str = ""
    """The issuer of a provider that is spelled similarly to the one in the message."""


def sign_in_refusals(text: str, world: World) -> tuple[SignInRefusal, ...]:
    """One for each message in the text, in order."""
    found: dict[str, tuple[int, SignInRefusal]] = {}
    for sentence in _NO_PROVIDER.finditer(text):
        issuer = sentence[1].rstrip(".,;")
        found.setdefault(issuer, (sentence.start(), _without_provider(issuer, world)))
    for beginning, action, why in _SENTENCES:
        at = text.lower().find(beginning.lower())
        if at >= 0:
            providers = tuple(_oidc(world) if action == _OIDC else _saml(world))
            refusal = SignInRefusal(action=action, sentence=beginning, why=why, providers=providers)
            found[beginning] = (at, refusal)
    return tuple(refusal for _, refusal in sorted(found.values(), key=lambda one: one[0]))


def _without_provider(issuer: str, world: World) -> SignInRefusal:
    """The refusal of a token whose issuer is not a provider of the role's account. AWS compares issuers
    exactly.
    """
    configuration = world.in_force
    known = [one for one in _oidc(world) if one.arn.partition("oidc-provider/")[2] == issuer]
    lacking = tuple(
        role.role
        for role in trusting_roles(_OIDC, world)
        if role.provider.partition("oidc-provider/")[2] == issuer
        and f"arn:{role.role.split(':')[1]}:iam::{account_of(role.role)}:oidc-provider/{issuer}"
        not in configuration.oidc_providers
    )
    issuers = {one.arn.partition("oidc-provider/")[2] for one in _oidc(world)}
    near = get_close_matches(issuer, sorted(issuers - {issuer}), 1, cutoff=0.85)
    return SignInRefusal(
        action=_OIDC,
        sentence=f"No OpenIDConnect provider found in your account for {issuer}",
        why="the account of the role has no OIDC provider for the iss of the token",
        providers=tuple(known),
        roles=lacking,
        near=near[0] if near else "",
    )


def _oidc(world: World) -> Iterator[KnownProvider]:
    for arn, provider in world.in_force.oidc_providers.items():
        yield KnownProvider(arn=arn, audiences=tuple(provider.client_id_list))


def _saml(world: World) -> Iterator[KnownProvider]:
    for arn in world.in_force.saml_providers:
        yield KnownProvider(arn=arn)
