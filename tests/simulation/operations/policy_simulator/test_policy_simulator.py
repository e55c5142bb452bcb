"""The policy simulator's answers, in AWS's shape."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sts_tui.simulation.operations.policy_simulator.statement_positions import pretty, statement_positions
from tests.accounts.bench import ACCOUNT, Bench, bench, bench_of, refusal
from tests.accounts.policies import allows, arn, denies, trusts

OBJECT = "arn:aws:s3:::data/key"


def conditional(operator: str, key: str, value: str) -> dict[str, Any]:
    document = allows()
    document["Statement"][0]["Condition"] = {operator: {key: value}}
    return document


def custom(aws: Bench, *documents: Any, action: str = "s3:GetObject", **params: Any) -> dict[str, Any]:
    """The one result of a custom simulation."""
    found = aws("iam:SimulateCustomPolicy", PolicyInputList=list(documents), ActionNames=[action], **params)
    assert found["IsTruncated"] is False
    (result,) = found["EvaluationResults"]
    assert isinstance(result, dict)
    return result


def test_custom_policy_names_its_statement_by_number_and_place() -> None:
    text = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}'
    assert custom(bench(), text) == {
        "EvalActionName": "s3:GetObject",
        "EvalResourceName": "*",
        "EvalDecision": "allowed",
        "MatchedStatements": [
            {
                "SourcePolicyId": "PolicyInputList.1",
                "SourcePolicyType": "IAM Policy",
                "StartPosition": {"Line": 1, "Column": 38},
                "EndPosition": {"Line": 1, "Column": len(text)},
            }
        ],
        "MissingContextValues": [],
    }


def test_three_decisions() -> None:
    aws = bench()
    assert custom(aws, allows())["EvalDecision"] == "allowed"
    assert custom(aws, allows("sqs:*")) | {"MatchedStatements": []} == custom(aws, allows("sqs:*"))
    assert custom(aws, allows("sqs:*"))["EvalDecision"] == "implicitDeny"
    denied = custom(aws, allows(), denies("s3:*"))
    assert denied["EvalDecision"] == "explicitDeny"
    assert [one["SourcePolicyId"] for one in denied["MatchedStatements"]] == ["PolicyInputList.2"]


def test_every_action_is_asked_of_every_resource() -> None:
    found = bench()(
        "iam:SimulateCustomPolicy",
        PolicyInputList=[allows(resource=OBJECT)],
        ActionNames=["s3:GetObject", "s3:PutObject"],
        ResourceArns=[OBJECT, "arn:aws:s3:::other/key"],
    )["EvaluationResults"]
    assert [(one["EvalActionName"], one["EvalResourceName"], one["EvalDecision"]) for one in found] == [
        ("s3:GetObject", OBJECT, "allowed"),
        ("s3:GetObject", "arn:aws:s3:::other/key", "implicitDeny"),
        ("s3:PutObject", OBJECT, "implicitDeny"),
        ("s3:PutObject", "arn:aws:s3:::other/key", "implicitDeny"),
    ]


def test_context_is_asked_for_until_it_is_given() -> None:
    document = conditional("StringEquals", "aws:RequestTag/team", "web")
    document["Statement"][0]["Resource"] = "arn:aws:s3:::data/${aws:username}/*"
    aws = bench()
    asked = custom(aws, document, ResourceArns=["arn:aws:s3:::data/ana/key"])
    assert asked["EvalDecision"] == "implicitDeny"
    assert asked["MissingContextValues"] == ["aws:RequestTag/team", "aws:username"]
    entries = [
        {"ContextKeyName": "aws:RequestTag/team", "ContextKeyValues": ["web"], "ContextKeyType": "string"},
        {"ContextKeyName": "aws:username", "ContextKeyValues": ["ana"], "ContextKeyType": "string"},
    ]
    answered = custom(aws, document, ResourceArns=["arn:aws:s3:::data/ana/key"], ContextEntries=entries)
    assert (answered["EvalDecision"], answered["MissingContextValues"]) == ("allowed", [])
    assert custom(aws, document, action="sqs:SendMessage")["MissingContextValues"] == []


def test_lists_of_context_values_are_lists() -> None:
    document = conditional("ForAllValues:StringEquals", "aws:TagKeys", "a")
    for values, decision in ((["a"], "allowed"), (["a", "b"], "implicitDeny")):
        entry = {"ContextKeyName": "aws:TagKeys", "ContextKeyValues": values, "ContextKeyType": "stringList"}
        assert custom(bench(), document, ContextEntries=[entry])["EvalDecision"] == decision


def test_boundary_and_organization_say_what_they_say_alone() -> None:
    aws = bench()
    result = custom(
        aws,
        allows("s3:*"),
        PermissionsBoundaryPolicyInputList=[allows("sqs:*")],
        OrderedOrganizationPolicyInputList=[{"ServiceControlPolicyInputList": [json.dumps(allows("*"))]}],
    )
    assert result["EvalDecision"] == "implicitDeny"
    assert result["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}
    assert result["OrganizationsDecisionDetail"] == {"AllowedByOrganizations": True}


def test_each_resource_has_its_own_result_once_more() -> None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_ResourceSpecificResult.html"""
    document = conditional("StringEquals", "aws:RequestTag/team", "web")
    result = custom(bench(), document, ResourceArns=[OBJECT])
    [own] = result["ResourceSpecificResults"]
    assert (own["EvalResourceName"], own["EvalResourceDecision"]) == (OBJECT, "implicitDeny")
    assert own["MissingContextValues"] == result["MissingContextValues"] == ["aws:RequestTag/team"]
    assert own["MatchedStatements"] == result["MatchedStatements"]
    assert "OrganizationsDecisionDetail" not in own
    assert "ResourceSpecificResults" not in custom(bench(), document)


