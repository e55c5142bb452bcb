"""Warnings of `validate` about the policies that calls write or pass."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sts_tui.iam.decision import Outcome
from sts_tui.simulation.operations.policy_warnings import policy_warnings
from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.errors import AwsError
from tests.support.explorer import SAMPLE

VIEW_ONLY = "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"
TYPO = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Deny",
            "Action": "*",
            "Resource": "*",
            "Condition": {"DateLessThan": {"aws:TokeIssueTime": "2026-01-15T09:00:40Z"}},
        }
    ],
}
MEANT = 'did you mean "aws:TokenIssueTime"?'


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    return Simulation.open(SAMPLE)


@pytest.mark.parametrize(
    ("action", "params"),
    [
        ("iam:PutRolePolicy", {"PolicyDocument": json.dumps(TYPO)}),
        ("iam:PutUserPolicy", {"PolicyDocument": TYPO}),
        ("iam:PutGroupPolicy", {"PolicyDocument": TYPO}),
        ("iam:CreatePolicy", {"PolicyDocument": TYPO}),
        ("iam:CreatePolicyVersion", {"PolicyDocument": TYPO}),
        ("iam:CreateRole", {"AssumeRolePolicyDocument": TYPO}),
        ("iam:UpdateAssumeRolePolicy", {"PolicyDocument": TYPO}),
        ("s3:PutBucketPolicy", {"Policy": TYPO}),
        ("kms:PutKeyPolicy", {"Policy": TYPO}),
        ("organizations:CreatePolicy", {"Content": TYPO, "Type": "RESOURCE_CONTROL_POLICY"}),
        ("organizations:UpdatePolicy", {"Content": TYPO, "PolicyId": "p-FullAWSAccess"}),
        ("sts:AssumeRole", {"Policy": json.dumps(TYPO)}),
        ("sts:GetFederationToken", {"Policy": json.dumps(TYPO)}),
    ],
)
def test_misspelled_condition_key_is_a_warning(
    simulation: Simulation, action: str, params: dict[str, Any]
) -> None:
    found = policy_warnings(action, params, simulation.world.configuration)
    assert any(MEANT in each for each in found)
    assert found[-1].startswith("Statement[0].Condition.DateLessThan")


@pytest.mark.parametrize(
    ("action", "params"),
    [
        ("iam:PutRolePolicy", {"PolicyDocument": "{"}),
        ("iam:PutRolePolicy", {}),
        ("organizations:UpdatePolicy", {"Content": TYPO, "PolicyId": "p-none"}),
        ("organizations:AttachPolicy", {"PolicyId": "p-FullAWSAccess"}),
        ("iam:DeleteRole", {"RoleName": "App"}),
    ],
)
def test_no_warning_is_given_where_no_policy_can_be_read(
    simulation: Simulation, action: str, params: dict[str, Any]
) -> None:
    assert policy_warnings(action, params, simulation.world.configuration) == ()


def test_attaching_a_policy_of_aws_without_its_document_says_what_fetches_it(simulation: Simulation) -> None:
    found = policy_warnings("iam:AttachUserPolicy", {"PolicyArn": VIEW_ONLY}, simulation.world.configuration)
    assert len(found) == 1
    assert f"aws iam get-policy-version --policy-arn {VIEW_ONLY}" in found[0]
    administrator = {"PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}
    assert not policy_warnings("iam:AttachUserPolicy", administrator, simulation.world.configuration)


def test_what_depends_on_the_policy_without_a_document_is_undecided() -> None:
    simulation = Simulation.open(SAMPLE)
    simulation.call("iam:CreateUser", {"UserName": "new"})
    simulation.call("iam:AttachUserPolicy", {"UserName": "new", "PolicyArn": VIEW_ONLY})
    simulation.call("iam:CreateAccessKey", {"UserName": "new"})
    with pytest.raises(AwsError) as denied:
        simulation.request("ec2:DescribeInstances", "*", caller=simulation.resolve("new"))
    assert denied.value.decision is not None
    assert denied.value.decision.outcome is Outcome.UNDECIDED
    assert VIEW_ONLY in denied.value.decision.reason
