"""Which visitors do the identity pools of a model suggest? Guests and signed-in users who get a role of the
pool. Each uses the enhanced flow, which is tried first, so that only visitors that Cognito admits are kept.
If the files have no user of a pool's login providers, one is invented at a simulated provider.
https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flow.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec.structs import replace

from sts_tui.account.entities import DirectoryUser, IdentityProvider, WorkloadHop
from sts_tui.account.identity_pools import IdentityPool
from sts_tui.simulation.app_visitors import first_call, logins_of, people_of, second_call
from sts_tui.simulation.calls.ask import Ask
from sts_tui.simulation.calls.callers import Authenticator
from sts_tui.simulation.calls.pipeline import carry_out
from sts_tui.simulation.identities import ANONYMOUS
from sts_tui.simulation.workloads.federated_invention import BUILT_IN_TYPES, Federation, SignIn
from sts_tui.simulation.workloads.workload_credentials import AppVisitor
from sts_tui.simulation.world import World
from sts_tui.sts.federation.assumed_providers import MARK

MOST_VISITORS: Final = 12
"""How many visitors are tried; few, because each token is signed."""


def with_visitors(found: Federation, world: World, seed: int) -> Federation:
    """The federation with the first visitors of each role of each pool: a guest and a signed-in user. Other
    sign-ins at Cognito for these roles are removed.
    """
    providers = dict(found.providers)
    made: dict[tuple[str, bool], SignIn] = {}
    tried = 0
    for pool in world.configuration.identity_pools.values():
        known = {**providers, **_invented_at(pool, replace(world, identity_providers=providers))}
        trial = replace(world, identity_providers=known)
        people = [f"{one.name}/{user.name}" for _, one, user in people_of(pool, trial)]
        for person in ("", *people):
            if tried == MOST_VISITORS:
                break
            tried += 1
            role = world.in_force.roles.get(_role_of(pool, person, trial, seed))
            if role is None or (role.arn, not person) in made:
                continue
            providers = known if person else providers
            visitor = AppVisitor(pool=pool.identity_pool_id, person=person)
            made[role.arn, not person] = SignIn(
                role=role,
                identity=visitor.identity,
                hop=WorkloadHop(role_arn=role.arn),
                kind="visitor" if person else "guest",
            )
    reached = {each.role.arn for each in made.values()}
    others = (each for each in found.sign_ins if not (each.is_at_cognito and each.role.arn in reached))
    return Federation(providers, (*others, *made.values()))


def _invented_at(pool: IdentityPool, world: World) -> Mapping[str, IdentityProvider]:
    """By name, an invented provider with a user, if no file has a user at the pool's providers; else
    empty.
    """
    if next(people_of(pool, world), None) is not None:
        return {}
    return {one.name: one for one in _providers_of(pool)}


def _providers_of(pool: IdentityPool) -> Iterator[IdentityProvider]:
    """A simulated identity provider for the pool's first login provider that can be simulated; none if there
    is none.
    """
    for client in pool.cognito_identity_providers[:1]:
        host = client.provider_name
        yield _provider(host, "OIDC", client.client_id)
        return
    for host, app in pool.supported_login_providers.items():
        if host in BUILT_IN_TYPES:
            yield _provider(host, BUILT_IN_TYPES[host], app)
            return


def _provider(host: str, kind: str, client: str) -> IdentityProvider:
    user = DirectoryUser(name="any", claims={"sub": "any", "aud": client})
    made = IdentityProvider(
        name=f"{MARK}{host.replace('/', '-')}", type="OIDC", issuer=f"https://{host}", client_id=client
    )
    return replace(made, type=kind, users=(user,))


def _role_of(pool: IdentityPool, person: str, world: World, seed: int) -> str:
    """The ARN of the role that the visitor gets; empty if the visitor gets none."""
    logins, authenticator = logins_of(person, pool, world), Authenticator()
    action, params = first_call(pool, logins)
    first = carry_out(Ask(action=action, params=params, caller=ANONYMOUS), world, authenticator, seed)
    if first.error is not None or first.answer.configuration is None:
        return ""
    known = replace(world, configuration=first.answer.configuration)
    action, params = second_call(str(first.answer.response["IdentityId"]), logins)
    second = carry_out(Ask(action=action, params=params, caller=ANONYMOUS), known, authenticator, seed)
    return "" if second.error is not None else second.answer.subject or ""