def test_what_guardrails_ask_for_is_missing_too() -> None:
    region = conditional("StringEquals", "aws:RequestedRegion", "us-east-1")
    levels = [{"ServiceControlPolicyInputList": [json.dumps(region)]}]
    result = custom(bench(), allows("*"), OrderedOrganizationPolicyInputList=levels)
    assert result["MissingContextValues"] == ["aws:RequestedRegion"]


def holder_file() -> dict[str, Any]:
    edge = {
        "PolicyName": "edge",
        "PolicyVersionList": [{"VersionId": "v1", "Document": allows("s3:*")}],
    }
    user = {
        "UserName": "ana",
        "GroupList": ["dev"],
        "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": allows("sqs:*")}],
        "PermissionsBoundary": {"PermissionsBoundaryArn": arn("policy/edge")},
    }
    group = {
        "GroupName": "dev",
        "GroupPolicyList": [{"PolicyName": "shared", "PolicyDocument": allows("s3:PutObject")}],
        "AttachedManagedPolicies": [{"PolicyArn": arn("policy/edge")}],
    }
    role = {
        "RoleName": "Ops",
        "AssumeRolePolicyDocument": trusts(ACCOUNT),
        "MaxSessionDuration": 3600,
        "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": allows("s3:*")}],
    }
    guard = {"Name": "no-deletes", "Document": denies("s3:DeleteObject")}
    full = {"Name": "FullAWSAccess", "Document": allows("*")}
    return {
        "Organization": {
            "Id": "o-exampleorgid",
            "ManagementAccountId": "999988887777",
            "Root": {
                "Name": "Root",
                "ServiceControlPolicies": [full, guard],
                "Accounts": ["999988887777", ACCOUNT],
            },
        },
        "Accounts": [
            {
                "AccountId": ACCOUNT,
                "UserDetailList": [user],
                "GroupDetailList": [group],
                "RoleDetailList": [role],
                "Policies": [edge],
            },
            {"AccountId": "999988887777"},
        ],
    }


def principal(aws: Bench, source: str, action: str, **params: Any) -> dict[str, Any]:
    found = aws("iam:SimulatePrincipalPolicy", PolicySourceArn=arn(source), ActionNames=[action], **params)
    (result,) = found["EvaluationResults"]
    assert isinstance(result, dict)
    return result


