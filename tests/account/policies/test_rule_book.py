"""The rules of AWS, each with its sentence, its place in AWS's order, and its force.

The documents and sentences for identity-based policies are those that CreatePolicy was seen to answer
(recorded 2026-02).
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from sts_tui.account.policies import rule_book
from sts_tui.account.policies.date_values import is_date
from sts_tui.account.policies.policy_grammar import (
    PolicyKind,
    check_policy,
    parse_policy,
    review_policy,
    stored_policy_errors,
)
from sts_tui.account.policies.rule_book import Force, Rule
from tests.accounts.every_part import PROD, changed, errors, own_file, warnings
from tests.accounts.policies import allow, policy, trusts

MANAGED, IDENTITY, TRUST = PolicyKind.MANAGED, PolicyKind.IDENTITY, PolicyKind.TRUST
GITHUB = "token.actions.githubusercontent.com"
LEGACY = "The policy failed legacy parsing"
VERSION = "Policy document must be version 2012-10-17 or greater."
SYNTAX = "Syntax errors in policy."


def first(value: Any, kind: PolicyKind = MANAGED) -> str:
    """The one sentence that AWS answers; empty where it accepts the document."""
    found = check_policy(value, kind)
    return found[0].message if found else ""


def statement(**elements: Any) -> dict[str, Any]:
    return policy(elements)


def rules() -> dict[str, Rule]:
    return {name: rule for name, rule in vars(rule_book).items() if isinstance(rule, Rule)}


@pytest.mark.parametrize("name", sorted(rules()))
def test_each_rule_cites_its_source_and_has_a_sentence(name: str) -> None:
    rule = rules()[name]
    assert rule.source.startswith("https://docs.aws.amazon.com/")
    assert rule.sentence
    assert rule.code == "MalformedPolicyDocument"


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"Version": "2012-10-17"}, SYNTAX),
        ({"Version": "2012-10-17", "Statement": "x"}, SYNTAX),
        ({"Version": "2012-10-17", "Statement": None}, SYNTAX),
        ({"Version": "2012-10-17", "Statement": ["x"]}, SYNTAX),
        ({"Version": "2012-10-17", "Statements": [allow()]}, SYNTAX),
        ({"Version": "2012-10-17", "statement": [allow()]}, SYNTAX),
        (allow(), SYNTAX),
        ({"Version": "2012-11-05", "Statement": allow()}, SYNTAX),
        (policy({**allow(), "Extra": "x"}), SYNTAX),
        (policy({**allow(), "NotAction": "s3:*"}), SYNTAX),
        (policy({**allow(), "NotResource": "*"}), SYNTAX),
        (policy(allow(Sid=5)), SYNTAX),
        (policy(allow(Sid=None)), SYNTAX),
        ({**policy(allow()), "Id": {}}, SYNTAX),
        (policy(allow({})), SYNTAX),
        (statement(Action="s3:*", Resource="*"), SYNTAX),
        (statement(Effect="Permit", Action="s3:*", Resource="*"), SYNTAX),
        (policy(allow(Condition={"StringEqual": {"a:b": "c"}})), SYNTAX),
        (policy(allow(Condition={"ForAnyValue::StringEquals": {"a:b": "c"}})), SYNTAX),
        (policy(allow(Condition={"DateGreaterThan": {"a:b": {}}})), SYNTAX),
        (policy(allow(Condition={"DateGreaterThan": {"a:b": 1700000000}})), SYNTAX),
        ({"Statement": allow()}, VERSION),
        ({"Version": "2008-10-17", "Statement": allow()}, VERSION),
        (policy({**allow(), "Effect": "allow"}), LEGACY),
        (policy({**allow(), "Effect": "denY"}), LEGACY),
        (policy(allow(Condition={"DateGreaterThan": {"a:b": "soon"}})), LEGACY),
        (policy(allow(Condition={"DateGreaterThan": {"a:b": "-292275055"}})), LEGACY),
        (policy(allow(Condition={"ArnEquals": {"ecs:cluster": "main"}})), LEGACY),
        (policy(allow(resource="arn:aws:s3::box")), LEGACY),
        (policy(allow(resource="arn:aws::::box")), LEGACY),
        (policy(allow(resource="arn:aws::box")), LEGACY),
        (policy(allow(Sid="a"), allow(Sid="a")), "Statement IDs (SID) in a single policy must be unique."),
        (statement(Effect="Allow"), "Policy statement must contain actions."),
        (policy(allow([])), "Policy statement must contain actions."),
        (statement(Effect="Allow", Action="s3:*"), "Policy statement must contain resources."),
        (policy(allow(resource=[])), "Policy statement must contain resources."),
        (policy(allow(resource="box")), 'Resource box must be in ARN format or "*".'),
        (policy(allow(resource="")), 'Resource  must be in ARN format or "*".'),
        (
            policy(allow(resource="a:bogus")),
            'Partition "bogus" is not valid for resource "arn:bogus:*:*:*:*".',
        ),
        (
            policy(allow(resource="arn:aws")),
            "Resource vendor must be fully qualified and cannot contain regexes.",
        ),
        (
            policy(allow(resource="arn:aws:s*:::box")),
            "Resource vendor must be fully qualified and cannot contain regexes.",
        ),
        (
            policy(allow("iam:*", f"arn:aws:iam::{PROD}:rolle/x")),
            'IAM resource path must either be "*", root, or start with user/, federated-user/, role/, '
            "group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, "
            "oidc-provider/, report/, access-report/.",
        ),
        (
            policy(allow("iam:*", "arn:aws:iam:us-east-1::role/x")),
            "IAM resource arn:aws:iam:us-east-1::role/x cannot contain region information.",
        ),
        (
            policy(allow(resource="arn:aws:s3:us-east-1::box")),
            "Resource arn:aws:s3:us-east-1::box can not contain region information.",
        ),
        (
            policy(allow("GetObject")),
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        ),
        (policy(allow("")), "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."),
        (policy(allow("a:b:c")), "Actions/Condition can contain only one colon."),
        (policy(allow("a a:b")), "Vendor a a is not valid"),
        (policy(allow("s*:Get")), "Vendor s* is not valid"),
    ],
    ids=lambda value: json.dumps(value)[:70] if isinstance(value, dict) else "",
)
def test_each_error_is_refused_with_the_sentence_of_aws(value: Any, sentence: str) -> None:
    assert first(value) == sentence


@pytest.mark.parametrize(
    "value",
    [
        {**policy(allow()), "Id": "an id"},
        policy(allow(Condition={})),
        policy(allow(Condition={"x": {}})),
        policy(allow(Condition={"DateGreaterThan": {"a:b": []}})),
        policy(allow(Condition={"StringEquals": {"noprefix": "x"}})),
        policy(allow(Sid=""), allow(Sid="")),
        policy(allow(["a-b:c", "a.b:c", "unknown:Action"])),
        policy(allow(resource="arn:aws:bogus")),
        policy(allow(resource="arn:aws:s33:::x")),
        policy(allow(resource="arn:aws:s3:us-east-1:111122223333:accesspoint/x")),
        policy(allow(resource="arn:aws:sqs:us-east-1::x")),
        policy(allow("iam:*", [f"arn:aws:iam::{PROD}:root", f"arn:aws:iam::{PROD}:*", "arn:aws:iam"])),
    ],
    ids=lambda value: json.dumps(value)[:70],
)
def test_what_iam_was_seen_to_accept_is_accepted(value: Any) -> None:
    assert first(value) == ""


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("2026-01-15T09:00:00Z", True),
        ("2026-01-15T09:00:00.123+02:00", True),
        ("2026-01-15", True),
        ("2026", True),
        ("1767225600", True),
        ("20260115T090000Z", True),
        ("2026-05-21T02:24:21", True),
        ("01T", True),
        ("2016-12-13t2:00:00.593194+23", True),
        ("-292275054", True),
        ("-292275055", False),
        ("9223372036854775807", True),
        ("99999999999999999999", False),
        ("2016-13-01", False),
        ("2016-12-13T25:00Z", False),
        ("2016-12-13 2:00", False),
        ("", False),
        ("*", False),
    ],
)
def test_dates_that_iam_accepts(text: str, accepted: bool) -> None:
    assert is_date(text) is accepted


ORDERED = [
    ("Extra", "x", SYNTAX),
    ("Effect", "allow", LEGACY),
    ("Sid", "a", "Statement IDs (SID) in a single policy must be unique."),
    ("Action", [], "Policy statement must contain actions."),
    ("Resource", [], "Policy statement must contain resources."),
]


@pytest.mark.parametrize("begin", range(len(ORDERED)))
def test_aws_answers_the_first_rule_in_its_order(begin: int) -> None:
    """A statement that breaks a rule and all later ones; the version is checked right after the grammar."""
    broken = {**allow(), **{key: value for key, value, _ in ORDERED[begin:]}}
    value = policy({**allow(), "Sid": "a"}, broken)
    assert first(value) == ORDERED[begin][2]
    assert first({"Statement": value["Statement"]}) == (SYNTAX if begin == 0 else VERSION)


def test_resources_are_checked_before_actions() -> None:
    assert first(policy(allow("GetObject", "box"))).startswith("Resource box")


def test_a_principal_in_an_identity_based_policy_is_reported_before_missing_resources() -> None:
    assert first(trusts(), PolicyKind.ROLE_INLINE) == "Policy document should not specify a principal."


def test_only_managed_policies_need_the_newer_version_and_only_when_written() -> None:
    old = {"Version": "2008-10-17", "Statement": allow()}
    assert first(old, PolicyKind.ROLE_INLINE) == ""
    assert [one.rule.force for one in review_policy(old, MANAGED)] == [Force.WRITING]
    assert stored_policy_errors(old, MANAGED) == ()


def test_an_old_version_of_a_managed_policy_is_a_warning_when_loaded() -> None:
    where = "Accounts.0.Policies.0.PolicyVersionList.0.Document"
    file = changed(own_file(), where, {"Statement": [allow()]})
    assert [one.message for one in warnings(file)] == [VERSION]


def test_a_trust_policy_that_is_not_json_gets_the_sentence_of_create_role() -> None:
    assert parse_policy("{", TRUST).errors[0].message == "This policy contains invalid Json"
    assert parse_policy("{", MANAGED).errors[0].message == SYNTAX


@pytest.mark.parametrize(
    ("kind", "is_error"),
    [
        (IDENTITY, False),
        (MANAGED, False),
        (PolicyKind.SESSION, True),
        (PolicyKind.SCP, True),
        (PolicyKind.RESOURCE, True),
    ],
)
def test_iam_completes_a_short_arn_and_others_refuse_it(kind: PolicyKind, is_error: bool) -> None:
    value = policy(allow(resource="arn:aws:bogus", **({"Principal": "*"} if kind.is_resource_based else {})))
    assert bool(stored_policy_errors(value, kind)) is is_error
    (found,) = review_policy(value, kind)
    assert ("completes it to arn:aws:bogus:*:*:*" in found.message) is not is_error


@pytest.mark.parametrize(
    "value",
    [
        {**policy(allow()), "Id": "x"},
        policy(allow(Condition={"StringEquals": {"noprefix": "x"}})),
        policy(allow(Condition={"StringEqual": {}})),
        policy(allow(resource="arn:aws:bogus")),
    ],
    ids=lambda value: json.dumps(value)[:60],
)
def test_what_aws_accepts_without_effect_is_a_warning(value: dict[str, Any]) -> None:
    assert [one.rule.force for one in review_policy(value, IDENTITY)] == [Force.ADVICE]
    file = changed(own_file(), "Accounts.0.UserDetailList.1.UserPolicyList.0.PolicyDocument", value)
    assert errors(file) == ()
    assert len(warnings(file)) == 1


def github(condition: Any) -> dict[str, Any]:
    return policy(
        {
            "Effect": "Allow",
            "Principal": {"Federated": f"arn:aws:iam::{PROD}:oidc-provider/{GITHUB}"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": condition,
        }
    )


@pytest.mark.parametrize(
    ("condition", "accepted"),
    [
        ({}, False),
        ({"StringEquals": {f"{GITHUB}:repository": "acme/app"}}, False),
        ({"StringLike": {f"{GITHUB}:sub": "*"}}, False),
        ({"StringLike": {f"{GITHUB}:sub": ["*"]}}, False),
        ({"StringLike": {f"{GITHUB}:sub": "repo:*"}}, True),
        ({"StringLike": {f"{GITHUB}:sub": "repo:*/*"}}, True),
        ({"StringLike": {f"{GITHUB}:sub": ["repo:acme/app:*", "*"]}}, True),
        ({"StringLike": {f"{GITHUB}:sub": "repo:acme/*"}}, True),
        ({"StringEquals": {f"{GITHUB}:job_workflow_ref": "acme/app/x@main"}}, True),
        ({"StringNotEquals": {f"{GITHUB}:sub": "repo:acme/app"}}, False),
    ],
    ids=lambda value: json.dumps(value)[:70],
)
def test_trust_in_github_compares_the_subject_with_something(condition: Any, accepted: bool) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html"""
    value = github(condition)
    sentence = (
        f"Trust policy with trusted principal arn:aws:iam::{PROD}:oidc-provider/{GITHUB} must evaluate, "
        f"using StringEquals, StringLike or StringEqualsIgnoreCase, {GITHUB}:sub or "
        f"{GITHUB}:job_workflow_ref which is not scoped to all"
    )
    assert first(value, TRUST) == ("" if accepted else sentence)
    assert stored_policy_errors(value, TRUST) == ()  # roles that were written before the rule still work


@pytest.mark.parametrize("action", ["*", "*:*"])
def test_a_resource_control_policy_names_the_service_of_its_actions(action: str) -> None:
    value = policy({"Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*"})
    assert first(value, PolicyKind.RCP).startswith("The provided policy document does not meet")


@pytest.mark.parametrize(
    ("effect", "text"),
    [
        ("allow", "The policy failed legacy parsing. Effect is written Allow."),
        ("Permit", "Syntax errors in policy. "),
    ],
)
def test_what_we_add_is_a_sentence_of_its_own(effect: str, text: str) -> None:
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": effect, "Action": "s3:*", "Resource": "*"}],
    }
    (found,) = parse_policy(json.dumps(document), PolicyKind.IDENTITY).errors
    assert found.text.startswith(text)
