"""Generates the organizations that the benchmarks use: any size, and the same for the same seed.

    python -m benchmarks.generator 10000 10 > big.json

Each role has a trust policy and inline policies with this many statements in total, with the length and
variety of real ones: services, patterns, conditions, tags. Roles spread over accounts of at most 1,000; those
of an account are trusted by the account, by their neighbor or by a service, so that chains exist. One user
for every hundred roles, in groups.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROLES_PER_ACCOUNT = 1000
ORGANIZATION_ID = "o-benchmark01"

SERVICES: dict[str, tuple[str, ...]] = {
    "s3": ("GetObject", "PutObject", "DeleteObject", "ListBucket", "GetBucketLocation", "GetObjectTagging"),
    "dynamodb": ("GetItem", "PutItem", "Query", "UpdateItem", "BatchGetItem", "DescribeTable"),
    "sqs": ("SendMessage", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes"),
    "logs": ("CreateLogGroup", "CreateLogStream", "PutLogEvents", "DescribeLogStreams"),
    "kms": ("Decrypt", "Encrypt", "GenerateDataKey", "DescribeKey"),
    "secretsmanager": ("GetSecretValue", "DescribeSecret"),
    "ec2": ("DescribeInstances", "StartInstances", "StopInstances", "CreateTags"),
    "lambda": ("InvokeFunction", "GetFunction", "UpdateFunctionCode"),
    "sns": ("Publish", "Subscribe", "ListTopics"),
    "sts": ("AssumeRole", "TagSession"),
}
RESOURCES: dict[str, str] = {
    "s3": "arn:aws:s3:::{team}-{name}-{number:04d}/*",
    "dynamodb": "arn:aws:dynamodb:eu-west-1:{account}:table/{team}-{name}-{number}",
    "sqs": "arn:aws:sqs:eu-west-1:{account}:{team}-{name}-{number}",
    "logs": "arn:aws:logs:*:{account}:log-group:/{team}/{name}-{number}:*",
    "kms": "arn:aws:kms:eu-west-1:{account}:key/00000000-0000-4000-8000-{number:012d}",
    "secretsmanager": "arn:aws:secretsmanager:*:{account}:secret:{team}/{name}/{number}-??????",
    "ec2": "arn:aws:ec2:*:{account}:instance/*",
    "lambda": "arn:aws:lambda:eu-west-1:{account}:function:{team}-{name}-{number}",
    "sns": "arn:aws:sns:eu-west-1:{account}:{team}-{name}-{number}",
    "sts": "arn:aws:iam::{account}:role/{team}-{name}-{number:05d}",
}
TEAMS = ("web", "data", "payments", "search", "platform", "mobile", "risk", "ops")
NAMES = ("orders", "customers", "reports", "catalog", "invoices", "events", "sessions", "archive")
REGIONS = ("eu-west-1", "us-east-1", "eu-central-1")


def organization(roles: int, statements: int, seed: int = 0) -> dict[str, Any]:
    """An account file as a JSON value: `roles` roles with `statements` statements each."""
    dice = random.Random(seed)
    numbers = range(-(-roles // ROLES_PER_ACCOUNT))
    account_ids = [f"{100000000000 + 1111 * (number + 1):012d}" for number in numbers] or ["100000001111"]
    accounts = []
    for number, account_id in enumerate(account_ids):
        first = number * ROLES_PER_ACCOUNT
        last = min(roles, first + ROLES_PER_ACCOUNT)
        accounts.append(_account(account_id, range(first, last), statements, dice))
    return {
        "Name": f"{roles} roles with {statements} statements",
        "StartTime": "2026-01-15T09:00:00Z",
        "Organization": _tree(account_ids),
        "Accounts": accounts,
    }


def write_organization(path: Path, roles: int, statements: int, seed: int = 0) -> int:
    """Write the file, indented; returns its size in bytes."""
    text = json.dumps(organization(roles, statements, seed), indent=1)
    path.write_text(text, encoding="utf-8")
    return len(text)


def _tree(account_ids: list[str]) -> dict[str, Any]:
    halves = (account_ids[: len(account_ids) // 2], account_ids[len(account_ids) // 2 :])
    guardrail = {
        "Sid": "OtherRegions",
        "Effect": "Deny",
        "NotAction": ["iam:*", "sts:*", "organizations:*"],
        "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:RequestedRegion": list(REGIONS)}},
    }
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    return {
        "Id": ORGANIZATION_ID,
        "ManagementAccountId": account_ids[0],
        "Root": {
            "Name": "Root",
            "OrganizationalUnits": [
                {
                    "Name": name,
                    "Accounts": half,
                    "ServiceControlPolicies": [
                        {"Name": "FullAWSAccess", "Document": _document([everything])},
                        {"Name": "our-regions", "Document": _document([guardrail])},
                    ],
                }
                for name, half in zip(("Workloads", "Platform"), halves, strict=True)
            ],
        },
    }


def _document(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}


def _account(account_id: str, numbers: range, statements: int, dice: random.Random) -> dict[str, Any]:
    role_names = [f"{dice.choice(TEAMS)}-{dice.choice(NAMES)}-{number:05d}" for number in numbers]
    roles = [
        {
            "Path": "/",
            "RoleName": name,
            "Arn": f"arn:aws:iam::{account_id}:role/{name}",
            "CreateDate": "2025-06-01T12:00:00+00:00",
            "AssumeRolePolicyDocument": _trust(account_id, role_names, index),
            "RolePolicyList": list(_inline_policies(account_id, statements, dice)),
            "AttachedManagedPolicies": [],
            "MaxSessionDuration": dice.choice((3600, 7200, 14400, 43200)),
            "Tags": [{"Key": "team", "Value": name.partition("-")[0]}, {"Key": "cost", "Value": str(index)}],
        }
        for index, name in enumerate(role_names)
    ]
    groups = [{"GroupName": team, "GroupPolicyList": [_group_policy(account_id, team)]} for team in TEAMS]
    users = [
        {"UserName": f"user-{number:05d}", "GroupList": [TEAMS[number % len(TEAMS)]]}
        for number in range(max(1, len(role_names) // 100))
    ]
    return {
        "AccountId": account_id,
        "UserDetailList": users,
        "GroupDetailList": groups,
        "RoleDetailList": roles,
    }


def _trust(account_id: str, role_names: list[str], index: int) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"]}
    match index % 3:
        case 0:
            statement["Principal"] = {"AWS": f"arn:aws:iam::{account_id}:root"}
        case 1:
            statement["Principal"] = {"AWS": f"arn:aws:iam::{account_id}:role/{role_names[index - 1]}"}
        case _:
            statement["Principal"] = {"Service": "ec2.amazonaws.com"}
    return _document([statement])


def _inline_policies(account_id: str, statements: int, dice: random.Random) -> Iterator[dict[str, Any]]:
    """Two policies, since a role's inline policies may have 10,240 characters in total."""
    first = (statements + 1) // 2
    for name, numbers in (("work", range(first)), ("more", range(first, statements))):
        if numbers:
            document = _document([_statement(account_id, number, dice) for number in numbers])
            yield {"PolicyName": name, "PolicyDocument": document}


