"""Checks of IAM Access Analyzer: known answers, and against every request of a small world.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-custom-policy-checks.html
"""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sts_tui.iam import PolicySet, Request, evaluate
from sts_tui.simulation import AwsError, Simulation
from sts_tui.simulation.operations.access_analyzer.granted_access import Access, granting, new_access
from sts_tui.simulation.operations.access_analyzer.policy_statements import Pair, statements_of
from tests.accounts.entities import user
from tests.accounts.policies import MAIN, allow, allows, deny, policy

ACTIONS = ("s3:GetObject", "s3:PutObject", "s3:zq", "ec2:zq")
WITH_TLS = {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}
RESOURCES = ("arn:aws:s3:::a/x", "arn:aws:s3:::b/x", "arn:aws:s3:::zq")


@pytest.fixture
def sim() -> Simulation:
    account = {
        "AccountId": MAIN,
        "UserDetailList": [user("ana", ("all", allows("access-analyzer:*"))), user("ben")],
    }
    return Simulation.open({"Accounts": [account]})


def check(sim: Simulation, operation: str, kind: str = "IDENTITY_POLICY", **params: Any) -> dict[str, Any]:
    given = {
        name: json.dumps(value) if name.endswith("Document") else value for name, value in params.items()
    }
    return sim.call(f"access-analyzer:{operation}", {**given, "policyType": kind}, caller="ana")


def not_granted(
    sim: Simulation, document: dict[str, Any], *access: dict[str, Any], **more: Any
) -> dict[str, Any]:
    return check(sim, "CheckAccessNotGranted", policyDocument=document, access=list(access), **more)


def no_new(sim: Simulation, new: dict[str, Any], old: dict[str, Any], **more: Any) -> dict[str, Any]:
    return check(sim, "CheckNoNewAccess", newPolicyDocument=new, existingPolicyDocument=old, **more)


@pytest.mark.parametrize(
    ("statements", "access", "result"),
    [
        ([allow("s3:*", "*")], {"actions": ["s3:DeleteBucket"]}, "FAIL"),
        ([allow("s3:Get*", "*")], {"actions": ["s3:DeleteBucket"]}, "PASS"),
        ([allow("*", "*"), deny("s3:DeleteBucket", "*")], {"actions": ["s3:DeleteBucket"]}, "PASS"),
        (
            [allow("*", "*"), deny("s3:DeleteBucket", "arn:aws:s3:::a")],
            {"actions": ["s3:DeleteBucket"]},
            "FAIL",
        ),
        ([allow("s3:*", "arn:aws:s3:::a/*")], {"resources": ["arn:aws:s3:::b/*"]}, "PASS"),
        ([allow("s3:*", "arn:aws:s3:::a/*")], {"resources": ["arn:aws:s3:::a/secret"]}, "FAIL"),
        ([allow("s3:*", "*", **WITH_TLS)], {"actions": ["s3:GetObject"]}, "FAIL"),
        (
            [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}],
            {"actions": ["iam:CreateUser"]},
            "PASS",
        ),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], {"actions": ["s3:GetObject"]}, "FAIL"),
    ],
)
def test_access_that_should_not_be_granted(
    sim: Simulation, statements: list[dict[str, Any]], access: dict[str, Any], result: str
) -> None:
    answer = not_granted(sim, policy(*statements), access)
    assert answer["result"] == result
    assert ("reasons" in answer) is (result == "FAIL")


