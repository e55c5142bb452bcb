"""Where can one session go? The chains that it can make itself, with the tags and source identity it carries.

The hops of a role are those of a new session that carries nothing. A session that exists passes its
transitive tags and its source identity on, hop by hop, so that each hop is evaluated for the session that
would make it. A hop that depends on a session's tags, `aws:userid` or source identity is therefore decided
here, not unknown.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_role-chaining
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import count
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.json_value import Json
from sts_tui.iam import Outcome
from sts_tui.simulation.authorization.assumed_session import assumed_session
from sts_tui.simulation.authorization.authorizer import prepare
from sts_tui.simulation.authorization.hypothetical_request import hypothetical_request
from sts_tui.simulation.authorization.role_chaining import carries_anything
from sts_tui.simulation.reach.direct_hops import DirectHops
from sts_tui.simulation.reach.escalation.escalation import Escalation
from sts_tui.simulation.reach.evaluated_hop import SESSION_NAME, Answer
from sts_tui.simulation.reach.graph import Chain, Hop, HopGraph, HopGroup
from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.caller_restrictions import refuse_caller
from sts_tui.sts.errors import AwsError
from sts_tui.sts.identity import session_identity
from sts_tui.sts.issuing.tags import inherited_tags
from sts_tui.sts.session import Session

_ASSUME_ROLE: Final = "AssumeRole"
_FAR: Final = (1_000_000, 0)
"""More unknown hops and hops than any chain has."""


class _Place(Struct, frozen=True):
    """Where a chain has come to."""

    node: str
    """The session's label, or the ARN of the role or user that was become."""
    issuer: str
    """ARN of the role or user whose permissions it has."""
    session: Session | None
    """None: the user's long-term keys."""
    hops: tuple[Hop, ...] = ()

    @property
    def cost(self) -> tuple[int, int]:
        """How many of its hops are unknown, then how many hops it has."""
        return sum(bool(hop.unknown) for hop in self.hops), len(self.hops)


class _Way(Struct, frozen=True):
    """A hop that a session can make."""

    target: str
    operation: str
    needs: tuple[str, ...]
    unknown: str
    session: Session | None
    """What it ends with; None: credentials of a user."""


def chains_of_session(
    session: Session, simulation: Simulation, graph: HopGraph, target: str | None = None
) -> Iterator[Chain]:
    """The shortest chain of the session to each role or user that it can become, one with an unknown hop only
    where no certain one exists. `graph`: every hop of the model; `target`: only chains to this ARN.
    """
    search = _Search(simulation, graph, session.issuer_arn)
    order = count()
    waiting = [(0, 0, next(order), _Place(session.label, session.issuer_arn, session))]
    done: set[str] = set()
    while waiting:
        _, _, _, place = heapq.heappop(waiting)
        if place.hops:
            if place.issuer in done:
                continue
            done.add(place.issuer)
            if target in (None, place.issuer):
                yield Chain(place.hops)
            if place.issuer == target:
                return
        for after in search.onward(place):
            heapq.heappush(waiting, (*after.cost, next(order), after))


