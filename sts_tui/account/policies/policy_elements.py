"""Actions and resources of a statement, checked as AWS does when a policy is written.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from sts_tui.account.diagnostics.json_path import Steps
from sts_tui.account.diagnostics.policy_diagnostic import PolicyDiagnostics
from sts_tui.account.diagnostics.suggestions import did_you_mean
from sts_tui.account.policies.policy_kind import PolicyKind

TRUST_ACTIONS: Final = (
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:TagSession",
    "sts:SetSourceIdentity",
    "sts:SetContext",
)
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html"""

PARTITIONS: Final = (
    "aws",
    "aws-cn",
    "aws-us-gov",
    "aws-iso",
    "aws-iso-b",
    "aws-iso-e",
    "aws-iso-f",
    "aws-eusc",
)

NO_ACTIONS: Final = "Policy statement must contain actions."
NO_RESOURCES: Final = "Policy statement must contain resources."
NO_VENDOR: Final = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
TWO_COLONS: Final = "Actions/Condition can contain only one colon."
NOT_A_TRUST_ACTION: Final = "AssumeRole policy may only specify STS AssumeRole actions."

_VENDOR: Final = re.compile(r"[A-Za-z0-9-]+")
_TRUST_ACTIONS: Final = frozenset(action.lower() for action in TRUST_ACTIONS)


def check_actions(
    statement: Mapping[str, Any], kind: PolicyKind, place: Steps, faults: PolicyDiagnostics
) -> None:
    """`Action` or `NotAction`: there, texts, each `vendor:name` or `*`."""
    key = "Action" if "Action" in statement else "NotAction"
    if key not in statement:
        faults.add(place, NO_ACTIONS)
        return
    value = statement[key]
    if isinstance(value, str):
        _check_action(value, kind, (*place, key), faults)
    elif isinstance(value, list):
        if not value:
            faults.add((*place, key), NO_ACTIONS)
        for index, action in enumerate(value):
            if not isinstance(action, str):
                faults.syntax((*place, key, index), "An action is text.")
            elif _action_fault(action) or kind is PolicyKind.TRUST:
                _check_action(action, kind, (*place, key, index), faults)
    else:
        faults.syntax((*place, key), f"{key} is text or a list of texts.")


def _check_action(action: str, kind: PolicyKind, place: Steps, faults: PolicyDiagnostics) -> None:
    if message := _action_fault(action):
        faults.add(place, message)
    elif kind is PolicyKind.TRUST and not _is_trust_action(action):
        faults.add(place, NOT_A_TRUST_ACTION, hint=did_you_mean(action, TRUST_ACTIONS))


@lru_cache(maxsize=65536)
def _action_fault(action: str) -> str:
    """AWS's message for an action that is none; empty for one that is."""
    if action in ("*", "*:*"):
        return ""
    match action.count(":"):
        case 0:
            return NO_VENDOR
        case 1:
            vendor, _, _ = action.partition(":")
            return "" if _VENDOR.fullmatch(vendor) else f"Vendor {vendor} is not valid"
        case _:
            return TWO_COLONS


@lru_cache(maxsize=1024)
def _is_trust_action(action: str) -> bool:
    """`sts:AssumeRole…`, in any case, or a pattern that covers one; a lone `*` is refused."""
    lowered = action.lower()
    if "*" not in lowered and "?" not in lowered:
        return lowered in _TRUST_ACTIONS
    if not lowered.startswith("sts:"):
        return False
    from fnmatch import fnmatchcase

    pattern = lowered.replace("[", "[[]")
    return any(fnmatchcase(known, pattern) for known in _TRUST_ACTIONS)


def check_resources(
    statement: Mapping[str, Any], kind: PolicyKind, place: Steps, faults: PolicyDiagnostics
) -> None:
    """`Resource` or `NotResource`: absent from trust policies, optional in resource-based ones."""
    if kind is PolicyKind.TRUST:
        for prohibited in ("Resource", "NotResource"):
            if prohibited in statement:
                faults.add((*place, prohibited), f"Has prohibited field {prohibited}")
        return
    key = "Resource" if "Resource" in statement else "NotResource"
    if key not in statement:
        if not kind.is_resource_based:
            faults.add(place, NO_RESOURCES)
        return
    value = statement[key]
    if isinstance(value, str):
        _check_resource(value, (*place, key), faults)
    elif isinstance(value, list):
        _check_resource_list(value, (*place, key), faults)
    else:
        faults.syntax((*place, key), f"{key} is text or a list of texts.")


def _check_resource_list(resources: list[Any], place: Steps, faults: PolicyDiagnostics) -> None:
    if not resources:
        faults.add(place, NO_RESOURCES)
    for index, resource in enumerate(resources):
        if not isinstance(resource, str):
            faults.syntax((*place, index), "A resource is text.")
        elif not _is_plain_arn(resource):
            _check_resource(resource, (*place, index), faults)


def _is_plain_arn(resource: str) -> bool:
    return resource == "*" or (resource.startswith("arn:aws:s3:::") and len(resource) > 13)


def _check_resource(resource: str, place: Steps, faults: PolicyDiagnostics) -> None:
    """All segments are there. The last one may be empty: AWS's own AmazonDevOpsGuruOrganizationsAccess has
    `arn:aws:organizations::*:`, which matches nothing.
    """
    if resource == "*":
        return
    segments = resource.split(":", 5)
    if segments[0] != "arn" or len(segments) < 6:
        hint = ""
        if resource.startswith("execute-api:/"):  # what API Gateway takes, and stores in full
            hint = "write arn:aws:execute-api:REGION:ACCOUNT:API/… as API Gateway stores it"
        faults.add(place, f'Resource {resource} must be in ARN format or "*".', hint=hint)
        return
    partition, service, region = segments[1:4]
    if partition not in PARTITIONS and not any(sign in partition for sign in "*?$"):
        hint = did_you_mean(partition, PARTITIONS)
        faults.add(place, f'Partition "{partition}" is not valid for resource "{resource}".', hint=hint)
    if "*" in service or "?" in service or not service:
        detail = "The service of an ARN is named in full." if service else "The ARN names no service."
        faults.add(place, f'Resource {resource} must be in ARN format or "*".', detail)
    elif service == "iam" and region not in ("", "*"):
        faults.add(place, f"IAM resource {resource} cannot contain region information.")
