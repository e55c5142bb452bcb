"""Who signs in at the identity providers that a dump trusts? An invented user for each trust that admits one.
A trust policy tests a token or assertion: `aud`, `sub` by pattern, tags. A user with an example of these
values is invented at a simulated identity provider with the same issuer; if the model has such a provider,
its own users sign in. Each sign-in is tried as a call first: only those that AWS would admit are kept.
Providers that cannot be simulated because of the files (uploaded SAML metadata) get no traffic.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import (
    BUILT_IN_HOSTS,
    USER_ID_CLAIMS,
    DirectoryUser,
    IdentityProvider,
    OpenIDConnectProvider,
    Role,
    SAMLProvider,
    WorkloadHop,
)
from sts_tui.account.identity_pools import AUTHENTICATED, ISSUER, UNAUTHENTICATED
from sts_tui.account.json_value import Json
from sts_tui.simulation.calls.ask import Ask
from sts_tui.simulation.calls.callers import Authenticator
from sts_tui.simulation.calls.pipeline import carry_out
from sts_tui.simulation.identities import ANONYMOUS
from sts_tui.simulation.workloads.sign_in import SignInError, sign_in
from sts_tui.simulation.world import World
from sts_tui.sts.errors import AwsError
from sts_tui.sts.federation.assumed_providers import MARK, assumed_name

MOST_SIGN_INS: Final = 12
"""How many sign-ins are tried; few, because each is signed."""
_GITHUB: Final = "token.actions.githubusercontent.com"
_GITHUB_SESSION: Final = "GitHubActions"
"""The default session name of https://github.com/aws-actions/configure-aws-credentials."""
BUILT_IN_TYPES: Final[Mapping[str, Literal["OIDC", "Amazon", "Facebook", "Google"]]] = {
    BUILT_IN_HOSTS["Google"]: "Google",
    BUILT_IN_HOSTS["Amazon"]: "Amazon",
    BUILT_IN_HOSTS["Facebook"]: "Facebook",
    BUILT_IN_HOSTS["Cognito"]: "OIDC",
}
"""Types of simulated providers for those without an entity in IAM. An invented visitor of an identity pool
presents a token of Cognito, as in the basic flow.
"""
_WEB_SESSION: Final = "web-identity"
_NEGATED: Final = ("not", "null")
_REQUEST_TAG: Final = "aws:requesttag/"


class SignIn(Struct, frozen=True, kw_only=True):
    """One user who can get a session of a role."""

    role: Role
    identity: str
    """`PROVIDER/USER`, the identity of a workload."""
    hop: WorkloadHop
    kind: str = "sign-in"
    """`sign-in`, `server`, `pod`, `guest` or `visitor`: the suffix of its workload's name."""
    is_at_cognito: bool = False
    """Whether it presents a token of an identity pool."""


class Federation(Struct, frozen=True):
    """The sign-ins that were invented or found in the model."""

    providers: Mapping[str, IdentityProvider]
    """All simulated identity providers, by name: those of the model, and the invented ones."""
    sign_ins: tuple[SignIn, ...]


def federation_of(world: World, seed: int, dumped: Collection[str] = ()) -> Federation:
    """Sign-ins through the providers that trust policies name; deterministic for a model. `dumped`: ids of
    the accounts whose files list no providers: those that trust policies name are assumed.
    """
    providers = dict(world.identity_providers)
    found: list[SignIn] = []
    for role, statement, entity in trusts_in(world, dumped):
        if len(found) == MOST_SIGN_INS:
            break
        for provider, user in _users(role, statement, entity, providers):
            if entity.arn == ISSUER and not _issues_tokens(str(user.claims.get("aud")), world):
                continue
            trial = {**providers, provider.name: with_user(providers.get(provider.name, provider), user)}
            name = user.role_session_name or user.name
            hop = WorkloadHop(role_arn=role.arn, role_session_name=session_name_of(statement, name))
            if _is_let_in(provider.name, user, hop, replace(world, identity_providers=trial), seed):
                providers = trial
                identity, is_of_pool = f"{provider.name}/{user.name}", entity.arn == ISSUER
                found.append(SignIn(role=role, identity=identity, hop=hop, is_at_cognito=is_of_pool))
                break
    used = {each.identity.partition("/")[0] for each in found} | set(world.identity_providers)
    return Federation({name: one for name, one in providers.items() if name in used}, tuple(found))


