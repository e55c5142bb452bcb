"""The shortcut answers what the flow chart answers, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sts_tui.iam import Decision, Outcome, PolicySet, PolicyType, Request, evaluate
from sts_tui.iam.decide import by_flow_chart
from sts_tui.iam.layers import REMEMBERED_ACTIONS
from sts_tui.iam.shortcut import no_shortcut, shortcut_for
from tests.accounts.decisions import ACCOUNT, EVERYTHING, FULL, OBJECT, ROOT, USER, ask, crowd, role_session
from tests.accounts.policies import allow, deny, policy
from tests.iam.naive_evaluator import NaivePolicies, NaiveRequest
from tests.iam.random_policies import scenarios
from tests.support.examples import examples

UNREADABLE = {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"Nonsense": {"a:b": "c"}}}


def asked_of(request: NaiveRequest) -> Request:
    return Request(
        action=request.action,
        resource=request.resource,
        resource_account=request.resource_account,
        context=request.context,
        caller=request.caller,
    )


def set_of(policies: NaivePolicies, more: list[dict[str, Any]]) -> PolicySet:
    def beside(documents: Any) -> Any:
        return None if documents is None else [*documents, *more]

    return PolicySet(
        identity=[*policies.identity, *more],
        session=beside(policies.session),
        boundary=policies.boundary and [policies.boundary, *more],
        resource=policies.resource,
        scps=[[*level, *more] for level in policies.scps],
        rcps=policies.rcps,
        endpoint=policies.endpoint,
        scope_downs=[[document, *more] for document in policies.scope_downs],
    )


def thrice(request: Request, policies: PolicySet) -> list[Decision]:
    """The first answer is the chart's, the second makes the shortcut, the third uses it again."""
    return [evaluate(request, policies) for _ in range(3)]


