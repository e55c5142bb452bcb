"""With which choices of its caller would a denied request be allowed? One search for all features that ask
this.

`can`, `reach` and the incident desk ask whether a caller *could* do something. The plain request may be
denied only because of what the caller did not set: an Allow requires an external id, or a Deny matches every
Region but one. The decision shows what to try next:

- an explicit Deny: a value with which one of its conditions fails;
- a missing Allow: a value with which a condition of an Allow that covers the request holds.

Choices are added one by one, with backtracking. Every allowed request differs from the denied one in at least
one of these values, so none is missed among the values of `choice_values`. The number of tries is limited; if
it does not suffice, `Found.is_bounded` is true and the answer is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final, TypeAlias

from msgspec import Struct

from sts_tui.iam import Decision, Outcome, PolicySet, PolicyType, Request
from sts_tui.iam.conditions import Condition
from sts_tui.iam.layers import Candidates, Layer
from sts_tui.iam.match import MATCHED, Element, Statement
from sts_tui.iam.patterns.variables import Values
from sts_tui.simulation.authorization.authorizer import Prepared
from sts_tui.simulation.authorization.choice_values import Choice, Choices, key_of_choice, values_of
from sts_tui.simulation.authorization.choosable_keys import PRINCIPAL_TAG

MOST_TRIED: Final = 120
"""How many requests one search tries."""
NOT_ALL_TRIED: Final = f"whether more than {MOST_TRIED} combinations of what a caller can choose allow it"
_ALLOWING: Final[Mapping[PolicyType, tuple[PolicyType, ...]]] = {
    PolicyType.TRUST: (PolicyType.RESOURCE,),
    PolicyType.IDENTITY: (PolicyType.IDENTITY, PolicyType.RESOURCE),
    PolicyType.BOUNDARY: (PolicyType.BOUNDARY, PolicyType.RESOURCE),
    PolicyType.SESSION: (PolicyType.SESSION, PolicyType.RESOURCE),
}
"""By layer without an Allow, the layers whose Allow is enough instead: a resource-based policy that names the
caller. Every other layer needs its own Allow.
"""


class Attempt(Struct, frozen=True):
    """One request and its decision."""

    decision: Decision
    policies: PolicySet
    request: Callable[[], Request]
    """Makes the request with its context, when it is needed."""


def attempt_of(prepared: Prepared, now: datetime) -> Attempt:
    """A question with its decision at this time."""
    return Attempt(prepared.decide(now), prepared.policies, partial(prepared.request, now))


Attempts: TypeAlias = "Callable[[Choices], Iterable[Sequence[Attempt]]]"
"""Gives everything that has to be allowed with these choices, each as a list of alternatives, of which one is
enough.
"""
MayChoose: TypeAlias = "Callable[[str], bool]"
"""Says whether the caller can choose the value of a key in lower case (`key_of_choice`)."""


class Found(Struct, frozen=True):
    """The result of a search."""

    choices: Choices | None = None
    """A minimal set of choices with which the request is allowed; None: no tried choices helped."""
    undecided: Choices | None = None
    """Choices with which it is undecided, if none allows it."""
    unknown: str = ""
    """The fact that would decide that."""
    is_bounded: bool = False
    """Whether the number of tries did not suffice."""


def search(attempts: Attempts, may_choose: MayChoose, tries: int = MOST_TRIED) -> Found:
    """Look for choices with which everything is allowed. `tries`: the maximum number of requests."""
    return _Search(attempts, may_choose, tries).found()


def could_help(attempt: Attempt, may_choose: MayChoose) -> bool:
    """Whether any choice could change the decision."""
    return next(_Options(may_choose).of(attempt, ()), None) is not None


class _Search:
    def __init__(self, attempts: Attempts, may_choose: MayChoose, most: int) -> None:
        self._attempts = attempts
        self._options = _Options(may_choose)
        self._left = most
        self._seen: set[frozenset[Choice]] = set()
        self._undecided: tuple[Choices, str] | None = None

    def found(self) -> Found:
        choices = self._from(())
        if choices is not None:
            return Found(choices=self._fewest(choices))
        undecided, unknown = self._undecided or (None, "")
        return Found(undecided=undecided, unknown=unknown, is_bounded=self._left < 0)

    def _from(self, chosen: Choices) -> Choices | None:
        """These choices with further ones with which everything is allowed; None: not found."""
        if frozenset(chosen) in self._seen:
            return None
        self._seen.add(frozenset(chosen))
        self._left -= 1
        if self._left < 0:
            return None
        failing = self._failing(chosen)
        if not failing:
            return chosen
        tried: set[Choice] = set()
        for attempt in failing:
            for choice in self._options.of(attempt, chosen):
                if choice not in tried:
                    tried.add(choice)
                    if (found := self._from((*chosen, choice))) is not None:
                        return found
        return None

    def _failing(self, chosen: Choices) -> Sequence[Attempt]:
        """The alternatives of the first denied request with these choices, else of the first undecided
        one.
        """
        doubtful: Sequence[Attempt] = ()
        for alternatives in self._attempts(chosen):
            outcomes = [each.decision.outcome for each in alternatives]
            if Outcome.ALLOWED in outcomes:
                continue
            if Outcome.UNDECIDED not in outcomes:
                return alternatives
            doubtful = doubtful or alternatives
        if doubtful and self._undecided is None:
            unsure = next(one.decision for one in doubtful if one.decision.outcome is Outcome.UNDECIDED)
            self._undecided = (chosen, unsure.note or unsure.reason)
        return doubtful

    def _fewest(self, choices: Choices) -> Choices:
        """The choices without those that are not needed."""
        for each in choices if len(choices) > 1 else ():
            without = tuple(one for one in choices if one is not each)
            if without and not self._failing(without):
                choices = without
        return choices


def _is_refused(decision: Decision) -> bool:
    """Whether AWS refuses the call because of a parameter, before any policy is evaluated."""
    return decision.outcome is Outcome.IMPLICIT_DENY and decision.settled_by is None


class _Options:
    """The choices that could change a decision."""

    def __init__(self, may_choose: MayChoose) -> None:
        self._may_choose = may_choose
        self._tests: dict[tuple[str, str, bool], dict[str, list[Condition]]] = {}

    def of(self, attempt: Attempt, chosen: Choices) -> Iterator[Choice]:
        """The choices, without keys that are chosen already."""
        decision = attempt.decision
        if decision.before_any_policy or _is_refused(decision):
            return
        if decision.outcome is not Outcome.IMPLICIT_DENY:
            statements = [statement for _, statement in decision.decided_by]
            if not any(statement.conditions for statement in statements):
                return
        request = attempt.request()
        if decision.outcome is Outcome.EXPLICIT_DENY:
            yield from self._against_denies(attempt, request, chosen)
            return
        if decision.outcome is Outcome.UNDECIDED:
            for _, statement in decision.decided_by:
                turned = self._against if statement.is_deny else self._for
                yield from turned(statement, attempt, request, chosen)
        yield from self._for_an_allow(attempt, request, chosen)

    def _against_denies(self, attempt: Attempt, request: Request, chosen: Choices) -> Sequence[Choice]:
        """The choices against one Deny: the one with the fewest, because every Deny has to be avoided."""
        best: Sequence[Choice] | None = None
        for _, statement in attempt.decision.decided_by:
            found = tuple(self._against(statement, attempt, request, chosen))
            if best is None or len(found) < len(best):
                best = found
            if not best:
                return ()
        return best or ()

    def _against(
        self, statement: Statement, attempt: Attempt, request: Request, chosen: Choices
    ) -> Iterator[Choice]:
        """Choices with which a condition of the statement fails. A tag of the caller's session is not a
        choice here: guardrails that exempt tagged principals cover whole accounts, so only tags that an Allow
        requires are tried.
        """
        for condition in statement.conditions:
            if condition.key.lower().startswith(PRINCIPAL_TAG):
                continue
            for choice, after in self._values(condition, attempt, request, chosen):
                if condition.holds(after) is False:
                    yield choice

    def _for_an_allow(self, attempt: Attempt, request: Request, chosen: Choices) -> Iterator[Choice]:
        settled_by = attempt.decision.settled_by
        if settled_by is None:
            return
        types = _ALLOWING.get(settled_by, (settled_by,))
        for layer in attempt.policies.layers.in_order:
            if layer.policy_type in types:
                for statement in _all(layer.shortlist(request.action_key).allows):
                    yield from self._for(statement, attempt, request, chosen)

    def _for(
        self, statement: Statement, attempt: Attempt, request: Request, chosen: Choices
    ) -> Iterator[Choice]:
        """Choices with which the first failing condition of an Allow holds; none if another failing condition
        cannot be met by a choice.
        """
        if not statement.conditions:
            return
        code = statement.match(request)
        if MATCHED <= code < Element.CONDITION:
            return
        failing = [each for each in statement.conditions if not each.holds(request.values)]
        if not failing or not all(self._is_open(each.key, chosen) for each in failing):
            return
        for choice, after in self._values(failing[0], attempt, request, chosen):
            if failing[0].holds(after):
                yield choice

    def _values(
        self, condition: Condition, attempt: Attempt, request: Request, chosen: Choices
    ) -> Iterator[tuple[Choice, Values]]:
        """Each value to try for the key of a condition, with the resulting context. Of values that no
        condition distinguishes, only one.
        """
        if not self._is_open(condition.key, chosen):
            return
        key = key_of_choice(condition.key)
        tests = self._tests_of(attempt.policies, request).get(key, [condition])
        tests = [condition, *(each for each in tests if each is not condition)]
        seen: set[tuple[bool | None, ...]] = set()
        for choice in values_of(condition.key, tests, request.values):
            if any(choice.conflicts_with(one.lowered) for one in chosen):
                continue
            after = choice.over(request.values)
            answers = tuple(each.holds(after) for each in tests)
            if answers not in seen:
                seen.add(answers)
                yield choice, after

    def _is_open(self, key: str, chosen: Choices) -> bool:
        by = key_of_choice(key)
        return self._may_choose(by) and all(one.lowered != by for one in chosen)

    def _tests_of(self, policies: PolicySet, request: Request) -> dict[str, list[Condition]]:
        """Every condition of the statements that cover an action, by key. Within one search only the resource
        and the VPC endpoint change which policies apply.
        """
        action = request.action_key
        place = (action, request.resource, policies.layers.endpoint is None)
        known = self._tests.get(place)
        if known is None:
            known = self._tests[place] = {}
            for layer in policies.layers.in_order:
                for statement in _covering(layer, action):
                    for condition in statement.conditions:
                        known.setdefault(key_of_choice(condition.key), []).append(condition)
        return known


def _covering(layer: Layer, action: str) -> Iterator[Statement]:
    shortlist = layer.shortlist(action)
    yield from _all(shortlist.denies)
    yield from _all(shortlist.allows)


def _all(candidates: Candidates) -> Sequence[Statement]:
    return candidates if isinstance(candidates, tuple) else candidates.statements
