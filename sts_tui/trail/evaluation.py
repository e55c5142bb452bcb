"""What is the model's verdict on a recorded request? With the reason and the statements that decided."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final, TypeAlias

from msgspec import Struct

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Settings
from sts_tui.iam import Decision, Outcome, PolicySet
from sts_tui.simulation.authorization.authorizer import (
    GatheredPolicies,
    LoggedQuestion,
    Prepared,
    Question,
    prepare,
)
from sts_tui.simulation.authorization.context import CLOCK_KEYS
from sts_tui.simulation.authorization.denial_responses import decided_by
from sts_tui.simulation.authorization.hypothetical_request import question_under
from sts_tui.simulation.authorization.policies import governing_resource
from sts_tui.simulation.bounded_cache import BoundedCache
from sts_tui.sts.caller_restrictions import refuse_caller
from sts_tui.sts.errors import AwsError
from sts_tui.sts.identity import CallerIdentity
from sts_tui.trail.callers import Callers, Known
from sts_tui.trail.recorded import RecordedEvent
from sts_tui.trail.requests import Ask, Asked, asked_by, is_of_role, network_context
from sts_tui.trail.role_requests import asked_of_role
from sts_tui.trail.signer import signer_of

ALLOWED, DENIED, UNKNOWN, NOT_EVALUATED = "allowed", "denied", "unknown", "not evaluated"
_REMEMBERED: Final = 30_000
_Questions: TypeAlias = list[tuple[Prepared, Ask]]
_NETWORK: Final = frozenset(
    ("aws:sourceip", "aws:sourcevpce", "aws:sourcevpc", "aws:vpcsourceip", "aws:vpceaccount", "aws:vpceorgid")
)
_ALSO_REFUSED: Final = {
    "iam:GetRequestAuthorizationDetails": "GetRequestAuthorizationDetails is refused also where no policy is",
}
"""Operations for whose AccessDenied it is unclear whether a policy or the operation itself refused."""
_NO_RESOURCE: Final = "the event names no resource"
_OTHER_ACCOUNT: Final = "the model does not have the caller's account"
_SESSION_POLICY: Final = "the session was issued before the trail begins: its session policy is unknown"


class Verdict(Struct, frozen=True, kw_only=True, eq=False):
    """The model's verdict on one request."""

    verdict: str
    """`allowed`, `denied`, `unknown` or `not evaluated`."""
    action: str = ""
    """The deciding action: of several actions, the first that was not allowed."""
    resource: str = ""
    reason: str = ""
    decision: Decision | None = None
    note: str = ""
    """Missing information in the event that matters for the verdict."""
    prepared: Prepared | None = None
    """The deciding request, with its policies."""


