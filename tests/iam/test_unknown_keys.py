"""A key of which nothing is known: an answer that depends on it is undecided, any other is certain."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sts_tui.account.policies.condition_operators import CONDITION_OPERATORS, OperatorFamily
from sts_tui.iam import Decision, Outcome, PolicySet, Request, evaluate, explain
from sts_tui.iam.patterns.partly_known import is_unknown
from tests.accounts.decisions import ACCOUNT, FULL, OBJECT, USER
from tests.accounts.policies import allow, policy
from tests.accounts.policies import deny as denying
from tests.iam.naive_evaluator import NaivePolicies, NaiveRequest
from tests.iam.random_policies import scenarios
from tests.support.examples import examples

TAG = "aws:PrincipalTag/team"
SAMPLES = {
    OperatorFamily.STRING: ["web", "WEB", "db", "we*"],
    OperatorFamily.NUMERIC: ["5", "6", "x"],
    OperatorFamily.DATE: ["2026-01-15T09:00:00Z", "2027-01-15T09:00:00Z"],
    OperatorFamily.BOOL: ["true", "false"],
    OperatorFamily.BINARY: ["d2Vi", "ZGI="],
    OperatorFamily.IP_ADDRESS: ["10.0.0.1", "192.0.2.1"],
    OperatorFamily.ARN: [USER, "arn:aws:iam::444455556666:role/x"],
    OperatorFamily.NULL: ["true", "false"],
}


def asked(context: dict[str, Any] | None = None, unknown: tuple[str, ...] = ()) -> Request:
    return Request(USER, "s3:GetObject", OBJECT, ACCOUNT, context, unknown=unknown)


def conditions() -> list[Any]:
    """Every operator with every prefix and suffix, and values with a variable where it reads them."""
    found = []
    for row in CONDITION_OPERATORS:
        wanted = SAMPLES[row.family][:1]
        names = [row.name]
        if row.family is not OperatorFamily.NULL:
            prefixed = [row.name, f"ForAllValues:{row.name}", f"ForAnyValue:{row.name}"]
            names = [f"{name}{suffix}" for name in prefixed for suffix in ("", "IfExists")]
        found += [pytest.param(row.family, {name: {TAG: wanted}}, id=name) for name in names]
    return found


def outcomes(document: dict[str, Any], family: OperatorFamily, key: str = TAG) -> set[Outcome]:
    """The answers for the absent key and for values of every sort, single and several."""
    texts = SAMPLES[family]
    values: list[Any] = [None, *texts, [texts[0]], [texts[0], texts[-1]], [texts[-1]], ""]
    policies = PolicySet(identity=[document, FULL] if "Deny" in str(document) else [document])
    return {evaluate(asked({key: value}), policies).outcome for value in values}


@pytest.mark.parametrize("make", [allow, denying])
@pytest.mark.parametrize(("family", "condition"), conditions())
def test_an_unknown_key_is_undecided_unless_every_value_gives_the_same_answer(
    make: Any, family: OperatorFamily, condition: dict[str, Any]
) -> None:
    document = policy(make(Condition=condition))
    possible = outcomes(document, family)
    policies = PolicySet(identity=[document, FULL] if make is denying else [document])
    decision = evaluate(asked(unknown=("aws:PrincipalTag/*",)), policies)
    if len(possible) > 1:
        assert decision.outcome is Outcome.UNDECIDED
        assert f"{TAG} is unknown" in decision.note
    else:
        assert decision.outcome in (*possible, Outcome.UNDECIDED)


@pytest.mark.parametrize(
    ("statement", "outcome"),
    [
        (allow("*", resource="arn:aws:s3:::data/${aws:PrincipalTag/team}*"), Outcome.UNDECIDED),
        (allow("*", resource="arn:aws:s3:::data/${aws:PrincipalTag/team}/*"), Outcome.IMPLICIT_DENY),
        (allow("*", resource=["arn:aws:s3:::${aws:PrincipalTag/team}", OBJECT]), Outcome.ALLOWED),
        (allow("*", resource="arn:aws:s3:::${aws:PrincipalTag/team, 'data/key'}"), Outcome.UNDECIDED),
        (allow("*", Condition={"StringEquals": {"aws:username": "${aws:PrincipalTag/team}"}}),
         Outcome.UNDECIDED),
        (
            allow("*", Condition={"StringEquals": {"aws:username": ["ana", "${aws:PrincipalTag/team}"]}}),
            Outcome.ALLOWED,
        ),
        (
            allow("*", Condition={"StringNotEquals": {"aws:username": ["ana", "${aws:PrincipalTag/team}"]}}),
            Outcome.IMPLICIT_DENY,
        ),
        (
            allow("*", Condition={"StringEquals": {"aws:username": "${aws:PrincipalTag/team, 'ana'}"}}),
            Outcome.UNDECIDED,
        ),
        (
            allow("*", Condition={"StringNotEquals": {"aws:username": "${aws:PrincipalTag/team, 'ana'}"}}),
            Outcome.UNDECIDED,
        ),
        (
            allow("*", Condition={"StringNotLike": {"aws:username": "${aws:PrincipalTag/team}*"}}),
            Outcome.UNDECIDED,
        ),
        (
            {**allow("*"), "Resource": None, "NotResource": "arn:aws:s3:::${aws:PrincipalTag/team}"},
            Outcome.UNDECIDED,
        ),
        (
            {**allow("*"), "Resource": None,
             "NotResource": [OBJECT, "arn:aws:s3:::${aws:PrincipalTag/team}"]},
            Outcome.IMPLICIT_DENY,
        ),
    ],
)  # fmt: skip
def test_an_unknown_variable_is_undecided_unless_no_value_matches_or_another_entry_decides(
    statement: dict[str, Any], outcome: Outcome
) -> None:
    document = policy({name: value for name, value in statement.items() if value is not None})
    request = asked(unknown=("aws:PrincipalTag/*",))
    assert evaluate(request, PolicySet(identity=[document])).outcome is outcome


def test_what_the_context_gives_is_known_and_case_does_not_matter() -> None:
    policies = PolicySet(identity=[policy(allow("*", Condition={"StringEquals": {TAG: "web"}}))])
    known = asked({"AWS:principaltag/TEAM": "web"}, unknown=("aws:PrincipalTag/*",))
    assert evaluate(known, policies).outcome is Outcome.ALLOWED
    assert (
        evaluate(known.with_values({"aws:principaltag/team": "db"}), policies).outcome
        is Outcome.IMPLICIT_DENY
    )
    other = asked({"aws:PrincipalTag/other": "web"}, unknown=("aws:PrincipalTag/*",))
    assert evaluate(other.with_values({"aws:sourceip": "10.0.0.1"}), policies).outcome is Outcome.UNDECIDED


def test_a_key_that_follows_from_the_principal_can_be_unknown_too() -> None:
    policies = PolicySet(identity=[policy(allow("*", Condition={"StringEquals": {"aws:username": "ana"}}))])
    assert evaluate(asked(), policies).outcome is Outcome.ALLOWED
    assert evaluate(asked(unknown=("aws:username",)), policies).outcome is Outcome.UNDECIDED


def test_the_explanation_says_that_the_key_is_unknown() -> None:
    policies = PolicySet(identity=[policy(allow("*", Condition={"StringEquals": {TAG: "web"}}))])
    explanation = explain(asked(unknown=("aws:PrincipalTag/*",)), policies)
    notes = [
        element.note
        for layer in explanation.layers
        for statement in layer.statements
        for element in statement.elements
    ]
    assert "it is not known whether the request has this key, or which value" in notes


def test_one_unknown_variable_among_known_ones_leaves_a_value_undecided() -> None:
    value = "${aws:username}-${aws:PrincipalTag/team}"
    condition = {"StringEquals": {"aws:SourceVpc": value}}
    policies = PolicySet(identity={"own": policy(allow(Condition=condition))})
    request = asked({"aws:username": "ana", "aws:SourceVpc": "ana-web"}, unknown=("aws:PrincipalTag/*",))
    assert evaluate(request, policies).outcome is Outcome.UNDECIDED


TEAM, KEYS, FROM = "aws:PrincipalTag/team", "aws:TagKeys", "aws:SourceIp"
POSSIBLE: dict[str, list[Any]] = {
    TEAM: [None, "red", "blue", "key", "", "arn"],
    KEYS: [None, ["red"], ["blue", "key"], ["red", "blue"], [""]],
    FROM: [None, "10.1.2.3", "192.0.2.1"],
}


@given(
    scenario=scenarios(), hidden=st.sets(st.sampled_from(list(POSSIBLE)), min_size=1), is_red=st.booleans()
)
@settings(deadline=None, max_examples=examples(60), suppress_health_check=list(HealthCheck))
def test_what_is_decided_without_a_key_is_decided_so_for_each_of_its_values(
    scenario: tuple[NaiveRequest, NaivePolicies], hidden: set[str], is_red: bool
) -> None:
    """`is_red`: red is among the values that the tag may have. A Deny that depends on the key leaves a denial
    as it is.
    """
    asked, policies = scenario
    known = {key: value for key, value in asked.context.items() if key not in hidden}
    of_team = [one for one in POSSIBLE[TEAM] if is_red or one != "red"]
    values = {**POSSIBLE, TEAM: of_team}
    found = by_engine(asked, policies, known, unknown=hidden, not_of={} if is_red else {TEAM: "red"})
    if found.outcome is Outcome.UNDECIDED:
        return
    for each in product(*(values[key] for key in sorted(hidden))):
        context = {**known, **dict(zip(sorted(hidden), each, strict=True))}
        answer = by_engine(asked, policies, context)
        assert answer.outcome is not Outcome.UNDECIDED
        assert answer.is_allowed is found.is_allowed, context


def by_engine(
    asked: NaiveRequest, policies: NaivePolicies, context: dict[str, Any], **unknown: Any
) -> Decision:
    """The engine's decision on a request of the naive evaluator, in another context."""
    request = Request(
        action=asked.action,
        resource=asked.resource,
        resource_account=asked.resource_account,
        context=context,
        caller=asked.caller,
        **unknown,
    )
    given_policies = PolicySet(
        identity=policies.identity,
        session=policies.session,
        boundary=policies.boundary,
        resource=policies.resource,
        scps=policies.scps,
        rcps=policies.rcps,
        endpoint=policies.endpoint,
        scope_downs=policies.scope_downs,
    )
    return evaluate(request, given_policies)


