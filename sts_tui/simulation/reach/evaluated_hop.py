"""Does the engine allow one hop, and what does the caller have to supply for that?

Every policy of every request of the call is evaluated (`authorization.role_chaining`), as in the call itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.entities import Role, User
from sts_tui.account.regions import DEFAULT_REGION
from sts_tui.iam import Outcome
from sts_tui.iam.decision import Decision
from sts_tui.simulation.authorization.assumed_session import Tags, assumed_session, carrying
from sts_tui.simulation.authorization.authorizer import Prepared, prepare
from sts_tui.simulation.authorization.choice_search import (
    NOT_ALL_TRIED,
    Attempt,
    MayChoose,
    attempt_of,
    search,
)
from sts_tui.simulation.authorization.choice_values import Choices
from sts_tui.simulation.authorization.hypothetical_request import hypothetical_request
from sts_tui.simulation.authorization.role_chaining import ASSUME_ROLE, requests_of
from sts_tui.simulation.reach.caller_supplied_context import (
    CandidateContext,
    brought_by,
    may_supply,
    operation_context,
    own_part,
)
from sts_tui.simulation.reach.sources import Source
from sts_tui.simulation.world import World
from sts_tui.sts.identity import CallerIdentity, service_identity, session_identity, user_identity
from sts_tui.sts.session import Session

SESSION_NAME: Final = "reach"
CallerWith = Callable[[Tags], CallerIdentity]
"""Makes the caller, whose session has these tags."""
AskedWith = Callable[[Sequence[CandidateContext]], Iterable[Prepared]]
"""Gives the requests of a call that supplies this."""


def verdict_of(decision: Decision) -> str | None:
    """Empty: allowed; None: denied; for an undecided request the fact that would decide it."""
    if decision.outcome is Outcome.ALLOWED:
        return ""
    return (decision.note or decision.reason) if decision.outcome is Outcome.UNDECIDED else None


class Answer(Struct, frozen=True):
    """The engine's answer for one hop; `brought`: what the caller has to supply."""

    brought: tuple[CandidateContext, ...] = ()
    unknown: str = ""


