"""GetAccountAuthorizationDetails returns what was loaded, plus edits, as a file that loads again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.accounts.bench import ACCOUNT, bench_of
from tests.accounts.policies import allows, arn, denies, trusts

MANAGED = "arn:aws:iam::aws:policy/Custom"
DUMP: dict[str, Any] = {
    "UserDetailList": [
        {
            "Path": "/",
            "UserName": "ana",
            "UserId": "AIDAJ2UCCR6DPCEXAMPLE",
            "Arn": arn("user/ana"),
            "CreateDate": "2025-01-01T00:00:00Z",
            "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": allows()}],
            "GroupList": ["dev"],
            "AttachedManagedPolicies": [{"PolicyName": "Custom", "PolicyArn": MANAGED}],
            "PermissionsBoundary": {
                "PermissionsBoundaryType": "Policy",
                "PermissionsBoundaryArn": arn("policy/edge"),
            },
            "Tags": [{"Key": "team", "Value": "web"}],
        }
    ],
    "GroupDetailList": [
        {
            "Path": "/",
            "GroupName": "dev",
            "GroupId": "AGPAJ2UCCR6DPCEXAMPLE",
            "Arn": arn("group/dev"),
            "CreateDate": "2025-01-01T00:00:00Z",
            "GroupPolicyList": [],
            "AttachedManagedPolicies": [{"PolicyName": "edge", "PolicyArn": arn("policy/edge")}],
        }
    ],
    "RoleDetailList": [
        {
            "Path": "/team/",
            "RoleName": "Ops",
            "RoleId": "AROAJ2UCCR6DPCEXAMPLE",
            "Arn": arn("role/team/Ops"),
            "CreateDate": "2025-01-01T00:00:00Z",
            "AssumeRolePolicyDocument": trusts(ACCOUNT),
            "InstanceProfileList": [],
            "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": allows("sqs:*")}],
            "AttachedManagedPolicies": [],
            "Tags": [],
            "RoleLastUsed": {"LastUsedDate": "2025-06-01T00:00:00Z", "Region": "us-east-1"},
        }
    ],
    "Policies": [
        {
            "PolicyName": "edge",
            "PolicyId": "ANPAJ2UCCR6DPCEXAMPLE",
            "Arn": arn("policy/edge"),
            "Path": "/",
            "DefaultVersionId": "v2",
            "AttachmentCount": 1,
            "PermissionsBoundaryUsageCount": 1,
            "IsAttachable": True,
            "CreateDate": "2025-01-01T00:00:00Z",
            "UpdateDate": "2025-01-02T00:00:00Z",
            "PolicyVersionList": [
                {
                    "Document": allows("s3:*"),
                    "VersionId": "v2",
                    "IsDefaultVersion": True,
                    "CreateDate": "2025-01-02T00:00:00Z",
                },
                {
                    "Document": allows(),
                    "VersionId": "v1",
                    "IsDefaultVersion": False,
                    "CreateDate": "2025-01-01T00:00:00Z",
                },
            ],
        },
        {
            "PolicyName": "Custom",
            "PolicyId": "ANPAI2UCCR6DPCEXAMPLE",
            "Arn": MANAGED,
            "Path": "/",
            "DefaultVersionId": "v1",
            "AttachmentCount": 1,
            "PermissionsBoundaryUsageCount": 0,
            "IsAttachable": True,
            "CreateDate": "2025-01-01T00:00:00Z",
            "UpdateDate": "2025-01-01T00:00:00Z",
            "PolicyVersionList": [
                {
                    "Document": allows(),
                    "VersionId": "v1",
                    "IsDefaultVersion": True,
                    "CreateDate": "2025-01-01T00:00:00Z",
                }
            ],
        },
    ],
    "IsTruncated": False,
}


def test_a_raw_dump_comes_back_as_it_was_loaded() -> None:
    aws = bench_of(DUMP)
    assert aws("iam:GetAccountAuthorizationDetails") == DUMP


def test_edits_are_in_it_and_it_loads_again_to_the_same() -> None:
    aws = bench_of(DUMP)
    aws("iam:PutRolePolicy", RoleName="Ops", PolicyName="stop", PolicyDocument=denies("*"))
    aws("iam:CreateUser", UserName="bob", PermissionsBoundary=arn("policy/edge"))
    aws("iam:AttachRolePolicy", RoleName="Ops", PolicyArn=MANAGED)
    aws("iam:CreateInstanceProfile", InstanceProfileName="web")
    aws("iam:AddRoleToInstanceProfile", InstanceProfileName="web", RoleName="Ops")
    dump = aws("iam:GetAccountAuthorizationDetails")
    role = dump["RoleDetailList"][0]
    assert [one["PolicyName"] for one in role["RolePolicyList"]] == ["p", "stop"]
    assert role["InstanceProfileList"][0]["Arn"] == arn("instance-profile/web")
    assert [user["UserName"] for user in dump["UserDetailList"]] == ["ana", "bob"]
    edge = dump["Policies"][0]
    assert (edge["AttachmentCount"], edge["PermissionsBoundaryUsageCount"]) == (1, 2)
    again = bench_of(json.loads(json.dumps(dump)))
    assert again("iam:GetAccountAuthorizationDetails") == dump


@pytest.mark.parametrize(
    ("wanted", "lists"),
    [
        (["User"], {"UserDetailList": 1}),
        (["Role", "Group"], {"RoleDetailList": 1, "GroupDetailList": 1}),
        (["LocalManagedPolicy"], {"Policies": 1}),
        (["AWSManagedPolicy"], {"Policies": 1}),
    ],
)
def test_filter_chooses_kinds(wanted: list[str], lists: dict[str, int]) -> None:
    found = bench_of(DUMP)("iam:GetAccountAuthorizationDetails", Filter=wanted)
    assert {name: len(one) for name, one in found.items() if isinstance(one, list) and one} == lists


def test_pages_together_hold_everything_once() -> None:
    aws = bench_of(DUMP)
    pages = [aws("iam:GetAccountAuthorizationDetails", MaxItems=2)]
    while pages[-1]["IsTruncated"]:
        pages.append(aws("iam:GetAccountAuthorizationDetails", MaxItems=2, Marker=pages[-1]["Marker"]))
    assert len(pages) == 3
    for name in ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"):
        assert [one for page in pages for one in page[name]] == DUMP[name]
