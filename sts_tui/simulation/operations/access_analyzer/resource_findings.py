"""What does Access Analyzer find in the resources of a statement?

Which Region, account and name an ARN needs is read from the ARNs of AWS's Service Authorization Reference.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from sts_tui.account.arn import PARTITIONS, is_account_id
from sts_tui.account.diagnostics.json_path import Steps
from sts_tui.account.policies.resource_arn_formats import can_match
from sts_tui.account.regions import REGION
from sts_tui.simulation.operations.access_analyzer.action_findings import covered_by_others
from sts_tui.simulation.operations.access_analyzer.checked_statement import CheckedStatement, has_wildcard
from sts_tui.simulation.operations.access_analyzer.finding import Finding, finding

_FIELDS: Final = 6


def resource_findings(statement: CheckedStatement) -> Iterator[Finding]:
    """The findings of Resource and NotResource."""
    for element in ("Resource", "NotResource"):
        at = statement.at(element)
        if statement.elements.get(element) == []:
            yield finding("EMPTY_ARRAY_RESOURCE", at)
        for place, resource in statement.texts(element):
            yield from _resource(resource, place)
        if found := covered_by_others(list(statement.texts(element))):
            yield finding("REDUNDANT_RESOURCE", found[0], count=len(found), also=tuple(found[1:]))


def _resource(resource: str, steps: Steps) -> Iterator[Finding]:
    if resource in ("*", "") or resource.startswith(("*", "${")):
        return
    parts = resource.split(":", _FIELDS - 1)
    if parts[0] != "arn":
        yield finding("INVALID_ARN_PREFIX", steps)
    elif len(parts) < _FIELDS and "*" not in parts[-1]:
        yield finding("MISSING_ARN_FIELD", steps, fields=_FIELDS)
    elif len(parts) == _FIELDS:
        yield from _arn(parts, steps)


def _arn(parts: list[str], steps: Steps) -> Iterator[Finding]:
    _, partition, service, _, account, _ = parts
    if not has_wildcard(partition) and partition not in PARTITIONS:
        known = ", ".join(PARTITIONS)
        yield finding("INVALID_PARTITION", steps, service=service, partition=partition, partitions=known)
    if "*" in service or "?" in service:
        yield finding("WILDCARD_IN_SERVICE_NAME", steps)
    elif service != service.lower():
        yield finding("INVALID_ARN_SERVICE_CASE", steps, service=service)
    elif "${" not in service:
        yield from _of_a_service(parts, steps)
    if account and not has_wildcard(account) and account != "aws" and not is_account_id(account):
        yield finding("INVALID_ARN_ACCOUNT", steps, account=account)


def _of_a_service(parts: list[str], steps: Steps) -> Iterator[Finding]:
    """Findings of ARN fields that AWS's lists decide: those on which all resource types of that name
    agree.
    """
    from sts_tui.account.policies import vocabulary  # reads AWS's lists

    _, _, service, region, account, resource = parts
    formats = vocabulary.resource_formats_in(service)
    if formats is None:
        yield finding("INVALID_SERVICE", steps, service=service)
        return
    if region and not has_wildcard(region) and not REGION.fullmatch(region):
        yield finding("INVALID_ARN_REGION", steps, region=region)
    if not formats or has_wildcard(region) or has_wildcard(account):
        return
    anywhere = f"arn:*:{service}:*:*:{resource}"
    alike = [one.split(":", _FIELDS - 1) for one in formats if can_match(anywhere, one)]
    if not alike:
        yield finding("INVALID_ARN_RESOURCE", steps)
        return
    has_region = {bool(one[3]) for one in alike}
    has_account = {bool(one[4]) for one in alike}
    if has_region == {False} and region:
        yield finding("ARN_REGION_NOT_ALLOWED", steps, service=service)
    if has_region == {True} and not region:
        yield finding("MISSING_ARN_REGION", steps, service=service)
    if has_account == {False} and account:
        yield finding("ARN_ACCOUNT_NOT_ALLOWED", steps, service=service)
    if has_account == {True} and not account:
        yield finding("MISSING_ARN_ACCOUNT", steps, resource=resource)


# --- what the policy is attached to ---

_SERVICE_OF: Final = {
    "AWS::S3::Bucket": "s3",
    "AWS::S3::AccessPoint": "s3",
    "AWS::S3::MultiRegionAccessPoint": "s3",
    "AWS::S3ObjectLambda::AccessPoint": "s3-object-lambda",
    "AWS::IAM::AssumeRolePolicyDocument": "sts",
    "AWS::DynamoDB::Table": "dynamodb",
}
"""Type of a resource → prefix of the actions in its policy."""
_BUCKET_ARN: Final = re.compile(r"arn:[^:]*:s3:::")
_OF_BUCKETS: Final = ("AWS::S3::Bucket", "AWS::S3::AccessPoint")


def attached_findings(statement: CheckedStatement) -> Iterator[Finding]:
    """What does not fit the resource that the policy is attached to, if the call names its type."""
    kind = statement.resource_type
    if (service := _SERVICE_OF.get(kind)) is None:
        return
    for steps, action in statement.texts("Action"):
        prefix = action.lower().partition(":")[0]
        is_fitting = "*" in prefix or prefix == service
        if not is_fitting or (kind == "AWS::S3::Bucket" and _works_on_no_bucket(action)):
            yield finding("UNSUPPORTED_ACTION_IN_POLICY", steps, action=action, resource_type=kind)
    if kind == "AWS::IAM::AssumeRolePolicyDocument":
        return  # has no Resource
    for steps, resource in statement.texts("Resource"):
        parts = resource.split(":", _FIELDS - 1)
        if resource == "*" or len(parts) < _FIELDS or "*" in parts[2]:
            continue
        is_bucket_elsewhere = kind == "AWS::S3::Bucket" and not _BUCKET_ARN.match(resource)
        if parts[2] != service or (is_bucket_elsewhere and not has_wildcard(":".join(parts[3:5]))):
            yield finding("UNSUPPORTED_RESOURCE_ARN_IN_POLICY", steps, resource_type=kind)
    for test in statement.tests():
        if test.key.lower() == "s3:resourceaccount" and kind in _OF_BUCKETS:
            words = {"key": test.key, "resource_type": kind}
            yield finding("IRRELEVANT_CONDITION_KEY_IN_POLICY", test.steps, is_key=True, words=words)


def _works_on_no_bucket(action: str) -> bool:
    """Whether AWS's lists have the action and it works neither on buckets nor on objects."""
    from sts_tui.account.policies import vocabulary  # reads AWS's lists

    if "*" in action or "?" in action or not vocabulary.knows_action(action):
        return False
    return not any(_BUCKET_ARN.match(one.replace("${Partition}", "aws")) for one in _formats(action))


def _formats(action: str) -> tuple[str, ...]:
    from sts_tui.account.policies import vocabulary  # reads AWS's lists

    return vocabulary.resource_formats_of(action)
