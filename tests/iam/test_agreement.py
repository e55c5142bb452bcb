"""Two readings of the same rules agree: the engine and the naive evaluator, over random policies."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from sts_tui.iam import Decision, Outcome, PolicySet, PolicyType, Request, evaluate
from sts_tui.tours.claims import DecisionCase, decision_cases
from sts_tui.tours.claims.documents import WrittenDocument, named
from tests.accounts.decisions import crowd
from tests.iam.naive_evaluator import NaivePolicies, NaiveRequest, Verdict, evaluate_naively
from tests.iam.random_policies import scenarios
from tests.support.examples import examples
from tests.support.representative import one_in

NO_DEADLINE = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def by_engine(request: NaiveRequest, policies: NaivePolicies, *, crowded: bool = False) -> Decision:
    """`crowded`: among so many statements about other resources that the engine looks them up in an index."""
    asked = Request(
        action=request.action,
        resource=request.resource,
        resource_account=request.resource_account,
        context=request.context,
        caller=request.caller,
    )

    def beside(policy_type: PolicyType) -> list[dict[str, Any]]:
        return [crowd(policy_type, asked)] if crowded else []

    resource = policies.resource and [policies.resource, *beside(PolicyType.RESOURCE)]
    given = PolicySet(
        identity=[*policies.identity, *beside(PolicyType.IDENTITY)],
        session=None if policies.session is None else [*policies.session, *beside(PolicyType.SESSION)],
        boundary=policies.boundary and [policies.boundary, *beside(PolicyType.BOUNDARY)],
        resource=resource,
        scps=[[*level, *beside(PolicyType.SCP)] for level in policies.scps],
        rcps=[[*level, *beside(PolicyType.RCP)] for level in policies.rcps],
        endpoint=policies.endpoint,
        scope_downs=[[document, *beside(PolicyType.SCOPE_DOWN)] for document in policies.scope_downs],
    )
    first = evaluate(asked, given)
    assert [evaluate(asked, given) for _ in range(2)] == [first] * 2, "a shortcut gives another answer"
    return first


def agree(request: NaiveRequest, policies: NaivePolicies) -> None:
    verdict, decision = evaluate_naively(request, policies), by_engine(request, policies)
    assert decision.outcome is verdict.outcome, decision.reason
    assert may_be_settled_by(decision.settled_by, verdict), (decision.settled_by, verdict.types)
    among_many = by_engine(request, policies, crowded=True)
    assert (among_many.outcome, among_many.settled_by) == (decision.outcome, decision.settled_by)


def may_be_settled_by(settled_by: PolicyType | None, verdict: Verdict) -> bool:
    """Of several explicit denies the first in order is named; where the endpoint's is among them, any."""
    if verdict.outcome is Outcome.EXPLICIT_DENY and PolicyType.ENDPOINT not in verdict.types:
        return settled_by is verdict.types[0]
    return settled_by in verdict.types if verdict.types else True


@given(scenarios())
@settings(NO_DEADLINE, max_examples=examples(300))
def test_engine_and_naive_evaluator_agree(scenario: tuple[NaiveRequest, NaivePolicies]) -> None:
    agree(*scenario)


@pytest.mark.long
@given(scenarios())
@settings(NO_DEADLINE, max_examples=8_000)
def test_engine_and_naive_evaluator_agree_at_length(scenario: tuple[NaiveRequest, NaivePolicies]) -> None:
    """About 100 seconds of processor time: most of it goes into making up requests and policies."""
    agree(*scenario)


def is_decided(case: DecisionCase) -> bool:
    """The naive evaluator reads what AWS would store, and has one reading of each open question."""
    is_undecided = case.then.outcome is Outcome.UNDECIDED or case.topic == "undecided"
    return not is_undecided and not case.given.settings


def meant(document: WrittenDocument) -> dict[str, Any]:
    """The document that one of the four ways of writing stands for."""
    return named(document, "")[1]


@pytest.mark.parametrize(
    "case",
    one_in(5, [case for case in decision_cases() if is_decided(case)]),
    ids=lambda case: case.name,
)
def test_naive_evaluator_meets_the_claims_too(case: DecisionCase) -> None:
    """So that neither reading of the rules is held only against the other."""
    request, given_ = case.request(), case.given
    verdict = evaluate_naively(
        NaiveRequest(
            caller=request.caller,
            action=request.action,
            resource=request.resource,
            resource_account=request.resource_account or "",
            context=case.when.context,
        ),
        NaivePolicies(
            identity=[meant(document) for document in given_.identity],
            session=None if given_.session is None else [meant(document) for document in given_.session],
            boundary=given_.boundary and meant(given_.boundary),
            resource=given_.resource and meant(given_.resource),
            scps=[[meant(document) for document in level] for level in given_.scps],
            rcps=[[meant(document) for document in level] for level in given_.rcps],
            endpoint=given_.endpoint and meant(given_.endpoint),
            scope_downs=[meant(document) for document in given_.scope_downs],
        ),
    )
    assert verdict.outcome is case.then.outcome
    assert may_be_settled_by(case.then.settled_by, verdict)
