"""Managed policies and versions: limits, defaults, and who may not touch what is AWS's."""

from __future__ import annotations

from typing import Any

from tests.accounts.bench import Bench, bench, refusal
from tests.accounts.policies import allows, arn, trusts

ARN = arn("policy/edge")


def edge(**members: Any) -> dict[str, Any]:
    return {
        "PolicyName": "edge",
        "PolicyVersionList": [{"VersionId": "v1", "Document": allows()}],
        **members,
    }


def versions(aws: Bench) -> list[tuple[str, bool]]:
    listed = aws("iam:ListPolicyVersions", PolicyArn=ARN)["Versions"]
    return [(one["VersionId"], one["IsDefaultVersion"]) for one in listed]


def test_create_policy_answers_what_it_made_and_get_policy_version_its_text() -> None:
    aws = bench()
    tags = [{"Key": "a", "Value": "b"}]
    made = aws(
        "iam:CreatePolicy",
        PolicyName="edge",
        Path="/team/",
        PolicyDocument=allows(),
        Description="the edge",
        Tags=tags,
    )["Policy"]
    assert [one.action for one in aws.asked] == ["iam:CreatePolicy", "iam:TagPolicy"]
    assert made["Arn"] == arn("policy/team/edge")
    assert made["PolicyId"].startswith("ANPA")
    assert (made["DefaultVersionId"], made["AttachmentCount"], made["IsAttachable"]) == ("v1", 0, True)
    assert aws("iam:GetPolicy", PolicyArn=made["Arn"])["Policy"] == {**made, "Description": "the edge"}
    version = aws("iam:GetPolicyVersion", PolicyArn=made["Arn"], VersionId="v1")["PolicyVersion"]
    assert (version["Document"], version["IsDefaultVersion"]) == (allows(), True)


def test_names_are_unique_whatever_path_and_case() -> None:
    aws = bench(Policies=[edge()])
    assert refusal(aws, "iam:CreatePolicy", PolicyName="EDGE", Path="/x/", PolicyDocument=allows()) == (
        "EntityAlreadyExists",
        409,
        "A policy called EDGE already exists. Duplicate names are not allowed.",
    )


def test_policy_over_6144_characters_is_refused() -> None:
    aws = bench()
    large = allows(resource="arn:aws:s3:::" + "x" * 6144)
    expected = ("LimitExceeded", 409, "Cannot exceed quota for PolicySize: 6144")
    assert refusal(aws, "iam:CreatePolicy", PolicyName="p", PolicyDocument=large) == expected


def test_malformed_managed_policy_is_refused() -> None:
    aws = bench()
    expected = ("MalformedPolicyDocument", 400, "Policy document should not specify a principal.")
    assert refusal(aws, "iam:CreatePolicy", PolicyName="p", PolicyDocument=trusts("*")) == expected


def test_new_version_is_default_only_where_asked() -> None:
    aws = bench(Policies=[edge()])
    made = aws("iam:CreatePolicyVersion", PolicyArn=ARN, PolicyDocument=allows("sqs:*"))["PolicyVersion"]
    assert made == {"VersionId": "v2", "IsDefaultVersion": False, "CreateDate": "2026-01-15T10:00:00Z"}
    aws("iam:CreatePolicyVersion", PolicyArn=ARN, PolicyDocument=allows("sns:*"), SetAsDefault=True)
    assert versions(aws) == [("v3", True), ("v2", False), ("v1", False)]
    default = aws.configuration.policies[ARN].default_document
    assert default is not None
    assert default.document == allows("sns:*")
    aws("iam:SetDefaultPolicyVersion", PolicyArn=ARN, VersionId="v1")
    assert versions(aws) == [("v3", False), ("v2", False), ("v1", True)]
    assert aws("iam:GetPolicy", PolicyArn=ARN)["Policy"]["DefaultVersionId"] == "v1"


def test_numbers_of_versions_are_never_given_twice() -> None:
    aws = bench(Policies=[edge()])
    aws("iam:CreatePolicyVersion", PolicyArn=ARN, PolicyDocument=allows())
    aws("iam:DeletePolicyVersion", PolicyArn=ARN, VersionId="v2")
    made = aws("iam:CreatePolicyVersion", PolicyArn=ARN, PolicyDocument=allows())["PolicyVersion"]
    assert made["VersionId"] == "v3"


def test_sixth_version_is_refused() -> None:
    aws = bench(Policies=[edge()])
    for _ in range(4):
        aws("iam:CreatePolicyVersion", PolicyArn=ARN, PolicyDocument=allows())
    assert refusal(aws, "iam:CreatePolicyVersion", PolicyArn=ARN, PolicyDocument=allows()) == (
        "LimitExceeded",
        409,
        "A managed policy can have up to 5 versions. Before you create a new version, you must delete an "
        "existing version.",
    )


def test_default_version_is_deleted_only_with_its_policy() -> None:
    aws = bench(Policies=[edge()])
    expected = ("DeleteConflict", 409, "Cannot delete the default version of a policy.")
    assert refusal(aws, "iam:DeletePolicyVersion", PolicyArn=ARN, VersionId="v1") == expected
    aws("iam:CreatePolicyVersion", PolicyArn=ARN, PolicyDocument=allows())
    assert refusal(aws, "iam:DeletePolicy", PolicyArn=ARN) == (
        "DeleteConflict",
        409,
        "This policy has more than one version. Before you delete a policy, you must delete the policy's "
        "versions. The default version is deleted with the policy.",
    )
    aws("iam:DeletePolicyVersion", PolicyArn=ARN, VersionId="v2")
    aws("iam:DeletePolicy", PolicyArn=ARN)
    assert refusal(aws, "iam:GetPolicy", PolicyArn=ARN) == (
        "NoSuchEntity",
        404,
        f"Policy {ARN} was not found.",
    )