def trusts_in(
    world: World, dumped: Collection[str] = (), roles: Iterable[Role] | None = None
) -> Iterator[tuple[Role, Mapping[str, object], OpenIDConnectProvider | SAMLProvider]]:
    """Each Allow of a trust policy, a statement, with the provider that it names: one of the account, or one
    that needs no entity in IAM. `dumped`: as for `federation_of`; `roles`: only these.
    """
    configuration = world.in_force
    for role in configuration.roles.values() if roles is None else roles:
        for statement in _listed(role.assume_role_policy_document.document.get("Statement")):
            if not isinstance(statement, Mapping) or statement.get("Effect") != "Allow":
                continue
            principal = statement.get("Principal")
            named = _listed(principal.get("Federated")) if isinstance(principal, Mapping) else []
            for arn in map(str, named):
                if arn in BUILT_IN_TYPES:
                    yield role, statement, OpenIDConnectProvider(arn=arn, url=arn)
                    continue
                account = account_of(arn)
                entity = configuration.oidc_providers.get(arn) or configuration.saml_providers.get(arn)
                if entity is None and account in dumped and not _lists_providers(arn, configuration):
                    entity = _assumed(arn)
                if entity is not None and account == account_of(role.arn):
                    yield role, statement, entity


def _lists_providers(arn: str, configuration: Configuration) -> bool:
    """Whether a file lists the account's providers of this kind, so that there are no others."""
    head = arn.partition("-provider/")[0]
    known = (*configuration.oidc_providers, *configuration.saml_providers)
    return any(each.startswith(f"{head}-provider/") for each in known)


def _assumed(arn: str) -> OpenIDConnectProvider | SAMLProvider | None:
    """The provider that the account must have for its trust policies to work; None if it cannot be
    simulated.
    """
    account, kind, name = account_of(arn) or "", *arn.split(":", 5)[-1].partition("/")[::2]
    directory = assumed_name(account, name)
    if kind == "oidc-provider":
        return OpenIDConnectProvider(arn=arn, url=name, identity_provider=directory)
    return SAMLProvider(arn=arn, name=name, identity_provider=directory) if kind == "saml-provider" else None


def _users(
    role: Role,
    statement: Mapping[str, object],
    entity: OpenIDConnectProvider | SAMLProvider,
    providers: Mapping[str, IdentityProvider],
) -> Iterator[tuple[IdentityProvider, DirectoryUser]]:
    """Users that the trust may admit: those of the model at the provider, else an invented one."""
    known = known_provider(entity, providers)
    if known is not None and not known.name.startswith(MARK):
        yield from ((known, user) for user in known.users)
        return
    yield example_user(role, statement, entity)


def example_user(
    role: Role, statement: Mapping[str, object], entity: OpenIDConnectProvider | SAMLProvider, name: str = ""
) -> tuple[IdentityProvider, DirectoryUser]:
    """A simulated provider (without users) for the account's provider, and a user with the values that a
    statement of the trust policy requires. `name`: the subject; empty: one that the statement's pattern
    matches.
    """
    asked = _asked(statement)
    if isinstance(entity, OpenIDConnectProvider):
        return _oidc_user(role, asked, entity, name)
    return _saml_user(role, asked, entity, name)


def _oidc_user(
    role: Role, asked: Mapping[str, str], entity: OpenIDConnectProvider, name: str
) -> tuple[IdentityProvider, DirectoryUser]:
    """`asked`: values that the statement requires, by condition key."""
    host = entity.url.removeprefix("https://")
    claims: dict[str, Json] = {
        key.rpartition(":")[2]: value for key, value in asked.items() if key.lower().startswith(f"{host}:")
    }
    own = BUILT_IN_TYPES.get(host, "OIDC")
    key = USER_ID_CLAIMS.get(own, "sub")
    subject = name or str(claims.get(key, f"any@{role.role_name}"))
    audience = claims.get("aud") or next(iter(entity.client_id_list), "sts.amazonaws.com")
    if "amr" in claims:
        claims["amr"] = _methods(str(claims["amr"]))
    provider = IdentityProvider(
        name=entity.identity_provider or f"{MARK}{host.replace('/', '-')}",
        type=own,
        issuer=f"https://{host}",
        client_id=str(claims.get("app_id", "")),
    )
    user = DirectoryUser(
        name=subject,
        role_session_name=_GITHUB_SESSION if host == _GITHUB else _WEB_SESSION,
        claims={**claims, key: subject, "aud": audience},
        principal_tags=_tags(asked),
    )
    return provider, user


