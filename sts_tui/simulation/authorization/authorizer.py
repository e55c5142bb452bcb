"""May this caller do this? Gathers context and policies, lets `sts_tui.iam` decide, and can repeat the
decision later.

The log keeps a `LoggedQuestion`: the caller as it was and the number of the configuration that was in force.
So a hundred thousand logged requests stay small, and a later explanation repeats the same decision. What does
not depend on the time is prepared once per caller and configuration.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from sts_tui.account.arn import account_of, is_account_id
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Resource, Settings
from sts_tui.account.json_value import Json, JsonObject
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.iam import Decision, Outcome, PolicySet, PolicyType, Request, evaluate
from sts_tui.iam.patterns.partly_known import UnknownKeys
from sts_tui.simulation.authorization.context import (
    CLOCK_KEYS,
    ContextPart,
    Origin,
    caller_part,
    carried_part,
    clock_keys,
    clock_part,
    mfa_instant,
    stacked,
)
from sts_tui.simulation.authorization.policies import endpoint_of, governing_resource, policy_set
from sts_tui.simulation.authorization.request_context import endpoint_part, request_part
from sts_tui.simulation.authorization.resource_keys import resource_part
from sts_tui.simulation.authorization.role_chaining import passed_on
from sts_tui.simulation.authorization.unknown_keys import unknown_keys
from sts_tui.simulation.bounded_cache import BoundedCache
from sts_tui.sts.identity import CallerIdentity

if TYPE_CHECKING:
    from sts_tui.iam.explaining.explain import Explanation

NO_KEYS: Final[Mapping[str, Json]] = {}
_GATHERED: Final = 1_024
"""How many pairs of caller and request have their policies cached."""

OPERATOR_DECISION: Final = Decision(
    outcome=Outcome.ALLOWED,
    settled_by=None,
    decided_by=(),
    action="*",
    note="the operator is outside every account",
)
"""The decision on every request of the operator, for which nothing is evaluated."""


class LoggedQuestion(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One request with everything needed to decide it again, except the time and the configuration, which the
    history of the simulation has.
    """

    edition: int
    """Which edition of the configuration was in force."""
    settings: Settings
    caller: CallerIdentity
    action: str
    resource: str = "*"
    resource_account: str | None = None
    region: str = "us-east-1"
    context: JsonObject = field(default_factory=lambda: NO_KEYS)
    """The condition keys that the caller set (`aws:SourceIp` …)."""
    operation_context: JsonObject = field(default_factory=lambda: NO_KEYS)
    """The condition keys that follow from the operation's parameters (`sts:ExternalId` …)."""
    resource_policy: WrittenPolicy | None = None
    """The resource's policy, if the call gives it; None: the configuration's."""
    unknown: tuple[str, ...] = ()
    """Keys that the request may or may not have, because they cannot be derived from it
    (`dynamodb:LeadingKeys`).
    """

    def under(self, configuration: Configuration, **changes: object) -> Question:
        """The same question under this configuration, with other fields changed by name."""
        fields = {name: getattr(self, name) for name in LoggedQuestion.__struct_fields__} | changes
        return Question(**fields, configuration=configuration)


class Question(LoggedQuestion, frozen=True, kw_only=True):
    """One request and the configuration that it is evaluated against."""

    configuration: Configuration

    def logged(self) -> LoggedQuestion:
        """What the log keeps of it."""
        return LoggedQuestion(
            edition=self.edition, settings=self.settings, caller=self.caller, action=self.action,
            resource=self.resource, resource_account=self.resource_account, region=self.region,
            context=self.context, operation_context=self.operation_context,
            resource_policy=self.resource_policy, unknown=self.unknown,
        )  # fmt: skip


