"""Inline policies, attachments, boundaries: the same for users, groups and roles, but for their numbers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.accounts.bench import ACCOUNT, Bench, bench, refusal
from tests.accounts.policies import allows, arn, denies, trusts

EDGE = {"PolicyName": "edge", "PolicyVersionList": [{"VersionId": "v1", "Document": allows()}]}
FAMILIES = ("User", "Group", "Role")
BOUNDED = ("User", "Role")


def holding(family: str, policies: int = 1, **members: Any) -> tuple[Bench, dict[str, str]]:
    """A bench with one user, group or role `x`, and the parameter that names it."""
    entity: dict[str, Any] = {f"{family}Name": "x", "Path": "/team/", **members}
    if family == "Role":
        entity |= {
            "AssumeRolePolicyDocument": trusts({"Service": "ec2.amazonaws.com"}),
            "MaxSessionDuration": 3600,
        }
    more = [{**EDGE, "PolicyName": f"edge{number}"} for number in range(1, policies)]
    return bench(**{f"{family}DetailList": [entity], "Policies": [EDGE, *more]}), {f"{family}Name": "x"}


@pytest.mark.parametrize("family", FAMILIES)
def test_inline_policy_is_put_read_listed_replaced_and_deleted(family: str) -> None:
    aws, name = holding(family)
    answer = aws.answer(f"iam:Put{family}Policy", **name, PolicyName="b", PolicyDocument=allows())
    assert (answer.response, answer.subject) == ({}, arn(f"{family.lower()}/team/x"))
    assert aws.asked[0].resource == arn(f"{family.lower()}/team/x")
    aws(f"iam:Put{family}Policy", **name, PolicyName="a", PolicyDocument=allows())
    aws(f"iam:Put{family}Policy", **name, PolicyName="b", PolicyDocument=denies("sqs:*"))
    assert aws(f"iam:List{family}Policies", **name) == {"PolicyNames": ["a", "b"], "IsTruncated": False}
    assert aws(f"iam:Get{family}Policy", **name, PolicyName="b") == {
        **name,
        "PolicyName": "b",
        "PolicyDocument": denies("sqs:*"),
    }
    aws(f"iam:Delete{family}Policy", **name, PolicyName="b")
    assert aws(f"iam:List{family}Policies", **name)["PolicyNames"] == ["a"]


@pytest.mark.parametrize("family", FAMILIES)
def test_names_are_found_in_any_case_and_answered_in_their_own(family: str) -> None:
    aws, _ = holding(family)
    aws(f"iam:Put{family}Policy", **{f"{family}Name": "X"}, PolicyName="p", PolicyDocument=allows())
    assert aws(f"iam:Get{family}Policy", **{f"{family}Name": "X"}, PolicyName="p")[f"{family}Name"] == "x"


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("verb", ["Get", "Delete"])
def test_missing_inline_policy_is_reported_in_iams_words(family: str, verb: str) -> None:
    aws, name = holding(family)
    assert refusal(aws, f"iam:{verb}{family}Policy", **name, PolicyName="none") == (
        "NoSuchEntity",
        404,
        f"The {family.lower()} policy with name none cannot be found.",
    )


@pytest.mark.parametrize("family", FAMILIES)
def test_missing_holder_is_reported_in_iams_words(family: str) -> None:
    aws, _ = holding(family)
    missing = {f"{family}Name": "nobody"}
    expected = ("NoSuchEntity", 404, f"The {family.lower()} with name nobody cannot be found.")
    for operation, params in {
        f"iam:Put{family}Policy": {"PolicyName": "p", "PolicyDocument": allows()},
        f"iam:List{family}Policies": {},
        f"iam:Attach{family}Policy": {"PolicyArn": arn("policy/edge")},
        f"iam:Detach{family}Policy": {"PolicyArn": arn("policy/edge")},
        f"iam:ListAttached{family}Policies": {},
    }.items():
        assert refusal(aws, operation, **missing, **params) == expected


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("not json", "Syntax errors in policy."),
        ('{"Version":"2012-10-17","Version":"2012-10-17","Statement":[]}', "Syntax errors in policy."),
        (trusts(ACCOUNT), "Policy document should not specify a principal."),
        (
            allows(action="GetObject"),
            "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        ),
        (
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*"}]},
            "Policy statement must contain resources.",
        ),
    ],
)
def test_malformed_inline_policy_is_refused(family: str, document: Any, message: str) -> None:
    aws, name = holding(family)
    refused = refusal(aws, f"iam:Put{family}Policy", **name, PolicyName="p", PolicyDocument=document)
    assert refused == ("MalformedPolicyDocument", 400, message)


@pytest.mark.parametrize(("family", "quota"), [("User", 2048), ("Group", 5120), ("Role", 10240)])
def test_inline_policies_share_one_quota_that_counts_no_white_space(family: str, quota: int) -> None:
    aws, name = holding(family)
    half = allows(resource="arn:aws:s3:::" + "x" * (quota // 2 - 120))
    aws(f"iam:Put{family}Policy", **name, PolicyName="a", PolicyDocument=half)
    aws(f"iam:Put{family}Policy", **name, PolicyName="a", PolicyDocument=half)  # the same again adds nothing
    aws(f"iam:Put{family}Policy", **name, PolicyName="b", PolicyDocument=half)
    refused = refusal(aws, f"iam:Put{family}Policy", **name, PolicyName="c", PolicyDocument=half)
    message = f"Maximum policy size of {quota} bytes exceeded for {family.lower()} x"
    assert refused == ("LimitExceeded", 409, message)


@pytest.mark.parametrize("family", FAMILIES)
def test_managed_policy_is_attached_once_listed_and_detached(family: str) -> None:
    aws, name = holding(family)
    for _ in range(2):
        aws(f"iam:Attach{family}Policy", **name, PolicyArn=arn("policy/edge"))
    assert aws.asked[0].context["iam:PolicyARN"] == arn("policy/edge")
    assert aws(f"iam:ListAttached{family}Policies", **name) == {
        "AttachedPolicies": [{"PolicyName": "edge", "PolicyArn": arn("policy/edge")}],
        "IsTruncated": False,
    }
    assert aws(f"iam:ListAttached{family}Policies", **name, PathPrefix="/other/")["AttachedPolicies"] == []
    aws(f"iam:Detach{family}Policy", **name, PolicyArn=arn("policy/edge"))
    assert refusal(aws, f"iam:Detach{family}Policy", **name, PolicyArn=arn("policy/edge")) == (
        "NoSuchEntity",
        404,
        f"Policy {arn('policy/edge')} was not found.",
    )


@pytest.mark.parametrize("family", FAMILIES)
def test_what_cannot_be_attached_is_refused(family: str) -> None:
    aws, name = holding(family)
    for missing in (
        arn("policy/none"),
        arn("policy/edge", "999988887777"),
    ):
        assert refusal(aws, f"iam:Attach{family}Policy", **name, PolicyArn=missing) == (
            "NoSuchEntity",
            404,
            f"Policy {missing} does not exist or is not attachable.",
        )
    assert refusal(aws, f"iam:Attach{family}Policy", **name, PolicyArn="this is no ARN at all") == (
        "ValidationError",
        400,
        "ARN this is no ARN at all is not valid.",
    )


@pytest.mark.parametrize("family", FAMILIES)
def test_aws_managed_policy_without_a_document_is_attached_as_a_dump_has_it(family: str) -> None:
    """A model has the documents of a few of AWS's; to say that the others do not exist would be wrong."""
    aws, name = holding(family)
    read_only = "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"
    aws(f"iam:Attach{family}Policy", **name, PolicyArn=read_only)
    assert aws(f"iam:ListAttached{family}Policies", **name)["AttachedPolicies"] == [
        {"PolicyName": "ViewOnlyAccess", "PolicyArn": read_only}
    ]
    aws(f"iam:Detach{family}Policy", **name, PolicyArn=read_only)


