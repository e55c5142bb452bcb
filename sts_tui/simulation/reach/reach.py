"""Who can become whom, through which chain of roles.

Every hop was tried, by the way that a call goes, on a fork of the world in which each role has a fresh
session; so every layer counts, and a condition that a caller can meet (MFA, an external id …) is told as
what the hop `needs`. Trust policies only choose whom to try. Tags that would be inherited along a chain are
not tried; service-linked roles are ends, never beginnings.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.arn import Arn
from sts_tui.account.entities import Role
from sts_tui.account.identifiers import TEMPORARY_KEY_PREFIX
from sts_tui.simulation.authorization.trusted_principals import CallersOfSts, Trusted, named_sessions
from sts_tui.simulation.calls.callers import Authenticator
from sts_tui.simulation.calls.pipeline import Ask, carry_out
from sts_tui.simulation.identities import ANONYMOUS, Identity, IdentityKind, identity_of_user
from sts_tui.simulation.reach.caller_supplied_context import Wish, applied, wishes_of
from sts_tui.simulation.simulation import Simulation
from sts_tui.simulation.workloads.sign_in import SignInError, sign_in
from sts_tui.simulation.world import World
from sts_tui.sts.errors import AwsError
from sts_tui.sts.session import Credentials, Session, SessionKind

_SESSION_NAME: Final = "reach"


class Hop(Struct, frozen=True, kw_only=True):
    """One step that AWS would allow now."""

    source: str
    """ARN of a user or role; `github/main` of an identity provider's user; `service:ec2.amazonaws.com`."""
    source_label: str
    target: str
    """ARN of a role."""
    target_label: str
    operation: str
    """`AssumeRole`, `AssumeRoleWithSAML`, `AssumeRoleWithWebIdentity`."""
    needs: tuple[str, ...] = ()
    """What the caller has to bring: `MFA`, `external id acme-7`."""


class Chain(Struct, frozen=True):
    """Hops one after another, each from the role before."""

    hops: tuple[Hop, ...]

    @property
    def source(self) -> str:
        return self.hops[0].source

    @property
    def target(self) -> str:
        return self.hops[-1].target


def hops(simulation: Simulation, progress: Callable[[int, int], None] | None = None) -> tuple[Hop, ...]:
    """Every hop, in the order of the file: users, then roles, then services and identity providers.

    `progress(done, of)` is called before each role; what it raises ends the search.
    """
    search = _Search(simulation)
    roles, found = search.world.in_force.roles, list[Hop]()
    for done, role in enumerate(roles.values()):
        if progress is not None:
            progress(done, len(roles))
        found += search.hops_to(role)
    order = {source: number for number, source in enumerate(search.sources())}
    return tuple(sorted(found, key=lambda hop: (order.get(hop.source, len(order)), hop.source)))


def chains(found: Iterable[Hop], source: str | None = None, target: str | None = None) -> Iterator[Chain]:
    """The shortest chain from each source to each role that it can become, at last.

    `source` and `target` are those of `Hop`; without them all are answered.
    """
    leaving: dict[str, list[Hop]] = {}
    for hop in found:
        leaving.setdefault(hop.source, []).append(hop)
    for begin in [source] if source is not None else list(leaving):
        for chain in _from(begin, leaving):
            if target in (None, chain.target):
                yield chain


def _from(source: str, leaving: Mapping[str, Sequence[Hop]]) -> Iterator[Chain]:
    """Breadth first: the nearest roles come first, each once."""
    seen = {source}
    waiting: deque[tuple[Hop, ...]] = deque([()])
    while waiting:
        so_far = waiting.popleft()
        here = so_far[-1].target if so_far else source
        for hop in leaving.get(here, ()):
            if hop.target not in seen:
                seen.add(hop.target)
                waiting.append((*so_far, hop))
                yield Chain((*so_far, hop))


def cycles(found: Iterable[Hop]) -> tuple[tuple[str, ...], ...]:
    """Groups of roles (ARNs) that can become each other, a role that can become itself included.

    Whoever holds a session of one can renew for ever; to end that, every role of the group has to be
    revoked before one of them is assumed again.
    """
    leaving: dict[str, list[str]] = {}
    for hop in found:
        leaving.setdefault(hop.source, []).append(hop.target)
    reached = {source: _reached(source, leaving) for source in leaving}
    groups: dict[tuple[str, ...], None] = {}
    for source in leaving:
        if source in reached[source]:
            group = [other for other in leaving if other in reached[source] and source in reached[other]]
            groups[tuple(group)] = None
    return tuple(groups)


