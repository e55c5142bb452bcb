"""What is the benchmarks' typical case? Three policies, ten statements, two conditions, eight layers."""

from __future__ import annotations

from typing import Any

from sts_tui.iam import PolicySet, Request

ACCOUNT = "222222222222"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app/Deploy"
_FULL_ACCESS = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}


def _policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _allow(action: str | list[str], resource: str | list[str], **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


DATA = _policy(
    _allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::acme-data/*", Sid="Objects"),
    _allow("s3:ListBucket", "arn:aws:s3:::acme-data", Sid="Bucket"),
    _allow("dynamodb:*", f"arn:aws:dynamodb:*:{ACCOUNT}:table/orders*"),
    _allow(["sqs:SendMessage", "sqs:ReceiveMessage"], f"arn:aws:sqs:*:{ACCOUNT}:orders-*"),
)
TOOLS = _policy(
    _allow(["logs:Put*", "logs:Create*"], "*"),
    _allow("cloudwatch:PutMetricData", "*"),
    _allow("ssm:GetParameter*", f"arn:aws:ssm:eu-west-1:{ACCOUNT}:parameter/app/*"),
    _allow("kms:Decrypt", "*"),
)
GUARD = _policy(
    {
        "Sid": "OldSessions",
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": {"DateLessThan": {"aws:TokenIssueTime": "2026-01-15T09:00:00Z"}},
    },
    {
        "Sid": "OutsideTheNetwork",
        "Effect": "Deny",
        "Action": "s3:*",
        "Resource": "*",
        "Condition": {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24", "198.51.100.0/24"]}},
    },
)
CONTEXT = {
    "aws:PrincipalArn": ROLE,
    "aws:userid": "AROAEXAMPLEEXAMPLEEXA:job-1",
    "aws:TokenIssueTime": "2026-01-15T09:30:00Z",
    "aws:CurrentTime": "2026-01-15T10:00:00Z",
    "aws:EpochTime": "1768471200",
    "aws:SourceIp": "203.0.113.10",
    "aws:SecureTransport": "true",
    "aws:ViaAWSService": "false",
    "aws:RequestedRegion": "eu-west-1",
    "aws:PrincipalOrgID": "o-exampleorgid",
    "aws:PrincipalTag/team": "web",
}
SESSION_ARN = f"arn:aws:sts::{ACCOUNT}:assumed-role/Deploy/job-1"


def requests() -> list[Request]:
    """Requests that are allowed, implicitly denied and explicitly denied; several resources and actions."""
    asked = [
        (f"s3:{verb}Object", f"arn:aws:s3:::acme-data/day-{day}.csv")
        for day in range(8)
        for verb in ("Get", "Put")
    ]
    asked += [("s3:DeleteObject", "arn:aws:s3:::acme-data/day-1.csv"), ("ec2:RunInstances", "*")]
    inside = [Request(SESSION_ARN, action, resource, ACCOUNT, CONTEXT) for action, resource in asked]
    revoked = {**CONTEXT, "aws:TokenIssueTime": "2026-01-15T08:00:00Z"}
    return [*inside, Request(SESSION_ARN, *asked[0], ACCOUNT, revoked)]


def one_request() -> Request:
    """The allowed one, built from the start."""
    return Request(SESSION_ARN, "s3:GetObject", "arn:aws:s3:::acme-data/in.csv", ACCOUNT, CONTEXT)


def policies(identity: list[Any] | None = None) -> PolicySet:
    """Eight layers: three levels of SCPs, an RCP, identity, boundary, session and resource policy."""
    bucket = {
        "Sid": "OnlyTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::acme-data", "arn:aws:s3:::acme-data/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return PolicySet(
        identity=identity if identity is not None else [("Data", DATA), ("Tools", TOOLS), ("Guard", GUARD)],
        session=("Session", _policy(_allow("s3:*", "*"))),
        boundary=("Boundary", _policy(_allow(["s3:*", "dynamodb:*", "sqs:*", "logs:*"], "*"))),
        resource=("acme-data", _policy(bucket)),
        scps=[
            [("FullAWSAccess", _FULL_ACCESS)],
            [("FullAWSAccess", _FULL_ACCESS), ("Regions", _policy(_outside_regions()))],
            [("FullAWSAccess", _FULL_ACCESS)],
        ],
        rcps=[[("OnlyOurOrganization", _policy(_outsiders()))]],
    )


def _outside_regions() -> dict[str, Any]:
    return {
        "Effect": "Deny",
        "NotAction": ["iam:*", "sts:*", "organizations:*"],
        "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}},
    }


def _outsiders() -> dict[str, Any]:
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "*",
        "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-exampleorgid"}},
    }


def many_statements(count: int) -> dict[str, Any]:
    """A policy of many statements, of which the last allows the typical request."""
    services = ("s3", "sqs", "sns", "dynamodb", "lambda")
    statements = [
        _allow(
            [f"{services[n % 5]}:Get*", f"{services[n % 5]}:List*"],
            f"arn:aws:{services[n % 5]}:::bucket-{n}/*",
        )
        for n in range(count - 1)
    ]
    return _policy(*statements, _allow("s3:GetObject", "arn:aws:s3:::acme-data/*"))


def documents_of_role(number: int) -> list[tuple[str, dict[str, Any]]]:
    """Three policies with ten statements that name a role's own resources: nothing can be shared."""
    bucket, account = f"arn:aws:s3:::app-{number}", ACCOUNT
    data = _policy(
        _allow(["s3:GetObject", "s3:PutObject"], f"{bucket}/*", Sid="Objects"),
        _allow("s3:ListBucket", bucket, Sid="Bucket"),
        _allow("dynamodb:*", f"arn:aws:dynamodb:*:{account}:table/app-{number}*"),
        _allow(["sqs:SendMessage", "sqs:ReceiveMessage"], f"arn:aws:sqs:*:{account}:app-{number}-*"),
    )
    tools = _policy(
        _allow(["logs:Put*", "logs:Create*"], f"arn:aws:logs:*:{account}:log-group:/app/{number}:*"),
        _allow("cloudwatch:PutMetricData", "*"),
        _allow("ssm:GetParameter*", f"arn:aws:ssm:eu-west-1:{account}:parameter/app-{number}/*"),
        _allow("kms:Decrypt", f"arn:aws:kms:eu-west-1:{account}:key/{number}"),
    )
    guard = _policy(
        {
            "Effect": "Deny",
            "Action": "*",
            "Resource": "*",
            "Condition": {"DateLessThan": {"aws:TokenIssueTime": f"2026-01-15T09:{number % 60:02}:00Z"}},
        },
        {
            "Effect": "Deny",
            "Action": "s3:*",
            "Resource": "*",
            "Condition": {"NotIpAddress": {"aws:SourceIp": [f"10.{number % 256}.0.0/16"]}},
        },
    )
    return [("Data", data), ("Tools", tools), ("Guard", guard)]