@pytest.mark.parametrize(
    ("new", "old", "result"),
    [
        ([allow("s3:GetObject", "*")], [allow("s3:Get*", "*")], "PASS"),
        ([allow("s3:Get*", "*")], [allow("s3:GetObject", "*")], "FAIL"),
        ([allow("s3:GetObject", "arn:aws:s3:::a/*")], [allow("s3:GetObject", "arn:aws:s3:::*")], "PASS"),
        ([allow("s3:GetObject", "*")], [allow("s3:GetObject", "*", **WITH_TLS)], "FAIL"),
        ([allow("s3:GetObject", "*", **WITH_TLS)], [allow("s3:GetObject", "*")], "PASS"),
        ([allow("s3:*", "*")], [allow("s3:*", "*"), deny("s3:DeleteBucket", "*")], "UNKNOWN"),
        (
            [allow("s3:*", "*"), deny("s3:Delete*", "*")],
            [allow("s3:*", "*"), deny("s3:DeleteBucket", "*")],
            "PASS",
        ),
        ([allow("s3:DeleteBucket", "*")], [allow("s3:*", "*"), deny("s3:DeleteBucket", "*")], "FAIL"),
    ],
)
def test_access_that_the_older_policy_did_not_grant(
    sim: Simulation, new: list[dict[str, Any]], old: list[dict[str, Any]], result: str
) -> None:
    if result == "UNKNOWN":
        with pytest.raises(AwsError) as refused:
            no_new(sim, policy(*new), policy(*old))
        assert (refused.value.code, refused.value.status) == ("UnprocessableEntityException", 422)
    else:
        assert no_new(sim, policy(*new), policy(*old))["result"] == result


def test_a_reason_names_the_statement(sim: Simulation) -> None:
    document = policy(allow("ec2:*", "*"), allow("s3:*", "*", Sid="Buckets"))
    [reason] = not_granted(sim, document, {"actions": ["s3:GetObject"]})["reasons"]
    assert (reason["statementIndex"], reason["statementId"]) == (1, "Buckets")
    assert "sid: Buckets" in reason["description"]


actions = st.sampled_from(["*", "s3:*", "s3:Get*", "s3:GetObject", "s3:PutObject"])
resources = st.sampled_from(["arn:aws:s3:::*", "arn:aws:s3:::a/*", "arn:aws:s3:::b/x"])
statements = st.builds(
    lambda effect, action, resource: {"Effect": effect, "Action": action, "Resource": resource},
    st.sampled_from(["Allow", "Allow", "Deny"]), actions, resources,
)  # fmt: skip
documents = st.lists(statements, min_size=1, max_size=3).map(lambda found: policy(*found))


def allowed(document: dict[str, Any]) -> set[tuple[str, str]]:
    """Every request of the small world that the policy allows, by the engine."""
    user_arn = f"arn:aws:iam::{MAIN}:user/ana"
    return {
        (action, resource)
        for action, resource in product(ACTIONS, RESOURCES)
        if evaluate(
            Request(principal=user_arn, action=action, resource=resource, resource_account=MAIN),
            PolicySet(identity=[document]),
        ).is_allowed
    }


@given(documents, documents)
def test_no_new_access_agrees_with_the_engine(new: dict[str, Any], old: dict[str, Any]) -> None:
    found = set(new_access(statements_of(new), statements_of(old)).values())
    gained = allowed(new) - allowed(old)
    assert found or not gained  # a pass is right
    if Access.GRANTED in found:
        assert gained or any("*" in str(one["Action"]) for one in new["Statement"])


@given(documents, actions, resources)
def test_granted_access_agrees_with_the_engine(document: dict[str, Any], action: str, resource: str) -> None:
    found = set(granting(statements_of(document), [Pair(action, resource)]).values())
    asked = policy({"Effect": "Allow", "Action": action, "Resource": resource})
    shared = allowed(document) & allowed(asked)
    assert found or not shared


@pytest.mark.parametrize("operation", ["ValidatePolicy", "CheckNoNewAccess", "CheckAccessNotGranted"])
def test_permission_is_needed_and_documents_are_checked(sim: Simulation, operation: str) -> None:
    names = {
        "ValidatePolicy": ["policyDocument"],
        "CheckNoNewAccess": ["newPolicyDocument", "existingPolicyDocument"],
        "CheckAccessNotGranted": ["policyDocument"],
    }
    params: dict[str, Any] = {name: "{" for name in names[operation]} | {"policyType": "IDENTITY_POLICY"}
    params |= {"access": [{"actions": ["s3:*"]}]} if operation == "CheckAccessNotGranted" else {}
    with pytest.raises(AwsError) as denied:
        sim.call(f"access-analyzer:{operation}", params, caller="ben")
    assert denied.value.code.startswith("AccessDenied")
    if operation != "ValidatePolicy":
        with pytest.raises(AwsError) as refused:
            sim.call(f"access-analyzer:{operation}", params, caller="ana")
        assert refused.value.code == "InvalidParameterException"
