"""EnablePolicyType: service and resource control policies are enabled from the beginning, no others exist.

https://docs.aws.amazon.com/organizations/latest/APIReference/API_EnablePolicyType.html
"""

from __future__ import annotations

import pytest

from tests.accounts.bench import refusal
from tests.simulation.operations.organizations.test_policies import organization

ROOT = "r-abcd"


@pytest.mark.parametrize(
    ("root", "policy_type", "code"),
    [
        (ROOT, "SERVICE_CONTROL_POLICY", "PolicyTypeAlreadyEnabledException"),
        (ROOT, "RESOURCE_CONTROL_POLICY", "PolicyTypeAlreadyEnabledException"),
        (ROOT, "TAG_POLICY", "PolicyTypeNotAvailableForOrganizationException"),
        ("r-wxyz", "SERVICE_CONTROL_POLICY", "RootNotFoundException"),
        (ROOT, "NO_POLICY", "InvalidInputException"),
        ("root", "SERVICE_CONTROL_POLICY", "InvalidInputException"),
    ],
)
def test_refusals(root: str, policy_type: str, code: str) -> None:
    aws = organization()
    found = refusal(aws, "organizations:EnablePolicyType", RootId=root, PolicyType=policy_type)
    assert found[:2] == (code, 400)


def test_the_root_says_what_is_enabled() -> None:
    aws = organization()
    (root,) = aws("organizations:ListRoots")["Roots"]
    assert [one["Type"] for one in root["PolicyTypes"]] == [
        "SERVICE_CONTROL_POLICY",
        "RESOURCE_CONTROL_POLICY",
    ]
    assert all(one["Status"] == "ENABLED" for one in root["PolicyTypes"])


def test_the_deprecated_list_of_the_organization_has_the_one_type_that_aws_gives() -> None:
    """`AvailablePolicyTypes`: "Do not use. This field is deprecated and doesn't provide complete information
    about the policy types in your organization."
    https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html
    """
    answer = organization()("organizations:DescribeOrganization")["Organization"]
    assert answer["AvailablePolicyTypes"] == [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]
