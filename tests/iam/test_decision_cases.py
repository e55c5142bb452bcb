"""Every decision claim, case by case; what the claims are is in sts_tui/tours/claims/decisions/."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sts_tui.account.policies.condition_operators import CONDITION_OPERATORS
from sts_tui.iam import Decision, Layer, Outcome, PolicyDocument, PolicyType, evaluate
from sts_tui.tours.claims import DecisionCase, decision_cases
from sts_tui.tours.claims.documents import named
from tests.accounts.decisions import crowd
from tests.support.representative import one_in

CASES = tuple(decision_cases())

BASE_OPERATORS = tuple(row.name for row in CONDITION_OPERATORS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_decision_is_as_claimed(case: DecisionCase) -> None:
    assert case.check() == ""


@pytest.mark.parametrize("case", one_in(5, CASES), ids=lambda case: case.name)
def test_decision_is_the_same_among_many_statements_about_other_resources(case: DecisionCase) -> None:
    """Long layers are looked up in an index by the beginnings of resources; it must lose no statement."""
    policies, request = case.policy_set(), case.request()
    for layer in policies.layers.in_order:
        others = PolicyDocument(crowd(layer.policy_type, request))
        crowded = Layer(layer.policy_type, [*layer.documents, others], layer.settings, layer.level)
        policies = policies.replaced(lambda layers, old=layer, new=crowded: layers.replacing(old, new))
    found = evaluate(request, policies)
    assert (found.outcome, found.settled_by) == _answer(evaluate(request, case.policy_set()))


def _answer(decision: Decision) -> tuple[Outcome, PolicyType | None]:
    return decision.outcome, decision.settled_by


def test_there_are_at_least_400_decision_claims() -> None:
    assert len(CASES) >= 400


def test_every_claim_states_what_settles_it_beside_the_outcome() -> None:
    assert [case.name for case in CASES if not case.then.claims_type] == []


def test_every_explicit_denial_names_its_policy_type() -> None:
    without = [
        case.name
        for case in CASES
        if case.then.outcome is Outcome.EXPLICIT_DENY and case.then.settled_by is None
    ]
    assert without == []


@pytest.mark.parametrize("policy_type", PolicyType)
def test_every_policy_type_denies_explicitly_in_some_claim(policy_type: PolicyType) -> None:
    assert any(
        case.then.settled_by is policy_type and case.then.outcome is Outcome.EXPLICIT_DENY for case in CASES
    )


@pytest.mark.parametrize("policy_type", [kind for kind in PolicyType if kind is not PolicyType.RCP])
def test_every_policy_type_lacks_the_allow_in_some_claim(policy_type: PolicyType) -> None:
    """But the resource control policies: RCPFullAWSAccess cannot be detached."""
    assert any(
        case.then.settled_by is policy_type and case.then.outcome is Outcome.IMPLICIT_DENY for case in CASES
    )


@pytest.mark.parametrize("operator", BASE_OPERATORS)
def test_every_operator_is_claimed_to_hold_and_not_to_hold(operator: str) -> None:
    outcomes = {
        case.then.outcome
        for case in CASES
        for written in _operators(case.given.identity)
        if written.removesuffix("IfExists") == operator
    }
    assert Outcome.ALLOWED in outcomes
    assert outcomes & {Outcome.IMPLICIT_DENY, Outcome.EXPLICIT_DENY}


@pytest.mark.parametrize("suffix", ["", "IfExists"])
@pytest.mark.parametrize("operator", [name for name in BASE_OPERATORS if name != "Null"])
def test_every_operator_is_claimed_for_a_missing_key(operator: str, suffix: str) -> None:
    assert any(
        key.lower() not in {given.lower() for given in case.when.context}
        for case in CASES
        for block in _blocks(case.given.identity)
        for written, keys in block.items()
        if written == operator + suffix
        for key in keys
    )


def _operators(documents: Any) -> Iterator[str]:
    for block in _blocks(documents):
        yield from block


def _blocks(documents: Any) -> Iterator[dict[str, Any]]:
    for document in (named(written, "")[1] for written in documents):
        statements = document["Statement"]
        for statement in statements if isinstance(statements, list) else [statements]:
            yield statement.get("Condition", {})