@pytest.mark.parametrize(
    ("operator", "outcome"),
    [
        ("StringNotEquals", Outcome.ALLOWED),
        ("ForAllValues:StringNotEquals", Outcome.ALLOWED),
        ("StringNotEqualsIfExists", Outcome.ALLOWED),
        ("StringEquals", Outcome.IMPLICIT_DENY),
        ("ForAnyValue:StringEquals", Outcome.IMPLICIT_DENY),
        ("ForAllValues:StringEquals", Outcome.UNDECIDED),  # absent it holds, with another value it does not
        ("StringEqualsIfExists", Outcome.UNDECIDED),
        ("ForAnyValue:StringNotEquals", Outcome.UNDECIDED),
    ],
)
def test_a_key_that_is_not_the_listed_value_is_decided_where_its_absence_has_the_same_answer(
    operator: str, outcome: Outcome
) -> None:
    document = policy(allow("*", Condition={operator: {"aws:PrincipalOrgID": "o-ours"}}))
    request = Request(
        USER, "s3:GetObject", OBJECT, ACCOUNT, unknown=("aws:PrincipalOrgID",),
        not_of={"aws:PrincipalOrgID": "o-ours"},
    )  # fmt: skip
    assert evaluate(request, PolicySet(identity=[document])).outcome is outcome


