"""Which users of an app can get a role through an identity pool: guests, users of its login providers?

A guest needs no credentials: if a pool allows guests, everyone on the internet can get their role. A role
whose trust policy does not test `aud` admits the identities of every pool in any AWS account.
https://docs.aws.amazon.com/cognito/latest/developerguide/role-trust-and-permissions.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.entities import Role
from sts_tui.account.identity_pools import AUTHENTICATED, ISSUER, UNAUTHENTICATED, IdentityPool
from sts_tui.account.json_value import Json
from sts_tui.simulation.app_visitors import (
    first_call,
    logins_of,
    people_of,
    second_call,
    session_call,
    token_call,
)
from sts_tui.simulation.calls.ask import Ask
from sts_tui.simulation.calls.callers import Authenticator
from sts_tui.simulation.calls.pipeline import carry_out
from sts_tui.simulation.identities import ANONYMOUS
from sts_tui.simulation.reach.assume_rights import listed, statements_of
from sts_tui.simulation.reach.evaluated_hop import SESSION_NAME
from sts_tui.simulation.reach.graph import HopGroup
from sts_tui.simulation.world import World
from sts_tui.sts.operation import Answer
from sts_tui.sts.session import Session

_AUDIENCE: Final = f"{ISSUER}:aud"
_METHODS: Final = f"{ISSUER}:amr"
_SUBJECT: Final = f"{ISSUER}:sub"
_ANY: Final = "us-east-1:00000000-0000-4000-8000-000000000000"
_NEGATED: Final = ("not", "null")
_ENHANCED: Final = "GetCredentialsForIdentity"
_BASIC: Final = "AssumeRoleWithWebIdentity"
_CUSTOM: Final = "CustomRoleArn"
BASIC_FLOW: Final = "basic (classic) flow"
MOST_PEOPLE: Final = 50
"""How many users of one pool are tried, each with a signed token."""


class PoolUsers(Struct, frozen=True, kw_only=True):
    """Some users of identity pools, and the claims of their token."""

    who: str
    """`every guest of the identity pool photos`"""
    context: Mapping[str, Json]
    pool: str = ""
    """The name of the pool, if it is in the files."""


def pool_users(statement: Mapping[str, object], role_arn: str, world: World) -> Iterator[PoolUsers]:
    """The users that an Allow for Cognito in the role's trust policy can admit."""
    tested = _tested_pools(statement)
    pools = world.configuration.identity_pools.values()
    for pool in pools:
        if tested is None or any(fnmatchcase(pool.identity_pool_id, one) for one in tested):
            yield from _of_pool(pool, role_arn, world)
    if tested is None:
        methods = [UNAUTHENTICATED, AUTHENTICATED, *_asked_methods(statement)]
        who = "users of any identity pool, of any AWS account"
        yield PoolUsers(who=who, context=_said(_ANY, methods))
    known = {pool.identity_pool_id for pool in pools}
    methods = _asked_methods(statement)
    for one in tested or ():
        if "*" in one:
            who = f"users of any identity pool {one}, of any AWS account"
            yield PoolUsers(who=who, context=_said(one.replace("*", "0"), methods))
        elif one not in known:
            yield PoolUsers(who=f"users of the identity pool {one}", context=_said(one, methods))


class Visit(Struct, frozen=True, kw_only=True):
    """One way for an app to get credentials of a role for a visitor."""

    pool: IdentityPool
    person: str
    """`PROVIDER/USER`; empty for a guest."""
    role: str
    """The ARN of the role."""
    operation: str
    """The call that issues the session."""
    session: Session
    """The issued session."""
    chosen: str = ""
    """How the app names the role (a parameter's name); empty: the pool chooses the role."""

    @property
    def is_limited(self) -> bool:
        """Whether session policies limit what the role may do."""
        return self.session.has_session_policy

    @property
    def nodes(self) -> tuple[str, str]:
        """The two nodes of the graph that stand for the visitor."""
        pool = self.pool
        return (self.person, _every_person(pool)) if self.person else (_guests(pool), _every_guest(pool))


def hops_of(visits: Iterable[Visit]) -> Iterator[HopGroup]:
    """Visits as hops of guests and people."""
    for visit in visits:
        yield HopGroup(
            sources=(visit.person or _guests(visit.pool),),
            target=visit.role,
            operation=visit.operation,
            needs=(visit.chosen,) if visit.chosen else (),
            session=visit.session,
        )


def limited_session(node: str, role_arn: str, visits: Iterable[Visit]) -> Session | None:
    """The session of the users that `pool_users` names like the node, if session policies limit all their
    visits to the role; else None.
    """
    mine = [each for each in visits if each.role == role_arn and node in each.nodes]
    return mine[0].session if mine and all(each.is_limited for each in mine) else None


def visit_of(node: str, role_arn: str, world: World, seed: int, *, is_limited: bool = False) -> Visit | None:
    """A visit of the users that a node of the graph stands for: `guests of photos`, `facebook/fay`, or a name
    of `pool_users`. None if no pool gives them this role. `is_limited`: prefer a visit whose session is
    limited by session policies.
    """
    found = [each for each in visits(world, seed) if each.role == role_arn and node in each.nodes]
    return next((each for each in found if each.is_limited is is_limited), next(iter(found), None))


def visits_to(roles: Sequence[str], world: World, seed: int = 0) -> Iterator[Visit]:
    """Every visit of every visitor to one of these roles (ARNs)."""
    for pool in world.configuration.identity_pools.values() if roles else ():
        people = [f"{one.name}/{user.name}" for _, one, user in people_of(pool, world)][:MOST_PEOPLE]
        for person in ("", *people):
            found = _visits_of(pool, person, roles, world, seed)
            yield from (visit for visit in found if visit.role in roles)


