"""May this caller do this? Gathers context and policies, asks `sts_tui.iam`, and can ask the same again.

The log keeps a `LoggedQuestion`: the caller as it was and the number of the configuration that was in force.
So a hundred thousand logged requests stay small, and explaining one later makes the very same decision by the
very same way. What does not depend on the instant is prepared once per caller and configuration.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Resource, Settings
from sts_tui.account.json_value import Json, JsonObject
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.iam import Decision, Outcome, PolicySet, PolicyType, Request, evaluate
from sts_tui.simulation.authorization.context import (
    CLOCK_KEYS,
    ContextPart,
    Origin,
    caller_part,
    carried_part,
    clock_keys,
    clock_part,
    mfa_instant,
    resource_part,
    stacked,
)
from sts_tui.simulation.authorization.policies import endpoint_of, governing_resource, policy_set
from sts_tui.simulation.authorization.request_context import endpoint_part, request_part
from sts_tui.simulation.authorization.unknown_keys import unknown_keys
from sts_tui.simulation.bounded_cache import BoundedCache
from sts_tui.sts.identity import CallerIdentity

if TYPE_CHECKING:
    from sts_tui.iam.explaining.explain import Explanation

_NOTHING: Final[Mapping[str, Json]] = {}
_GATHERED: Final = 1_024
"""Callers and their questions whose policies are remembered."""

OPERATOR_DECISION: Final = Decision(
    outcome=Outcome.ALLOWED,
    settled_by=None,
    decided_by=(),
    action="*",
    note="the operator is outside every account",
)
"""Nothing is evaluated for the operator."""


class LoggedQuestion(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One request as it was put: everything needed to decide it again but the instant and the configuration,
    which the history of the simulation has.
    """

    edition: int
    """Which edition of the configuration was in force."""
    settings: Settings
    caller: CallerIdentity
    action: str
    resource: str = "*"
    resource_account: str | None = None
    region: str = "us-east-1"
    context: JsonObject = field(default_factory=lambda: _NOTHING)
    """What the caller said of the request (`aws:SourceIp` …)."""
    operation_context: JsonObject = field(default_factory=lambda: _NOTHING)
    """What the operation's parameters say (`sts:ExternalId` …)."""
    resource_policy: WrittenPolicy | None = None
    """A role's trust policy; otherwise the configured resource's counts."""

    def under(self, configuration: Configuration, **changes: object) -> Question:
        """The same question under this configuration, with other fields changed by name."""
        fields = {name: getattr(self, name) for name in LoggedQuestion.__struct_fields__} | changes
        return Question(**fields, configuration=configuration)


class Question(LoggedQuestion, frozen=True, kw_only=True):
    """One request and the configuration that it is evaluated against."""

    configuration: Configuration

    def logged(self) -> LoggedQuestion:
        """What the log keeps of it."""
        return LoggedQuestion(**{name: getattr(self, name) for name in LoggedQuestion.__struct_fields__})


class Prepared(Struct, frozen=True):
    """A question with everything looked up that the instant does not change."""

    question: Question
    part: ContextPart
    """Every key but those of the clock."""
    timeless: Request
    policies: PolicySet
    resource_account: str | None
    says_the_time: bool
    """Whether the caller set `aws:CurrentTime` or its like, which then stands."""
    logged: LoggedQuestion
    """What the log keeps of the question."""
    words: list[tuple[Decision, tuple[str, str, str]]] = field(default_factory=list)
    """What the log says of its decisions: see `denial_responses.worded`."""
    _lasting: list[Decision] = field(default_factory=list)
    """The decision, once made, where no policy asks for the time."""

    def request(self, now: datetime) -> Request:
        """The request at this instant, every key in its usual spelling: for explanations and messages."""
        return _request(self.question, self.context(now), self.resource_account)

    def decide(self, now: datetime) -> Decision:
        if self.question.caller.is_operator:
            return OPERATOR_DECISION
        if self._lasting:
            return self._lasting[0]
        if self.says_the_time:
            return evaluate(self.request(now), self.policies)
        clock = clock_keys(now, self._mfa_at)
        decision = evaluate(self.timeless.with_values(clock), self.policies)
        if not self.policies.mentions(CLOCK_KEYS):
            self._lasting.append(decision)
        return decision

    @property
    def _mfa_at(self) -> datetime | None:
        return mfa_instant(self.question.caller.session, self.question.settings)

    def explain(self, now: datetime, without: Sequence[PolicyType] = ()) -> Explanation:
        """Every layer and statement of the same decision; `without`: what if some layers were not there."""
        from sts_tui.iam.explaining.explain import explain  # imported on first use

        return explain(self.request(now), self.policies.without(*without) if without else self.policies)

    def context(self, now: datetime) -> ContextPart:
        """All keys, each with its origin."""
        clock = clock_part(now, self._mfa_at)
        return self.part.over(clock) if self.says_the_time else clock.over(self.part)


_NO_ACCOUNT: Final = "000000000000"
"""Stands for the owner in an ARN whose account AWS does not have: it belongs to no caller."""


