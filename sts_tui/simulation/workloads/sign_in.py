"""How does a workload sign in at an identity provider? With a new token or assertion for its first hop."""

from __future__ import annotations

from json import dumps

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import OPAQUE_TOKENS, DirectoryUser, IdentityProvider
from sts_tui.account.json_value import Json
from sts_tui.simulation.workloads.workload_credentials import NoCredentialsError, certificate_session
from sts_tui.simulation.world import World
from sts_tui.sts.federation.assumed_providers import assumed_saml_arn


class SignInError(Exception):
    """The provider does not sign this user in; the message says why."""


def sign_in(provider: str, user: str, role_arn: str, world: World) -> tuple[str, dict[str, Json]]:
    """(action, parameters) of the call that exchanges the provider's token or assertion for a session of the
    role: AssumeRoleWith…, or CreateSession of Roles Anywhere for a certificate. The caller adds further
    parameters of a workload's hop (`DurationSeconds` …). Raises SignInError for a user that the provider does
    not have, and for a certificate that gets no role.
    """
    directory = world.identity_providers[provider]
    person = next((one for one in directory.users if one.name == user), None)
    if directory.type == "Cognito":
        raise SignInError(f"{provider} is an identity pool: its people sign in at other providers")
    if person is None:
        raise SignInError(f"{provider} has no user {user}")
    if directory.type == "X509":
        return _with_certificate(directory, person, role_arn, world)
    if directory.type == "SAML":
        return "sts:AssumeRoleWithSAML", _with_assertion(directory, person, role_arn, world)
    if directory.type in OPAQUE_TOKENS:
        from sts_tui.identity_providers.access_tokens import issue_access_token

        token = issue_access_token(directory, person, now=world.now)
        asked: dict[str, Json] = {"ProviderId": directory.host, "WebIdentityToken": token}
        return "sts:AssumeRoleWithWebIdentity", {**asked, "RoleArn": role_arn}
    from sts_tui.identity_providers.oidc import issue_oidc  # signing loads cryptography

    token = issue_oidc(directory, person, now=world.now)
    return "sts:AssumeRoleWithWebIdentity", {"WebIdentityToken": token, "RoleArn": role_arn}


def _with_certificate(
    directory: IdentityProvider, person: DirectoryUser, role_arn: str, world: World
) -> tuple[str, dict[str, Json]]:
    try:
        return certificate_session(directory, person, role_arn, world)
    except NoCredentialsError as error:
        raise SignInError(str(error)) from None


def saml_provider_arns(provider: str, configuration: Configuration) -> dict[str, tuple[str, ...]]:
    """ARNs of the SAML providers that trust this identity provider, by account id; an account may have
    several.
    """
    arns: dict[str, tuple[str, ...]] = {}
    for arn, entity in configuration.saml_providers.items():
        if (entity.identity_provider or entity.name) == provider:
            account = account_of(arn) or ""
            arns[account] = (*arns.get(account, ()), arn)
    assumed = assumed_saml_arn(provider, next(iter(configuration.roles), "arn:aws").split(":")[1])
    return arns or ({account_of(assumed) or "": (assumed,)} if assumed else {})


def _with_assertion(
    directory: IdentityProvider, person: DirectoryUser, role_arn: str, world: World
) -> dict[str, Json]:
    from sts_tui.identity_providers.saml import issue_saml  # signing loads lxml and cryptography

    arns = saml_provider_arns(directory.name, world.in_force)
    assertion = issue_saml(directory, person, now=world.now, provider_arns=arns)
    offered = arns.get(account_of(role_arn) or "") or next(iter(arns.values()), ("",))
    return {
        "SAMLAssertion": assertion,
        "PrincipalArn": _trusted(role_arn, offered, world.in_force),
        "RoleArn": role_arn,
    }


def _trusted(role_arn: str, offered: tuple[str, ...], configuration: Configuration) -> str:
    """The offered provider that the role's trust policy names; else the first one."""
    role = configuration.roles.get(role_arn)
    trust = dumps(role.assume_role_policy_document.document) if role is not None else ""
    return next((arn for arn in offered if f'"{arn}"' in trust), offered[0])