def _reached(source: str, leaving: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """Everything that can be reached in one hop or more, the source itself where it comes back."""
    seen: set[str] = set()
    waiting = list(leaving.get(source, ()))
    while waiting:
        here = waiting.pop()
        if here not in seen:
            seen.add(here)
            waiting += leaving.get(here, ())
    return frozenset(seen)


class _Search:
    """Asks the pipeline, on a fork of the world where every role has a session of its own."""

    def __init__(self, simulation: Simulation) -> None:
        world = simulation.world
        roles = world.in_force.roles
        self._trusted = {role.arn: Trusted.by(role) for role in roles.values()}
        names = {arn: [_SESSION_NAME] for arn in roles}
        for role_arn, name in named_sessions(self._trusted.values(), roles.values()):
            names[role_arn].append(name)
        self._keys: dict[tuple[str, str], str] = {}
        sessions: dict[str, Session] = {}
        for arn, wanted in names.items():
            for name in dict.fromkeys(wanted):
                key = f"{TEMPORARY_KEY_PREFIX}{len(sessions) + 1:016d}"
                self._keys[arn, name] = key
                sessions[key] = _session(roles[arn], key, name, world)
        # Whom one can become does not hang on codes that were used a moment ago.
        self.world = replace(world, sessions=sessions, mfa_verifications={})
        self._callers = CallersOfSts(world)
        self._by_unique_id = {user.user_id: user.arn for user in world.in_force.users.values()}
        self._by_unique_id |= {role.role_id: role.arn for role in roles.values()}
        self._seed = simulation.seed
        self._authenticator = Authenticator()

    def sources(self) -> Iterator[str]:
        """Users and roles: whoever can be a source besides services and identity providers."""
        yield from self.world.in_force.users
        yield from self.world.in_force.roles

    def hops_to(self, role: Role) -> Iterator[Hop]:
        trusted = self._trusted[role.arn]
        for source in self._candidates(trusted, role.arn):
            if user := self.world.in_force.users.get(source):
                yield from self._assume(user.arn, user.user_name, identity_of_user(user), role)
            elif other := self.world.in_force.roles.get(source):  # itself too: a role may trust itself
                yield from self._from_role(other, role, trusted)
        for service in trusted.services:
            identity = Identity(kind=IdentityKind.SERVICE, label=f"service:{service}", arn=service)
            yield from self._assume(identity.label, identity.label, identity, role)
        if trusted.federated:
            yield from self._federated(role)

    def _candidates(self, trusted: Trusted, role_arn: str) -> Iterator[str]:
        """Whom it is worth trying: who is named, and who could call STS of the accounts that are."""
        if trusted.anybody:
            yield from self.sources()
            return
        found = dict.fromkeys(self._by_unique_id.get(name, name) for name in trusted.principals)
        found.update(
            dict.fromkeys(role for role, _ in named_sessions([trusted], self.world.in_force.roles.values()))
        )
        for account in trusted.accounts:
            found.update(dict.fromkeys(self._callers.of(account, role_arn)))
        yield from found

    def _from_role(self, source: Role, role: Role, trusted: Trusted) -> Iterator[Hop]:
        """From any session of a role, else from one of a name that the trust policy asks for."""
        if source.is_service_linked:
            return
        found = list(self._assume(source.arn, source.role_name, self._keys[source.arn, _SESSION_NAME], role))
        for arn, name in named_sessions([trusted], [source]):
            if not found and arn == source.arn:
                hops_of_name = self._assume(source.arn, source.role_name, self._keys[arn, name], role)
                found = [replace(hop, needs=(f"as session {name}", *hop.needs)) for hop in hops_of_name]
        yield from found

    def _assume(self, source: str, label: str, caller: str | Identity, role: Role) -> Iterator[Hop]:
        params = {"RoleArn": role.arn, "RoleSessionName": _SESSION_NAME}
        ask = Ask(action="sts:AssumeRole", params=params, caller=caller)
        needs = self._needs(ask, wishes_of(source, role, self.world))
        if needs is not None:
            yield Hop(
                source=source,
                source_label=label,
                target=role.arn,
                target_label=role.role_name,
                operation="AssumeRole",
                needs=needs,
            )

    def _needs(self, ask: Ask, wishes: Sequence[Wish]) -> tuple[str, ...] | None:
        """The fewest wishes with which the call is allowed; None where it is refused with all of them."""
        if self._is_allowed(ask):
            return ()
        if not wishes or not self._is_allowed(applied(ask, wishes)):
            return None
        kept = list(wishes)
        for wish in wishes:
            without = [other for other in kept if other is not wish]
            if self._is_allowed(applied(ask, without)):
                kept = without
        return tuple(wish.label for wish in kept)

    def _is_allowed(self, ask: Ask) -> bool:
        return carry_out(ask, self.world, self._authenticator, self._seed).error is None

    def _federated(self, role: Role) -> Iterator[Hop]:
        for provider in self.world.identity_providers.values():
            for person in provider.users:
                try:
                    action, params = sign_in(provider.name, person.name, role.arn, self.world)
                except (SignInError, AwsError):
                    continue
                given: dict[str, Any] = {"RoleSessionName": _SESSION_NAME, **params}
                if action == "sts:AssumeRoleWithSAML":
                    given.pop("RoleSessionName")
                if self._is_allowed(Ask(action=action, params=given, caller=ANONYMOUS)):
                    label = f"{provider.name}/{person.name}"
                    yield Hop(
                        source=label,
                        source_label=label,
                        target=role.arn,
                        target_label=role.role_name,
                        operation=action.partition(":")[2],
                    )


def _session(role: Role, key: str, name: str, world: World) -> Session:
    """A session of a role as it would be issued now."""
    arn = Arn.parse(role.arn)
    expires = world.now + timedelta(hours=1)
    return Session(
        name=name,
        kind=SessionKind.ROLE,
        operation="AssumeRole",
        credentials=Credentials(
            access_key_id=key, secret_access_key="", session_token="", expiration=expires
        ),
        account=arn.account,
        arn=f"arn:{arn.partition}:sts::{arn.account}:assumed-role/{role.role_name}/{name}",
        user_id=f"{role.role_id}:{name}",
        issuer_arn=role.arn,
        issuer_id=role.role_id,
        issued_at=world.now,
        expires_at=expires,
    )
