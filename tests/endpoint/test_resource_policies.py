"""Resource policies written and read by boto3, in the protocol of each service."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from sts_tui.endpoint.boto import session
from sts_tui.simulation import Simulation
from tests.accounts.entities import user
from tests.accounts.policies import MAIN, OTHER, allows

HERE = f"us-east-1:{MAIN}"
URL = f"https://sqs.us-east-1.amazonaws.com/{MAIN}/orders"
TOPIC = f"arn:aws:sns:{HERE}:news"
ARNS = (
    f"arn:aws:sqs:{HERE}:orders", TOPIC, f"arn:aws:lambda:{HERE}:function:resize",
    f"arn:aws:ecr:{HERE}:repository/web", f"arn:aws:secretsmanager:{HERE}:secret:db-AbC123",
)  # fmt: skip


@pytest.fixture
def boto() -> boto3.Session:
    account = {
        "AccountId": MAIN,
        "UserDetailList": [user("ana", ("all", allows("*")))],
        "Resources": [{"Arn": arn} for arn in ARNS],
    }
    return session(Simulation.open({"Accounts": [account]}), caller="ana")


def client(boto: boto3.Session, service: str) -> Any:
    return boto.client(service, region_name="us-east-1")  # type: ignore[call-overload]


def public(action: str) -> str:
    """A policy that allows it to everyone, as text."""
    return json.dumps(allows(action, Principal="*"))


def test_queues_in_json(boto: boto3.Session) -> None:
    sqs = client(boto, "sqs")
    sqs.set_queue_attributes(QueueUrl=URL, Attributes={"Policy": public("sqs:*")})
    found = sqs.get_queue_attributes(QueueUrl=URL, AttributeNames=["Policy"])["Attributes"]["Policy"]
    assert json.loads(found) == json.loads(public("sqs:*"))
    sqs.add_permission(QueueUrl=URL, Label="in", AWSAccountIds=[OTHER], Actions=["SendMessage"])
    with pytest.raises(sqs.exceptions.QueueDoesNotExist) as missing:
        sqs.get_queue_attributes(QueueUrl=f"{URL}x", AttributeNames=["All"])
    assert missing.value.response["Error"]["Code"] == "AWS.SimpleQueueService.NonExistentQueue"


def test_topics_in_query(boto: boto3.Session) -> None:
    sns = client(boto, "sns")
    sns.set_topic_attributes(TopicArn=TOPIC, AttributeName="Policy", AttributeValue=public("sns:*"))
    sns.add_permission(TopicArn=TOPIC, Label="in", AWSAccountId=[OTHER], ActionName=["Publish"])
    found = json.loads(sns.get_topic_attributes(TopicArn=TOPIC)["Attributes"]["Policy"])
    assert [one.get("Sid") for one in found["Statement"]] == [None, "in"]
    with pytest.raises(sns.exceptions.NotFoundException):
        sns.get_topic_attributes(TopicArn=f"{TOPIC}x")


def test_functions_in_rest_json(boto: boto3.Session) -> None:
    functions = client(boto, "lambda")
    given = {"StatementId": "in", "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"}
    added = functions.add_permission(FunctionName="resize", **given)["Statement"]
    assert json.loads(functions.get_policy(FunctionName="resize")["Policy"])["Statement"] == [
        json.loads(added)
    ]
    functions.remove_permission(FunctionName="resize", StatementId="in")
    with pytest.raises(functions.exceptions.ResourceNotFoundException):
        functions.get_policy(FunctionName="resize")


def test_repositories_and_secrets_in_json(boto: boto3.Session) -> None:
    ecr, secrets = client(boto, "ecr"), client(boto, "secretsmanager")
    ecr.set_repository_policy(repositoryName="web", policyText=public("ecr:*"))
    assert json.loads(ecr.get_repository_policy(repositoryName="web")["policyText"]) == json.loads(
        public("ecr:*")
    )
    with pytest.raises(ecr.exceptions.RepositoryNotFoundException):
        ecr.get_repository_policy(repositoryName="none")
    assert (
        secrets.put_resource_policy(SecretId="db", ResourcePolicy=public("secretsmanager:*"))["Name"] == "db"
    )
    assert "ResourcePolicy" in secrets.get_resource_policy(SecretId="db")
    with pytest.raises(secrets.exceptions.ResourceNotFoundException):
        secrets.get_resource_policy(SecretId="none")
