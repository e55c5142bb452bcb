"""Documents into statements: every element and its Not-form, and what AWS would refuse."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.iam import EvaluationSettings, Outcome, PolicyDocument, PolicyType
from sts_tui.iam.conditions import compile_condition
from sts_tui.iam.conditions.operator import Scope
from sts_tui.iam.documents.compiler import _limits_to_account
from tests.accounts.decisions import ACCOUNT, EVERYTHING, FULL, OBJECT, USER, ask, decide, role_session
from tests.accounts.policies import allow, deny, policy


def verdict(
    statement: Any, *, settings: EvaluationSettings | None = None, version: str = "2012-10-17", **asked: Any
) -> Outcome:
    more = {"settings": settings} if settings is not None else {}
    return decide(ask(**asked), identity=policy(statement, version=version), **more).outcome


ALLOWED, IMPLICIT, EXPLICIT, UNDECIDED = (
    Outcome.ALLOWED,
    Outcome.IMPLICIT_DENY,
    Outcome.EXPLICIT_DENY,
    Outcome.UNDECIDED,
)


@pytest.mark.parametrize(
    ("action", "outcome"),
    [
        ("*", ALLOWED),
        ("*:*", ALLOWED),
        ("s3:*", ALLOWED),
        ("S3:getobject", ALLOWED),
        ("s3:Get?bject", ALLOWED),
        (["sqs:*", "s3:GetObject"], ALLOWED),
        (["sqs:*", "s3:G*", "s3:P*"], ALLOWED),
        (["s3:PutObject", "s3:ListBucket"], IMPLICIT),
        ("s*:GetObject", UNDECIDED),
        ("*:GetObject", UNDECIDED),
        ("s3*", UNDECIDED),
        ("GetObject", UNDECIDED),
        (":", UNDECIDED),
        ("", UNDECIDED),
    ],
)
def test_action_is_compared_without_case_and_wildcards_stand_in_the_name(
    action: Any, outcome: Outcome
) -> None:
    assert verdict(allow(action)) is outcome


def test_every_operator_that_is_not_an_object_is_doubted_not_only_the_first() -> None:
    condition = {"Bool": "true", "StringEquals": ["x"], "Null": {"aws:x": "true"}}
    document = PolicyDocument(policy(allow("*", Condition=condition)), "Data")
    [statement] = document.statements()
    doubts = statement.why_undecided(ask())
    assert "Bool is" in doubts
    assert "StringEquals is" in doubts


def test_a_key_of_any_alphabet_is_found_in_the_text_of_a_policy() -> None:
    document = PolicyDocument(
        policy(allow("*", Condition={"Null": {"aws:PrincipalTag/Größe": "true"}})), "Data"
    )
    assert document.mentions(("aws:principaltag/größe",))
    assert not document.mentions(("aws:principaltag/grosse",))


def test_not_action_covers_everything_else() -> None:
    assert verdict({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}) is ALLOWED
    assert verdict({"Effect": "Allow", "NotAction": ["iam:*", "s3:*"], "Resource": "*"}) is IMPLICIT


@pytest.mark.parametrize(
    ("resource", "asked", "outcome"),
    [
        ("*", OBJECT, ALLOWED),
        (OBJECT, OBJECT, ALLOWED),
        ("arn:aws:s3:::data/*", OBJECT, ALLOWED),
        ("arn:aws:s3:::DATA/*", OBJECT, IMPLICIT),
        (["arn:aws:s3:::other/*", "arn:aws:s3:::data/k?y"], OBJECT, ALLOWED),
        (["arn:aws:s3:::other", OBJECT], OBJECT, ALLOWED),
        (["arn:aws:s3:::other", "arn:aws:s3:::more"], OBJECT, IMPLICIT),
        (["arn:aws:s3:::other", "arn:aws:s3:::more*"], OBJECT, IMPLICIT),
        ("arn:aws:*:::data/key", OBJECT, UNDECIDED),
        ("arn:aws:s3", OBJECT, ALLOWED),
        ("arn:aws:s3:*", OBJECT, ALLOWED),
        ("arn:aws:sqs:eu-west-1", f"arn:aws:sqs:eu-west-1:{ACCOUNT}:q", ALLOWED),
        ("arn:aws:sqs:eu-west-1", f"arn:aws:sqs:us-east-1:{ACCOUNT}:q", IMPLICIT),
        (f"arn:aws:sqs:*:{ACCOUNT}:q", f"arn:aws:sqs:eu-west-1:{ACCOUNT}:q", ALLOWED),
        ("arn:aws:s3:::data/*", "*", IMPLICIT),
        ("*", "*", ALLOWED),
        ("data/*", "data/key", UNDECIDED),
    ],
)
def test_resource_is_compared_segment_by_segment(resource: Any, asked: str, outcome: Outcome) -> None:
    assert verdict(allow("*", resource=resource), resource=asked) is outcome


@pytest.mark.parametrize(
    ("resource", "crossing", "within"),
    [
        ("arn:aws:lambda:*:function:x", ALLOWED, IMPLICIT),
        (f"arn:aws:lambda:*:{ACCOUNT}:function:x", ALLOWED, ALLOWED),
        ("arn:aws:lambda:eu-*:function:x", ALLOWED, IMPLICIT),
        ("arn:aws:lambda:*:function:y", IMPLICIT, IMPLICIT),
        ("arn:aws:lambda:*-1:function:x", IMPLICIT, IMPLICIT),
        ("arn:aws:lambda:eu-*-1:*:x", ALLOWED, IMPLICIT),
        ("arn:aws:lambda:eu-*-?:1*:function:x", ALLOWED, ALLOWED),
        ("arn:aws:lambda:e*1:function:x", IMPLICIT, IMPLICIT),
        ("arn:aws:lambda:eu?west?1:*:x", ALLOWED, IMPLICIT),
        (f"arn:aws:lambda:eu-west-1?{ACCOUNT}:function:x", IMPLICIT, IMPLICIT),
    ],
)
def test_only_a_star_at_the_end_of_a_segment_matches_beyond_the_colon(
    resource: str, crossing: Outcome, within: Outcome
) -> None:
    function = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:x"
    narrow = EvaluationSettings(trailing_wildcard_crosses_colons=False)
    assert verdict(allow("*", resource=resource), resource=function) is crossing
    assert verdict(allow("*", resource=resource), resource=function, settings=narrow) is within
    excluded = {"Effect": "Allow", "Action": "*", "NotResource": resource}
    assert (verdict(excluded, resource=function) is ALLOWED) is (crossing is IMPLICIT)


def test_wildcard_in_the_service_segment_is_refused_whatever_the_setting() -> None:
    for crosses in (True, False):
        settings = EvaluationSettings(trailing_wildcard_crosses_colons=crosses)
        for service in ("*", "s?", "s*"):
            assert verdict(allow("*", resource=f"arn:aws:{service}:x"), settings=settings) is UNDECIDED


def test_not_resource_covers_everything_else() -> None:
    statement = {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::data/*"}
    assert verdict(statement) is IMPLICIT
    assert verdict(statement, resource="arn:aws:s3:::other/key") is ALLOWED
    assert verdict({**statement, "NotResource": "*"}) is IMPLICIT


@pytest.mark.parametrize(
    ("resource", "asked", "outcome"),
    [
        ("arn:aws:s3:::home/${aws:username}/*", "arn:aws:s3:::home/ana/x", ALLOWED),
        ("arn:aws:s3:::home/${aws:username}/*", "arn:aws:s3:::home/bob/x", IMPLICIT),
        ("arn:aws:s3:::home/${aws:missing}/*", "arn:aws:s3:::home//x", IMPLICIT),
        ("arn:aws:s3:::home/${aws:missing, 'all'}/*", "arn:aws:s3:::home/all/x", ALLOWED),
        ("arn:aws:s3:::home/${*}", "arn:aws:s3:::home/*", ALLOWED),
        ("arn:aws:s3:::home/${*}", "arn:aws:s3:::home/x", IMPLICIT),
        ("arn:aws:s3:::${aws:username}", "arn:aws:s3:::ana", ALLOWED),
        ("arn:aws:sqs:*:${aws:PrincipalAccount}:q", f"arn:aws:sqs:us-east-1:{ACCOUNT}:q", IMPLICIT),
        ("${aws:username}", "ana", UNDECIDED),
        (["arn:aws:s3:::x", "arn:aws:s3:::${aws:username}"], "arn:aws:s3:::x", ALLOWED),
    ],
)
def test_variables_in_a_resource_are_read_after_the_fifth_colon(
    resource: Any, asked: str, outcome: Outcome
) -> None:
    assert verdict(allow("*", resource=resource), resource=asked) is outcome


def test_variable_is_text_in_the_old_version() -> None:
    statement = allow("*", resource="arn:aws:s3:::${aws:username}")
    assert verdict(statement, resource="arn:aws:s3:::ana", version="2008-10-17") is IMPLICIT
    assert verdict(statement, resource="arn:aws:s3:::${aws:username}", version="2008-10-17") is ALLOWED


def test_not_resource_whose_variable_has_no_value_excludes_nothing_unless_the_setting_says_otherwise() -> (
    None
):
    statement = {"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::${aws:missing}"}
    assert verdict(statement) is EXPLICIT
    careful = EvaluationSettings(not_resource_with_missing_variable_matches=False)
    assert verdict(statement, settings=careful) is IMPLICIT


@pytest.mark.parametrize(
    "change",
    [
        {"Effect": "allow"},
        {"Effect": None},
        {"Action": None},
        {"NotAction": "s3:*"},
        {"Action": []},
        {"Action": [3]},
        {"Resource": None},
        {"NotResource": "*"},
        {"Resource": {"x": 1}},
        {"Resource": "arn:aws:s3:::${aws:username"},
        {"Principal": "*"},
        {"Condition": []},
        {"Condition": {"StringEquals": "x"}},
        {"Condition": {"StringEquals": {"aws:username": {"a": 1}}}},
        {"Condition": {"StringEquals": {"aws:username": "${"}}},
        {"Condition": {"Unheard": {"aws:username": "ana"}}},
    ],
)
def test_what_aws_would_not_store_is_undecided_where_it_would_decide(change: dict[str, Any]) -> None:
    assert verdict({**EVERYTHING, **change}) is UNDECIDED


def test_only_an_explicit_deny_of_another_document_decides_beside_one_that_cannot_exist() -> None:
    strange = allow("*", Condition={"Unheard": {"k": "x"}})
    assert decide(identity=policy(strange, EVERYTHING)).outcome is UNDECIDED
    assert decide(identity=policy(strange, deny())).outcome is UNDECIDED
    assert decide(identity=[policy(strange), policy(deny())]).outcome is EXPLICIT
    assert decide(identity=policy(strange), boundary=policy(allow("sqs:*"))).outcome is UNDECIDED
    assert decide(identity=policy({**strange, "Action": "sqs:*"})).outcome is UNDECIDED


def test_undecided_names_the_broken_rule_and_the_statements_in_question() -> None:
    strange = deny(Condition={"Unheard": {"k": "x"}})
    undecided = decide(identity=policy(EVERYTHING, strange))
    assert undecided.outcome is UNDECIDED
    assert [each.index for each in undecided.statements] == [1]
    assert "Unheard" in undecided.reason


def test_value_that_cannot_be_read_is_undecided_only_where_it_would_decide() -> None:
    """STS stores inline session policies with values that no operator compares."""
    strange = deny(Condition={"NumericEquals": {"s3:max-keys": "ten"}})
    request = ask(caller=role_session(), context={"s3:max-keys": "10"})
    assert decide(request, identity=FULL, session=policy(EVERYTHING, strange)).outcome is UNDECIDED
    assert decide(request, identity=FULL, session=policy(strange)).outcome is IMPLICIT
    assert decide(request, identity=FULL, session=policy(EVERYTHING, strange, deny())).outcome is EXPLICIT


def test_statement_that_is_not_an_object_is_undecided() -> None:
    assert decide(identity={"Statement": "all"}).outcome is UNDECIDED
    assert decide(identity={"Statement": ["all"]}).outcome is UNDECIDED


def test_scalar_stands_for_a_list_of_one() -> None:
    assert decide(identity={"Statement": EVERYTHING}).outcome is ALLOWED
    condition = {"Bool": {"aws:x": True}, "NumericEquals": {"aws:n": [5, 6.5]}}
    allowed = ask(context={"aws:x": "true", "aws:n": "6.5"})
    assert decide(allowed, identity=policy(allow("*", Condition=condition))).outcome is ALLOWED


def test_resource_policy_without_resource_is_about_its_resource() -> None:
    statement = {"Effect": "Allow", "Principal": {"AWS": USER}, "Action": "s3:*"}
    assert decide(resource=policy(statement)).outcome is ALLOWED


@pytest.mark.parametrize("principal", [None, {"AWs": "*"}, 7])
def test_resource_policy_needs_a_principal_that_can_be_read(principal: Any) -> None:
    statement = {**EVERYTHING, "Principal": principal}
    assert decide(resource=policy(statement)).outcome is UNDECIDED
    assert decide(resource=policy({**statement, "NotPrincipal": principal})).outcome is UNDECIDED


def test_canonical_user_is_not_modeled() -> None:
    statement = {**EVERYTHING, "Principal": {"CanonicalUser": "79a5"}}
    found = decide(resource=policy(statement))
    assert found.outcome is UNDECIDED
    assert "canonical user" in found.reason
    assert decide(ask(principal=None), resource=policy(statement)).outcome is IMPLICIT


def test_document_is_compiled_once_for_each_kind_of_use() -> None:
    document = PolicyDocument(policy(EVERYTHING), name="Admin", owner="Deploy")
    assert document.statements() is document.statements(PolicyType.BOUNDARY)
    assert document.statements(PolicyType.RESOURCE) is not document.statements()
    assert document.statements()[0].provenance(PolicyType.IDENTITY).label == "Deploy/Admin#1"
    assert "Deploy/Admin#1" in repr(document.statements()[0])


def test_statement_is_compiled_beyond_its_action_when_first_compared() -> None:
    (statement,) = PolicyDocument(policy(EVERYTHING)).statements()
    assert statement._beyond_action is not None
    assert statement.match(ask()) == 0
    with pytest.raises(AttributeError, match="no _beyond_action"):
        _ = statement._beyond_action
    assert statement.conditions == ()


@pytest.mark.parametrize(
    ("operator", "key", "limits"),
    [
        ("StringEquals", "aws:PrincipalAccount", True),
        ("StringEquals", "AWS:principalaccount", True),
        ("StringLike", "aws:PrincipalAccount", True),
        ("StringEqualsIgnoreCase", "aws:PrincipalAccount", True),
        ("StringEquals", "aws:SourceAccount", False),
        ("StringNotEquals", "aws:PrincipalAccount", False),
        ("StringEqualsIfExists", "aws:PrincipalAccount", False),
        ("ForAnyValue:StringEquals", "aws:PrincipalAccount", False),
        ("NumericEquals", "aws:PrincipalAccount", False),
        ("Null", "aws:PrincipalAccount", False),
        ("StringSame", "aws:PrincipalAccount", False),
    ],
)
def test_which_condition_limits_everyone_to_an_account(operator: str, key: str, limits: bool) -> None:
    assert _limits_to_account(compile_condition(operator, key, (ACCOUNT,), Scope())) is limits


@pytest.mark.parametrize("sid", ["", 5, ["a"]])
def test_a_sid_that_is_not_text_is_none(sid: Any) -> None:
    document = PolicyDocument(policy(allow(Sid=sid)), "one")
    (statement,) = document.statements(PolicyType.IDENTITY)
    assert statement.sid is None
