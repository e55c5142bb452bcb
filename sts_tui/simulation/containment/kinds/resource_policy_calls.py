"""Which call writes the policy of a resource, and which command restores the earlier one?

Lambda has no call that writes a Deny: AddPermission adds Allow statements only.
https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from sts_tui.account.arn import Arn
from sts_tui.account.entities import Resource
from sts_tui.account.json_value import Json
from sts_tui.account.regions import DEFAULT_REGION
from sts_tui.simulation.operations.equivalent_cli import cli_line

NAMES: Final[Mapping[str, str]] = {"s3": "bucket policy", "kms": "key policy"}
"""Names of the policies of some services; for others: policy of the SERVICE resource."""
ACTIONS_OF_TOPICS: Final = (
    *("sns:Publish", "sns:Subscribe", "sns:GetTopicAttributes", "sns:SetTopicAttributes"),
    *("sns:AddPermission", "sns:RemovePermission", "sns:DeleteTopic", "sns:ListSubscriptionsByTopic"),
)
"""The only actions that the policy of a topic may name.
https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html
"""


class PolicyCall(Struct, frozen=True):
    """A call that replaces a policy."""

    action: str
    params: Mapping[str, object]


def write_call(entry: Resource, document: Mapping[str, Json]) -> PolicyCall | None:
    """The call that gives a resource this policy; None if the service has no such call."""
    arn, text = Arn.parse(entry.arn), json.dumps(document, separators=(",", ":"))
    match arn.service:
        case "s3":
            return PolicyCall("s3:PutBucketPolicy", {"Bucket": arn.resource, "Policy": text})
        case "kms":
            return PolicyCall("kms:PutKeyPolicy", {"KeyId": entry.arn, "Policy": text})
        case "sqs":
            params = {"QueueUrl": _queue_url(arn), "Attributes": {"Policy": text}}
            return PolicyCall("sqs:SetQueueAttributes", params)
        case "sns":
            topic = {"TopicArn": entry.arn, "AttributeName": "Policy", "AttributeValue": text}
            return PolicyCall("sns:SetTopicAttributes", topic)
        case "secretsmanager":
            return PolicyCall(
                "secretsmanager:PutResourcePolicy", {"SecretId": entry.arn, "ResourcePolicy": text}
            )
        case "ecr" if arn.region == DEFAULT_REGION:
            name = arn.resource.removeprefix("repository/")
            return PolicyCall("ecr:SetRepositoryPolicy", {"repositoryName": name, "policyText": text})
        case _:
            return None


def put_back(entry: Resource) -> str:
    """The `aws` command that restores the policy that a resource has now."""
    if entry.policy is not None:
        call = write_call(entry, entry.policy.document)
        return cli_line(call.action, call.params) if call is not None else ""
    if Arn.parse(entry.arn).service == "s3":
        return cli_line("s3:DeleteBucketPolicy", {"Bucket": Arn.parse(entry.arn).resource})
    return "# the model has no policy of this resource; keep a copy before you run it"


def denying(entry: Resource, statement: Mapping[str, Json]) -> dict[str, Json]:
    """A Deny statement with the actions and resources that the service accepts; `statement`: its other
    members, by name.
    """
    service = Arn.parse(entry.arn).service
    actions: Json = list(ACTIONS_OF_TOPICS) if service == "sns" else f"{service}:*"
    denied: dict[str, Json] = {**statement, "Effect": "Deny", "Action": actions}
    match service:
        case "s3":
            return {**denied, "Resource": [entry.arn, f"{entry.arn}/*"]}
        case "kms" | "secretsmanager":
            return {**denied, "Resource": "*"}
        case "ecr":
            return denied  # statements of a repository policy have no Resource
        case _:
            return {**denied, "Resource": entry.arn}


def resource_of(params: Mapping[str, object]) -> str:
    """The ARN of the resource whose policy a call of `write_call` writes, or the part of it in the
    parameters. `params`: by AWS's names.
    """
    for name in ("KeyId", "TopicArn", "SecretId"):
        if name in params:
            return str(params[name])
    if "Bucket" in params:
        return f":s3:::{params['Bucket']}"
    if "QueueUrl" in params:
        return ":" + ":".join(str(params["QueueUrl"]).split("/")[-2:])
    return f":repository/{params.get('repositoryName', '')}"


def _queue_url(arn: Arn) -> str:
    """https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html"""
    suffix = "amazonaws.com.cn" if arn.partition == "aws-cn" else "amazonaws.com"
    return f"https://sqs.{arn.region}.{suffix}/{arn.account}/{arn.resource}"