@pytest.mark.parametrize("family", FAMILIES)
def test_what_cannot_be_a_policy_of_aws_is_refused(family: str) -> None:
    aws, name = holding(family)
    for wrong in ("aws-cn:iam::aws:policy/ViewOnly", "aws:iam::aws:policy/service-role/IAMFullAccess"):
        assert (
            refusal(aws, f"iam:Attach{family}Policy", **name, PolicyArn=f"arn:{wrong}")[0] == "NoSuchEntity"
        )
    of_a_service = "arn:aws:iam::aws:policy/aws-service-role/AWSSupportServiceRolePolicy"
    refused = refusal(aws, f"iam:Attach{family}Policy", **name, PolicyArn=of_a_service)
    assert refused == ("PolicyNotAttachable", 400, "Cannot attach a Service Role Policy to a Customer Role.")


@pytest.mark.parametrize("family", FAMILIES)
def test_eleventh_managed_policy_exceeds_the_quota(family: str) -> None:
    aws, name = holding(family, policies=11)
    for number in range(1, 11):
        aws(f"iam:Attach{family}Policy", **name, PolicyArn=arn(f"policy/edge{number}"))
    assert refusal(aws, f"iam:Attach{family}Policy", **name, PolicyArn=arn("policy/edge")) == (
        "LimitExceeded",
        409,
        f"Cannot exceed quota for PoliciesPer{family}: 10",
    )