def _statement(account_id: str, number: int, dice: random.Random) -> dict[str, Any]:
    service = dice.choice(tuple(SERVICES))
    actions = dice.sample(SERVICES[service], k=min(3, len(SERVICES[service])))
    resources = [
        RESOURCES[service].format(
            account=account_id, team=dice.choice(TEAMS), name=dice.choice(NAMES), number=dice.randrange(1000)
        )
        for _ in range(2)
    ]
    statement: dict[str, Any] = {
        "Sid": f"S{number}",
        "Effect": "Deny" if dice.random() < 0.1 else "Allow",
        "Action": [f"{service}:{action}" for action in actions],
        "Resource": resources,
    }
    if dice.random() < 0.5:
        statement["Condition"] = _condition(dice)
    return statement


def _condition(dice: random.Random) -> dict[str, Any]:
    match dice.randrange(4):
        case 0:
            return {"StringEquals": {"aws:PrincipalTag/team": dice.choice(TEAMS)}}
        case 1:
            return {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "203.0.113.0/24"]}}
        case 2:
            return {"StringLike": {"aws:userid": f"*:{dice.choice(NAMES)}-*"}}
        case _:
            return {
                "Bool": {"aws:SecureTransport": "true"},
                "StringEquals": {"aws:RequestedRegion": [*REGIONS]},
            }


def _group_policy(account_id: str, team: str) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Resource": f"arn:aws:iam::{account_id}:role/{team}-*",
    }
    return {"PolicyName": "become", "PolicyDocument": _document([statement])}


if __name__ == "__main__":
    json.dump(organization(*(int(argument) for argument in sys.argv[1:3])), sys.stdout, indent=1)