class Evaluator:
    """Evaluates recorded requests against one configuration, and caches repeated ones."""

    def __init__(self, callers: Callers, configuration: Configuration, settings: Settings) -> None:
        self.configuration, self.settings = configuration, settings
        self.callers = callers
        self._gathered = GatheredPolicies()
        self._asked: BoundedCache[tuple[str, ...], Asked] = BoundedCache(_REMEMBERED)
        self._decided: BoundedCache[tuple[object, ...], tuple[Asked, Verdict | _Questions]] = BoundedCache(
            _REMEMBERED
        )
        """The values include the `Asked`, because its Python `id` is part of the key."""
        self._listed: BoundedCache[tuple[object, ...], tuple[Asked, _Questions]] = BoundedCache(_REMEMBERED)
        self._put_before: BoundedCache[tuple[object, ...], tuple[Asked, LoggedQuestion | None]] = (
            BoundedCache(_REMEMBERED)
        )
        self._matters = callers.mentioned
        endpoints = (arn.partition(":vpc-endpoint/")[2] for arn in configuration.resources)
        self._endpoints = frozenset(endpoints) - {""}
        self._has_agent = "aws:useragent" in self._matters
        self._has_network = not self._matters.isdisjoint(_NETWORK)

    def asked(self, event: RecordedEvent, known: Known) -> Asked:
        """The permissions that the request needed."""
        account = (known.identity.account if known.identity else None) or event.account
        if is_of_role(event):
            session = known.identity.session if known.identity else None
            return asked_of_role(event, signer_of(event.identity), session, self.configuration)
        key = (
            event.source, event.name, event.region, event.request, event.resources, event.signed,
            event.kind, account,
        )  # fmt: skip
        found = self._asked.get(key)
        if found is None:
            found = asked_by(event, account, self.configuration)
            self._asked.put(key, found)
        return found

    def verdict(self, event: RecordedEvent) -> Verdict:
        """The model's verdict on a request, at the time of the event."""
        if event.code and (also := _ALSO_REFUSED.get(event.operation)):
            return Verdict(verdict=NOT_EVALUATED, reason=also)
        known = self.callers.of(event)
        if known.identity is None:
            return Verdict(verdict=NOT_EVALUATED, reason=known.why_not)
        asked = self.asked(event, known)
        if not asked.asks:
            return Verdict(verdict=NOT_EVALUATED, reason=asked.why_not)
        if is_of_role(event):
            found = self._questions(event, known, known.identity, asked)
            return found if isinstance(found, Verdict) else _judged(found, known, asked, event.at)
        key = self._key(event, known, asked)
        remembered = self._decided.get(key)
        if remembered is None:
            found = self._questions(event, known, known.evaluated_as or known.identity, asked)
            if not isinstance(found, Verdict) and _is_timeless(found):
                found = _judged(found, known, asked, event.at)
            remembered = (asked, found)
            self._decided.put(key, remembered)
        found = remembered[1]
        return found if isinstance(found, Verdict) else _judged(found, known, asked, event.at)

    def decisions(self, event: RecordedEvent) -> list[tuple[Ask, PolicySet, Decision]]:
        """All permissions that a request needed, each with the evaluated policies and their decision."""
        known = self.callers.of(event)
        if known.identity is None:
            return []
        asked = self.asked(event, known)
        key = (id(known.identity) if is_of_role(event) else self._key(event, known, asked), event.request)
        found = self._listed.get(key)
        if found is None:
            questions = self._questions(event, known, known.evaluated_as or known.identity, asked)
            found = (asked, [] if isinstance(questions, Verdict) else questions)
            self._listed.put(key, found)
        return [(ask, each.policies, each.decide(event.at)) for each, ask in found[1]]

    def logged(self, event: RecordedEvent, verdict: Verdict) -> LoggedQuestion | None:
        """The deciding request in the form for the log, with the caller of this event; None if no policy was
        evaluated. `verdict` is that of this event.
        """
        known = self.callers.of(event)
        if known.identity is None or verdict.decision is None:
            return None
        asked = self.asked(event, known)
        key = (
            id(known.identity), id(asked), event.region, event.agent, event.address, event.endpoint,
            signer_of(event.identity).invoked_by, verdict.action, verdict.resource,
        )  # fmt: skip
        found = self._put_before.get(key)
        if found is None:
            put = self._put(event, known, known.identity, asked)
            deciding = (verdict.action, verdict.resource)
            logged = next((q.logged() for q, ask in put if (ask.action, ask.resource) == deciding), None)
            found = (asked, logged)
            self._put_before.put(key, found)
        return found[1]

    def _key(self, event: RecordedEvent, known: Known, asked: Asked) -> tuple[object, ...]:
        """A key that is equal for requests with the same decision."""
        invoked_by = signer_of(event.identity).invoked_by
        return (id(known.evaluated_as), id(asked), event.region, invoked_by, *self._seen_of(event))

    def _seen_of(self, event: RecordedEvent) -> tuple[str, ...]:
        """The properties of network and client that policies mention."""
        agent = event.agent if self._has_agent else ""
        return (agent, event.address, event.endpoint) if self._has_network else (agent,)

    def _questions(
        self, event: RecordedEvent, known: Known, identity: CallerIdentity, asked: Asked
    ) -> _Questions | Verdict:
        """All needed permissions, with their policies; a verdict if no policy is evaluated."""
        first = asked.asks[0]
        try:
            refuse_caller(first.action, identity, self.settings, first.resource)
        except AwsError as refusal:
            return Verdict(
                verdict=DENIED, action=first.action, resource=first.resource, reason=refusal.message
            )
        asked_of = self._put(event, known, identity, asked)
        return [(prepare(question, self._gathered), ask) for question, ask in asked_of]

    def _put(
        self, event: RecordedEvent, known: Known, identity: CallerIdentity, asked: Asked
    ) -> Iterator[tuple[Question, Ask]]:
        """All needed permissions, as requests for the policies."""
        network, unsaid = network_context(event, signer_of(event.identity).invoked_by)
        if unsaid and event.endpoint in self._endpoints:  # the model has the owner of the endpoint
            unsaid = tuple(one for one in unsaid if not one.startswith("aws:Vpce"))
        unknown = tuple(one for one in (*unsaid, *known.unknown) if self._can_matter(one))
        context = {**network, **asked.context}
        for ask in asked.asks:
            question = question_under(
                self.configuration,
                self.settings,
                identity,
                ask.action,
                ask.resource,
                region=event.region,
                context=context,
                operation_context=ask.context,
                unknown=(*unknown, *ask.unknown, *self._unknown_tags(ask)),
            )
            yield question, ask

    def _unknown_tags(self, ask: Ask) -> tuple[str, ...]:
        """The unknown tag keys of a resource that is not in the model. For accounts of the model, all IAM
        resources are in the model.
        """
        arn, configuration = ask.resource, self.configuration
        if not arn.startswith("arn:") or governing_resource(arn, configuration) is not None:
            return ()
        if arn.split(":")[2] in ("iam", "sts") and account_of(arn) in configuration.accounts:
            return ()
        service = ask.action.partition(":")[0]
        keys = ("aws:ResourceTag/*", f"{service}:ResourceTag/*")
        return tuple(one for one in keys if self._can_matter(one))

    def _can_matter(self, key: str) -> bool:
        lowered = key.lower()
        if not lowered.endswith("*"):
            return lowered in self._matters
        return any(one.startswith(lowered[:-1]) for one in self._matters)