class _Search:
    def __init__(self, simulation: Simulation, graph: HopGraph, start: str) -> None:
        self._world = simulation.world
        self._graph = graph
        self._hops = DirectHops(self._world, simulation.model.raw_dumps)
        self._escalation = Escalation(self._world, self._hops)
        self._best = {start: (0, 0)}
        """The lowest cost of a place, by the ARN of its issuer."""

    def onward(self, place: _Place) -> Iterator[_Place]:
        """Where a place leads that no earlier one leads to at lower cost. A user's hops are those of the
        graph; one that consists of several is made hop by hop.
        """
        groups = tuple(self._graph.leaving(place.issuer))
        known = {group.target for group in groups if not group.through}
        carries = place.session is not None and carries_anything(place.session)
        further = (one for one in self._hops.that_may_admit(place.issuer) if carries and one not in known)
        for group in (*groups, *(_assuming(place.issuer, role) for role in further)):
            doubts, length = place.cost
            if self._best.get(group.target, _FAR) <= (doubts, length + 1):
                continue
            here: _Place | None = place
            for one in group.through or (group,):
                here = None if here is None else self._after(here, one)
            if here is not None and here.cost < self._best.get(here.issuer, _FAR):
                self._best[here.issuer] = here.cost
                yield here

    def _after(self, place: _Place, group: HopGroup) -> _Place | None:
        """The place after one hop; None where its session cannot make it."""
        if place.session is None:
            way: _Way | None = self._way(group, group.needs, group.unknown)
        else:
            way = self._single(place.session, group)
        if way is None:
            return None
        hop = Hop(
            source=place.node,
            source_label=self._graph.label(place.node),
            target=way.target,
            target_label=self._graph.label(way.target),
            operation=way.operation,
            needs=way.needs,
            unknown=way.unknown,
        )
        return _Place(way.target, way.target, way.session, (*place.hops, hop))

    def _single(self, session: Session, group: HopGroup) -> _Way | None:
        if self._is_refused(session, group):
            return None
        if group.operation == _ASSUME_ROLE:
            answer = self._hops.evaluator.of_session(session, group.target, group.brought)
            return None if answer is None else self._assumed(session, group.target, answer)
        caller = session_identity(session)
        if not group.written:
            verdict = self._escalation.verdict_for(caller, session.issuer_arn, group.operation, group.target)
            return None if verdict is None else self._way(group, group.needs, verdict or group.unknown)
        keys: dict[str, Json] = {
            key: value if isinstance(value, str) else list(value) for key, value in group.written_with
        }
        action = f"iam:{group.operation.partition(',')[0]}"
        question = hypothetical_request(caller, action, group.written, self._world, operation_context=keys)
        outcome = prepare(question).decide(self._world.now).outcome
        is_possible = outcome in (Outcome.ALLOWED, Outcome.UNDECIDED)
        return self._way(group, group.needs, group.unknown) if is_possible else None

    def _is_refused(self, session: Session, group: HopGroup) -> bool:
        """Whether AWS takes no such call from these credentials, whatever policies say."""
        action = "sts:AssumeRole" if group.operation == _ASSUME_ROLE else "iam:PutRolePolicy"
        try:
            refuse_caller(action, session_identity(session), self._world.settings)
        except AwsError:
            return True
        return False

    def _way(self, group: HopGroup, needs: tuple[str, ...], unknown: str) -> _Way:
        """It ends with a new session of the role that carries nothing, or with the user's credentials."""
        role = self._world.in_force.roles.get(group.target)
        new = group.session or (None if role is None else assumed_session(role, SESSION_NAME, self._world))
        return _Way(group.target, group.operation, needs, unknown, new)

    def _assumed(self, session: Session, target: str, answer: Answer) -> _Way:
        """AssumeRole: the new session has the tags that are passed or inherited, and the source identity."""
        role = self._world.in_force.roles[target]
        kept = inherited_tags(session)
        passed = tuple(each.tag for each in answer.brought if each.tag is not None)
        onward = tuple(each.tag[0] for each in answer.brought if each.tag is not None and each.is_transitive)
        setting = next((each.parameter for each in answer.brought if each.sets_identity), None)
        new = replace(
            assumed_session(role, SESSION_NAME, self._world),
            tags=(*kept, *passed),
            transitive_tag_keys=(*(key for key, _ in kept), *onward),
            inherited_tag_keys=tuple(key for key, _ in kept),
            source_identity=session.source_identity or (setting[1] if setting else None),
        )
        needs = tuple(each.label for each in answer.brought)
        return _Way(target, _ASSUME_ROLE, needs, answer.unknown, new)


def _assuming(issuer: str, role: str) -> HopGroup:
    """AssumeRole of a role to which no hop of the issuer is known."""
    return HopGroup(sources=(issuer,), target=role, operation=_ASSUME_ROLE)
