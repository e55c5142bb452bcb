"""Which condition keys does a request itself set? Keys of the request (tags, prefixes, encryption context);
the simulation adds those of caller, network and resource.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import parse_qsl

from sts_tui.wire.authorization.derived_values import Facts
from sts_tui.wire.authorization.leading_keys import LEADING_KEYS, leading_keys
from sts_tui.wire.authorization.templates import texts
from sts_tui.wire.requests.recognition import Recognized

_TAG_MEMBERS: Final = (
    "tags",
    "tagset",
    "taglist",
    "tag",
    "tagspecification",
    "tagspecifications",
    "tagging",
    "items",
    "addtags",
)
_S3_QUERY: Final = {
    "prefix": "s3:prefix",
    "delimiter": "s3:delimiter",
    "max-keys": "s3:max-keys",
    "versionId": "s3:VersionId",
}
_PASSED_TO: Final = {
    "lambda": "lambda.amazonaws.com", "ec2": "ec2.amazonaws.com", "ecs": "ecs-tasks.amazonaws.com",
    "states": "states.amazonaws.com", "glue": "glue.amazonaws.com", "codebuild": "codebuild.amazonaws.com",
    "cloudformation": "cloudformation.amazonaws.com", "eks": "eks.amazonaws.com", "rds": "rds.amazonaws.com",
    "firehose": "firehose.amazonaws.com", "events": "events.amazonaws.com", "config": "config.amazonaws.com",
    "cloudtrail": "cloudtrail.amazonaws.com", "ssm": "ssm.amazonaws.com", "logs": "logs.amazonaws.com",
    "apigateway": "apigateway.amazonaws.com", "scheduler": "scheduler.amazonaws.com",
    "pipes": "pipes.amazonaws.com", "sagemaker": "sagemaker.amazonaws.com", "batch": "batch.amazonaws.com",
}  # fmt: skip
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#ck_PassedToService"""


def shared_context(recognized: Recognized, facts: Facts) -> dict[str, object]:
    """Keys for all actions of a call."""
    context: dict[str, object] = {}
    if agent := facts.request.header("user-agent"):
        context["aws:UserAgent"] = agent
    if referer := facts.request.header("referer"):
        context["aws:Referer"] = referer
    tags = dict(_request_tags(recognized.members))
    tags |= dict(parse_qsl(facts.request.header("x-amz-tagging"), keep_blank_values=True))
    context |= {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    keys = [*tags, *texts("TagKeys[]", recognized.members), *texts("tagKeys[]", recognized.members)]
    if keys:
        context["aws:TagKeys"] = list(dict.fromkeys(keys))
    return context | _of_service(recognized, facts)


def pair_context(
    action: str, arn: str, recognized: Recognized, facts: Facts
) -> tuple[dict[str, object], tuple[str, ...]]:
    """(keys of one action on one resource, names of the keys that cannot be derived from the request)."""
    if action == "iam:PassRole":
        passed_to = _PASSED_TO.get(recognized.service.prefix)
        return ({"iam:PassedToService": passed_to} if passed_to else {}), ()
    if action.startswith("dynamodb:"):
        keys = leading_keys(recognized.members, arn)
        if keys is None:
            return {}, (LEADING_KEYS,)
        return ({LEADING_KEYS: keys} if keys else {}), ()
    return {}, ()


def _of_service(recognized: Recognized, facts: Facts) -> dict[str, object]:
    match recognized.service.prefix:
        case "s3":
            return _s3(recognized, facts)
        case "kms":
            return dict(_encryption_context(recognized.members))
        case "ec2":
            return _named(recognized.members, {"InstanceType": "ec2:InstanceType"})
        case "secretsmanager":
            return _named(
                recognized.members,
                {
                    "SecretId": "secretsmanager:SecretId",
                    "VersionStage": "secretsmanager:VersionStage",
                    "Name": "secretsmanager:Name",
                },
            )
        case "sns":
            return _named(recognized.members, {"Protocol": "sns:Protocol", "Endpoint": "sns:Endpoint"})
        case "ecs":
            return _named(
                recognized.members, {"cluster": "ecs:cluster", "taskDefinition": "ecs:task-definition"}
            )
        case "lambda":
            return (
                _named(recognized.members, {"FunctionName": "lambda:FunctionArn"})
                if "arn:" in str(recognized.members.get("FunctionName"))
                else {}
            )
    return {}


def _named(members: Mapping[str, object], keys: Mapping[str, str]) -> dict[str, object]:
    return {key: members[name] for name, key in keys.items() if isinstance(members.get(name), str)}


def _s3(recognized: Recognized, facts: Facts) -> dict[str, object]:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html"""
    members = recognized.members
    context: dict[str, object] = {
        f"s3:{name}": value
        for name, value in facts.request.headers.items()
        if name.startswith("x-amz-") and name not in ("x-amz-date", "x-amz-security-token", "x-amz-tagging")
    }
    context |= {key: members[name] for name, key in _S3_QUERY.items() if isinstance(members.get(name), str)}
    tags = parse_qsl(facts.request.header("x-amz-tagging"), keep_blank_values=True)
    context |= {f"s3:RequestObjectTag/{key}": value for key, value in tags}
    if tags:
        context["s3:RequestObjectTagKeys"] = [key for key, _ in tags]
    is_presigned = "X-Amz-Signature" in facts.request.parameters or "Signature" in facts.request.parameters
    context["s3:authType"] = "REST-QUERY-STRING" if is_presigned else "REST-HEADER"
    is_version_2 = "AWSAccessKeyId" in facts.request.parameters
    context["s3:signatureversion"] = "AWS" if is_version_2 else "AWS4-HMAC-SHA256"
    return context


def _encryption_context(members: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    given = members.get("EncryptionContext")
    if isinstance(given, Mapping) and given:
        yield from ((f"kms:EncryptionContext:{key}", value) for key, value in given.items())
        yield "kms:EncryptionContextKeys", list(given)
    for name, key in (
        ("EncryptionAlgorithm", "kms:EncryptionAlgorithm"),
        ("SigningAlgorithm", "kms:SigningAlgorithm"),
    ):
        if isinstance(members.get(name), str):
            yield key, members[name]
    if isinstance(alias := members.get("KeyId"), str) and alias.startswith("alias/"):
        yield "kms:RequestAlias", alias


def _request_tags(members: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Tags of the request as services spell them: a list of pairs, a map, or EC2's specifications."""
    for name, value in members.items():
        if name.lower() in _TAG_MEMBERS:
            yield from _pairs(value)


def _pairs(value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for one in value:
            yield from _pairs(one)
    elif isinstance(value, Mapping):
        lower = {key.lower(): inner for key, inner in value.items()}
        key = lower.get("key", lower.get("tagkey"))
        if isinstance(key, str):
            text = lower.get("value", lower.get("tagvalue", ""))
            yield key, text if isinstance(text, str) else ""
        elif nested := [inner for name, inner in lower.items() if name in (*_TAG_MEMBERS, "tags")]:
            for inner in nested:
                yield from _pairs(inner)
        else:
            yield from (
                (key, inner)
                for key, inner in value.items()
                if isinstance(inner, str) and key != "ResourceType"
            )
