"""Roles: what AWS answers, refuses, and leaves behind."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sts_tui.sts.errors import AwsError
from tests.accounts.bench import ACCOUNT, bench, bench_of, refusal
from tests.accounts.entities import role
from tests.accounts.policies import allows, arn, trusts

EC2 = trusts({"Service": "ec2.amazonaws.com"})


def ops(name: str = "Ops", **members: Any) -> dict[str, Any]:
    return role(name, EC2, MaxSessionDuration=3600, **members)


def test_create_role_answers_what_it_made_and_get_role_finds_it() -> None:
    aws = bench()
    made = aws("iam:CreateRole", RoleName="Ops", Path="/team/", AssumeRolePolicyDocument=json.dumps(EC2))[
        "Role"
    ]
    assert made["Arn"] == arn("role/team/Ops")
    assert made["RoleId"].startswith("AROA")
    assert made["CreateDate"] == "2026-01-15T10:00:00Z"
    assert made["AssumeRolePolicyDocument"] == EC2
    assert aws("iam:GetRole", RoleName="Ops")["Role"] == {
        **made,
        "MaxSessionDuration": 3600,
        "RoleLastUsed": {},
    }


def test_create_role_answers_neither_description_nor_maximum_duration_even_when_sent() -> None:
    aws = bench()
    sent = {"Description": "for builds", "MaxSessionDuration": 7200, "Tags": [{"Key": "a", "Value": "b"}]}
    made = aws("iam:CreateRole", RoleName="Ops", AssumeRolePolicyDocument=EC2, **sent)["Role"]
    six = ["Arn", "AssumeRolePolicyDocument", "CreateDate", "Path", "RoleId", "RoleName"]
    assert sorted(made) == sorted([*six, "Tags"])
    assert sorted(aws("iam:GetRole", RoleName="Ops")["Role"]) == sorted(
        [*six, "Description", "MaxSessionDuration", "RoleLastUsed", "Tags"]
    )
    assert sorted(aws("iam:ListRoles")["Roles"][0]) == sorted([*six, "Description", "MaxSessionDuration"])
    described = aws("iam:UpdateRoleDescription", RoleName="Ops", Description="for tests")["Role"]
    assert sorted(described) == sorted([*six, "Description"])


def test_names_of_roles_are_unique_ignoring_case() -> None:
    aws = bench(RoleDetailList=[ops("Ops")])
    with pytest.raises(AwsError) as refused:
        aws("iam:CreateRole", RoleName="OPS", AssumeRolePolicyDocument=EC2)
    assert (refused.value.code, refused.value.status) == ("EntityAlreadyExists", 409)
    assert refused.value.message == "Role with name OPS already exists."


def test_missing_role_is_reported_only_to_callers_with_permission() -> None:
    aws = bench()
    with pytest.raises(AwsError) as missing:
        aws("iam:GetRole", RoleName="Nobody")
    assert (missing.value.code, missing.value.status) == ("NoSuchEntity", 404)
    assert missing.value.message == "The role with name Nobody cannot be found."
    aws.denied = ("iam:GetRole",)
    with pytest.raises(AwsError, match="AccessDenied") as denied:
        aws("iam:GetRole", RoleName="Nobody")
    assert arn("role/Nobody") in denied.value.message


def test_requests_are_authorized_on_the_arn_with_its_path() -> None:
    aws = bench(RoleDetailList=[ops(Path="/team/", Tags=[{"Key": "team", "Value": "web"}])])
    aws("iam:PutRolePolicy", RoleName="Ops", PolicyName="p", PolicyDocument=allows())
    assert aws.asked[0].resource == arn("role/team/Ops")
    assert aws.asked[0].resource_account == ACCOUNT


def test_creating_with_tags_and_boundary_shows_them_to_policies_and_needs_tag_role() -> None:
    aws = bench(
        Policies=[{"PolicyName": "edge", "PolicyVersionList": [{"VersionId": "v1", "Document": allows()}]}]
    )
    tags = [{"Key": "team", "Value": "web"}]
    made = aws(
        "iam:CreateRole",
        RoleName="Ops",
        AssumeRolePolicyDocument=EC2,
        Tags=tags,
        PermissionsBoundary=arn("policy/edge"),
    )["Role"]
    assert [one.action for one in aws.asked] == ["iam:CreateRole", "iam:TagRole"]
    assert aws.asked[0].context == {
        "aws:RequestTag/team": "web",
        "aws:TagKeys": ["team"],
        "iam:PermissionsBoundary": arn("policy/edge"),
    }
    assert made["Tags"] == tags
    assert made["PermissionsBoundary"] == {
        "PermissionsBoundaryType": "Policy",
        "PermissionsBoundaryArn": arn("policy/edge"),
    }


def test_boundary_that_does_not_exist_is_refused() -> None:
    aws = bench()
    with pytest.raises(AwsError) as refused:
        aws(
            "iam:CreateRole",
            RoleName="x",
            AssumeRolePolicyDocument=EC2,
            PermissionsBoundary=arn("policy/none"),
        )
    assert refused.value.message == f"Scope ARN: {arn('policy/none')} does not exist or is not attachable."
    assert refused.value.status == 404


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{", "This policy contains invalid Json"),
        ({**EC2, "Statement": [{**EC2["Statement"][0], "Resource": "*"}]}, "Has prohibited field Resource"),
        (
            trusts({"Service": "ec2.amazonaws.com"}, Action="s3:*"),
            "AssumeRole policy may only specify STS AssumeRole actions.",
        ),
        (trusts(arn("user/nobody")), f'Invalid principal in policy: "AWS":"{arn("user/nobody")}"'),
        (trusts("AROAJ2UCCR6DPCEXAMPLE"), 'Invalid principal in policy: "AWS":"AROAJ2UCCR6DPCEXAMPLE"'),
    ],
)
def test_bad_trust_policies_are_refused_in_iams_words(document: Any, message: str) -> None:
    aws = bench(RoleDetailList=[ops()])
    with pytest.raises(AwsError) as refused:
        aws("iam:UpdateAssumeRolePolicy", RoleName="Ops", PolicyDocument=document)
    assert (refused.value.code, refused.value.status) == ("MalformedPolicyDocument", 400)
    assert refused.value.message == message


def test_trust_policy_may_name_principals_of_accounts_that_the_model_does_not_hold() -> None:
    aws = bench(RoleDetailList=[ops()])
    elsewhere = trusts("arn:aws:iam::999988887777:user/unknown")
    aws("iam:UpdateAssumeRolePolicy", RoleName="Ops", PolicyDocument=elsewhere)
    assert aws("iam:GetRole", RoleName="Ops")["Role"]["AssumeRolePolicyDocument"] == elsewhere


def test_trust_policy_over_its_quota_is_refused_counting_no_white_space() -> None:
    aws = bench(RoleDetailList=[ops()])
    aws("iam:UpdateAssumeRolePolicy", RoleName="Ops", PolicyDocument=json.dumps(EC2, indent=200))
    statement = {**EC2["Statement"][0], "Condition": {"StringEquals": {"aws:SourceArn": ["x" * 2000]}}}
    with pytest.raises(AwsError) as refused:
        aws("iam:UpdateAssumeRolePolicy", RoleName="Ops", PolicyDocument={**EC2, "Statement": [statement]})
    assert refused.value.message == "Cannot exceed quota for ACLSizePerRole: 2048"
    assert (refused.value.code, refused.value.status) == ("LimitExceeded", 409)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (
            {"AttachedManagedPolicies": [{"PolicyArn": arn("policy/edge")}]},
            "Cannot delete entity, must detach all policies first.",
        ),
        (
            {"RolePolicyList": [{"PolicyName": "p", "PolicyDocument": allows()}]},
            "Cannot delete entity, must delete policies first.",
        ),
        (
            {"InstanceProfileList": [{"InstanceProfileName": "Ops"}]},
            "Cannot delete entity, must remove roles from instance profile first.",
        ),
    ],
)
def test_role_that_still_holds_something_is_not_deleted(members: dict[str, Any], message: str) -> None:
    edge = {"PolicyName": "edge", "PolicyVersionList": [{"VersionId": "v1", "Document": allows()}]}
    aws = bench(RoleDetailList=[ops(**members)], Policies=[edge])
    with pytest.raises(AwsError) as refused:
        aws("iam:DeleteRole", RoleName="Ops")
    assert (refused.value.code, refused.value.status) == ("DeleteConflict", 409)
    assert refused.value.message == message


def test_recreated_role_is_another_and_is_not_trusted() -> None:
    other = "444455556666"
    trusting = {
        "RoleName": "Target",
        "AssumeRolePolicyDocument": trusts(arn("role/Ops")),
        "MaxSessionDuration": 3600,
    }
    bucket = {
        "Effect": "Allow",
        "Principal": {"AWS": [arn("role/Ops"), ACCOUNT]},
        "Action": "s3:*",
        "Resource": "*",
    }
    aws = bench_of(
        {
            "Accounts": [
                {"AccountId": ACCOUNT, "RoleDetailList": [ops()]},
                {
                    "AccountId": other,
                    "RoleDetailList": [trusting],
                    "Resources": [
                        {
                            "Arn": "arn:aws:s3:::data",
                            "Policy": {"Version": "2012-10-17", "Statement": [bucket]},
                        }
                    ],
                },
            ]
        }
    )
    old_id = aws("iam:GetRole", RoleName="Ops")["Role"]["RoleId"]
    aws("iam:DeleteRole", RoleName="Ops")
    new = aws("iam:CreateRole", RoleName="Ops", AssumeRolePolicyDocument=EC2)["Role"]
    assert new["RoleId"] != old_id
    target = aws.configuration.roles[arn("role/Target", other)]
    assert target.assume_role_policy_document.document == trusts(old_id)
    stored = aws.configuration.resources["arn:aws:s3:::data"].policy
    assert stored is not None
    assert stored.document["Statement"][0]["Principal"] == {"AWS": [old_id, ACCOUNT]}


def test_service_linked_roles_are_not_ours_to_change() -> None:
    path = "/aws-service-role/autoscaling.amazonaws.com/"
    aws = bench(RoleDetailList=[ops("AWSServiceRoleForAutoScaling", Path=path)])
    name = "AWSServiceRoleForAutoScaling"
    for operation, params in {
        "iam:PutRolePolicy": {"PolicyName": "p", "PolicyDocument": allows()},
        "iam:UpdateAssumeRolePolicy": {"PolicyDocument": EC2},
        "iam:UpdateRole": {"Description": "mine"},
        "iam:DeleteRole": {},
        "iam:TagRole": {"Tags": [{"Key": "a", "Value": "b"}]},
    }.items():
        with pytest.raises(AwsError) as refused:
            aws(operation, RoleName=name, **params)
        assert (refused.value.code, refused.value.status) == ("UnmodifiableEntity", 400)
        assert refused.value.message == (
            f"Cannot perform the operation on the protected role '{name}' - "
            "this role is only modifiable by AWS"
        )


def test_update_role_changes_only_what_is_given() -> None:
    aws = bench(RoleDetailList=[ops(Description="before")])
    aws("iam:UpdateRole", RoleName="Ops", MaxSessionDuration=7200)
    found = aws("iam:GetRole", RoleName="Ops")["Role"]
    assert (found["MaxSessionDuration"], found["Description"]) == (7200, "before")
    assert (
        aws("iam:UpdateRoleDescription", RoleName="Ops", Description="after")["Role"]["Description"]
        == "after"
    )


def test_list_roles_is_paged_sorted_and_leaves_out_tags() -> None:
    tags = [{"Key": "a", "Value": "b"}]
    aws = bench(RoleDetailList=[ops("c"), ops("a", Tags=tags), ops("b", Path="/x/")])
    first = aws("iam:ListRoles", MaxItems=2)
    assert [one["RoleName"] for one in first["Roles"]] == ["a", "b"]
    assert first["IsTruncated"] is True
    assert "Tags" not in first["Roles"][0]
    rest = aws("iam:ListRoles", MaxItems=2, Marker=first["Marker"])
    assert [one["RoleName"] for one in rest["Roles"]] == ["c"]
    assert rest["IsTruncated"] is False
    assert [one["RoleName"] for one in aws("iam:ListRoles", PathPrefix="/x/")["Roles"]] == ["b"]
    with pytest.raises(AwsError, match="Invalid Marker"):
        aws("iam:ListRoles", Marker="nonsense")


def test_all_violations_of_the_shape_come_in_one_sentence_sorted_and_without_values() -> None:
    aws = bench()
    assert refusal(aws, "iam:CreateRole", RoleName="x" * 65, MaxSessionDuration=60) == (
        "ValidationError",
        400,
        "3 validation errors detected: "
        "Value at 'assumeRolePolicyDocument' failed to satisfy constraint: Member must not be null; "
        "Value at 'maxSessionDuration' failed to satisfy constraint: "
        "Member must have value greater than or equal to 3600; "
        "Value at 'roleName' failed to satisfy constraint: "
        "Member must have length less than or equal to 64",
    )


def test_an_arn_is_no_name() -> None:
    refused = refusal(bench(), "iam:AttachRolePolicy", RoleName=arn("role/x" * 20), PolicyArn="no")
    assert refused == (
        "ValidationError",
        400,
        "The specified value for roleName is invalid. "
        "It must contain only alphanumeric characters and/or the following: +=,.@_-",
    )