def _saml_user(
    role: Role, asked: Mapping[str, str], entity: SAMLProvider, name: str
) -> tuple[IdentityProvider, DirectoryUser]:
    """As `_oidc_user`."""
    provider = IdentityProvider(
        name=entity.identity_provider or entity.name,
        type="SAML",
        issuer=f"https://{entity.name}.example/saml",
    )
    user = DirectoryUser(
        name=name or asked.get("saml:sub", f"any@{role.role_name}"),
        roles=(role.arn,),
        role_session_name=short_session_name(name or "any"),
        principal_tags=_tags(asked),
    )
    return provider, user


def _methods(asked: str) -> list[Json]:
    """The values of `amr` in a token of Cognito."""
    return [asked] if asked in (AUTHENTICATED, UNAUTHENTICATED) else [AUTHENTICATED, asked]


def known_provider(
    entity: OpenIDConnectProvider | SAMLProvider, providers: Mapping[str, IdentityProvider]
) -> IdentityProvider | None:
    """The simulated identity provider for an account's provider; None if there is none. `providers`: all
    simulated ones by name.
    """
    if entity.identity_provider:
        return providers.get(entity.identity_provider)
    if isinstance(entity, SAMLProvider):
        return providers.get(entity.name)
    host = entity.url.removeprefix("https://")
    return next((one for one in providers.values() if one.host == host and one.type != "Cognito"), None)


def with_user(provider: IdentityProvider, user: DirectoryUser) -> IdentityProvider:
    """The provider with the user, whose roles are added to those that the user already has there."""
    known = next((one for one in provider.users if one.name == user.name), None)
    if known is user:
        return provider
    if known is not None:
        user = replace(known, roles=tuple(dict.fromkeys((*known.roles, *user.roles))))
    others = tuple(one for one in provider.users if one.name != user.name)
    return replace(provider, users=(*others, user))


def _issues_tokens(pool_id: str, world: World) -> bool:
    """Whether visitors of an identity pool get a token, which only the basic flow issues. For a pool that no
    file has, it is assumed.
    https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flow.html
    """
    pool = world.in_force.identity_pools.get(pool_id)
    if pool is None:
        return True
    allowed = pool.allow_classic_flow
    is_basic = world.settings.classic_flow_by_default if allowed is None else allowed
    return is_basic and not pool.role_mappings


def _is_let_in(provider: str, user: DirectoryUser, hop: WorkloadHop, world: World, seed: int) -> bool:
    try:
        action, params = sign_in(provider, user.name, hop.role_arn, world)
    except (SignInError, AwsError, ValueError):
        return False
    if action.endswith("WebIdentity"):
        params = {**params, "RoleSessionName": hop.role_session_name or "any"}
    ask = Ask(action=action, params=params, caller=ANONYMOUS)
    return carry_out(ask, world, Authenticator(), seed).error is None


def _asked(statement: Mapping[str, object]) -> dict[str, str]:
    """An example value, by condition key, for each condition that requires one: `repo:acme/*` becomes
    `repo:acme/any`.
    """
    found: dict[str, str] = {}
    conditions = statement.get("Condition")
    for operator, block in (conditions if isinstance(conditions, Mapping) else {}).items():
        if any(each in str(operator).lower() for each in _NEGATED) or not isinstance(block, Mapping):
            continue
        for key, values in block.items():
            texts = [str(each) for each in _listed(values)]
            if texts:
                found[str(key)] = texts[0].replace("*", "any").replace("?", "x")
    return found


def _tags(asked: Mapping[str, str]) -> dict[str, str]:
    return {
        key[len(_REQUEST_TAG) :]: value
        for key, value in asked.items()
        if key.lower().startswith(_REQUEST_TAG)
    }


def session_name_of(statement: Mapping[str, object], name: str) -> str:
    asked = {key.lower(): value for key, value in _asked(statement).items()}
    return short_session_name(asked.get("sts:rolesessionname", name))


def short_session_name(text: str) -> str:
    """A valid session name: only characters that STS accepts, at most 64.
    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
    """
    return "".join(each if each.isalnum() or each in "_+=,.@-" else "-" for each in text)[:64]


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]