class Prepared(Struct, eq=False):
    """A question with everything that does not depend on the time. It caches its decision."""

    question: Question
    gathered: Gathered
    sets_the_clock: bool
    """Whether the caller set `aws:CurrentTime` or `aws:EpochTime`, which then overrides the clock."""
    logged: LoggedQuestion
    """What the log keeps of the question."""
    words: list[tuple[Decision, tuple[str, str, str]]] = field(default_factory=list)
    """The log's texts for its decisions: see `denial_responses.log_texts`."""
    _cached: Decision | None = None
    """The decision, once made, if no policy tests the time."""

    @property
    def policies(self) -> PolicySet:
        """Every policy that applies to the question."""
        return self.gathered.policies

    @property
    def resource_account(self) -> str | None:
        """The account that the resource belongs to."""
        return self.gathered.owner

    def request(self, now: datetime) -> Request:
        """The request at this time, with every key in its usual spelling: for explanations and messages."""
        return _request(self.question, self.context(now), self.resource_account)

    def decide(self, now: datetime) -> Decision:
        if self.question.caller.is_operator:
            return OPERATOR_DECISION
        if self._cached is not None:
            return self._cached
        if self.sets_the_clock:
            return evaluate(self.request(now), self.policies)
        policies, question = self.policies, self.question
        if policies.mentions(CLOCK_KEYS):
            clock = clock_keys(now, self._mfa_at)
            return evaluate(_timeless(question, self.gathered).with_values(clock), policies)
        self._cached = self._decision_without_clock(now)
        return self._cached

    def _decision_without_clock(self, now: datetime) -> Decision:
        """The decision if no policy tests the time. A key that no policy names changes nothing, so a request
        that differs only in values of the operation's keys (`sts:RoleSessionName`) gets the cached decision.
        Requests with tags are not cached, because each tag is a key of its own.
        """
        question, gathered = self.question, self.gathered
        adds = tuple(question.operation_context)
        is_plain = not (question.context or question.unknown) and not any("/" in key for key in adds)
        is_shared = is_plain and not gathered.policies.mentions(tuple(map(str.lower, adds)))
        if is_shared and gathered.decision is not None:
            return gathered.decision
        clock = clock_keys(now, self._mfa_at)
        decision = evaluate(_timeless(question, gathered).with_values(clock), gathered.policies)
        if is_shared:
            gathered.decision = decision
        return decision

    @property
    def _mfa_at(self) -> datetime | None:
        return mfa_instant(self.question.caller.session, self.question.settings)

    def explain(self, now: datetime, without: Sequence[PolicyType] = ()) -> Explanation:
        """Every layer and statement of the same decision. `without`: layers to leave out, for a what-if."""
        from sts_tui.iam.explaining.explain import explain  # imported on first use

        return explain(self.request(now), self.policies.without(*without) if without else self.policies)

    def context(self, now: datetime) -> ContextPart:
        """All keys, each with its origin."""
        clock = clock_part(now, self._mfa_at)
        part = _own_part(self.question).over(_shared_part(self.question, self.resource_account))
        return part.over(clock) if self.sets_the_clock else clock.over(part)


_NO_ACCOUNT: Final = "000000000000"
"""The owner if the account in an ARN cannot exist on AWS: no caller belongs to it."""


def _request(question: Question, context: ContextPart, resource_account: str | None) -> Request:
    exists = resource_account is None or is_account_id(resource_account)
    source = next(
        (value for key, value in context.values.items() if key.lower() == "aws:sourceaccount"), None
    )
    through = context.values.get("aws:VpceAccount")
    unknown = unknown_keys(
        question.caller, resource_account, source, question.configuration, through, resource=question.resource
    )
    values = context.values
    if question.unknown:
        names = UnknownKeys.of(question.unknown).names
        values = {key: value for key, value in values.items() if key.lower() not in names}
    return Request(
        principal=question.caller.caller.arn,
        action=question.action,
        resource=question.resource,
        resource_account=resource_account if exists else _NO_ACCOUNT,
        context=values,
        caller=question.caller.caller,
        unknown=(*unknown.keys, *question.unknown),
        not_of=unknown.not_of,
    )


class Gathered(Struct, eq=False):
    """What the configuration says about one caller, action and resource, independent of the request's
    context.
    """

    caller: CallerIdentity
    resource_policy: WrittenPolicy | None
    owner: str | None
    """The account that the resource belongs to."""
    policies: PolicySet
    plain: Request | None = None
    """The request without context of the caller, once it was made: only the operation's keys are missing."""
    decision: Decision | None = None
    """The decision on that request, once made, if no policy names a missing key."""