def visits(world: World, seed: int) -> Iterator[Visit]:
    """The roles that guests and signed-in users can get. Each is tried with the app's calls: the enhanced
    flow, in which the pool chooses the role or the app passes CustomRoleArn, and the basic flow, in which the
    app names any role.
    """
    if world.configuration.identity_pools:
        roles = [arn for arn, role in world.in_force.roles.items() if trusts_pools(role)]
        yield from visits_to(roles, world, seed)


def trusts_pools(role: Role, *, by_name: bool = False) -> bool:
    """Whether an Allow of its trust policy may admit identities of Cognito. `by_name`: an Allow for everyone
    does not count.
    """
    for statement in statements_of(role.assume_role_policy_document.document):
        principal = statement.get("Principal", "*")
        everyone = [] if by_name else [ISSUER]
        named = listed(principal.get("Federated")) if isinstance(principal, Mapping) else everyone
        if statement.get("Effect") == "Allow" and ISSUER in named:
            return True
    return False


def _visits_of(
    pool: IdentityPool, person: str, roles: Sequence[str], world: World, seed: int
) -> Iterator[Visit]:
    """Every visit of one visitor. Each call is made and its result dropped, except the identity in the
    pool.
    """

    def asked(action: str, params: Mapping[str, object], where: World) -> Answer | None:
        found = carry_out(Ask(action=action, params=params, caller=ANONYMOUS), where, authenticator, seed)
        return None if found.error is not None else found.answer

    authenticator, logins = Authenticator(), logins_of(person, pool, world)
    first = asked(*first_call(pool, logins), world)
    if first is None or first.configuration is None:
        return
    known = replace(world, configuration=first.configuration)
    identity = str(first.response["IdentityId"])
    given = asked(*second_call(identity, logins), known)
    if given is not None:
        yield Visit(
            pool=pool, person=person, role=str(given.subject), operation=_ENHANCED, session=given.sessions[0]
        )
    for role in roles if pool.role_mappings else ():
        chosen = asked(*second_call(identity, logins, role), known)
        if chosen is not None and (given is None or role != given.subject):
            session = chosen.sessions[0]
            yield Visit(
                pool=pool, person=person, role=role, operation=_ENHANCED, session=session, chosen=_CUSTOM
            )
    token = asked(*token_call(identity, logins), known)
    for role in roles if token is not None else ():
        assert token is not None
        call = session_call(str(token.response["Token"]), role, SESSION_NAME)
        if (taken := asked(*call, known)) is not None:
            session = taken.sessions[0]
            yield Visit(
                pool=pool, person=person, role=role, operation=_BASIC, session=session, chosen=BASIC_FLOW
            )


def _guests(pool: IdentityPool) -> str:
    return f"guests of {pool.identity_pool_name}"


def _every_guest(pool: IdentityPool) -> str:
    return f"every guest of the identity pool {pool.identity_pool_name}"


def _every_person(pool: IdentityPool) -> str:
    return f"people who sign in to the identity pool {pool.identity_pool_name}"


def _of_pool(pool: IdentityPool, role_arn: str, world: World) -> Iterator[PoolUsers]:
    """The guests and signed-in users of a pool that can request this role: in the enhanced flow the pool must
    give it, in the basic flow the app names it.
    """
    allowed = pool.allow_classic_flow
    is_basic = world.settings.classic_flow_by_default if allowed is None else allowed
    is_basic = is_basic and not pool.role_mappings
    if pool.allow_unauthenticated_identities and (is_basic or pool.roles.get(UNAUTHENTICATED) == role_arn):
        said = _said(pool.identity_pool_id, [UNAUTHENTICATED])
        yield PoolUsers(who=_every_guest(pool), context=said, pool=pool.identity_pool_name)
    if pool.has_providers and (is_basic or role_arn in _roles_of_people(pool) or _is_by_token(pool)):
        providers = [*pool.supported_login_providers]
        providers += [one.provider_name for one in pool.cognito_identity_providers]
        said = _said(pool.identity_pool_id, [AUTHENTICATED, *providers])
        yield PoolUsers(who=_every_person(pool), context=said, pool=pool.identity_pool_name)


def _roles_of_people(pool: IdentityPool) -> Iterator[str]:
    yield pool.roles.get(AUTHENTICATED, "")
    for mapping in pool.role_mappings.values():
        configured = mapping.get("RulesConfiguration") if isinstance(mapping, Mapping) else None
        rules = configured.get("Rules") if isinstance(configured, Mapping) else None
        for rule in rules if isinstance(rules, list) else ():
            yield str(rule.get("RoleARN")) if isinstance(rule, Mapping) else ""


def _is_by_token(pool: IdentityPool) -> bool:
    """Whether a token can name any role."""
    return any(isinstance(one, Mapping) and one.get("Type") == "Token" for one in pool.role_mappings.values())


def _tested_pools(statement: Mapping[str, object]) -> list[str] | None:
    """The values that `aud` is compared with; None if the statement does not test `aud`."""
    return _asked(statement, _AUDIENCE)


def _asked_methods(statement: Mapping[str, object]) -> list[str]:
    return [one.replace("*", "any") for one in _asked(statement, _METHODS) or ()]


def _asked(statement: Mapping[str, object], key: str) -> list[str] | None:
    conditions = statement.get("Condition")
    for operator, block in (conditions if isinstance(conditions, Mapping) else {}).items():
        if any(each in str(operator).lower() for each in _NEGATED) or not isinstance(block, Mapping):
            continue
        for name, values in block.items():
            if str(name).lower() == key and values != "*":
                return [str(one) for one in listed(values)]
    return None


def _said(pool_id: str, methods: list[str]) -> dict[str, Json]:
    return {_AUDIENCE: pool_id, _SUBJECT: _ANY, _METHODS: [*methods]}
