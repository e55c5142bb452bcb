"""Which roles can leaked credentials become now?

The hops of the model (`reach`) say which roles a user or role can become. Credentials may have less access
than their issuer: a Deny may name one session, a session policy or a network condition may limit it, a key
may be inactive, and AWS refuses AssumeRole from a federated user. So each hop is evaluated again with the
credentials themselves. A session that may assume its own role again is included: it can renew itself
indefinitely.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from sts_tui.simulation.authorization.role_chaining import carries_anything
from sts_tui.simulation.containment.credential_use import MAY_BE_ALLOWED, Asked
from sts_tui.simulation.containment.holder import Holder
from sts_tui.simulation.reach.direct_hops import DirectHops
from sts_tui.simulation.reach.escalation.escalation import Escalation
from sts_tui.simulation.reach.escalation.escalation_paths import PATHS
from sts_tui.simulation.reach.graph import HopGraph, HopGroup
from sts_tui.simulation.world import World
from sts_tui.sts.authenticate import access_keys
from sts_tui.sts.caller_restrictions import refuse_caller
from sts_tui.sts.errors import AwsError
from sts_tui.sts.identity import session_identity
from sts_tui.sts.session import Session

_MOST_SESSIONS: Final = 20
"""How many of the holder's newest sessions are evaluated for each role."""


def roles_ahead(holder: Holder, graph: HopGraph, world: World, seed: int) -> Iterator[str]:
    """Names of the roles, in the order of the file; ` (unknown)` after those that depend on a fact outside
    the files.
    """
    ahead: dict[str, str] = {}
    search = _Onward(holder, world, seed)
    for issuer in holder.issuers:
        for group in (*graph.leaving(issuer), *search.further(issuer, graph)):
            if ahead.get(group.target) == "":
                continue
            if (doubt := search.doubt(issuer, group)) is not None:
                ahead[group.target] = doubt
    for arn, role in world.configuration.roles.items():
        if arn in ahead:
            yield role.role_name + (" (unknown)" if ahead[arn] else "")


class _Onward:
    """Evaluates hops of the issuers with the holder's credentials."""

    def __init__(self, holder: Holder, world: World, seed: int) -> None:
        self._world = world
        self._seed = seed
        self._hops = DirectHops(world)
        self._escalation = Escalation(world, self._hops)
        newest = reversed(holder.live(world))
        self._sessions: Sequence[Session] = tuple(islice(newest, _MOST_SESSIONS))
        self._has_key = _has_active_key(holder, world)

    def doubt(self, issuer: str, group: HopGroup) -> str | None:
        """Empty: a credential can make the hop; None: none can; else the fact that would decide it."""
        if self._has_key and issuer in self._world.in_force.users:
            return group.unknown  # found for the user's long-term keys
        found = None
        for session in self._sessions:
            if session.issuer_arn != issuer:
                continue
            verdict = self._verdict(session, group.through[0] if group.through else group)
            if verdict is not None:
                found = verdict or (group.unknown if group.through or group.operation != "AssumeRole" else "")
                if not found:
                    return ""
        return found

    def further(self, issuer: str, graph: HopGraph) -> Iterator[HopGroup]:
        """AssumeRole of other roles whose trust policies may admit the issuer, because its sessions may carry
        what they require.
        """
        if not any(one.issuer_arn == issuer and carries_anything(one) for one in self._sessions):
            return
        known = {group.target for group in graph.leaving(issuer) if not group.through}
        for target in self._hops.that_may_admit(issuer):
            if target not in known:
                yield HopGroup(sources=(issuer,), target=target, operation="AssumeRole")

    def _verdict(self, session: Session, group: HopGroup) -> str | None:
        """Empty: a session can make the hop; None: it is denied; else the fact that would decide it. The
        session's properties are known, so an AssumeRole hop that is unknown for its role is decided for the
        session.
        """
        if any(self._is_refused(session, action) for action in _actions(group)):
            return None
        if group.written:
            asked = Asked(session.access_key_id, _actions(group)[0], group.written)
            is_possible = asked.answer(self._world, self._seed)[0] in MAY_BE_ALLOWED
            return group.unknown if is_possible else None
        if group.is_session:
            answer = self._hops.evaluator.of_session(session, group.target, group.brought)
            return None if answer is None else answer.unknown
        caller = session_identity(session)
        return self._escalation.verdict_for(caller, session.issuer_arn, group.operation, group.target)

    def _is_refused(self, session: Session, action: str) -> bool:
        """Whether AWS refuses such a call from these credentials, before any policy is evaluated."""
        try:
            refuse_caller(action, session_identity(session), self._world.settings)
        except AwsError:
            return True
        return False


def _actions(group: HopGroup) -> tuple[str, ...]:
    """The actions that a hop needs, the first one first."""
    if group.written:
        return tuple(f"iam:{each.strip()}" for each in group.operation.split(","))
    if group.is_session:
        return (f"sts:{group.operation}",)
    path = next((each for each in PATHS if each.name == group.operation), None)
    return () if path is None else tuple(each.action for each in path.permissions)


def _has_active_key(holder: Holder, world: World) -> bool:
    user = world.in_force.users.get(holder.user)
    known = access_keys(user) if user is not None else {}
    return any(known.get(key) for key in holder.keys)
