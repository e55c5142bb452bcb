"""Which user does `oidc:HOST/SUBJECT@ROLE` or `saml:PROVIDER/USER@ROLE` name, and which call signs in? Users
of identity providers call AWS with a session of a role, which they get for a token or an assertion. So the
name includes the role, and acting as this user means signing in. The user need not be in any file: a
simulated provider signs the claims that the trust policy requires, with this subject. A `*` in a trust
policy's pattern is filled with any text.

<https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.entities import (
    OPAQUE_TOKENS,
    IdentityProvider,
    OpenIDConnectProvider,
    Role,
    SAMLProvider,
)
from sts_tui.account.json_value import Json
from sts_tui.simulation.calls.ask import Ask
from sts_tui.simulation.calls.callers import Authenticator
from sts_tui.simulation.calls.pipeline import carry_out
from sts_tui.simulation.identities import ANONYMOUS, UnknownIdentityError
from sts_tui.simulation.workloads.federated_invention import (
    example_user,
    known_provider,
    session_name_of,
    trusts_in,
)
from sts_tui.simulation.workloads.sign_in import sign_in
from sts_tui.simulation.world import World
from sts_tui.sts.federation.assumed_providers import MARK

Provider: TypeAlias = OpenIDConnectProvider | SAMLProvider
_FORM: Final = "write oidc:HOST/SUBJECT@ROLE or saml:PROVIDER/USER@ROLE"


class SubjectSignIn(Struct, frozen=True, kw_only=True):
    """A user who signs in, and the call that signs in."""

    provider: IdentityProvider
    """The simulated identity provider, including the user."""
    action: str
    params: dict[str, Json]


def subject_sign_in(who: str, world: World, dumped: Collection[str] = ()) -> SubjectSignIn:
    """The sign-in of a user; nothing is changed. `dumped`: ids of accounts whose files list no providers.

    If statements require different claims, the first one that admits the user counts. Raises
    UnknownIdentityError for an unknown role, and if its trust policy names no such provider.
    """
    kind, _, rest = who.partition(":")
    subject, _, name = rest.rpartition("@")
    roles = [role for role in world.in_force.roles.values() if name in (role.role_name, role.arn)]
    if not subject or len(roles) != 1:
        count = f"{len(roles)} roles are called {name}: enter the ARN"
        why = _FORM if not subject else count if roles else f"there is no role {name}"
        raise UnknownIdentityError(who, f"{who}: {why}")
    trusts = [one for one in trusts_in(world, dumped, roles) if _kind(one[2]) == kind]
    found = [
        _sign_in(role, statement, entity, subject, world)
        for role, statement, entity in trusts
        if subject.startswith(f"{_name(entity)}/")
    ]
    if not found:
        names = list(dict.fromkeys(f"{kind}:{_name(entity)}/…@{name}" for _, _, entity in trusts))
        said = f"; it names {', '.join(names)}" if names else ""
        text = f"the trust policy of {name} names no provider of {subject}{said}"
        raise UnknownIdentityError(who, text, names)
    return next((one for one in found if len(found) > 1 and _is_let_in(one, world)), found[0])


def _sign_in(
    role: Role, statement: Mapping[str, object], entity: Provider, subject: str, world: World
) -> SubjectSignIn:
    user = subject[len(_name(entity)) + 1 :].replace("*", "any")
    example, invented = example_user(role, statement, entity, user)
    directory = known_provider(entity, world.identity_providers) or example
    known = next((one for one in directory.users if one.name == user), None)
    person = invented if known is None or directory.name.startswith(MARK) else known
    roles = (*(known.roles if known is not None else ()), *invented.roles)
    person = replace(person, roles=tuple(dict.fromkeys(roles)))
    others = tuple(one for one in directory.users if one.name != user)
    directory = replace(directory, users=(*others, person))
    providers = {**world.identity_providers, directory.name: directory}
    action, params = sign_in(
        directory.name, person.name, role.arn, replace(world, identity_providers=providers)
    )
    if action.endswith("WebIdentity"):
        chosen = session_name_of(statement, (known and known.role_session_name) or user)
        params = {**params, "RoleSessionName": chosen}
    return SubjectSignIn(provider=directory, action=action, params=params)


def _is_let_in(found: SubjectSignIn, world: World) -> bool:
    trial = replace(
        world, identity_providers={**world.identity_providers, found.provider.name: found.provider}
    )
    ask = Ask(action=found.action, params=found.params, caller=ANONYMOUS)
    return carry_out(ask, trial, Authenticator(), 0).error is None


def example_subjects(world: World, dumped: Collection[str] = ()) -> Iterator[tuple[str, Role]]:
    """(WHO that its conditions admit, role) for each trust in an identity provider; each once."""
    found: dict[str, Role] = {}
    for role, statement, entity in trusts_in(world, dumped):
        if isinstance(entity, SAMLProvider) and entity.name.startswith("AWSSSO_"):
            continue  # Identity Center signs in its own users
        kind = _kind(entity)
        _, person = example_user(role, statement, entity)
        known = known_provider(entity, world.identity_providers)
        users = [one.name for one in known.users if kind == "saml"] if known else []
        for user in users or [person.name.removesuffix(f"@{role.role_name}")]:
            found.setdefault(f"{kind}:{_name(entity)}/{user}@{role.role_name}", role)
    yield from found.items()


def _kind(entity: Provider) -> str:
    return "oidc" if isinstance(entity, OpenIDConnectProvider) else "saml"


def subject_of(node: str, role_arn: str, world: World, dumped: Collection[str] = ()) -> str | None:
    """The WHO that signs in to a role for a node of the reach graph: `github/main`, `tokens of gitlab.com`.
    None if no such provider is trusted.
    """
    role = world.in_force.roles[role_arn]
    for _, _, entity in trusts_in(world, dumped, [role]):
        known = known_provider(entity, world.identity_providers)
        provider, _, name = node.partition("/")
        user = next((one for one in known.users if one.name == name), None) if known else None
        if known is not None and user is not None and known.name == provider:
            is_token = _kind(entity) == "oidc" and known.type not in OPAQUE_TOKENS
            subject = str(user.claims.get("sub", name)) if is_token else name
            return f"{_kind(entity)}:{_name(entity)}/{subject}@{role_arn}"
        if node in (f"tokens of {_name(entity)}", f"assertions of {_name(entity)}"):
            examples = (who for who, trusting in example_subjects(world, dumped) if trusting is role)
            return next(
                (who for who in examples if who.startswith(f"{_kind(entity)}:{_name(entity)}/")), None
            )
    return None


def _name(entity: Provider) -> str:
    return entity.url.removeprefix("https://") if isinstance(entity, OpenIDConnectProvider) else entity.name