ANOTHER = "aws:PrincipalTag/other"
UNKNOWN_TAG = "arn:aws:s3:::x${aws:PrincipalTag/team}/*"


@pytest.mark.parametrize(
    ("statement", "outcome"),
    [
        (allow("*", [UNKNOWN_TAG, "arn:aws:s3:::${aws:username}/*"]), Outcome.IMPLICIT_DENY),
        (allow("*", [UNKNOWN_TAG, "arn:aws:s3:::d${aws:PrincipalTag/team}/*"]), Outcome.UNDECIDED),
        (allow("*", ["arn:aws:s3:::d${aws:PrincipalTag/team}/*", "arn:aws:s3:::data/${s3:x, 'key'}"]),
         Outcome.ALLOWED),
        (allow("*", ["arn:aws:s3:::data/${s3:x, 'key'}", "arn:aws:s3:::d${aws:PrincipalTag/team}/*"]),
         Outcome.ALLOWED),
        # a variable alone, of a key that is known to be none of the values of the request's key
        (allow("*", Condition={"StringEquals": {"aws:username": "${aws:PrincipalOrgID}"}}),
         Outcome.IMPLICIT_DENY),
        (allow("*", Condition={"StringNotEquals": {"aws:username": "${aws:PrincipalOrgID}"}}),
         Outcome.ALLOWED),
        (allow("*", Condition={"StringEquals": {"aws:username": ["${aws:PrincipalOrgID}", f"${{{TAG}}}"]}}),
         Outcome.UNDECIDED),
        (allow("*", Condition={"StringEquals": {"aws:username": ["${aws:PrincipalOrgID}", f"x${{{TAG}}}"]}}),
         Outcome.UNDECIDED),
        (allow("*", Condition={"StringEquals": {"aws:username": ["${aws:PrincipalOrgID}", "ana"]}}),
         Outcome.ALLOWED),
        (allow("*", Condition={"StringEquals": {"aws:username": ["${aws:PrincipalOrgID}",
                                                                 "a${aws:PrincipalOrgID}"]}}),
         Outcome.UNDECIDED),
        # a resource in doubt stays in doubt where every condition holds, and is decided where one fails
        (allow("*", "arn:aws:s3:::d${aws:PrincipalTag/team}/*",
               Condition={"StringEquals": {"aws:username": "ana"}}), Outcome.UNDECIDED),
        (allow("*", "arn:aws:s3:::d${aws:PrincipalTag/team}/*",
               Condition={"StringEquals": {"aws:username": "bob"}}), Outcome.IMPLICIT_DENY),
    ],
)  # fmt: skip
def test_each_of_several_entries_is_looked_at(statement: dict[str, Any], outcome: Outcome) -> None:
    request = Request(
        USER, "s3:GetObject", "arn:aws:s3:::data/key", ACCOUNT, {"aws:username": "ana"},
        unknown=("aws:PrincipalTag/*", "aws:PrincipalOrgID"), not_of={"aws:PrincipalOrgID": "ana"},
    )  # fmt: skip
    assert evaluate(request, PolicySet(identity=[policy(statement)])).outcome is outcome


@pytest.mark.parametrize(
    ("key", "unknown"),
    [
        ("aws:principaltag/team", True),
        ("aws:principaltag/", True),
        ("aws:principaltag", False),
        ("aws:principaltags", False),
        ("saml:aud", True),
        ("saml", False),
        ("samlx:aud", False),
        ("aws:userid", True),
        ("aws:useridx", False),
    ],
)
def test_a_star_stands_for_every_key_that_begins_so(key: str, unknown: bool) -> None:
    request = asked(unknown=("aws:PrincipalTag/*", "saml:*", "aws:userid"))
    assert is_unknown(key, request.values) is unknown