@given(scenarios(), st.booleans())
@settings(
    deadline=None,
    max_examples=examples(150),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_shortcut_and_flow_chart_agree(
    scenario: tuple[NaiveRequest, NaivePolicies], is_crowded: bool
) -> None:
    request = asked_of(scenario[0])
    policies = set_of(scenario[1], [crowd(PolicyType.IDENTITY, request)] if is_crowded else [])
    chart = by_flow_chart(request, policies)
    assert thrice(request, policies) == [chart] * 3


@given(scenarios(), scenarios())
@settings(
    deadline=None,
    max_examples=examples(75),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_a_shortcut_made_for_one_request_serves_the_next(
    first: tuple[NaiveRequest, NaivePolicies], second: tuple[NaiveRequest, NaivePolicies]
) -> None:
    """The same action in other letters, by another caller, for another resource with another context."""
    policies = set_of(first[1], [])
    one, other = asked_of(first[0]), asked_of(replace(second[0], action=first[0].action.upper()))
    for request in (one, one, other, other, one):
        assert evaluate(request, policies) == by_flow_chart(request, policies)


@pytest.mark.parametrize(
    ("given", "outcome", "settled_by"),
    [
        ({"identity": FULL}, Outcome.ALLOWED, PolicyType.IDENTITY),
        ({"identity": []}, Outcome.IMPLICIT_DENY, PolicyType.IDENTITY),
        ({"identity": FULL, "scps": [[FULL], []]}, Outcome.IMPLICIT_DENY, PolicyType.SCP),
        ({"identity": FULL, "endpoint": []}, Outcome.IMPLICIT_DENY, PolicyType.ENDPOINT),
        ({"identity": FULL, "boundary": []}, Outcome.IMPLICIT_DENY, PolicyType.BOUNDARY),
        ({"identity": FULL, "scope_downs": [[]]}, Outcome.ALLOWED, PolicyType.IDENTITY),
        ({"identity": policy(EVERYTHING, deny("s3:*", OBJECT))}, Outcome.EXPLICIT_DENY, PolicyType.IDENTITY),
        ({"identity": policy(UNREADABLE)}, Outcome.UNDECIDED, PolicyType.IDENTITY),
        ({"identity": FULL, "boundary": policy(UNREADABLE)}, Outcome.UNDECIDED, PolicyType.BOUNDARY),
    ],
)
def test_each_way_through_the_chart(given: dict[str, Any], outcome: Outcome, settled_by: PolicyType) -> None:
    """A user has no scope-down policies."""
    policies, request = PolicySet(**given), ask(principal=USER)
    for found in thrice(request, policies):
        assert (found.outcome, found.settled_by) == (outcome, settled_by)


def test_every_allow_that_grants_is_named_by_the_shortcut() -> None:
    many = policy(*(allow("s3:*", f"arn:aws:s3:::no-{number}/*") for number in range(20)))
    policies = PolicySet(identity=[many, policy(allow("s3:Get*", OBJECT, Sid="A"), allow("*", Sid="B"))])
    request = ask(principal=USER)
    assert {tuple(each.sid for each in found.statements) for found in thrice(request, policies)} == {
        ("A", "B")
    }


@pytest.mark.parametrize(
    ("request_", "given"),
    [
        (ask(principal=ROOT), {}),
        (ask(principal=USER, action="iam:GetUser"), {}),
        (ask(principal=USER, action="kms:Decrypt"), {}),
        (ask(principal=USER), {"resource": policy(allow("s3:*", Principal="*"))}),
        (ask(principal=USER), {"boundary": policy({"Effect": "Perhaps"})}),
    ],
    ids=["root", "IAM", "a key's own policy", "a resource's policy", "a document that AWS refuses"],
)
def test_what_has_rules_of_its_own_has_no_shortcut(request_: Request, given: dict[str, Any]) -> None:
    assert shortcut_for(request_, PolicySet(identity=FULL, **given)) is no_shortcut


def test_a_resource_in_another_account_is_the_charts() -> None:
    policies = PolicySet(identity=FULL)
    inside = Request(USER, "s3:GetObject", OBJECT, USER.split(":")[4])
    outside = Request(USER, "s3:GetObject", OBJECT, "999999999999")
    assert [found.is_allowed for found in thrice(inside, policies)] == [True] * 3
    assert [found.settled_by for found in thrice(outside, policies)] == [PolicyType.RESOURCE] * 3


TAGGED = {"Condition": {"StringEquals": {"aws:PrincipalTag/team": "a"}}}
"""Nobody knows the caller's tags, so that this is in doubt."""
MATCH, OTHER = allow("s3:*"), allow("s3:*", "arn:aws:s3:::elsewhere/*")
DOUBT = allow("s3:*", **TAGGED)
REFUSED, REFUSED_ELSEWHERE = deny("s3:*"), deny("s3:*", "arn:aws:s3:::elsewhere/*")
IN_DOUBT_REFUSED = deny("s3:*", **TAGGED)
LAYERS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "an SCP": lambda it: {"identity": FULL, "scps": [[it], [FULL]]},
    "an endpoint": lambda it: {"identity": FULL, "endpoint": [it]},
    "a boundary": lambda it: {"identity": FULL, "boundary": [it]},
    "a session policy": lambda it: {"identity": FULL, "session": [it]},
    "a scope-down policy": lambda it: {"identity": FULL, "scope_downs": [[it]]},
    "identity policies": lambda it: {"identity": [it]},
}
CROWD = [allow("s3:*", f"arn:aws:s3:::no-{number}/*") for number in range(20)]
DENIES = [deny("s3:*", f"arn:aws:s3:::no-{number}/*") for number in range(20)]
ANSWERS = [
    ([MATCH], Outcome.ALLOWED),
    ([OTHER], Outcome.IMPLICIT_DENY),
    ([DOUBT], Outcome.UNDECIDED),
    ([OTHER, MATCH], Outcome.ALLOWED),
    ([MATCH, OTHER], Outcome.ALLOWED),
    ([DOUBT, MATCH], Outcome.ALLOWED),
    ([MATCH, DOUBT], Outcome.ALLOWED),
    ([OTHER, OTHER], Outcome.IMPLICIT_DENY),
    ([OTHER, DOUBT], Outcome.UNDECIDED),
    ([DOUBT, OTHER], Outcome.UNDECIDED),
    ([MATCH, REFUSED_ELSEWHERE], Outcome.ALLOWED),
    ([MATCH, REFUSED_ELSEWHERE, REFUSED], Outcome.EXPLICIT_DENY),
    ([MATCH, REFUSED, REFUSED_ELSEWHERE], Outcome.EXPLICIT_DENY),
    ([MATCH, REFUSED_ELSEWHERE, IN_DOUBT_REFUSED], Outcome.UNDECIDED),
    ([MATCH, *DENIES], Outcome.ALLOWED),
    ([MATCH, *DENIES, REFUSED], Outcome.EXPLICIT_DENY),
    ([MATCH, *DENIES, deny("s3:*", OBJECT)], Outcome.EXPLICIT_DENY),
    ([MATCH, *DENIES, deny("s3:*", OBJECT, **TAGGED)], Outcome.UNDECIDED),
]


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("more", [[], CROWD], ids=["alone", "in a crowd"])
def test_one_match_is_enough_and_a_doubt_counts_without_one(layer: str, more: list[dict[str, Any]]) -> None:
    caller = role_session()
    request = Request(
        caller.arn, "s3:GetObject", OBJECT, ACCOUNT, caller=caller, unknown=("aws:PrincipalTag/*",)
    )
    for statements, outcome in ANSWERS:
        policies = PolicySet(**LAYERS[layer](policy(*statements, *more)))
        assert [found.outcome for found in thrice(request, policies)] == [outcome] * 3, statements
        chart = by_flow_chart(request, policies)
        assert evaluate(request, policies) == chart
        is_plain = outcome in (Outcome.ALLOWED, Outcome.IMPLICIT_DENY)
        assert shortcut_for(request, policies)(request) == (chart if is_plain else None), statements


NOT_PRINCIPAL = policy(
    {"Effect": "Deny", "NotPrincipal": {"AWS": [USER, ACCOUNT]}, "Action": "sqs:*", "Resource": "*"}
)


@pytest.mark.parametrize(
    ("policies", "has_one"),
    [
        (PolicySet(identity=FULL, boundary=FULL), True),
        (PolicySet(identity=FULL, boundary=FULL).without(PolicyType.BOUNDARY), False),
        (PolicySet(identity=FULL, boundary=FULL, resource=NOT_PRINCIPAL), False),
        (PolicySet(identity=FULL, resource=NOT_PRINCIPAL), True),
    ],
)
def test_what_is_left_out_or_depends_on_the_boundary_has_no_shortcut(
    policies: PolicySet, has_one: bool
) -> None:
    assert (shortcut_for(ask(principal=USER), policies) is not no_shortcut) is has_one


def test_a_shortcut_is_made_at_the_second_request_and_kept_for_the_last_few_actions() -> None:
    policies, request = PolicySet(identity=FULL), ask(principal=USER)
    made = []
    for _ in range(3):
        evaluate(request, policies)
        made.append(policies.shortcuts[request.caller.kind]["s3:getobject"])
    assert made[0] is None
    assert callable(made[1])
    assert made[2] is made[1]
    for number in range(REMEMBERED_ACTIONS - 1):
        evaluate(ask(principal=USER, action=f"s3:a{number}"), policies)
    assert policies.shortcuts[request.caller.kind]["s3:getobject"] is made[1]
    evaluate(ask(principal=USER, action="s3:OneMore"), policies)
    assert list(policies.shortcuts[request.caller.kind]) == ["s3:onemore"]
