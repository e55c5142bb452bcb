"""What an explanation tells learners: why an element failed, and why a missing Allow denies."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.iam import Caller, CallerKind, PolicySet, PolicyType, explain
from sts_tui.iam.explaining.explanation import ElementExplanation, LayerVerdict
from tests.accounts.decisions import ACCOUNT, FEDERATED, FULL, OBJECT, ROLE, USER, ask, role_session
from tests.accounts.policies import OTHER, allow, policy

KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1"


def last_element(statement: dict[str, Any], **asked: Any) -> ElementExplanation:
    layers = explain(ask(**asked), PolicySet(identity=policy(statement))).layers
    return next(each for each in layers if each.statements).statements[0].elements[-1]


@pytest.mark.parametrize(
    ("written", "asked", "note"),
    [
        ("arn:aws:s3:::data", OBJECT, "names the bucket; the objects in it are arn:aws:s3:::data/*"),
        (
            "arn:aws:s3:::data/*",
            "arn:aws:s3:::data",
            "names the objects; the bucket itself is arn:aws:s3:::data",
        ),
        ("arn:aws:s3:::Data/*", OBJECT, "differs only in case, which matters here"),
        ("arn:aws:s3:::other/*", OBJECT, ""),
        (f"arn:aws:sqs:eu-west-1:{ACCOUNT}:jobs", f"arn:aws:sqs:eu-west-1:{ACCOUNT}:jobs/1", ""),
        ("arn:aws:s3:::data/*", OBJECT, ""),
    ],
)
def test_resource_that_nearly_matches_says_by_what_it_fails(written: str, asked: str, note: str) -> None:
    assert last_element(allow("*", resource=written), resource=asked).note == note


def test_not_resource_that_fails_has_found_its_resource() -> None:
    statement = {"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::data/*"}
    assert last_element(statement).note == ""


@pytest.mark.parametrize(
    ("operator", "wanted", "value", "note"),
    [
        ("StringEquals", ["Red", "Blue"], "red", "differs only in case, which matters here"),
        ("StringLike", "Team-*", "team-a", "differs only in case, which matters here"),
        (
            "ArnLike",
            "arn:aws:iam::*:role/App",
            "arn:aws:iam::1:role/app",
            "differs only in case, which matters here",
        ),
        ("StringEquals", "green", "red", ""),
        ("StringNotEquals", "red", "red", ""),
        ("StringNotLike", "Red", "Red", ""),
        ("ArnNotLike", ROLE.upper(), ROLE.upper(), ""),
        ("BinaryEquals", "AAAA", "aaaa", ""),
        ("Bool", "TRUE", "no", ""),
        ("NumericEquals", "1", "2", ""),
        ("StringEquals", "red", "red", ""),
        ("ForAnyValue:StringEquals", "A", ["a", "b"], ""),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "x", "y"], "does not hold for x, y"),
        ("ForAllValues:StringEquals", "a", "x", "does not hold for x"),
    ],
)
def test_condition_that_nearly_holds_says_by_what_it_fails(
    operator: str, wanted: Any, value: Any, note: str
) -> None:
    statement = allow("*", Condition={operator: {"app:key": wanted}})
    assert last_element(statement, context={"app:key": value}).note == note


BOB = Caller(kind=CallerKind.FEDERATED_USER, arn=FEDERATED, account=ACCOUNT, issuer_arn=USER)


@pytest.mark.parametrize(
    ("asked", "policies", "policy_type", "note"),
    [
        ({}, {"identity": FULL, "scps": [[policy(allow("ec2:*"))]]}, PolicyType.SCP, "every level"),
        ({}, {"identity": FULL, "endpoint": policy(allow("ec2:*"))}, PolicyType.ENDPOINT, "requests through"),
        ({}, {"identity": FULL, "boundary": policy(allow("ec2:*"))}, PolicyType.BOUNDARY, "grants nothing"),
        ({"caller": role_session()}, {"identity": FULL, "session": []}, PolicyType.SESSION, "grants nothing"),
        ({"caller": BOB}, {"identity": FULL}, PolicyType.SESSION, "only what a session policy allows"),
        (
            {"action": "sts:AssumeRole", "resource": ROLE},
            {"identity": FULL},
            PolicyType.TRUST,
            "are not enough",
        ),
        ({"action": "kms:Decrypt", "resource": KEY}, {"identity": FULL}, PolicyType.RESOURCE, "a KMS key's"),
        ({"principal": None}, {}, PolicyType.RESOURCE, "without identity-based policies"),
        ({"owner": OTHER}, {"identity": FULL}, PolicyType.RESOURCE, f"account {OTHER} owns"),
        (
            {"owner": OTHER},
            {"resource": policy(allow("*", Principal="*"))},
            PolicyType.IDENTITY,
            "both accounts must allow",
        ),
        (
            {},
            {"identity": policy(allow("ec2:*")), "resource": policy(allow("*", Principal={"AWS": ACCOUNT}))},
            PolicyType.IDENTITY,
            "identity-based policies decide",
        ),
    ],
)
def test_missing_allow_says_the_rule_by_which_it_denies(
    asked: dict[str, Any], policies: dict[str, Any], policy_type: PolicyType, note: str
) -> None:
    found = explain(ask(**asked), PolicySet(**policies))
    assert found.decision.settled_by is policy_type
    layer = next(each for each in found.layers if each.policy_type is policy_type)
    assert layer.verdict is LayerVerdict.NO_ALLOW
    assert note in layer.note


def test_rule_is_reported_only_where_it_denies() -> None:
    for policies in ({"identity": FULL}, {"identity": policy(allow("ec2:*"))}):
        notes = {layer.policy_type: layer.note for layer in explain(ask(), PolicySet(**policies)).layers}
        assert notes[PolicyType.IDENTITY] == ""
        assert notes[PolicyType.BOUNDARY] == "no permissions boundary is set"


def test_text_leaves_out_what_was_not_reached_and_not_asked() -> None:
    text = "\n".join(explain(ask(), PolicySet(identity=policy(allow("ec2:*")))).lines())
    assert "not reached" in text
    assert "not reached   by" not in text
    limited = ask(
        principal=USER, context={"aws:TokenIssueTime": "2026-01-15T10:00:00Z"}, action="iam:ListUsers"
    )
    assert "Allow  matched" not in "\n".join(explain(limited, PolicySet(identity=FULL)).lines())
    broken = policy(allow("*", Condition={"Unheard": {"k": "x"}}))
    first = explain(ask(), PolicySet(identity=broken)).lines()[0]
    assert first.startswith("undecided: ")
    assert "Unknown condition operator" in first


@pytest.mark.parametrize(
    ("written", "note"),
    [
        (["*.txt", "arn:aws:s3:::data"], "names the bucket; the objects in it are arn:aws:s3:::data/*"),
        (
            [f"arn:aws:sqs:eu-west-1:{ACCOUNT}:jobs", "arn:aws:s3:::data"],
            "names the bucket; the objects in it are arn:aws:s3:::data/*",
        ),
        (
            ["arn:aws:s3:::other", "arn:aws:s3:::data"],
            "names the bucket; the objects in it are arn:aws:s3:::data/*",
        ),
        (["arn:aws:s3:::dat"], ""),
        (["arn:aws:s3:::data/other"], ""),
    ],
)
def test_each_of_several_resources_is_looked_at(written: list[str], note: str) -> None:
    assert last_element(allow("*", resource=written), resource=OBJECT).note == note


@pytest.mark.parametrize(
    ("action", "rcps", "verdict", "note"),
    [
        ("ec2:RunInstances", [], LayerVerdict.NONE, "no organization restricts the resource"),
        (
            "ec2:RunInstances",
            [[policy(allow("*", Principal="*"))]],
            LayerVerdict.NOT_CONSULTED,
            "resource control policies do not cover ec2",
        ),
        ("s3:GetObject", [[policy(allow("*", Principal="*"))]], LayerVerdict.ALLOWS, ""),
    ],
)
def test_resource_control_policies_are_beyond_reach_only_where_there_are_some(
    action: str, rcps: Any, verdict: LayerVerdict, note: str
) -> None:
    layers = explain(ask(action=action), PolicySet(identity=FULL, rcps=rcps)).layers
    [layer] = [each for each in layers if each.policy_type is PolicyType.RCP]
    assert (layer.verdict, layer.note) == (verdict, note)


@pytest.mark.parametrize(("operator", "is_advised"), [("ForAllValues", True), ("ForAnyValue", False)])
def test_null_is_advised_only_where_an_absent_key_matches(operator: str, is_advised: bool) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html"""
    condition = {f"{operator}:StringEquals": {"aws:TagKeys": "team"}}
    assert ("Null condition" in last_element(allow(Condition=condition)).note) is is_advised
