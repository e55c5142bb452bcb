"""Refusals of IAM in its own words, as recorded from the live service."""

from __future__ import annotations

from typing import Any

import pytest

from tests.accounts.bench import Bench, bench, refusal
from tests.accounts.policies import allows, arn, trusts

EC2 = trusts({"Service": "ec2.amazonaws.com"})
OPS = {"RoleName": "Ops", "AssumeRolePolicyDocument": EC2, "MaxSessionDuration": 3600}
ABSENT = arn("policy/absent")


def account() -> Bench:
    return bench(
        RoleDetailList=[OPS],
        UserDetailList=[{"UserName": "ana"}],
        GroupDetailList=[{"GroupName": "dev"}],
        InstanceProfiles=[{"InstanceProfileName": "web"}],
    )


def invalid(clause: str) -> tuple[str, int, str]:
    return "ValidationError", 400, f"1 validation error detected: {clause}"


@pytest.mark.parametrize(
    ("operation", "params", "refused"),
    [
        (
            "UpdateAccessKey",
            {"UserName": "ana", "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "Status": "Expired"},
            invalid("Value at 'status' failed to satisfy constraint: Member must satisfy enum value set"),
        ),
        (
            "UntagRole",
            {"RoleName": "Ops", "TagKeys": ["k" * 129]},
            invalid(
                "Value at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: [Member "
                "must have length less than or equal to 128, "
                "Member must have length greater than or equal to 1, "
                r"Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]+, "
                "Member must not be null]"
            ),
        ),
        (
            "CreateUser",
            {"UserName": "eve", "Path": "no-slashes"},
            (
                "ValidationError",
                400,
                "The specified value for path is invalid. It must begin and end with / and contain only "
                "alphanumeric characters and/or / characters.",
            ),
        ),
        (
            "CreateUser",
            {"UserName": "eve", "Path": f"/{'x' * 512}/"},
            invalid(
                "Value at 'path' failed to satisfy constraint: "
                "Member must have length less than or equal to 512"
            ),
        ),
        (
            "AttachRolePolicy",
            {"RoleName": "Ops", "PolicyArn": "x" * 20},
            ("ValidationError", 400, f"ARN {'x' * 20} is not valid."),
        ),
        (
            "AttachRolePolicy",
            {"RoleName": "Ops", "PolicyArn": ABSENT},
            ("NoSuchEntity", 404, f"Policy {ABSENT} does not exist or is not attachable."),
        ),
        (
            "CreateRole",
            {"RoleName": "New", "AssumeRolePolicyDocument": EC2, "PermissionsBoundary": "x" * 20},
            ("InvalidInput", 400, f"ARN {'x' * 20} is not valid."),
        ),
        (
            "CreateUser",
            {"UserName": "eve", "PermissionsBoundary": "x" * 20},
            ("InvalidInput", 400, f"ARN {'x' * 20} is not valid."),
        ),
        ("GetPolicy", {"PolicyArn": ABSENT}, ("NoSuchEntity", 404, f"Policy {ABSENT} was not found.")),
        ("DeletePolicy", {"PolicyArn": ABSENT}, ("NoSuchEntity", 404, f"Policy {ABSENT} was not found.")),
        (
            "TagPolicy",
            {"PolicyArn": ABSENT, "Tags": [{"Key": "a", "Value": "b"}]},
            ("NoSuchEntity", 404, f"Policy {ABSENT} was not found."),
        ),
        (
            "DetachRolePolicy",
            {"RoleName": "Ops", "PolicyArn": ABSENT},
            ("NoSuchEntity", 404, f"Policy {ABSENT} was not found."),
        ),
        (
            "GetPolicyVersion",
            {"PolicyArn": ABSENT, "VersionId": "v1"},
            ("NoSuchEntity", 404, f"Policy {ABSENT} version v1 does not exist or is not attachable."),
        ),
        (
            "SetDefaultPolicyVersion",
            {"PolicyArn": ABSENT, "VersionId": "v3"},
            ("NoSuchEntity", 404, f"Policy {ABSENT} version v3 does not exist or is not attachable."),
        ),
        (
            "RemoveRoleFromInstanceProfile",
            {"RoleName": "Ops", "InstanceProfileName": "web"},
            ("NoSuchEntity", 404, "Role Ops in Instance Profile web cannot be found."),
        ),
        (
            "RemoveUserFromGroup",
            {"UserName": "nobody", "GroupName": "nowhere"},
            ("NoSuchEntity", 404, "The user with name nobody cannot be found."),
        ),
        (
            "RemoveUserFromGroup",
            {"UserName": "ana", "GroupName": "nowhere"},
            ("NoSuchEntity", 404, "The group with name nowhere cannot be found."),
        ),
        (
            "DeleteOpenIDConnectProvider",
            {"OpenIDConnectProviderArn": arn("oidc-provider/example.com")},
            ("NoSuchEntity", 404, "OpenId connect Provider ARN cannot be found."),
        ),
        ("ListRoles", {"Marker": "nonsense"}, ("ValidationError", 400, "Invalid Marker.")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_refusals_are_worded_as_recorded(
    operation: str, params: dict[str, Any], refused: tuple[str, int, str]
) -> None:
    assert refusal(account(), f"iam:{operation}", **params) == refused


def test_removing_a_user_who_is_not_a_member_is_not_an_error() -> None:
    aws = account()
    aws("iam:RemoveUserFromGroup", UserName="ana", GroupName="dev")


def test_versions_of_a_policy_that_exist_are_returned() -> None:
    aws = account()
    made = aws("iam:CreatePolicy", PolicyName="p", PolicyDocument=allows())["Policy"]["Arn"]
    found = aws("iam:GetPolicyVersion", PolicyArn=made, VersionId="v1")["PolicyVersion"]
    assert (found["IsDefaultVersion"], found["Document"]) == (True, allows())
