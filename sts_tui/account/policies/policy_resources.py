"""Would AWS store the Resource or NotResource of this statement?

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from sts_tui.account.arn import PARTITIONS
from sts_tui.account.diagnostics.json_path import Steps
from sts_tui.account.diagnostics.suggestions import did_you_mean
from sts_tui.account.policies.policy_diagnostic import PolicyDiagnostics
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.rule_book import (
    IAM_PATH,
    IAM_REGION,
    INCOMPLETE_ARN,
    LEGACY,
    NO_RESOURCES,
    NOT_AN_ARN,
    PARTITION,
    PROHIBITED_FIELD,
    RESOURCE_VENDOR,
    S3_REGION,
    Rule,
)
from sts_tui.start_up.named_tuple import NamedTuple

_IAM_PATHS: Final = (
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
)


class _Broken(NamedTuple):
    rule: Rule
    values: tuple[str, ...] = ()
    detail: str = ""
    hint: str = ""


def check_resources(
    statement: Mapping[str, object], kind: PolicyKind, place: Steps, found: PolicyDiagnostics
) -> None:
    """`Resource` or `NotResource` must be absent in trust policies and is optional in resource-based
    policies.
    """
    if kind is PolicyKind.TRUST:
        for prohibited in ("Resource", "NotResource"):
            if prohibited in statement:
                found.add((*place, prohibited), PROHIBITED_FIELD, prohibited)
        return
    key = "Resource" if "Resource" in statement else "NotResource"
    if key not in statement:
        if not kind.is_resource_based:
            found.add(place, NO_RESOURCES)
        return
    value = statement[key]
    if isinstance(value, str):
        _check_resource(value, kind, (*place, key), found)
    elif isinstance(value, list):
        _check_list(value, kind, (*place, key), found)
    else:
        found.syntax((*place, key), f"{key} is text or a list of texts.")


def _check_list(resources: list[object], kind: PolicyKind, place: Steps, found: PolicyDiagnostics) -> None:
    if not resources:
        found.add(place, NO_RESOURCES)
    for index, resource in enumerate(resources):
        if not isinstance(resource, str):
            found.syntax((*place, index), "A resource is text.")
        elif not _is_plain_arn(resource):
            _check_resource(resource, kind, (*place, index), found)


def _is_plain_arn(resource: str) -> bool:
    return resource == "*" or (resource.startswith("arn:aws:s3:::") and len(resource) > 13)


def _check_resource(resource: str, kind: PolicyKind, place: Steps, found: PolicyDiagnostics) -> None:
    for broken in _broken_by_resource(resource, kind):
        found.add(place, broken.rule, *broken.values, detail=broken.detail, hint=broken.hint)


@lru_cache(maxsize=8192)
def _broken_by_resource(resource: str, kind: PolicyKind) -> tuple[_Broken, ...]:
    """The rule that one resource breaks. Its last segment may be empty: the AWS managed policy
    AmazonDevOpsGuruOrganizationsAccess has `arn:aws:organizations::*:`, which matches nothing.
    """
    if resource == "*":
        return ()
    if ":" not in resource or resource.startswith("execute-api:/"):
        return (_not_an_arn(resource),)
    segments = resource.split(":", 5)
    complete = ":".join(("arn", *segments[1:], *("*",) * (6 - len(segments))))
    is_stored_by_iam = kind.is_identity_based and kind is not PolicyKind.SESSION
    if is_stored_by_iam and (broken := _broken_by_legacy_parsing(resource, segments)):
        return (broken,)
    broken = _broken_by_partition(segments[1], complete)
    if broken:
        return (broken,)
    if segments[0] != "arn":
        return (_not_an_arn(resource),)
    is_incomplete = len(segments) < 6
    if is_incomplete and not is_stored_by_iam:
        return (_not_an_arn(resource),)
    if broken := _broken_by_complete_arn(resource, complete.split(":", 5), kind):
        return (broken,)
    return (_Broken(INCOMPLETE_ARN, (resource, complete)),) if is_incomplete else ()


def _not_an_arn(resource: str) -> _Broken:
    hint = ""
    if resource.startswith("execute-api:/"):  # API Gateway accepts this and stores the full ARN
        hint = "write arn:aws:execute-api:REGION:ACCOUNT:API/… as API Gateway stores it"
    return _Broken(NOT_AN_ARN, (resource,), hint=hint)


def _broken_by_partition(partition: str, complete: str) -> _Broken | None:
    if partition in PARTITIONS or any(sign in partition for sign in "*?$"):
        return None
    return _Broken(PARTITION, (partition, complete), hint=did_you_mean(partition, PARTITIONS))


def _broken_by_legacy_parsing(resource: str, segments: list[str]) -> _Broken | None:
    """IAM completes an ARN that lacks fields at the end, unless it also has an empty field.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
    """
    if segments[0] != "arn":
        return None
    if len(segments) < 6 and "" in segments:
        return _Broken(LEGACY, detail=f"{resource} has too few colons.")
    if len(segments) > 2 and not segments[2]:
        return _Broken(LEGACY, detail=f"{resource} names no service.")
    return None


def _broken_by_complete_arn(resource: str, segments: list[str], kind: PolicyKind) -> _Broken | None:
    _, _, service, region, account, rest = segments
    if not service or "*" in service or "?" in service:
        return _Broken(RESOURCE_VENDOR, detail=f"The service of {resource} must be written in full.")
    if service == "iam" and region not in ("", "*"):
        return _Broken(IAM_REGION, (resource,))
    if not kind.is_identity_based:
        return None
    if service == "iam" and rest not in ("*", "root") and not rest.startswith(_IAM_PATHS):
        return _Broken(IAM_PATH, detail=f"{resource} is something else.", hint=_path_hint(rest))
    if service == "s3" and region not in ("", "*") and not account:
        return _Broken(S3_REGION, (resource,))
    return None


def _path_hint(rest: str) -> str:
    return did_you_mean(rest.partition("/")[0] + "/", _IAM_PATHS)