def _request(question: Question, context: ContextPart, resource_account: str | None) -> Request:
    exists = resource_account is None or (len(resource_account) == 12 and resource_account.isdigit())
    return Request(
        principal=question.caller.caller.arn,
        action=question.action,
        resource=question.resource,
        resource_account=resource_account if exists else _NO_ACCOUNT,
        context=context.values,
        caller=question.caller.caller,
        unknown=unknown_keys(question.caller, question.configuration),
    )


class GatheredPolicies:
    """Policies and context keys of callers that ask again under the same configuration.

    Keys are identities of objects that the entries keep alive; another configuration or other settings
    empty it.
    """

    def __init__(self) -> None:
        self._configuration: Configuration | None = None
        self._settings: Settings | None = None
        self._sets: BoundedCache[tuple[int, str, str, str | None, int, int], _PolicySetOf] = BoundedCache(
            _GATHERED
        )
        self._parts: BoundedCache[int, tuple[CallerIdentity, ContextPart]] = BoundedCache(_GATHERED)

    def caller_part(self, question: Question) -> ContextPart:
        """`context.caller_part` of the question's caller."""
        self._forget_if_changed(question)
        caller = question.caller
        found = self._parts.get(id(caller))
        if found is None:
            found = caller, caller_part(caller, question.configuration, question.settings)
            self._parts.put(id(caller), found)
        return found[1]

    def policy_set(self, question: Question, owner: str | None, endpoint: Resource | None) -> PolicySet:
        """Everything that bears on the question, whose resource belongs to the account `owner`."""
        self._forget_if_changed(question)
        caller, given = question.caller, question.resource_policy
        key = (id(caller), question.action, question.resource, owner, id(given), id(endpoint))
        found = self._sets.get(key)
        if found is None:
            policies = policy_set(
                caller, question.resource, owner, question.action, question.configuration,
                resource_policy=given, endpoint=endpoint, settings=question.settings,
            )  # fmt: skip
            found = _PolicySetOf(caller, given, endpoint, policies)
            self._sets.put(key, found)
        return found.policies

    def _forget_if_changed(self, question: Question) -> None:
        if question.configuration is self._configuration and question.settings is self._settings:
            return
        self._sets.clear()
        self._parts.clear()
        self._configuration, self._settings = question.configuration, question.settings


class _PolicySetOf(Struct, frozen=True):
    """A policy set, and what its key in `GatheredPolicies` names by identity."""

    caller: CallerIdentity
    resource_policy: WrittenPolicy | None
    endpoint: Resource | None
    policies: PolicySet


def prepare(question: Question, gathered: GatheredPolicies | None = None) -> Prepared:
    """Look up all that a question needs; `gathered` remembers the caller's part of it for the next."""
    configuration, caller = question.configuration, question.caller
    gathered = gathered or GatheredPolicies()
    owner = resource_owner(question)
    endpoint = endpoint_of(endpoint_id(question.context), configuration)
    part = stacked(
        (
            gathered.caller_part(question),
            resource_part(question.resource, owner, configuration),
            endpoint_part(endpoint.arn if endpoint else None, configuration),
            request_part(question.action, question.region, question.context, caller, configuration),
            ContextPart.of(Origin.OPERATION, question.operation_context),
            carried_part(caller),
        )
    )
    return Prepared(
        question=question,
        part=part,
        timeless=_request(question, part, owner),
        policies=gathered.policy_set(question, owner, endpoint),
        resource_account=owner,
        logged=question.logged(),
        says_the_time=any(key.lower() in ("aws:currenttime", "aws:epochtime") for key in question.context),
    )


def resource_owner(question: Question) -> str | None:
    """Whose the resource is: its entry says it, else its ARN, else the request, else it is the caller's."""
    if entry := governing_resource(question.resource, question.configuration):
        return entry.account or account_of(question.resource)
    in_arn = account_of(question.resource)
    if in_arn and in_arn.isdigit():
        return in_arn
    return question.resource_account or question.caller.caller.account or question.caller.account


def endpoint_id(context: JsonObject) -> str | None:
    """The VPC endpoint that a request comes through: `aws:SourceVpce` in any case; None without one."""
    given = (value for key, value in context.items() if key.lower() == "aws:sourcevpce")
    return next((value for value in given if isinstance(value, str)), None)


class PreparedRequests:
    """Prepared questions of callers that ask the same again and again: workloads.

    Keys are identities of objects that the entries keep alive; another configuration empties it.
    """

    def __init__(self, size: int) -> None:
        """`size`: how many different ones are asked again and again."""
        self._configuration: Configuration | None = None
        self._prepared: BoundedCache[tuple[int, str, str, str, int], Prepared] = BoundedCache(size)

    def get(
        self, configuration: Configuration, settings: Settings, caller: CallerIdentity,
        action: str, resource: str, region: str, context: Mapping[str, Json],
    ) -> Prepared:  # fmt: skip
        """`caller` and `context` have to be the same objects each time."""
        if configuration is not self._configuration:
            self._prepared.clear()
            self._configuration = configuration
        key = (id(caller), action, resource, region, id(context))
        found = self._prepared.get(key)
        if found is None or found.question.settings is not settings:
            question = Question(
                edition=configuration.edition, configuration=configuration, settings=settings, caller=caller,
                action=action, resource=resource, region=region, context=context,
            )  # fmt: skip
            found = prepare(question)
            self._prepared.put(key, found)
        return found