@pytest.mark.parametrize("family", BOUNDED)
def test_boundary_is_put_shown_to_policies_and_deleted(family: str) -> None:
    aws, name = holding(family)
    aws(f"iam:Put{family}PermissionsBoundary", **name, PermissionsBoundary=arn("policy/edge"))
    assert aws.asked[0].context["iam:PermissionsBoundary"] == arn("policy/edge")
    shown = aws(f"iam:Get{family}", **name)[family]["PermissionsBoundary"]
    assert shown == {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn("policy/edge")}
    aws(f"iam:Put{family}Policy", **name, PolicyName="p", PolicyDocument=allows())
    assert aws.asked[0].context["iam:PermissionsBoundary"] == arn("policy/edge")
    aws(f"iam:Attach{family}Policy", **name, PolicyArn=arn("policy/edge"))
    assert aws.asked[0].context["iam:PermissionsBoundary"] == arn("policy/edge")
    aws(f"iam:Delete{family}PermissionsBoundary", **name)
    assert aws.asked[0].context["iam:PermissionsBoundary"] == arn("policy/edge")
    assert "PermissionsBoundary" not in aws(f"iam:Get{family}", **name)[family]
    aws(f"iam:Delete{family}PermissionsBoundary", **name)


@pytest.mark.parametrize("family", BOUNDED)
def test_boundary_must_be_a_policy_that_exists(family: str) -> None:
    aws, name = holding(family)
    missing = arn("policy/none")
    assert refusal(aws, f"iam:Put{family}PermissionsBoundary", **name, PermissionsBoundary=missing) == (
        "NoSuchEntity",
        404,
        f"Scope ARN: {missing} does not exist or is not attachable.",
    )


@pytest.mark.parametrize("family", BOUNDED)
def test_tags_of_principals_ignore_the_case_of_keys(family: str) -> None:
    aws, name = holding(family, Tags=[{"Key": "Team", "Value": "web"}])
    aws(f"iam:Tag{family}", **name, Tags=[{"Key": "team", "Value": "data"}, {"Key": "Cost", "Value": ""}])
    assert aws.asked[0].context["aws:RequestTag/team"] == "data"
    assert aws.asked[0].context["aws:TagKeys"] == ["team", "Cost"]
    assert aws(f"iam:List{family}Tags", **name)["Tags"] == [
        {"Key": "Cost", "Value": ""},
        {"Key": "team", "Value": "data"},
    ]
    aws(f"iam:Untag{family}", **name, TagKeys=["TEAM", "nothing"])
    assert aws.asked[0].context["aws:TagKeys"] == ["TEAM", "nothing"]
    assert aws(f"iam:List{family}Tags", **name)["Tags"] == [{"Key": "Cost", "Value": ""}]


@pytest.mark.parametrize("family", BOUNDED)
def test_tags_are_refused_when_doubled_reserved_or_too_many(family: str) -> None:
    aws, name = holding(family)
    doubled = [{"Key": "a", "Value": ""}, {"Key": "A", "Value": ""}]
    assert refusal(aws, f"iam:Tag{family}", **name, Tags=doubled) == (
        "InvalidInput",
        400,
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    )
    assert refusal(aws, f"iam:Tag{family}", **name, Tags=[{"Key": "AWS:x", "Value": ""}])[:2] == (
        "InvalidInput",
        400,
    )
    aws(f"iam:Tag{family}", **name, Tags=[{"Key": f"k{number}", "Value": ""} for number in range(50)])
    assert refusal(aws, f"iam:Tag{family}", **name, Tags=[{"Key": "one more", "Value": ""}]) == (
        "LimitExceeded",
        409,
        "The number of tags has reached the maximum limit.",
    )


TWO_SPELLINGS = [{"Key": "team", "Value": "a"}, {"Key": "Team", "Value": "b"}]


def test_tags_of_policies_and_profiles_distinguish_case() -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html"""
    aws = bench()
    arn_of_policy = aws("iam:CreatePolicy", PolicyName="p", PolicyDocument=allows(), Tags=TWO_SPELLINGS)[
        "Policy"
    ]["Arn"]
    tags = aws("iam:ListPolicyTags", PolicyArn=arn_of_policy)["Tags"]
    assert [one["Key"] for one in tags] == ["Team", "team"]
    aws("iam:CreateInstanceProfile", InstanceProfileName="p")
    aws("iam:TagInstanceProfile", InstanceProfileName="p", Tags=TWO_SPELLINGS)
    twice = [TWO_SPELLINGS[0], TWO_SPELLINGS[0]]
    assert refusal(aws, "iam:TagPolicy", PolicyArn=arn_of_policy, Tags=twice) == (
        "InvalidInput",
        400,
        "Duplicate tag keys found.",
    )
