"""Conditions and principals that AWS stores, and that do something other than they seem to."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.rule_book import (
    ANYONES_SUBJECT,
    FOR_ALL_WITHOUT_KEY,
    LITERAL_WILDCARD,
    UNCALLABLE,
    Rule,
)
from sts_tui.account.policies.silent_mistakes import may_have_silent_mistakes, silent_mistakes
from tests.accounts.policies import MAIN

GITHUB = "token.actions.githubusercontent.com"
OIDC = f"arn:aws:iam::{MAIN}:oidc-provider/{GITHUB}"
SAML = f"arn:aws:iam::{MAIN}:saml-provider/Corp"
WEB = "sts:AssumeRoleWithWebIdentity"


def rules(kind: PolicyKind = PolicyKind.IDENTITY, effect: str = "Allow", **elements: Any) -> list[Rule]:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": effect, **elements}]}
    found = [one.rule for one in silent_mistakes(document, kind)]
    assert may_have_silent_mistakes(json.dumps(document).encode()) or not found
    return found


@pytest.mark.parametrize(
    ("operator", "value", "is_found"),
    [
        ("StringEquals", "repo:corp/web:*", True),
        ("StringNotEquals", "a?", True),
        ("ForAnyValue:StringEqualsIgnoreCaseIfExists", "*", True),
        ("StringLike", "repo:corp/web:*", False),
        ("ArnEquals", f"arn:aws:iam::{MAIN}:role/*", False),  # the same as ArnLike
        ("StringEquals", "${aws:username}", False),
        ("StringEquals", "${*}", False),  # the variable that stands for the character
        ("StringEquals", "plain", False),
    ],
)
def test_a_wildcard_is_literal_but_under_like(operator: str, value: str, is_found: bool) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"""
    condition = {operator: {"aws:PrincipalArn": value}}
    assert rules(Action="s3:*", Resource="*", Condition=condition) == [LITERAL_WILDCARD] * is_found


@pytest.mark.parametrize(
    ("effect", "key", "others", "is_found"),
    [
        ("Allow", "aws:PrincipalTag/team", {}, True),
        ("Allow", "aws:PrincipalTag/team", {"Null": {"aws:principaltag/team": "false"}}, False),
        ("Allow", "aws:PrincipalTag/team", {"StringLike": {"aws:PrincipalTag/team": "*"}}, False),
        ("Deny", "aws:PrincipalTag/team", {}, False),  # in a Deny the absent key matches, as it should
        ("Allow", "aws:TagKeys", {}, False),  # multivalued
        ("Allow", "corp:unknown", {}, False),
    ],
)
def test_for_all_values_is_met_without_a_single_valued_key(
    effect: str, key: str, others: dict[str, Any], is_found: bool
) -> None:
    condition = {"ForAllValues:StringEquals": {key: "a"}, **others}
    found = rules(effect=effect, Action="s3:*", Resource="*", Condition=condition)
    assert found == [FOR_ALL_WITHOUT_KEY] * is_found


@pytest.mark.parametrize(
    ("principal", "action", "is_found"),
    [
        ({"Federated": OIDC}, "sts:AssumeRole", True),
        ({"Federated": SAML}, WEB, True),
        ({"AWS": MAIN}, WEB, True),
        ({"Service": "ec2.amazonaws.com"}, "sts:AssumeRoleWithSAML", True),
        ({"Federated": OIDC}, [WEB, "sts:TagSession"], False),
        ({"Federated": SAML}, "sts:AssumeRole*", False),
        ({"Federated": OIDC, "AWS": MAIN}, ["sts:AssumeRole", WEB], False),
        ({"Federated": OIDC}, "sts:TagSession", False),
        ({"Federated": "accounts.google.com"}, WEB, False),
        ({"AWS": "*"}, WEB, False),
    ],
)
def test_a_principal_that_cannot_call_the_operation_is_not_let_in(
    principal: dict[str, str], action: str | list[str], is_found: bool
) -> None:
    found = rules(PolicyKind.TRUST, Principal=principal, Action=action)
    assert found == [UNCALLABLE] * is_found


@pytest.mark.parametrize(
    ("key", "value", "is_found"),
    [
        (f"{GITHUB}:sub", "repo:*", True),
        (f"{GITHUB}:sub", "*", True),
        (f"{GITHUB}:sub", "repo:*/deploy:ref:refs/heads/main", True),
        ("gitlab.com:sub", "project_path:*", True),
        (f"{GITHUB}:sub", "repo:corp/*", False),
        (f"{GITHUB}:sub", "repo:corp/web:*", False),
        ("oidc.corp.example:sub", "*", False),  # nobody else has tokens of it
    ],
)
def test_a_subject_of_a_shared_provider_names_its_owner(key: str, value: str, is_found: bool) -> None:
    found = rules(
        PolicyKind.TRUST, Principal={"Federated": OIDC}, Action=WEB, Condition={"StringLike": {key: value}}
    )
    assert found == [ANYONES_SUBJECT] * is_found


@pytest.mark.parametrize("statement", [None, 1, [None], {"Condition": 1}, {"Condition": {"StringEquals": 1}}])
def test_malformed_documents_are_left_to_the_grammar(statement: Any) -> None:
    assert list(silent_mistakes({"Statement": statement}, PolicyKind.TRUST)) == []
