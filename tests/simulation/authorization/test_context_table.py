"""Every key of the request context, present and absent exactly as AWS's tables say: one row for each caller.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
"""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.simulation.events import RequestAnswered
from sts_tui.tours.claims.story import simulation_of
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepOutcome
from sts_tui.tours.playing.runner import play
from sts_tui.tours.reading.grammar import parse_commands

PROD = "111122223333"
EVERY_REQUEST = {
    "aws:SecureTransport", "aws:ViaAWSService", "aws:RequestedRegion", "aws:UserAgent", "aws:SourceIp",
    "aws:CurrentTime", "aws:EpochTime", "aws:ResourceAccount",
}  # fmt: skip
SIGNED = {
    "aws:PrincipalType", "aws:PrincipalIsAWSService", "aws:PrincipalAccount", "aws:PrincipalArn", "aws:userid"
}  # fmt: skip
JUDGED = {"aws:PrincipalType", "aws:PrincipalAccount", "aws:userid", "sts:RoleSessionName"}
USER = SIGNED | {"aws:username"}
ORGANIZATION = {
    "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:ResourceOrgID", "aws:ResourceOrgPaths"
}  # fmt: skip
READ = "try request s3:GetObject arn:aws:s3:::data/x"
CODE = f"--serial-number arn:aws:iam::{PROD}:mfa/alice --token-code ${{mfa:alice}}"
ASSUME = f"aws sts assume-role --role-arn arn:aws:iam::{PROD}:role/"
SAML = (
    f"aws sts assume-role-with-saml --role-arn arn:aws:iam::{PROD}:role/Staff --principal-arn "
    f"arn:aws:iam::{PROD}:saml-provider/acme-sso --saml-assertion ${{saml:acme-sso/ann}}"
)
OIDC = (
    f"aws sts assume-role-with-web-identity --role-arn arn:aws:iam::{PROD}:role/Deploy --role-session-name "
    "dep --web-identity-token ${oidc:github/main}"
)
ROOT_TASK = "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"
ASSUME_ROOT = (
    "aws sts assume-root --target-principal 444455556666 --as-session audit "
    f"--task-policy-arn arn={ROOT_TASK}"
)
SAML_SUBJECT = {"saml:namequalifier", "saml:sub", "saml:sub_type"}
GITHUB = {"token.actions.githubusercontent.com:aud", "token.actions.githubusercontent.com:sub"}


def context(model: str, *lines: str) -> dict[str, Any]:
    """The context of the last request for which policies were asked."""
    simulation = simulation_of((model,))
    for played in play(parse_commands(lines, "context"), Player(simulation)):
        assert played.result.outcome is not StepOutcome.FAILED, (played.line.text, played.result.message)
    parts = [simulation.context(event) for event in simulation.events if isinstance(event, RequestAnswered)]
    return [part for part in parts if part is not None][-1].values


