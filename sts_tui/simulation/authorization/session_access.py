"""Which of its earlier requests is a session still allowed? They are evaluated again as of now.

A session is *cut* when every request that was once allowed to it is denied now, *partly* cut when some are.
These are the last hundred distinct requests that it was allowed. If it has made none, there is an example
request for each Allow statement of its policies at the time of issue that was allowed then. Every loss of
access is found, because the engine evaluates the requests: a Deny on `aws:userid`, source identity or
network, an SCP, an RCP, a permissions boundary, a detached or edited policy, an inactive access key.

A request is evaluated again only after something that its answer depends on has changed: see `SessionAccess`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final, TypeAlias

from msgspec import Struct

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Role, Settings, User
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.iam import Outcome
from sts_tui.iam.decision import Decision
from sts_tui.iam.documents.policy import mentions
from sts_tui.iam.provenance import PolicyType
from sts_tui.simulation.allowed_requests import Signature, signature_of
from sts_tui.simulation.authorization.authorizer import LoggedQuestion, endpoint_id, prepare
from sts_tui.simulation.authorization.context import CLOCK_KEYS
from sts_tui.simulation.authorization.denial_responses import decided_by
from sts_tui.simulation.authorization.example_requests import example_request
from sts_tui.simulation.authorization.example_resources import variables_of
from sts_tui.simulation.authorization.hypothetical_request import question_under
from sts_tui.simulation.authorization.organization import levels_of
from sts_tui.simulation.authorization.policies import (
    boundary_document,
    endpoint_of,
    governing_resource,
    groups_of,
    identity_documents,
)
from sts_tui.simulation.world import World
from sts_tui.sts.authenticate import authenticate
from sts_tui.sts.errors import AwsError
from sts_tui.sts.identity import CallerIdentity, session_identity
from sts_tui.sts.session import Session

_SHORT_TYPE: Final[Mapping[PolicyType, str]] = {
    PolicyType.SCP: "SCP ",
    PolicyType.RCP: "RCP ",
    PolicyType.BOUNDARY: "boundary ",
    PolicyType.SESSION: "session policy ",
}

_MOST_ACTIONS: Final = 6
"""How many actions of one statement are tried until one is allowed."""
Inputs: TypeAlias = tuple[object, ...]
"""Objects of the configuration that an answer depends on. They are frozen, so comparing identities is
enough.
"""


class Access(Struct, frozen=True):
    """How many of the requests that were once allowed are denied now, and by what."""

    denied: int
    of: int
    by: str = ""
    """The statement that denies most of them (`SCP emergency#1`), or words for the missing Allow."""


class _Result(Struct, frozen=True):
    """The answer to one request, and what it depends on."""

    caller: Inputs
    resource: Inputs
    at: datetime | None
    """When it was evaluated, if the answer depends on the time; None if it does not."""
    denied_by: str
    """Empty if it is allowed."""


class SessionAccess:
    """Caches the answers of one simulation, each with the objects that it depends on.

    A new configuration shares what did not change with the one before it, so comparing these objects by
    identity finds the answers that are out of date. `evaluations` counts the evaluations made.
    """

    def __init__(self) -> None:
        self.evaluations = 0
        self.allowance: int | None = None
        """How many evaluations may be made before `soon` returns None; None: any number."""
        self.timed: set[str] = set()
        """Access key ids of sessions whose answers depend on the time."""
        self._world_of: tuple[object, object] = (None, None)
        self._callers: dict[str, Inputs] = {}
        self._resources: dict[str, Inputs] = {}
        self._fresh: set[str] = set()
        """Keys of `_callers` and `_resources` that are up to date with this configuration."""
        self._results: dict[str, dict[Signature, _Result]] = {}

    def of(
        self, session: Session, requests: Iterable[tuple[Signature, LoggedQuestion]], world: World
    ) -> Access:
        """The access of a session, from its earlier requests."""
        before, self.allowance = self.allowance, None
        try:
            found = self.soon(session, requests, world)
        finally:
            self.allowance = before
        assert found is not None
        return found

    def soon(
        self, session: Session, requests: Iterable[tuple[Signature, LoggedQuestion]], world: World
    ) -> Access | None:
        """As `of`; None if the allowance does not suffice. Answers evaluated by then are kept."""
        if not self._is_of(world):
            self._world_of = (world.in_force, world.settings)
            self._fresh.clear()
        caller_inputs = self._caller_inputs(session, world)
        known = self._results.get(session.access_key_id, {})
        results: dict[Signature, _Result] = {}
        caller: CallerIdentity | None = None
        for signature, question in requests:
            resource_inputs = self._resource_inputs(question, world)
            result = known.get(signature)
            if result is None or not _holds(result, caller_inputs, resource_inputs, world.now):
                if self.is_exhausted:
                    self._results[session.access_key_id] = {**known, **results}
                    return None
                caller = caller or session_identity(session)
                result = self._evaluate(question, session, caller, caller_inputs, resource_inputs, world)
            results[signature] = result
        self._results[session.access_key_id] = results
        if any(result.at is not None for result in results.values()):
            self.timed.add(session.access_key_id)
        else:
            self.timed.discard(session.access_key_id)
        return _summed(results.values())

    @property
    def is_exhausted(self) -> bool:
        return self.allowance is not None and self.allowance <= 0

    def is_known(self, access_key_id: str) -> bool:
        """Whether a request of this session was ever evaluated."""
        return access_key_id in self._results

    def spend(self, evaluations: int) -> None:
        """Subtract evaluations from the allowance."""
        if self.allowance is not None:
            self.allowance -= evaluations

    def borrow(self, other: SessionAccess) -> None:
        """Take over the answers of the same model at another time. Each is checked against what it depends on
        before use, as after a change of the configuration.
        """
        self._callers = {**other._callers, **self._callers}
        self._resources = {**other._resources, **self._resources}
        for key, known in other._results.items():
            own = self._results.get(key)
            self._results[key] = {**known, **own} if own else known

    def forget(self, access_key_ids: Iterable[str]) -> None:
        """Drop the answers of sessions that are no longer listed."""
        for key in access_key_ids:
            self._results.pop(key, None)
            self.timed.discard(key)

    def _is_of(self, world: World) -> bool:
        return self._world_of[0] is world.in_force and self._world_of[1] is world.settings

    def _evaluate(
        self, question: LoggedQuestion, session: Session, caller: CallerIdentity,
        caller_inputs: Inputs, resource_inputs: Inputs, world: World,
    ) -> _Result:  # fmt: skip
        self.evaluations += 1
        self.spend(1)
        is_timed = _depend_on_clock(caller_inputs) or _depend_on_clock(resource_inputs)
        return _Result(
            caller=caller_inputs,
            resource=resource_inputs,
            at=world.now if is_timed else None,
            denied_by=denied_by(question, session, caller, world),
        )

    def _caller_inputs(self, session: Session, world: World) -> Inputs:
        """The objects of the configuration that decide what a session may do, for any request."""
        policies = ",".join(session.session_policy_arns)
        name = f"caller {session.issuer_arn} {session.parent} {policies} {len(session.session_policies)}"
        if session.session_policies:
            name += session.access_key_id
        if name not in self._fresh:
            self._fresh.add(name)
            self._callers[name] = _same(self._callers.get(name), _caller_parts(session, world))
        return self._callers[name]

    def _resource_inputs(self, question: LoggedQuestion, world: World) -> Inputs:
        """The objects of the configuration that decide who may use a resource."""
        endpoint = endpoint_id(question.context)
        name = f"resource {question.resource} {endpoint}"
        if name not in self._fresh:
            self._fresh.add(name)
            parts = _resource_parts(question.resource, endpoint, world.in_force)
            self._resources[name] = _same(self._resources.get(name), parts)
        return self._resources[name]


def denied_by(question: LoggedQuestion, session: Session, caller: CallerIdentity, world: World) -> str:
    """What denies an earlier request of a session now; empty if it is still allowed or undecided."""
    try:
        authenticate(
            session.access_key_id,
            configuration=world.in_force,
            sessions=world.sessions,
            now=world.now,
            settings=world.settings,
        )
    except AwsError as refusal:
        return refusal.hint or refusal.message
    asked = question.under(
        world.in_force, caller=caller, settings=world.settings, edition=0, resource_policy=None
    )
    decision = prepare(asked).decide(world.now)
    if decision.outcome in (Outcome.ALLOWED, Outcome.UNDECIDED):
        return ""
    return f"{_type_of(decision)}{decided_by(decision, question.action)}"


def requests_at_issue(
    session: Session, then: Configuration, world: World
) -> Iterator[tuple[Signature, LoggedQuestion]]:
    """For each Allow statement of the session's policies when it was issued: the first example request that
    was allowed then. `then`: the configuration in force at that time.
    """
    caller = session_identity(session)
    asked: set[tuple[str, str]] = set()
    for pairs in stated_requests(caller, session.issuer_arn, then, world.settings):
        for action, resource in pairs:
            if (action, resource) in asked:
                continue
            asked.add((action, resource))
            question = question_under(then, world.settings, caller, action, resource)
            decision = prepare(question).decide(session.issued_at)
            if decision.outcome is Outcome.ALLOWED:
                yield signature_of(question), question.logged()
                break


def stated_requests(
    caller: CallerIdentity, issuer: str, configuration: Configuration, settings: Settings
) -> Iterator[Iterator[tuple[str, str]]]:
    """(action, resource) for each Allow statement of a role or user, with wildcards filled in by
    `example_request`: one for each of its first actions, because a session policy or the kind of credentials
    may deny some of them.
    """
    variables = variables_of(caller, configuration, settings)
    account = account_of(issuer) or ""
    for document in identity_documents(issuer, configuration):
        statements = document.written.document.get("Statement", []) if document.written else []
        for statement in statements if isinstance(statements, list) else [statements]:
            if isinstance(statement, Mapping) and statement.get("Effect") == "Allow":
                resource = _first(statement.get("Resource"))[0]
                yield (
                    example_request(action, resource, variables, account, configuration)
                    for action in _first(statement.get("Action"))
                )


def _first(written: object) -> list[str]:
    """The first values of an element; one empty text if the statement has NotAction or NotResource."""
    values = written if isinstance(written, list) else [written]
    return [one for one in values[:_MOST_ACTIONS] if isinstance(one, str)] or [""]


def _holds(result: _Result, caller: Inputs, resource: Inputs, now: datetime) -> bool:
    return result.caller is caller and result.resource is resource and result.at in (None, now)


def _summed(results: Iterable[_Result]) -> Access:
    found = list(results)
    by = [result.denied_by for result in found if result.denied_by]
    most = max(dict.fromkeys(by), key=by.count) if by else ""
    return Access(denied=len(by), of=len(found), by=most)


def _type_of(decision: Decision) -> str:
    kind = decision.statements[0].policy_type if decision.statements else None
    return _SHORT_TYPE.get(kind, "") if kind is not None else ""


def _same(before: Inputs | None, now: Inputs) -> Inputs:
    """The earlier tuple if it holds the same objects, because answers compare tuples by identity."""
    is_same = before is not None and len(before) == len(now) and all(map(_is_one, before, now))
    return before if before is not None and is_same else now


def _is_one(one: object, other: object) -> bool:
    return one is other or (isinstance(one, str) and one == other)


def _caller_parts(session: Session, world: World) -> Inputs:
    configuration = world.in_force
    issuer: Role | User | None = configuration.roles.get(session.issuer_arn) or configuration.users.get(
        session.issuer_arn
    )
    groups = tuple(groups_of(issuer, configuration)) if isinstance(issuer, User) else ()
    attached = [
        one.policy_arn for holder in (issuer, *groups) if holder for one in holder.attached_managed_policies
    ]
    if issuer is not None and issuer.permissions_boundary is not None:
        attached.append(issuer.permissions_boundary.permissions_boundary_arn)
    managed = [configuration.policies.get(arn) for arn in (*attached, *session.session_policy_arns)]
    return (
        world.settings,
        configuration.organization,
        configuration.accounts,
        issuer,
        *groups,
        *managed,
        *session.session_policies,
        *_documents(session.issuer_arn, configuration),
        *_scp_documents(session.account, configuration),
    )


def _documents(issuer: str, configuration: Configuration) -> Iterator[WrittenPolicy]:
    for document in identity_documents(issuer, configuration):
        if document.written is not None:
            yield document.written
    ceiling = boundary_document(issuer, configuration)
    if ceiling is not None and ceiling.written is not None:
        yield ceiling.written


def _scp_documents(account: str, configuration: Configuration) -> Iterator[WrittenPolicy]:
    for level in levels_of(account, configuration):
        for policy in (*level.service_control_policies, *level.resource_control_policies):
            yield policy.document


def _resource_parts(resource: str, endpoint: str | None, configuration: Configuration) -> Inputs:
    entry = governing_resource(resource, configuration)
    through = endpoint_of(endpoint, configuration)
    role = configuration.roles.get(resource)
    documents = [one.policy for one in (entry, through) if one is not None and one.policy is not None]
    trust = [role.assume_role_policy_document] if role is not None else []
    return (
        entry,
        through,
        role,
        configuration.users.get(resource),
        configuration.policies.get(resource),
        *documents,
        *trust,
        *_scp_documents(account_of(resource) or "", configuration),
    )


def _depend_on_clock(inputs: Inputs) -> bool:
    """Whether a policy among these tests the time, so that an answer holds only for its instant."""
    return any(mentions(one, CLOCK_KEYS) for one in inputs if isinstance(one, WrittenPolicy))
