"""Two readings of the same rules agree: the engine and the naive evaluator, over random policies."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from sts_tui.iam import Decision, Outcome, PolicySet, PolicyType, Request, evaluate
from sts_tui.tours.claims import DecisionCase, decision_cases
from sts_tui.tours.claims.documents import WrittenDocument, named
from tests.iam.naive_evaluator import NaivePolicies, NaiveRequest, Verdict, evaluate_naively
from tests.iam.random_policies import policies, requests

NO_DEADLINE = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


ABOUT_OTHERS: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": effect, "Action": "*", "Resource": f"arn:aws:elsewhere:::unrelated-{number}/*"}
        for effect in ("Deny", "Allow")
        for number in range(20)
    ],
}


def by_engine(request: NaiveRequest, policies: NaivePolicies, *, crowded: bool = False) -> Decision:
    """`crowded`: among so many statements about other resources that the engine looks them up in an index."""
    crowd = [ABOUT_OTHERS] if crowded else []
    return evaluate(
        Request(
            action=request.action,
            resource=request.resource,
            resource_account=request.resource_account,
            context=request.context,
            caller=request.caller,
        ),
        PolicySet(
            identity=[*policies.identity, *crowd],
            session=None if policies.session is None else [*policies.session, *crowd],
            boundary=policies.boundary and [policies.boundary, *crowd],
            resource=policies.resource and [policies.resource, *crowd],
            scps=[[*level, *crowd] for level in policies.scps],
            rcps=[[*level, *crowd] for level in policies.rcps],
            endpoint=policies.endpoint,
            scope_downs=[[document, *crowd] for document in policies.scope_downs],
        ),
    )


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


@given(requests(), policies())
@settings(NO_DEADLINE, max_examples=300)
def test_engine_and_naive_evaluator_agree(request_: NaiveRequest, policies_: NaivePolicies) -> None:
    agree(request_, policies_)


@pytest.mark.long
@given(requests(), policies())
@settings(NO_DEADLINE, max_examples=8_000)
def test_engine_and_naive_evaluator_agree_at_length(request_: NaiveRequest, policies_: NaivePolicies) -> None:
    """About 100 seconds of processor time: most of it goes into making up requests and policies."""
    agree(request_, policies_)


def meant(document: WrittenDocument) -> dict[str, Any]:
    """The document that one of the four ways of writing stands for."""
    return named(document, "")[1]


@pytest.mark.parametrize(
    "case",
    [case for case in decision_cases() if case.topic != "undecided" and not case.given.settings],
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