class GatheredPolicies:
    """A cache of policies and requests for callers that repeat requests under the same configuration.

    Keys are identities of objects that the entries keep alive; another configuration or other settings
    empty it.
    """

    def __init__(self) -> None:
        self._configuration: Configuration | None = None
        self._settings: Settings | None = None
        self._known: BoundedCache[tuple[int, str, str, str, str | None, int, str | None], Gathered] = (
            BoundedCache(_GATHERED)
        )

    def get(self, question: Question) -> Gathered:
        """What applies to the question."""
        if question.configuration is not self._configuration or question.settings is not self._settings:
            self._known.clear()
            self._configuration, self._settings = question.configuration, question.settings
        endpoint = endpoint_id(question.context) if question.context else None
        key = (
            id(question.caller), question.action, question.resource, question.region,
            question.resource_account, id(question.resource_policy), endpoint,
        )  # fmt: skip
        found = self._known.get(key)
        if found is None:
            found = _gathered(question)
            self._known.put(key, found)
        return found


def _gathered(question: Question) -> Gathered:
    owner = resource_owner(question)
    policies = policy_set(
        question.caller, question.resource, owner, question.action, question.configuration,
        resource_policy=question.resource_policy, endpoint=_endpoint(question), settings=question.settings,
    )  # fmt: skip
    return Gathered(question.caller, question.resource_policy, owner, policies)


def prepare(question: Question, gathered: GatheredPolicies | None = None) -> Prepared:
    """Look up all that a question needs. `gathered`: a cache for most of it."""
    found = _gathered(question) if gathered is None else gathered.get(question)
    return Prepared(
        question=question,
        gathered=found,
        logged=question.logged(),
        sets_the_clock=any(key.lower() in ("aws:currenttime", "aws:epochtime") for key in question.context),
    )


def _timeless(question: Question, gathered: Gathered) -> Request:
    """The request with every key except those of the clock."""
    owner = gathered.owner
    if question.context or question.unknown:
        request = _request(question, _shared_part(question, owner), owner)
    else:
        if gathered.plain is None:
            gathered.plain = _request(question, _shared_part(question, owner), owner)
        request = gathered.plain
    if question.operation_context or question.caller.session:
        request = request.with_context(_own_part(question).values)
    return request


def _shared_part(question: Question, owner: str | None) -> ContextPart:
    """The keys of the caller, of the resource (which belongs to `owner`) and of the request: all except those
    of the operation's parameters and the credentials.
    """
    configuration, caller = question.configuration, question.caller
    endpoint = _endpoint(question)
    return stacked(
        (
            caller_part(caller, configuration, question.settings),
            resource_part(question.resource, owner, configuration),
            endpoint_part(endpoint.arn if endpoint else None, configuration),
            request_part(question.action, question.region, question.context, caller, configuration),
        )
    )


def _own_part(question: Question) -> ContextPart:
    """The keys of the operation's parameters, overridden by those that the credentials carry. Both override
    those that a session passes on to the role that it assumes.
    """
    operation = ContextPart.of(Origin.OPERATION, question.operation_context)
    session = question.caller.session
    if session is None:
        return operation
    inherited = passed_on(question.action, question.resource, session, question.configuration)
    if inherited is not None:
        operation = operation.over(ContextPart.of(Origin.SESSION, inherited))
    return carried_part(question.caller).over(operation)


def _endpoint(question: Question) -> Resource | None:
    return endpoint_of(endpoint_id(question.context), question.configuration) if question.context else None


def resource_owner(question: Question) -> str | None:
    """The account that owns the resource: from its entry, else its ARN, else the request, else the caller's
    account.
    """
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
    """A cache of prepared questions for callers that repeat the same requests: workloads.

    Keys are identities of objects that the entries keep alive; another configuration empties the cache.
    """

    def __init__(self, size: int, refuse: Callable[[Question], None]) -> None:
        """`size`: the number of different questions to keep. `refuse` raises AwsError for a request that AWS
        refuses before it evaluates a policy; it depends only on the question and the configuration.
        """
        self._refuse: Final = refuse
        self._configuration: Configuration | None = None
        self._prepared: BoundedCache[tuple[int, str, str, str, int], Prepared] = BoundedCache(size)

    def get(
        self, configuration: Configuration, settings: Settings, caller: CallerIdentity,
        action: str, resource: str, region: str, context: Mapping[str, Json],
    ) -> Prepared:  # fmt: skip
        """The prepared question. `caller` and `context` have to be the same objects each time. Raises the
        AwsError of `refuse`.
        """
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
            self._refuse(question)
            found = prepare(question)
            self._prepared.put(key, found)
        return found