def test_policy_in_use_is_not_deleted_also_as_a_boundary() -> None:
    attached = {"UserName": "bob", "AttachedManagedPolicies": [{"PolicyArn": ARN}]}
    bounded = {"UserName": "bob", "PermissionsBoundary": {"PermissionsBoundaryArn": ARN}}
    for user in (attached, bounded):
        aws = bench(Policies=[edge()], UserDetailList=[user])
        expected = ("DeleteConflict", 409, "Cannot delete a policy attached to entities.")
        assert refusal(aws, "iam:DeletePolicy", PolicyArn=ARN) == expected


def test_missing_version_is_refused() -> None:
    aws = bench(Policies=[edge()])
    for operation in ("GetPolicyVersion", "DeletePolicyVersion", "SetDefaultPolicyVersion"):
        assert refusal(aws, f"iam:{operation}", PolicyArn=ARN, VersionId="v9") == (
            "NoSuchEntity",
            404,
            f"Policy {ARN} version v9 does not exist or is not attachable.",
        )


def test_aws_managed_policies_are_read_and_attached_but_never_changed() -> None:
    managed = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    given = edge(PolicyName="ReadOnlyAccess", Arn=managed)
    aws = bench(Policies=[given], UserDetailList=[{"UserName": "bob"}])
    assert aws("iam:GetPolicy", PolicyArn=managed)["Policy"]["Arn"] == managed
    assert aws.asked[0].resource_account == "111122223333"
    aws("iam:AttachUserPolicy", UserName="bob", PolicyArn=managed)
    for operation, params in {
        "CreatePolicyVersion": {"PolicyDocument": allows()},
        "DeletePolicy": {},
        "SetDefaultPolicyVersion": {"VersionId": "v1"},
    }.items():
        assert refusal(aws, f"iam:{operation}", PolicyArn=managed, **params) == (
            "AccessDenied",
            403,
            f"User: operator is not authorized to perform: iam:{operation} on resource: policy {managed}",
        )


def test_policies_are_listed_by_owner_use_and_path() -> None:
    managed = edge(PolicyName="ReadOnlyAccess", Arn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    user = {"UserName": "bob", "AttachedManagedPolicies": [{"PolicyArn": ARN}]}
    aws = bench(Policies=[edge(), edge(PolicyName="other", Path="/x/"), managed], UserDetailList=[user])

    def names(**params: Any) -> list[str]:
        return [one["PolicyName"] for one in aws("iam:ListPolicies", **params)["Policies"]]

    assert names(Scope="Local") == ["edge", "other"]
    assert names(Scope="AWS")[0] == "ReadOnlyAccess"
    assert names() == names(Scope="Local") + names(Scope="AWS")
    assert names(OnlyAttached=True) == ["edge"]
    assert names(PathPrefix="/x/") == ["other"]
    assert names(PolicyUsageFilter="PermissionsBoundary") == []


def test_entities_that_use_a_policy_are_listed_by_kind_and_use() -> None:
    role = {
        "RoleName": "Ops",
        "AssumeRolePolicyDocument": trusts({"Service": "ec2.amazonaws.com"}),
        "MaxSessionDuration": 3600,
        "PermissionsBoundary": {"PermissionsBoundaryArn": ARN},
    }
    attached = {"AttachedManagedPolicies": [{"PolicyArn": ARN}]}
    aws = bench(
        Policies=[edge()],
        UserDetailList=[{"UserName": "bob", **attached}],
        GroupDetailList=[{"GroupName": "dev", **attached}],
        RoleDetailList=[role],
    )
    found = aws("iam:ListEntitiesForPolicy", PolicyArn=ARN)
    assert [one["UserName"] for one in found["PolicyUsers"]] == ["bob"]
    assert [one["GroupName"] for one in found["PolicyGroups"]] == ["dev"]
    assert [one["RoleName"] for one in found["PolicyRoles"]] == ["Ops"]
    permissions = aws("iam:ListEntitiesForPolicy", PolicyArn=ARN, PolicyUsageFilter="PermissionsPolicy")
    assert permissions["PolicyRoles"] == []
    groups = aws("iam:ListEntitiesForPolicy", PolicyArn=ARN, EntityFilter="Group")
    assert (groups["PolicyUsers"], len(groups["PolicyGroups"])) == ([], 1)
    counts = aws("iam:GetPolicy", PolicyArn=ARN)["Policy"]
    assert (counts["AttachmentCount"], counts["PermissionsBoundaryUsageCount"]) == (2, 1)


def test_tag_keys_of_policies_are_case_sensitive() -> None:
    aws = bench(Policies=[edge(Tags=[{"Key": "Team", "Value": "web"}])])
    aws("iam:TagPolicy", PolicyArn=ARN, Tags=[{"Key": "team", "Value": "data"}])
    assert [one["Key"] for one in aws("iam:ListPolicyTags", PolicyArn=ARN)["Tags"]] == ["Team", "team"]
    aws("iam:UntagPolicy", PolicyArn=ARN, TagKeys=["Team"])
    assert [one["Key"] for one in aws("iam:ListPolicyTags", PolicyArn=ARN)["Tags"]] == ["team"]