def test_principal_policies_are_those_of_user_and_groups_under_boundary_and_scps() -> None:
    aws = bench_of(holder_file())
    put = principal(aws, "user/ana", "s3:PutObject")
    assert aws.asked[0].resource == arn("user/ana")
    assert put["EvalDecision"] == "allowed"
    assert [(one["SourcePolicyId"], one["SourcePolicyType"]) for one in put["MatchedStatements"]] == [
        ("group_dev_shared", "IAM Policy"),
        ("edge", "IAM Policy"),
    ]
    send = principal(aws, "user/ana", "sqs:SendMessage")
    assert send["EvalDecision"] == "implicitDeny"
    assert send["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}
    assert send["OrganizationsDecisionDetail"] == {"AllowedByOrganizations": True}
    delete = principal(aws, "role/Ops", "s3:DeleteObject")
    assert delete["EvalDecision"] == "explicitDeny"
    assert delete["OrganizationsDecisionDetail"] == {"AllowedByOrganizations": False}
    assert principal(aws, "group/dev", "s3:GetObject")["EvalDecision"] == "allowed"


def test_positions_are_those_in_the_indented_document() -> None:
    (matched,) = principal(bench_of(holder_file()), "role/Ops", "s3:GetObject")["MatchedStatements"]
    lines = pretty(allows("s3:*")).split("\n")
    start, end = matched["StartPosition"], matched["EndPosition"]
    assert lines[start["Line"] - 1][start["Column"] - 2] == "{"
    assert lines[end["Line"] - 1][end["Column"] - 2] == "}"
    assert (start["Line"], end["Line"]) == (4, 8)


def test_policies_can_be_left_out_and_added() -> None:
    aws = bench_of(holder_file())
    one = {"InlinePolicyIdentifier": {"PolicyName": "own", "AttachmentType": "role", "AttachmentName": "Ops"}}
    without = principal(aws, "role/Ops", "s3:GetObject", PolicyExclusionList=[one])
    assert without["EvalDecision"] == "implicitDeny"
    with_more = principal(aws, "role/Ops", "sns:Publish", PolicyInputList=[allows("sns:*")])
    assert with_more["EvalDecision"] == "allowed"
    no_scps = principal(aws, "role/Ops", "s3:DeleteObject", PolicyExclusionList=[{"PolicyType": "scp"}])
    assert no_scps["EvalDecision"] == "allowed"
    assert "OrganizationsDecisionDetail" not in no_scps


def test_resource_policy_counts_for_the_caller_it_names() -> None:
    aws = bench_of(holder_file())
    bucket = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": arn("user/ana")}}],
    }
    bucket["Statement"][0] |= {"Action": "s3:GetObject", "Resource": OBJECT}  # type: ignore[attr-defined, index]  # a list of one
    result = custom(
        aws, allows("sqs:*"), ResourceArns=[OBJECT], ResourcePolicy=bucket, CallerArn=arn("user/ana")
    )
    assert result["EvalDecision"] == "allowed"
    assert [one["SourcePolicyType"] for one in result["MatchedStatements"]] == ["Resource Policy"]
    assert result["EvalDecisionDetails"] == {}
    assert refusal(
        aws,
        "iam:SimulateCustomPolicy",
        PolicyInputList=[allows()],
        ActionNames=["s3:GetObject"],
        ResourcePolicy=bucket,
    ) == ("InvalidInput", 400, "CallerArn is required when a ResourcePolicy is included.")


def test_cross_account_result_says_what_each_type_decided() -> None:
    aws = bench_of(holder_file())
    bucket = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": arn("user/ana")}}],
    }
    bucket["Statement"][0] |= {"Action": "s3:GetObject", "Resource": OBJECT}  # type: ignore[attr-defined, index]  # a list of one
    result = custom(
        aws,
        allows("sqs:*"),
        ResourceArns=[OBJECT],
        ResourcePolicy=bucket,
        ResourceOwner="444455556666",
        CallerArn=arn("user/ana"),
    )
    assert result["EvalDecision"] == "implicitDeny"
    assert result["EvalDecisionDetails"] == {"IAM Policy": "implicitDeny", "Resource Policy": "allowed"}


@pytest.mark.parametrize(
    ("params", "code", "message"),
    [
        (
            {"PolicySourceArn": arn("user/nobody")},
            "NoSuchEntity",
            "The user with name nobody cannot be found.",
        ),
        (
            {"PolicySourceArn": arn("policy/not-a-holder")},
            "InvalidInput",
            f"Invalid Entity Arn: {arn('policy/not-a-holder')} does not clearly define entity type and name.",
        ),
        (
            {"PolicySourceArn": arn("user/ana"), "ActionNames": ["s3:*"]},
            "InvalidInput",
            "s3:* is not a valid action name: it is service:Action, without wildcards.",
        ),
    ],
)
def test_simulations_that_cannot_be_are_refused(params: dict[str, Any], code: str, message: str) -> None:
    aws = bench_of(holder_file())
    refused = refusal(aws, "iam:SimulatePrincipalPolicy", **{"ActionNames": ["s3:GetObject"], **params})
    assert (refused[0], refused[2]) == (code, message)


