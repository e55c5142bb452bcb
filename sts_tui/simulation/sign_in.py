"""Signing a workload in at an identity provider: a fresh token or assertion for its first hop."""

from __future__ import annotations

from typing import Any

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import DirectoryUser, IdentityProvider
from sts_tui.simulation.world import World


class SignInError(Exception):
    """The provider does not sign this user in; the message says why."""


def sign_in(provider: str, user: str, role_arn: str, world: World) -> tuple[str, dict[str, Any]]:
    """Action and parameters of the AssumeRoleWith… call that trades the provider's word for a session of the
    role; what a hop of a workload asks besides (`DurationSeconds` …) is for the caller to add.

    Raises SignInError for a user that the provider does not know.
    """
    directory = world.identity_providers[provider]
    person = next((one for one in directory.users if one.name == user), None)
    if person is None:
        raise SignInError(f"{provider} has no user {user}")
    if directory.type == "SAML":
        return "sts:AssumeRoleWithSAML", _with_assertion(directory, person, role_arn, world)
    from sts_tui.identity_providers.oidc import issue_oidc  # signing loads cryptography

    token = issue_oidc(directory, person, now=world.now)
    return "sts:AssumeRoleWithWebIdentity", {"WebIdentityToken": token, "RoleArn": role_arn}


def saml_provider_arns(provider: str, configuration: Configuration) -> dict[str, str]:
    """ARN by account id of the SAML providers that trust this identity provider."""
    return {
        account_of(arn) or "": arn
        for arn, entity in configuration.saml_providers.items()
        if provider in (entity.identity_provider, entity.name)
    }


def _with_assertion(
    directory: IdentityProvider, person: DirectoryUser, role_arn: str, world: World
) -> dict[str, Any]:
    from sts_tui.identity_providers.saml import issue_saml  # signing loads lxml and cryptography

    arns = saml_provider_arns(directory.name, world.in_force)
    assertion = issue_saml(directory, person, now=world.now, provider_arns=arns)
    own = arns.get(account_of(role_arn) or "") or next(iter(arns.values()), "")
    return {"SAMLAssertion": assertion, "PrincipalArn": own, "RoleArn": role_arn}