ROWS: dict[str, tuple[str, list[str], set[str]]] = {
    "a user with long-term keys has neither issue time nor MFA": (
        "two-accounts", ["as alice", READ], USER | {"aws:PrincipalTag/team"},
    ),
    "GetSessionToken without MFA says so": (
        "two-accounts",
        ["as bob", "aws sts get-session-token --as-session s1", "as s1", READ],
        USER | {"aws:TokenIssueTime", "aws:MultiFactorAuthPresent"},
    ),
    "GetSessionToken with MFA knows its age": (
        "two-accounts",
        ["as alice", f"aws sts get-session-token {CODE} --as-session s1", "as s1", READ],
        USER | {"aws:TokenIssueTime", "aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge",
                "aws:PrincipalTag/team"},
    ),
    "a role session has no user name, its role's tags and its own": (
        "two-accounts",
        ["as alice", ASSUME + "App --role-session-name job --source-identity ann --tags Key=team,Value=x",
         "as job@App", READ],
        SIGNED | {"aws:TokenIssueTime", "aws:MultiFactorAuthPresent", "aws:SourceIdentity",
                  "aws:PrincipalTag/Heart", "aws:PrincipalTag/team"},
    ),
    "AssumeRole with MFA is judged with it": (
        "two-accounts",
        ["as alice", ASSUME + f"Guarded --role-session-name job --external-id abc {CODE}"],
        USER | {"aws:PrincipalTag/team", "sts:RoleSessionName", "sts:ExternalId",
                "aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge"},
    ),
    "a chained AssumeRole is judged with what is inherited": (
        "two-accounts",
        ["as alice",
         ASSUME + "App --role-session-name job --source-identity ann --tags Key=heart,Value=x "
         "--transitive-tag-keys heart",
         "as job@App", ASSUME + "Data --role-session-name hop --tags Key=new,Value=1"],
        SIGNED | {"aws:TokenIssueTime", "aws:MultiFactorAuthPresent", "aws:SourceIdentity",
                  "aws:PrincipalTag/heart", "sts:RoleSessionName", "sts:SourceIdentity", "aws:RequestTag/new",
                  "aws:TagKeys", "aws:ResourceTag/Heart", "iam:ResourceTag/Heart"},
    ),
    "transitive tags are in the context only where they are flagged": (
        "two-accounts",
        ["as alice",
         ASSUME + "Plain --role-session-name job", ASSUME + "App --role-session-name job "
         "--tags Key=team,Value=x --transitive-tag-keys team"],
        USER | {"aws:PrincipalTag/team", "sts:RoleSessionName", "aws:RequestTag/team", "aws:TagKeys",
                "sts:TransitiveTagKeys", "aws:ResourceTag/Heart", "iam:ResourceTag/Heart"},
    ),
    "a federated user session has no MFA keys and no user name": (
        "two-accounts",
        ["as bob", "aws sts get-federation-token --name fed --tags Key=team,Value=z", "as fed", READ],
        SIGNED | {"aws:TokenIssueTime", "aws:PrincipalTag/team"},
    ),
    "a root user": ("two-accounts", [f"as root@{PROD}", READ], SIGNED),
    "GetSessionToken of a root user": (
        "two-accounts",
        [f"as root@{PROD}", "aws sts get-session-token --as-session r1", "as r1", READ],
        SIGNED | {"aws:TokenIssueTime", "aws:MultiFactorAuthPresent"},
    ),
    "AssumeRoot is judged with its task": (
        "organization", ["as alice", ASSUME_ROOT], USER | ORGANIZATION | {"sts:TaskPolicyArn"},
    ),
    "an AssumeRoot session says that it is one": (
        "organization",
        ["as alice", ASSUME_ROOT, "as audit", READ],
        SIGNED | ORGANIZATION | {"aws:TokenIssueTime", "aws:AssumedRoot"},
    ),
    "an assertion is judged with all its keys and no principal ARN": (
        "federation",
        ["as anonymous", SAML],
        JUDGED | SAML_SUBJECT
        | {"saml:aud", "saml:iss", "saml:doc", "aws:RequestTag/team", "aws:TagKeys", "sts:SourceIdentity"},
    ),
    "a SAML session keeps who its subject is": (
        "federation",
        ["as anonymous", SAML, "as ann@acme.example@Staff", READ],
        SIGNED | SAML_SUBJECT | {"aws:TokenIssueTime", "aws:SourceIdentity", "aws:PrincipalTag/team"},
    ),
    "a token is judged with its claims": ("federation", ["as anonymous", OIDC], JUDGED | GITHUB),
    "an OIDC session keeps audience and subject, and its provider": (
        "federation",
        ["as anonymous", OIDC, "as dep@Deploy", READ],
        SIGNED | GITHUB | {"aws:TokenIssueTime", "aws:FederatedProvider"},
    ),
    "a service has a name and no account": (
        "two-accounts",
        ["as service:ec2.amazonaws.com", ASSUME + "Server --role-session-name i-1"],
        {"aws:PrincipalType", "aws:PrincipalIsAWSService", "aws:userid", "aws:PrincipalServiceName",
         "aws:PrincipalServiceNamesList", "sts:RoleSessionName"},
    ),
    "an instance's session knows its instance": (
        "two-accounts",
        ["as service:ec2.amazonaws.com", ASSUME + "Server --role-session-name i-1", "as i-1@Server", READ],
        SIGNED | {"aws:TokenIssueTime", "aws:MultiFactorAuthPresent", "ec2:SourceInstanceArn",
                  "ec2:RoleDelivery", "aws:Ec2InstanceSourceVpc", "aws:Ec2InstanceSourcePrivateIPv4"},
    ),
    "a service for a resource knows whose it is": (
        "organization",
        ["as service:sns.amazonaws.com",
         "try request sqs:SendMessage arn:aws:sqs:us-east-1:444455556666:jobs "
         "aws:SourceArn=arn:aws:sns:us-east-1:444455556666:alerts"],
        {"aws:PrincipalType", "aws:PrincipalIsAWSService", "aws:userid", "aws:PrincipalServiceName",
         "aws:PrincipalServiceNamesList", "aws:ResourceOrgID", "aws:ResourceOrgPaths", "aws:SourceArn",
         "aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths"},
    ),
    "an anonymous caller has no ARN": (
        "two-accounts", ["as anonymous", READ], {"aws:PrincipalType", "aws:PrincipalAccount", "aws:userid"},
    ),
    "request tags are in the context when a user is created with them": (
        "two-accounts",
        ["as alice", "aws iam create-user --user-name zed --tags Key=team,Value=b"],
        USER | {"aws:PrincipalTag/team", "aws:RequestTag/team", "aws:TagKeys"},
    ),
    "KMS requests have the caller's account": (
        "two-accounts",
        ["as bob", f"try request kms:Decrypt arn:aws:kms:us-east-1:{PROD}:key/1"],
        USER | {"kms:CallerAccount"},
    ),
    "the service of PassRole is in the context if the caller gives it": (
        "two-accounts",
        ["as bob", f"try request iam:PassRole arn:aws:iam::{PROD}:role/Plain "
         "iam:PassedToService=ec2.amazonaws.com"],
        USER | {"iam:PassedToService"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("model", "lines", "keys"), ROWS.values(), ids=ROWS.keys())
def test_request_has_exactly_these_keys(model: str, lines: list[str], keys: set[str]) -> None:
    of_a_bucket = {"s3:ResourceAccount"} if "s3:::" in lines[-1] else set()
    assert context(model, *lines).keys() == EVERY_REQUEST | keys | of_a_bucket


ENDPOINT_KEYS = ["aws:SourceVpce=vpce-1", "aws:SourceVpc=vpc-1", "aws:VpcSourceIp=10.0.0.1",
                 "aws:SourceVpcArn=arn:aws:ec2:us-east-1:111122223333:vpc/vpc-1"]  # fmt: skip


@pytest.mark.parametrize("said", ENDPOINT_KEYS)
def test_what_comes_through_an_endpoint_has_no_source_ip(said: str) -> None:
    values = context("two-accounts", "as bob", f"{READ} {said}")
    of_the_request = {said.partition("=")[0], "s3:ResourceAccount"}
    assert values.keys() == (EVERY_REQUEST - {"aws:SourceIp"}) | USER | of_the_request


def test_a_chain_of_services_says_that_a_service_calls_and_which_was_first_and_last() -> None:
    chain = "aws:CalledVia=cloudformation.amazonaws.com aws:CalledVia=dynamodb.amazonaws.com"
    values = context("two-accounts", "as bob", f"{READ} {chain}")
    assert values["aws:ViaAWSService"] == "true"
    assert values["aws:CalledVia"] == ["cloudformation.amazonaws.com", "dynamodb.amazonaws.com"]
    assert values["aws:CalledViaFirst"] == "cloudformation.amazonaws.com"
    assert values["aws:CalledViaLast"] == "dynamodb.amazonaws.com"


def test_a_key_used_through_a_service_is_used_by_a_service() -> None:
    key = f"try request kms:Decrypt arn:aws:kms:us-east-1:{PROD}:key/1"
    assert context("two-accounts", "as bob", key)["aws:ViaAWSService"] == "false"
    through = context("two-accounts", "as bob", f"{key} kms:ViaService=s3.us-east-1.amazonaws.com")
    assert through["aws:ViaAWSService"] == "true"


def test_a_service_that_continues_with_long_term_keys_says_that_no_mfa_was_used() -> None:
    assert "aws:MultiFactorAuthPresent" not in context("two-accounts", "as bob", READ)
    for said in ("aws:CalledVia=athena.amazonaws.com", "aws:ViaAWSService=true"):
        assert context("two-accounts", "as bob", f"{READ} {said}")["aws:MultiFactorAuthPresent"] == "false"


def test_what_is_stated_overrides_what_it_implies() -> None:
    said = "aws:SourceVpce=vpce-1 aws:SourceIp=10.0.0.1 aws:CalledVia=a.amazonaws.com aws:ViaAWSService=false"
    values = context("two-accounts", "as bob", f"{READ} {said}")
    assert (values["aws:SourceIp"], values["aws:ViaAWSService"]) == ("10.0.0.1", "false")


@pytest.mark.parametrize(
    ("service", "region", "reported"),
    [("globalaccelerator", "eu-west-1", "us-west-2"), ("support", "eu-west-1", "us-east-1"),
     ("iam", "cn-northwest-1", "cn-north-1"), ("iam", "us-gov-east-1", "us-gov-west-1"),
     ("organizations", "cn-north-1", "cn-northwest-1"), ("iam", "eusc-de-east-1", "eusc-de-east-1"),
     ("iam", "us-isob-west-1", "us-isob-east-1"), ("route53", "us-iso-west-1", "us-iso-east-1"),
     ("budgets", "eu-west-1", "us-east-1"), ("health", "eu-west-1", "us-east-1"),
     ("s3", "eu-west-1", "eu-west-1"), ("IAM", "eu-west-1", "us-east-1")],
)  # fmt: skip
def test_services_with_one_endpoint_report_its_region(service: str, region: str, reported: str) -> None:
    line = f"try request {service}:Get arn:aws:s3:::data/x"
    assert context("two-accounts", f"set region {region}", "as bob", line)["aws:RequestedRegion"] == reported


SECRET = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf"


@pytest.mark.parametrize(
    ("request_line", "region"),
    [
        pytest.param(f"secretsmanager:GetSecretValue {SECRET}", "eu-west-1", id="Region of the ARN"),
        pytest.param("s3:GetObject arn:aws:s3:::data/x", "ap-south-1", id="an ARN without a Region"),
        pytest.param("ec2:DescribeInstances *", "ap-south-1", id="no ARN"),
        pytest.param("ec2:RunInstances arn:aws:ec2:*:111122223333:instance/*", "ap-south-1", id="a wildcard"),
        pytest.param("iam:GetRole arn:aws:iam::111122223333:role/App", "us-east-1", id="a global service"),
        pytest.param(
            "health:DescribeEventDetails arn:aws:health:eu-west-1::event/EC2/X/1", "us-east-1",
            id="a global service whose ARNs name Regions",
        ),
        pytest.param(
            f"secretsmanager:GetSecretValue {SECRET} aws:RequestedRegion=sa-east-1", "sa-east-1", id="named"
        ),
    ],
)  # fmt: skip
def test_the_requested_region_is_that_of_the_arn_then_that_of_the_client(
    request_line: str, region: str
) -> None:
    lines = ("set region ap-south-1", "as bob", f"try request {request_line}")
    assert context("two-accounts", *lines)["aws:RequestedRegion"] == region


def test_a_region_that_the_caller_names_is_the_requested_region() -> None:
    simulation = simulation_of(("two-accounts",))
    caller = simulation.resolve("alice")
    simulation.request("secretsmanager:GetSecretValue", SECRET, caller=caller, region="eu-north-1")
    simulation.request("secretsmanager:GetSecretValue", SECRET, caller=caller, default_region="eu-north-1")
    events = [event for event in simulation.events if isinstance(event, RequestAnswered)]
    assert [event.region for event in events] == ["eu-north-1", "eu-west-1"]