def _is_timeless(questions: _Questions) -> bool:
    """Whether the decisions do not depend on the time."""
    return not any(each.sets_the_clock or each.policies.mentions(CLOCK_KEYS) for each, _ in questions)


def _judged(prepared: _Questions, known: Known, asked: Asked, at: datetime) -> Verdict:
    """The verdict: the first permission that is not allowed decides, else the last, which is that of the
    operation itself.
    """
    decided = [(each.decide(at), each, ask) for each, ask in prepared]
    decision, each, ask = next((one for one in decided if one[0].outcome is not Outcome.ALLOWED), decided[-1])
    verdict = {Outcome.ALLOWED: ALLOWED, Outcome.UNDECIDED: UNKNOWN}.get(decision.outcome, DENIED)
    note = ""
    if asked.is_resource_unknown and ask.resource == "*" and not _holds_for_any_resource(decision, each, ask):
        verdict, note = UNKNOWN, _NO_RESOURCE
    if verdict == ALLOWED and known.identity is not None and known.identity.is_outside:
        verdict, note = UNKNOWN, _OTHER_ACCOUNT
    if verdict == ALLOWED and known.is_session_policy_unknown:
        note = _SESSION_POLICY
    return Verdict(
        verdict=verdict,
        action=ask.action,
        resource=ask.resource,
        reason=decision.note if decision.outcome is Outcome.UNDECIDED else decided_by(decision, ask.action),
        decision=decision,
        note=note,
        prepared=each,
    )


def _holds_for_any_resource(decision: Decision, prepared: Prepared, ask: Ask) -> bool:
    """Whether a decision for `*` applies to any resource. An explicit deny does, an implicit deny does not,
    and an Allow does if no Deny concerns the action.
    """
    if decision.outcome is not Outcome.ALLOWED:
        return decision.outcome is Outcome.EXPLICIT_DENY
    concerned = prepared.policies.layers.concerned(ask.action.lower())
    return not concerned.denies and not concerned.long_denies