class HopEvaluator:
    """Evaluates hops in one world."""

    def __init__(self, world: World, accounts_without_mfa_facts: frozenset[str]) -> None:
        """`accounts_without_mfa_facts`: accounts whose files do not list MFA devices (raw dumps)."""
        self._world = world
        self._mfa_unknown = accounts_without_mfa_facts
        self._callers: dict[tuple[str, str], CallerIdentity] = {}
        self.evaluations = 0
        """Number of evaluations: the cost, which must not grow with the number of pairs."""

    def needs(self, source: Source, role: Role, session_name: str) -> Answer | None:
        """The least that a source has to supply; None: nothing helps. `session_name`: the name of a role's
        session.
        """
        user = source.entity if isinstance(source.entity, User) else None
        is_silent = user is not None and "MFADevices" not in user.stated
        mfa_is_unknown = is_silent and source.account in self._mfa_unknown
        wider = may_supply(user, with_unknown=True, mfa_is_unknown=mfa_is_unknown)

        def caller(tags: Tags) -> CallerIdentity:
            if tags and isinstance(source.entity, Role):
                session = assumed_session(source.entity, session_name, self._world)
                return session_identity(replace(session, tags=tags))
            return self.caller(source, session_name)

        return self._least(partial(self._asked, caller, role), user, may_supply(user), wider)

    def service_needs(self, service: str, role: Role) -> Answer | None:
        """The same for an AWS service, which has no session and no tags."""
        chosen = may_supply(None, is_service=True)
        return self._least(partial(self._asked, partial(_service, service), role), None, chosen, chosen)

    def _least(
        self, asked: AskedWith, user: User | None, certain: MayChoose, wider: MayChoose
    ) -> Answer | None:
        """The least that the caller has to supply for the call to be allowed; None: nothing helps. If the
        files leave the call undecided, the answer names the fact that would decide it. `asked`: the requests
        of the call; `user`: the caller, if it is a user; `certain`: what the caller can choose; `wider`: the
        same with what the files do not say that it has.
        """
        known: dict[Choices, list[Sequence[Attempt]]] = {}

        def attempts(choices: Choices) -> Sequence[Sequence[Attempt]]:
            if choices not in known:
                made = known[choices] = []
                for prepared in asked(brought_by(choices, user)):
                    attempt = attempt_of(prepared, self._world.now)
                    made.append((attempt,))
                    if verdict_of(attempt.decision) is None:
                        break
            return known[choices]

        found = search(attempts, certain)
        if found.choices is not None:
            return Answer(brought_by(found.choices, user))
        among_unknown = search(attempts, wider)
        if among_unknown.choices is not None:
            brought = brought_by(among_unknown.choices, user)
            return Answer(brought, next((each.settled_by for each in brought if each.is_unknown), ""))
        if among_unknown.undecided is not None:
            return Answer(brought_by(among_unknown.undecided, user), among_unknown.unknown)
        is_bounded = found.is_bounded or among_unknown.is_bounded
        return Answer((), NOT_ALL_TRIED) if is_bounded else None

    def _verdict(self, requests: Iterable[Prepared]) -> str | None:
        """As `verdict_of`, for all requests of a call."""
        unknown = ""
        for prepared in requests:
            verdict = verdict_of(prepared.decide(self._world.now))
            if verdict is None:
                return None
            unknown = unknown or verdict
        return unknown

    def _asked(
        self, caller: CallerWith, role: Role, brought: Sequence[CandidateContext]
    ) -> Iterator[Prepared]:
        """Every action of the call, `sts:AssumeRole` first (`role_chaining`)."""
        keys = operation_context(brought, SESSION_NAME)
        context = dict(each.key for each in brought if each.key)
        region = next((each.region for each in brought if each.region), DEFAULT_REGION)
        who = caller(tuple(each.session_tag for each in brought if each.session_tag))
        identity = next((each.carried_identity for each in brought if each.carried_identity), None)
        if identity is not None and who.session is not None:
            context = {key: value for key, value in context.items() if key.lower() != "aws:sourceidentity"}
            who = session_identity(replace(who.session, source_identity=identity))
        question = hypothetical_request(
            who,
            ASSUME_ROLE,
            role.arn,
            self._world,
            region=region,
            context=context,
            operation_context=keys,
        )
        for one in requests_of(question):
            self.evaluations += 1
            yield prepare(one)

    def is_allowed(
        self,
        source: Source,
        role: Role,
        brought: Sequence[CandidateContext],
        carried: Tags = (),
        *,
        is_transitive: bool = True,
        kept: Tags = (),
        source_identity: str = "",
    ) -> bool:
        """Whether the engine allows one hop of a user or role that supplies `brought`. `carried`: tags of the
        role's session, which the new session inherits if `is_transitive`. `kept`: further tags of that
        session, which are not transitive. `source_identity`: the session's; empty: none.
        """
        if not (carried or kept or source_identity):
            return self._verdict(self._asked(lambda tags: self.caller(source), role, brought)) == ""
        if not isinstance(source.entity, Role):
            return False
        session = assumed_session(source.entity, SESSION_NAME, self._world)
        if is_transitive:
            session = carrying(session, carried)
        session = replace(session, tags=(*carried, *kept), source_identity=source_identity or None)
        return self._verdict(self._asked(_caller_of(session), role, own_part(brought, session))) == ""

    def of_session(
        self, session: Session, role_arn: str, brought: Sequence[CandidateContext] = ()
    ) -> Answer | None:
        """The least that this session has to supply to assume a role; None: nothing helps. What it carries is
        known: its transitive tags and its source identity are passed on and cannot be chosen. `brought`: what
        other sessions of its role supply, which is tried first.
        """
        role = self._world.in_force.roles.get(role_arn)
        if role is None:
            return None
        user = self._world.in_force.users.get(session.issuer_arn)
        asked = partial(self._asked, _caller_of(session), role)
        likely = own_part(brought, session)
        if self._verdict(asked(likely)) == "":
            return Answer(likely)
        chosen = may_supply(user, session=session)
        return self._least(asked, user, chosen, chosen)

    def caller(self, source: Source, session_name: str = SESSION_NAME) -> CallerIdentity:
        """The source as a caller: the user with long-term keys, or a session of the role."""
        key = (source.arn, session_name)
        found = self._callers.get(key)
        if found is None:
            entity = source.entity
            if isinstance(entity, User):
                found = user_identity(entity)
            else:
                found = session_identity(assumed_session(entity, session_name, self._world))
            self._callers[key] = found
        return found


def _caller_of(session: Session) -> CallerWith:
    """Makes a caller with this session, which ignores other tags."""
    caller = session_identity(session)
    return lambda tags: caller


def _service(name: str, tags: Tags) -> CallerIdentity:
    """An AWS service has no session, and no tags."""
    return service_identity(name)
