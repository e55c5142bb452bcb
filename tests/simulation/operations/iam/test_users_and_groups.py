"""Users, their keys, and groups: what AWS answers, refuses, and leaves behind."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.account.identifiers import derive_access_key_id
from sts_tui.iam.caller import Caller, CallerKind
from tests.accounts.bench import ACCOUNT, bench, refusal
from tests.accounts.entities import user
from tests.accounts.policies import allows, arn, trusts

EDGE = {"PolicyName": "edge", "PolicyVersionList": [{"VersionId": "v1", "Document": allows()}]}


def keyless(name: str = "bob", **members: Any) -> dict[str, Any]:
    return user(name, **{"AccessKeys": [], **members})


def test_create_user_answers_what_it_made_without_keys() -> None:
    aws = bench()
    made = aws("iam:CreateUser", UserName="bob", Path="/team/", Tags=[{"Key": "a", "Value": "b"}])["User"]
    assert [one.action for one in aws.asked] == ["iam:CreateUser", "iam:TagUser"]
    assert made["Arn"] == arn("user/team/bob")
    assert made["UserId"].startswith("AIDA")
    assert made["CreateDate"] == "2026-01-15T10:00:00Z"
    assert made["Tags"] == [{"Key": "a", "Value": "b"}]
    assert aws("iam:GetUser", UserName="bob")["User"] == made
    assert aws("iam:ListAccessKeys", UserName="bob") == {"AccessKeyMetadata": [], "IsTruncated": False}


def test_what_has_no_date_in_the_file_has_one_in_the_answer_as_aws_always_tells_it() -> None:
    aws = bench(
        UserDetailList=[{"UserName": "ana"}],
        GroupDetailList=[{"GroupName": "dev"}],
        RoleDetailList=[{"RoleName": "App", "AssumeRolePolicyDocument": trusts(ACCOUNT)}],
        Policies=[EDGE],
        InstanceProfiles=[{"InstanceProfileName": "App"}],
    )
    answers = [
        aws("iam:GetUser", UserName="ana")["User"],
        aws("iam:ListAccessKeys", UserName="ana")["AccessKeyMetadata"][0],
        aws("iam:GetGroup", GroupName="dev")["Group"],
        aws("iam:GetRole", RoleName="App")["Role"],
        aws("iam:GetPolicy", PolicyArn=arn("policy/edge"))["Policy"],
        aws("iam:GetPolicyVersion", PolicyArn=arn("policy/edge"), VersionId="v1")["PolicyVersion"],
        aws("iam:GetInstanceProfile", InstanceProfileName="App")["InstanceProfile"],
    ]
    assert {answer["CreateDate"] for answer in answers} == {"2020-01-01T00:00:00Z"}


def test_names_of_users_and_groups_are_unique_ignoring_case() -> None:
    aws = bench(UserDetailList=[keyless("bob")], GroupDetailList=[{"GroupName": "dev"}])
    expected = ("EntityAlreadyExists", 409, "User with name BOB already exists.")
    assert refusal(aws, "iam:CreateUser", UserName="BOB") == expected
    expected = ("EntityAlreadyExists", 409, "Group with name Dev already exists.")
    assert refusal(aws, "iam:CreateGroup", GroupName="Dev") == expected


def test_get_user_without_a_name_is_about_the_caller() -> None:
    aws = bench(UserDetailList=[keyless("bob", Path="/team/")])
    aws.acting(user_arn=arn("user/team/bob"), caller=Caller(kind=CallerKind.USER, account=ACCOUNT))
    assert aws("iam:GetUser")["User"]["UserName"] == "bob"
    session = Caller(kind=CallerKind.ROLE_SESSION, account=ACCOUNT)
    aws.acting(user_arn=None, caller=session)
    assert refusal(aws, "iam:GetUser") == (
        "ValidationError",
        400,
        "Must specify userName when calling with non-User credentials",
    )
    aws.acting(caller=Caller(kind=CallerKind.ROOT, account=ACCOUNT))
    assert aws("iam:GetUser")["User"] == {
        "UserId": ACCOUNT,
        "Arn": arn("root"),
        "CreateDate": "2020-01-01T00:00:00Z",
    }


@pytest.mark.parametrize(
    ("members", "first"),
    [
        ({"AccessKeys": None}, "delete access keys"),
        ({"MFADevices": [{"SerialNumber": arn("mfa/bob")}]}, "delete MFA device"),
        ({"GroupList": ["dev"]}, "remove users from group"),
        ({"AttachedManagedPolicies": [{"PolicyArn": arn("policy/edge")}]}, "detach all policies"),
        ({"UserPolicyList": [{"PolicyName": "p", "PolicyDocument": allows()}]}, "delete policies"),
    ],
)
def test_user_that_still_holds_something_is_not_deleted(members: dict[str, Any], first: str) -> None:
    given = {key: value for key, value in keyless(**members).items() if value is not None}
    aws = bench(UserDetailList=[given], GroupDetailList=[{"GroupName": "dev"}], Policies=[EDGE])
    expected = ("DeleteConflict", 409, f"Cannot delete entity, must {first} first.")
    assert refusal(aws, "iam:DeleteUser", UserName="bob") == expected


def test_deleted_user_is_named_by_its_id_wherever_it_was_trusted() -> None:
    role = {
        "RoleName": "Ops",
        "AssumeRolePolicyDocument": trusts(arn("user/bob")),
        "MaxSessionDuration": 3600,
    }
    aws = bench(UserDetailList=[keyless()], RoleDetailList=[role])
    old_id = aws("iam:GetUser", UserName="bob")["User"]["UserId"]
    aws("iam:DeleteUser", UserName="bob")
    assert aws("iam:CreateUser", UserName="bob")["User"]["UserId"] != old_id
    document = aws("iam:GetRole", RoleName="Ops")["Role"]["AssumeRolePolicyDocument"]
    assert document == trusts(old_id)
    assert refusal(aws, "iam:UpdateAssumeRolePolicy", RoleName="Ops", PolicyDocument=document) == (
        "MalformedPolicyDocument",
        400,
        f'Invalid principal in policy: "AWS":"{old_id}"',
    )


def test_renamed_user_keeps_id_keys_and_trust() -> None:
    role = {
        "RoleName": "Ops",
        "AssumeRolePolicyDocument": trusts(arn("user/bob")),
        "MaxSessionDuration": 3600,
    }
    aws = bench(UserDetailList=[{"UserName": "bob"}, keyless("eve")], RoleDetailList=[role])
    before = aws("iam:GetUser", UserName="bob")["User"]
    keys = aws("iam:ListAccessKeys", UserName="bob")["AccessKeyMetadata"]
    aws("iam:UpdateUser", UserName="bob", NewUserName="robert", NewPath="/x/")
    assert [one.resource for one in aws.asked] == [arn("user/bob"), arn("user/x/robert")]
    after = aws("iam:GetUser", UserName="robert")["User"]
    assert (after["UserId"], after["Arn"]) == (before["UserId"], arn("user/x/robert"))
    renamed = aws("iam:ListAccessKeys", UserName="robert")["AccessKeyMetadata"]
    assert [key["AccessKeyId"] for key in renamed] == [key["AccessKeyId"] for key in keys]
    trusted = aws("iam:GetRole", RoleName="Ops")["Role"]["AssumeRolePolicyDocument"]
    assert trusted == trusts(arn("user/x/robert"))
    assert list(aws.configuration.users) == [arn("user/x/robert"), arn("user/eve")]
    expected = ("EntityAlreadyExists", 409, "User with name EVE already exists.")
    assert refusal(aws, "iam:UpdateUser", UserName="robert", NewUserName="EVE") == expected


def test_user_without_listed_keys_has_the_derived_one() -> None:
    aws = bench(UserDetailList=[{"UserName": "bob"}])
    derived = derive_access_key_id(ACCOUNT, arn("user/bob"))
    made = aws("iam:CreateAccessKey", UserName="bob")["AccessKey"]
    assert made["AccessKeyId"].startswith("AKIA")
    assert len(made["SecretAccessKey"]) == 40
    assert made["Status"] == "Active"
    listed = aws("iam:ListAccessKeys", UserName="bob")["AccessKeyMetadata"]
    assert [key["AccessKeyId"] for key in listed] == [derived, made["AccessKeyId"]]
    assert "SecretAccessKey" not in listed[1]
    expected = ("LimitExceeded", 409, "Cannot exceed quota for AccessKeysPerUser: 2")
    assert refusal(aws, "iam:CreateAccessKey", UserName="bob") == expected


def test_access_key_is_switched_off_and_deleted() -> None:
    aws = bench(UserDetailList=[{"UserName": "bob"}])
    aws.acting(user_arn=arn("user/bob"))
    key = derive_access_key_id(ACCOUNT, arn("user/bob"))
    aws("iam:UpdateAccessKey", AccessKeyId=key, Status="Inactive")
    assert aws("iam:ListAccessKeys")["AccessKeyMetadata"][0]["Status"] == "Inactive"
    aws("iam:DeleteAccessKey", AccessKeyId=key)
    assert aws("iam:ListAccessKeys")["AccessKeyMetadata"] == []
    assert refusal(aws, "iam:DeleteAccessKey", AccessKeyId=key) == (
        "NoSuchEntity",
        404,
        f"The Access Key with id {key} cannot be found.",
    )
    assert refusal(aws, "iam:UpdateAccessKey", AccessKeyId=key, Status="Off")[0] == "ValidationError"


def test_group_gains_and_loses_users() -> None:
    aws = bench(UserDetailList=[keyless()])
    made = aws("iam:CreateGroup", GroupName="dev", Path="/team/")["Group"]
    assert made["Arn"] == arn("group/team/dev")
    assert made["GroupId"].startswith("AGPA")
    for _ in range(2):
        aws("iam:AddUserToGroup", GroupName="dev", UserName="bob")
    assert aws.asked[0].resource == arn("group/team/dev")
    found = aws("iam:GetGroup", GroupName="dev")
    assert (found["Group"], [one["UserName"] for one in found["Users"]]) == (made, ["bob"])
    assert aws("iam:ListGroupsForUser", UserName="bob")["Groups"] == [made]
    expected = ("DeleteConflict", 409, "Cannot delete entity, must remove users from group first.")
    assert refusal(aws, "iam:DeleteGroup", GroupName="dev") == expected
    aws("iam:RemoveUserFromGroup", GroupName="dev", UserName="bob")
    aws("iam:DeleteGroup", GroupName="dev")
    assert refusal(aws, "iam:GetGroup", GroupName="dev") == (
        "NoSuchEntity",
        404,
        "The group with name dev cannot be found.",
    )


def test_user_is_in_ten_groups_at_most() -> None:
    groups = [{"GroupName": f"g{number}"} for number in range(11)]
    aws = bench(
        UserDetailList=[keyless(GroupList=[f"g{number}" for number in range(10)])], GroupDetailList=groups
    )
    expected = ("LimitExceeded", 409, "Cannot exceed quota for GroupsPerUser: 10")
    assert refusal(aws, "iam:AddUserToGroup", GroupName="g10", UserName="bob") == expected
    expected = ("NoSuchEntity", 404, "The user with name eve cannot be found.")
    assert refusal(aws, "iam:AddUserToGroup", GroupName="g10", UserName="eve") == expected


@pytest.mark.parametrize(
    ("members", "first"),
    [
        ({"AttachedManagedPolicies": [{"PolicyArn": arn("policy/edge")}]}, "detach all policies"),
        ({"GroupPolicyList": [{"PolicyName": "p", "PolicyDocument": allows()}]}, "delete policies"),
    ],
)
def test_group_that_still_holds_something_is_not_deleted(members: dict[str, Any], first: str) -> None:
    aws = bench(GroupDetailList=[{"GroupName": "dev", **members}], Policies=[EDGE])
    expected = ("DeleteConflict", 409, f"Cannot delete entity, must {first} first.")
    assert refusal(aws, "iam:DeleteGroup", GroupName="dev") == expected


def test_renamed_group_keeps_its_users() -> None:
    aws = bench(UserDetailList=[keyless(GroupList=["dev"])], GroupDetailList=[{"GroupName": "dev"}])
    aws("iam:UpdateGroup", GroupName="dev", NewGroupName="engineering")
    assert [one["UserName"] for one in aws("iam:GetGroup", GroupName="engineering")["Users"]] == ["bob"]


def test_lists_are_by_name_and_path() -> None:
    aws = bench(
        UserDetailList=[keyless("b"), keyless("a", Path="/x/")],
        GroupDetailList=[{"GroupName": "z"}, {"GroupName": "y"}],
    )
    assert [one["UserName"] for one in aws("iam:ListUsers")["Users"]] == ["a", "b"]
    assert aws.asked[0].resource == arn("user/")
    assert [one["UserName"] for one in aws("iam:ListUsers", PathPrefix="/x/")["Users"]] == ["a"]
    assert [one["GroupName"] for one in aws("iam:ListGroups")["Groups"]] == ["y", "z"]


def test_mfa_devices_are_listed() -> None:
    aws = bench(UserDetailList=[keyless(MFADevices=[{"SerialNumber": arn("mfa/bob")}])])
    assert aws("iam:ListMFADevices", UserName="bob")["MFADevices"] == [
        {"UserName": "bob", "SerialNumber": arn("mfa/bob"), "EnableDate": "2020-01-01T00:00:00Z"}
    ]


def test_user_whose_mfa_device_is_deactivated_can_be_deleted() -> None:
    aws = bench(UserDetailList=[keyless(AccessKeys=[], MFADevices=[{"SerialNumber": arn("mfa/bob")}])])
    wrong = refusal(aws, "iam:DeactivateMFADevice", UserName="bob", SerialNumber=arn("mfa/eve"))
    assert wrong == ("NoSuchEntity", 404, f"MFA Device with serial number {arn('mfa/eve')} does not exist.")
    aws("iam:DeactivateMFADevice", UserName="bob", SerialNumber=arn("mfa/bob"))
    assert aws("iam:ListMFADevices", UserName="bob")["MFADevices"] == []
    aws("iam:DeleteUser", UserName="bob")
    assert refusal(aws, "iam:GetUser", UserName="bob")[0] == "NoSuchEntity"
