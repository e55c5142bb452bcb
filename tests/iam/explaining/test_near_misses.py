"""Statements that were evaluated and did not match: nearest first, each with its distance."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.iam import PolicySet, PolicyType, Request, explain
from sts_tui.iam.explaining.near_misses import NearMisses, _some, _without_the_day
from tests.accounts.decisions import EVERYTHING, OBJECT, USER, ask, role_session
from tests.accounts.policies import MAIN, allow, deny, policy

ISSUED = "2026-01-15T09:00:36Z"


def missed(*statements: dict[str, Any], context: dict[str, Any] | None = None, **asked: Any) -> NearMisses:
    return explain(ask(context=context, **asked), PolicySet(identity=policy(*statements))).near_misses


def distance(statement: dict[str, Any], **context: Any) -> str:
    found = missed(statement, context={key.replace("__", ":"): value for key, value in context.items()})
    return found.listed[0].distance


def revocation(key: str = "aws:TokenIssueTime", cutoff: str = "2026-01-15T09:00:35Z") -> dict[str, Any]:
    return deny(Condition={"DateLessThan": {key: cutoff}})


def test_revocation_that_misses_says_by_how_much() -> None:
    found = missed(EVERYTHING, revocation(), context={"aws:TokenIssueTime": ISSUED})
    assert [(each.effect, each.element) for each in found.listed] == [
        ("Deny", "DateLessThan aws:TokenIssueTime")
    ]
    assert found.listed[0].distance == "aws:TokenIssueTime 09:00:36 is not before 09:00:35 (1 s too late)"


def test_misspelled_condition_key_is_named_with_the_right_one() -> None:
    found = missed(EVERYTHING, revocation("aws:TokeIssueTime"), context={"aws:TokenIssueTime": ISSUED})
    assert found.listed[0].distance == (
        'aws:TokeIssueTime: no such condition key, always absent (did you mean "aws:TokenIssueTime"?)'
    )


def test_misspelled_condition_key_is_named_where_its_absence_matches() -> None:
    statement = deny(Condition={"StringNotEquals": {"aws:PrincpalOrgID": "o-1"}})
    layers = explain(ask(), PolicySet(identity=policy(EVERYTHING, statement))).layers
    note = next(each for each in layers if each.statements).statements[1].elements[-1].note
    assert 'did you mean "aws:PrincipalOrgID"?' in note


def test_misspelled_action_is_a_near_miss_and_other_actions_are_counted() -> None:
    found = missed(allow("s3:GetObjekt"), allow("sqs:*"), allow("s3:PutObject"))
    assert [each.distance for each in found.listed] == [
        'Action s3:GetObjekt: s3 has no action "GetObjekt" (did you mean "s3:GetObject"?)'
    ]
    assert found.other_actions == 2
    assert found.rest(1) == "2 for other actions"


@pytest.mark.parametrize("written", ["s3:GetObj?kt", "s3:GetObjek*", "sqs:GetObject", "s3:GetObjekt*"])
def test_an_action_with_wildcards_or_of_another_service_is_no_misspelling(written: str) -> None:
    found = missed(allow(written))
    assert (found.listed, found.other_actions) == ((), 1)


def test_not_action_is_no_misspelling_either() -> None:
    found = missed({"Effect": "Allow", "NotAction": ["s3:GetObjekt", "s3:GetObject"], "Resource": "*"})
    assert (found.listed, found.other_actions) == ((), 1)


def test_a_principal_that_is_not_named_is_a_near_miss_too() -> None:
    def said(principal: str | None) -> str:
        others = policy(allow("s3:*", "arn:aws:s3:::data/*", Principal={"AWS": "444455556666"}))
        found = explain(ask(principal=principal), PolicySet(identity=[], resource=others))
        return found.near_misses.listed[0].distance

    assert said(USER) == f"Principal does not name {USER}"
    assert said(None) == "Principal does not name an anonymous caller"


def test_an_explanation_begins_with_who_asks_for_what() -> None:
    named = explain(ask(), PolicySet(identity=[])).lines()
    assert any(f"{USER}  s3:GetObject" in each for each in named)
    anonymous = explain(ask(principal=None), PolicySet(identity=[])).lines()
    assert any("anonymous  s3:GetObject" in each for each in anonymous)


def test_eight_near_misses_are_listed_and_the_rest_is_counted() -> None:
    statements = [allow("s3:*", f"arn:aws:s3:::other-{number}", Sid=f"S{number}") for number in range(10)]
    text = list(explain(ask(), PolicySet(identity=policy(*statements))).lines())
    assert [any(f"#S{number}  " in line for line in text) for number in range(10)] == [True] * 8 + [False] * 2
    assert any("2 more" in line for line in text)
    exactly = list(explain(ask(), PolicySet(identity=policy(*statements[:8]))).lines())
    assert not any(" more" in line for line in exactly)


def test_conditions_are_nearer_than_resources_and_fewer_failures_nearer_than_more() -> None:
    two = {"StringEquals": {"aws:PrincipalTag/team": "web", "aws:RequestedRegion": "eu-west-1"}}
    found = missed(
        allow("s3:*", "arn:aws:s3:::other/*", Sid="Elsewhere"),
        allow("*", Sid="TwoConditions", Condition=two),
        allow("*", Sid="OneCondition", Condition={"StringEquals": {"aws:PrincipalTag/team": "web"}}),
        deny("s3:*", "arn:aws:s3:::other/*", Sid="DenyElsewhere"),
        context={"aws:PrincipalTag/team": "search", "aws:RequestedRegion": "us-east-1"},
    )
    assert [each.provenance.sid for each in found.listed] == [
        "OneCondition",
        "TwoConditions",
        "Elsewhere",
        "DenyElsewhere",
    ]
    assert found.listed[1].distance.endswith("aws:RequestedRegion does not match either")


def test_dates_are_sorted_by_difference_where_a_deny_would_have_changed_the_outcome() -> None:
    found = missed(
        EVERYTHING,
        allow("s3:*", "arn:aws:s3:::other/*"),
        revocation(cutoff="2026-01-14T09:00:36Z"),
        revocation(cutoff="2026-01-15T09:00:36Z"),
        context={"aws:TokenIssueTime": ISSUED},
    )
    assert [each.effect for each in found.listed] == ["Deny", "Deny", "Allow"]
    assert found.listed[0].distance.endswith("(they are equal)")
    assert found.listed[1].distance.endswith("(1 d too late)")


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        ({"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}, "3601 is not less than 3600 (1 too much)"),
        (
            {"NumericGreaterThanEquals": {"aws:MultiFactorAuthAge": "4000"}},
            "is less than 4000 (399 too little)",
        ),
        (
            {"NumericLessThan": {"aws:MultiFactorAuthAge": ["100", "3600", "50"]}},
            "3601 is not less than 3600 (1 too much)",
        ),
        ({"NumericLessThanEquals": {"aws:MultiFactorAuthAge": "3600"}}, "is more than 3600 (1 too much)"),
        (
            {"NumericGreaterThan": {"aws:MultiFactorAuthAge": "3601"}},
            "is not more than 3601 (they are equal)",
        ),
        (
            {"NumericLessThan": {"aws:MultiFactorAuthAge": "many"}},
            "3601 is not many (many is not a value that NumericLessThan compares; in doubt an Allow does not "
            "match)",
        ),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, "aws:SourceIp 198.51.100.66 is not in 10.0.0.0/8"),
        ({"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}}, "198.51.100.66 is in 198.51.100.0/24"),
        ({"StringEquals": {"aws:SourceVpc": "vpc-1"}}, "aws:SourceVpc is not in the request"),
        (
            {"StringEquals": {"aws:username": "Ana"}},
            "ana is not Ana (differs only in case, which matters here)",
        ),
        ({"StringLike": {"aws:username": ["x*", "y*", "z*"]}}, "does not match x*, y* and 1 more"),
        ({"StringNotEquals": {"aws:username": ["x", "ana"]}}, "ana is one of x, ana"),
        ({"Null": {"aws:username": "true"}}, "aws:username is present"),
    ],
)
def test_distance_of_a_condition(condition: dict[str, Any], text: str) -> None:
    context = {"aws:MultiFactorAuthAge": "3601", "aws:SourceIp": "198.51.100.66", "aws:username": "ana"}
    assert missed(allow("*", Condition=condition), context=context).listed[0].distance.endswith(text)


def test_resource_keeps_its_note() -> None:
    found = missed(allow("s3:*", "arn:aws:s3:::data"))
    assert found.listed[0].distance == (
        f"Resource arn:aws:s3:::data does not match {OBJECT} "
        "(names the bucket; the objects in it are arn:aws:s3:::data/*)"
    )


def test_statements_of_policies_that_do_not_bind_the_caller_are_left_out() -> None:
    found = explain(ask(), PolicySet(identity=policy(EVERYTHING), session=(policy(allow("s3:*", "x")),)))
    assert found.near_misses.listed == ()


def test_text_and_json_list_them() -> None:
    found = explain(
        ask(context={"aws:TokenIssueTime": ISSUED}), PolicySet(identity=policy(EVERYTHING, revocation()))
    )
    assert any("1 s too late" in each for each in found.lines())
    listed = found.to_json()["nearMisses"]
    assert isinstance(listed, list)
    assert isinstance(listed[0], dict)
    assert listed[0]["failedElement"] == "DateLessThan aws:TokenIssueTime"


@pytest.mark.parametrize(
    "actions",
    [
        ["s3:Put*", "s3:GetObjekt"],
        ["s3:Ge?Objekt", "s3:GetObjekt"],
        ["sqs:GetObjekt", "s3:GetObjekt"],
        ["s3:PutBucketPolicy", "S3:GetObjekt"],
    ],
)
def test_each_of_several_actions_may_be_the_misspelled_one(actions: list[str]) -> None:
    statement = allow(actions)
    (found,) = missed(statement).listed
    assert found.element == "Action"
    assert found.distance.lower().startswith("action s3:getobjekt: s3 has no action")
    assert "does not match either" not in found.distance


def test_actions_that_exclude_are_never_misspelled() -> None:
    statement = {"Effect": "Allow", "NotAction": ["s3:GetObject", "s3:GetObjekt"], "Resource": "*"}
    assert missed(statement).listed == ()
    assert missed(statement).other_actions == 1


def test_a_misspelled_action_is_farther_than_a_resource_and_a_condition() -> None:
    found = missed(
        allow("s3:GetObjekt"),
        allow("s3:GetObject", "arn:aws:s3:::other"),
        allow("s3:GetObject", Condition={"StringEquals": {"aws:username": "bob"}}),
    )
    assert [each.element.split()[0] for each in found.listed] == ["StringEquals", "Resource", "Action"]


def test_policies_that_do_not_bind_hide_none_of_the_others() -> None:
    """SCPs come first and do not bind service-linked roles.
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
    """
    linked = role_session(is_service_linked=True)
    policies = PolicySet(
        identity=policy(allow("s3:GetObject", "arn:aws:s3:::other/*", Sid="Own")),
        scps=[[policy(EVERYTHING, deny("s3:GetObject", "arn:aws:s3:::other/*", Sid="Guard"))]],
    )
    found = explain(Request(caller=linked, action="s3:GetObject", resource=OBJECT), policies).near_misses
    assert [each.provenance.label.rpartition("#")[2] for each in found.listed] == ["Own"]


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        ("2026-01-15T09:00:36Z", "2026-01-15T10:00:00Z", ("09:00:36", "10:00:00")),
        ("2026-01-15T09:00:36Z", "2026-01-16T10:00:00Z", None),
        ("2026-01-15T09:00:36Z", "2026-01-15T10:00:00+01:00", None),
        ("2026-01-15T09:00:36+01:00", "2026-01-15T10:00:00Z", None),
        ("2026-01-15", "2026-01-15T10:00:00Z", None),
        ("2026-01-15Z", "2026-01-15ZT10:00:00Z", None),
        ("1768467636", "1768467636", None),
    ],
)
def test_times_of_one_day_are_shown_without_it(one: str, other: str, shown: tuple[str, str] | None) -> None:
    assert _without_the_day(one, other) == (shown or (one, other))


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ((), "(nothing)"),
        (("a",), "a"),
        (("a", "b"), "a, b"),
        (("a", "b", "c"), "a, b and 1 more"),
        (("a", "b", "c", "d"), "a, b and 2 more"),
    ],
)
def test_two_of_several_values_are_shown(values: tuple[str, ...], text: str) -> None:
    assert _some(values) == text


def test_what_a_list_leaves_out_is_counted() -> None:
    several = missed(*(allow("s3:*", f"arn:aws:s3:::other-{number}") for number in range(4)), allow("sqs:*"))
    assert several.rest(3) == "1 more; 1 for other actions"
    assert several.rest(4) == several.rest(5) == "1 for other actions"
    assert NearMisses((), 0).rest(0) == ""


def test_a_list_is_read_by_place_and_by_slice() -> None:
    listed = missed(*(allow("s3:*", f"arn:aws:s3:::o/{number}") for number in range(4))).listed
    assert len(listed) == 4
    assert [each.provenance.index for each in listed[1:3]] == [1, 2]
    assert listed[0] is listed[0]
    assert listed[-1].provenance.index == 3


DAY = "2026-01-15T"


@pytest.mark.parametrize(
    ("nearer", "farther"),
    [
        # the difference counts, wherever in the block the condition is
        (
            {"DateLessThan": {"aws:TokenIssueTime": f"{DAY}09:00:30Z"}},
            {
                "StringEquals": {"aws:username": "ana"},
                "DateLessThan": {"aws:TokenIssueTime": f"{DAY}08:00:00Z"},
            },
        ),
        # a known difference is nearer than none
        (
            {"DateLessThan": {"aws:TokenIssueTime": f"{DAY}08:00:00Z"}},
            {"StringEquals": {"aws:username": "bob"}},
        ),
        # of two that fail in as many, the smaller difference
        (
            {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}},
            {"NumericLessThan": {"aws:MultiFactorAuthAge": "3599"}},
        ),
        # fewer failures are nearer than a smaller difference
        (
            {"NumericLessThan": {"aws:MultiFactorAuthAge": "10"}},
            {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}, "StringEquals": {"aws:username": "bob"}},
        ),
        # a key that AWS does not have differs by nothing
        (
            {"StringEquals": {"aws:usrname": "ana"}},
            {"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}},
        ),
    ],
)
def test_the_nearer_of_two_conditions_comes_first(nearer: dict[str, Any], farther: dict[str, Any]) -> None:
    context = {"aws:TokenIssueTime": ISSUED, "aws:MultiFactorAuthAge": "3601", "aws:username": "ana"}
    for order in (("N", "F"), ("F", "N")):
        statements = {"N": allow("*", Sid="N", Condition=nearer), "F": allow("*", Sid="F", Condition=farther)}
        found = missed(*(statements[name] for name in order), context=context)
        assert [each.provenance.sid for each in found.listed] == ["N", "F"]


def test_statements_at_the_same_distance_stay_in_their_order() -> None:
    found = missed(
        *(allow("s3:*", f"arn:aws:s3:::other-{name}", Sid=name) for name in "CAB"), deny("s3:*", "x", Sid="D")
    )
    assert [each.provenance.sid for each in found.listed] == ["C", "A", "B", "D"]


@pytest.mark.parametrize(
    ("principal", "condition", "also"),
    [
        ({"AWS": "444455556666"}, {}, "; Principal does not match either"),
        ({"AWS": USER}, {}, ""),
        ("*", {}, ""),
        ({"AWS": USER}, {"StringEquals": {"aws:username": "bob"}}, "; aws:username does not match either"),
        (
            {"AWS": "444455556666"},
            {"StringEquals": {"aws:username": "bob"}},
            "; Principal, aws:username do not match either",
        ),
    ],
)
def test_elements_after_the_first_failure_are_named_where_they_fail_too(
    principal: Any, condition: dict[str, Any], also: str
) -> None:
    statement = allow("s3:*", "arn:aws:s3:::data/*", Principal=principal, Sid="S")
    if condition:
        statement["Condition"] = condition
    request = ask(resource="arn:aws:s3:::other/x", context={"aws:username": "ana"})
    found = explain(request, PolicySet(identity=[], resource=policy(statement))).near_misses
    [one] = found.listed
    assert one.element == "Resource"
    assert one.distance == f"Resource arn:aws:s3:::data/* does not match arn:aws:s3:::other/x{also}"


@pytest.mark.parametrize("element", ["NotResource", "NotPrincipal"])
def test_an_element_that_excludes_says_so(element: str) -> None:
    statement = allow("s3:*", "arn:aws:s3:::data/*", Principal="*")
    del statement[element.removeprefix("Not")]
    statement[element] = "arn:aws:s3:::data/*" if element == "NotResource" else {"AWS": [USER, MAIN]}
    found = explain(ask(), PolicySet(identity=[], resource=policy(statement))).near_misses.listed[0]
    verb = "excludes" if element == "NotResource" else "excepts"
    assert (found.element, verb in found.distance) == (element, True)
    assert found.distance.startswith(element)


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        ({"NumericLessThan": {"app:age": "5"}}, "app:age many is not 5"),
        ({"DateLessThan": {"app:age": "2026-01-15T09:00:00Z"}}, "app:age many is not 2026-01-15T09:00:00Z"),
        ({"NumericEquals": {"app:number": "5"}}, "app:number 7 is not 5"),
        ({"NumericLessThan": {"app:number": "5"}}, "app:number 7 is not less than 5 (2 too much)"),
    ],
)
def test_only_values_that_are_ordered_have_a_difference(condition: dict[str, Any], text: str) -> None:
    found = missed(allow("*", Condition=condition), context={"app:age": "many", "app:number": "7"}).listed[0]
    assert found.distance == text


def test_a_principal_that_is_named_is_not_what_failed() -> None:
    statement = allow(Principal={"AWS": USER}, Condition={"Bool": {"aws:SecureTransport": "true"}})
    found = explain(
        ask(context={"aws:SecureTransport": "false"}), PolicySet(resource=policy(statement))
    ).near_misses
    assert [each.element for each in found.listed] == ["Bool aws:SecureTransport"]


def test_a_statement_is_shown_under_the_kind_of_its_policy() -> None:
    found = missed(allow("s3:GetObject", "arn:aws:s3:::other/*"))
    assert found.listed[0].provenance.policy_type is PolicyType.IDENTITY


def test_of_several_values_no_difference_is_computed() -> None:
    said = distance(
        allow(Condition={"ForAnyValue:NumericLessThan": {"s3:max-keys": "10"}}), **{"s3__max-keys": "20"}
    )
    assert "is not less than" not in said