def test_context_keys_of_policies_are_listed() -> None:
    document = conditional("StringLike", "aws:PrincipalTag/team", "${aws:username}")
    aws = bench()
    assert aws("iam:GetContextKeysForCustomPolicy", PolicyInputList=[document]) == {
        "ContextKeyNames": ["aws:PrincipalTag/team", "aws:username"]
    }
    assert aws("iam:GetContextKeysForCustomPolicy", PolicyInputList=[allows()]) == {"ContextKeyNames": []}
    holder = bench_of(holder_file())
    listed = holder(
        "iam:GetContextKeysForPrincipalPolicy", PolicySourceArn=arn("user/ana"), PolicyInputList=[document]
    )
    assert listed == {"ContextKeyNames": ["aws:PrincipalTag/team", "aws:username"]}


def test_every_statement_of_a_text_is_found() -> None:
    statement = {"Sid": 'a "quoted" [name]', "Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    text = json.dumps({"Id": "x", "Statement": [statement, statement], "Version": "2012-10-17"}, indent=2)
    lines = text.split("\n")
    for (start, end), first in zip(statement_positions(text), (4, 10), strict=True):
        assert start["Line"] == first
        assert lines[start["Line"] - 1][: start["Column"] - 1].strip() == "{"
        assert lines[end["Line"] - 1][end["Column"] - 2] == "}"


@pytest.mark.parametrize(
    "action", ["AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "AssumeRoot"]
)
@pytest.mark.parametrize("resource", [None, arn("role/Other"), arn("role/Other", account="444455556666")])
def test_trust_policies_are_not_asked_about_assuming_roles(action: str, resource: str | None) -> None:
    """Measured in eleven cases: https://github.com/aws/aws-cli/issues/10314"""
    resources: dict[str, Any] = {} if resource is None else {"ResourceArns": [resource]}
    everything = allows("*")
    assert custom(bench(), everything, action=f"sts:{action}", **resources)["EvalDecision"] == "allowed"
    assert (
        custom(bench(), allows("s3:*"), action=f"sts:{action}", **resources)["EvalDecision"] == "implicitDeny"
    )


def test_a_trust_policy_passed_as_resource_policy_is_ignored() -> None:
    nobody = trusts(arn("root", account="999999999999"))
    nobody["Statement"][0] |= {"Effect": "Deny", "Resource": arn("role/Other")}
    result = custom(
        bench(),
        allows("*"),
        action="sts:AssumeRole",
        ResourceArns=[arn("role/Other")],
        ResourcePolicy=nobody,
        CallerArn=arn("user/ana"),
    )
    assert result["EvalDecision"] == "allowed"
    assert [one["SourcePolicyId"] for one in result["MatchedStatements"]] == ["PolicyInputList.1"]


def test_boundary_and_scps_limit_assuming_roles() -> None:
    denied = custom(
        bench(),
        allows("*"),
        action="sts:AssumeRole",
        PermissionsBoundaryPolicyInputList=[allows("s3:*")],
    )
    assert denied["EvalDecision"] == "implicitDeny"
    assert denied["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}


def test_decisions_by_policy_type_are_not_repeated_for_each_resource() -> None:
    other = "arn:aws:sqs:us-east-1:444455556666:jobs"
    result = custom(bench(), allows("sqs:*"), action="sqs:SendMessage", ResourceArns=[other])
    assert result["EvalDecisionDetails"] == {"IAM Policy": "allowed"}
    assert "EvalDecisionDetails" not in result["ResourceSpecificResults"][0]


def test_a_session_is_no_policy_source() -> None:
    session = "arn:aws:sts::111122223333:assumed-role/Ops/me"
    assert refusal(
        bench(), "iam:SimulatePrincipalPolicy", PolicySourceArn=session, ActionNames=["s3:GetObject"]
    ) == (
        "InvalidInput",
        400,
        f"Invalid Entity Arn: {session} does not clearly define entity type and name.",
    )
