"""Which condition keys does the resource of a request set, and which of them are unknown?

Every service has `aws:ResourceAccount` and `aws:ResourceTag/…`. Some services also have keys of their own
with the same values: `ec2:ResourceTag/…`, `s3:ResourceAccount`.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html

A raw dump has the tags of users, roles and policies, and no other resources: those that no other file adds
may have tags or not, like the resources of an account outside the files.
"""

from __future__ import annotations

from typing import Final

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Tag
from sts_tui.simulation.authorization.context import Context, ContextPart, Origin
from sts_tui.simulation.authorization.organization import organization_keys

_OWN_TAG_KEYS: Final = frozenset(
    [
        *("autoscaling", "ec2", "ecr", "ecr-public", "ecs", "elasticloadbalancing", "elasticmapreduce"),
        *("glacier", "iam", "iotanalytics", "license-manager", "ram", "sagemaker", "secretsmanager", "ssm"),
    ]
)
"""Services whose lists have `SERVICE:ResourceTag/…` as well as `aws:ResourceTag/…`."""
_OWN_ACCOUNT_KEYS: Final = frozenset({"s3", "s3express"})
"""Services whose lists have `SERVICE:ResourceAccount`."""
_OF_A_DUMP: Final = frozenset({"iam", "sts"})
"""Services whose tagged resources a raw dump has."""


def resource_part(resource: str, account: str | None, configuration: Configuration) -> ContextPart:
    """The keys of the resource: its owner (`account`; None if there is none), and its tags if the files have
    them.
    """
    values: Context = {}
    service = _service_of(resource)
    if account:
        values["aws:ResourceAccount"] = account
        if service in _OWN_ACCOUNT_KEYS:
            values[f"{service}:ResourceAccount"] = account
    for tag in _resource_tags(resource, configuration):
        values[f"aws:ResourceTag/{tag.key}"] = tag.value
        if service in _OWN_TAG_KEYS:
            values[f"{service}:ResourceTag/{tag.key}"] = tag.value
    part = ContextPart.of(Origin.RESOURCE, values)
    if not account:
        return part
    return part.over(
        ContextPart.of(Origin.ORGANIZATION, organization_keys("Resource", account, configuration))
    )


def unknown_resource_keys(
    resource: str, account: str | None, configuration: Configuration
) -> tuple[str, ...]:
    """`aws:ResourceTag/*` if the files do not say which tags the resource has; empty if they do, and for `*`,
    which is not a resource.
    """
    service = _service_of(resource)
    if not service or service in _OF_A_DUMP or resource in configuration.resources:
        return ()
    facts = configuration.accounts.get(account or "")
    if facts is not None and not facts.is_raw_dump:
        return ()
    own = (f"{service}:ResourceTag/*",) if service in _OWN_TAG_KEYS else ()
    return ("aws:ResourceTag/*", *own)


def _service_of(resource: str) -> str:
    """`ec2`; empty for what is not an ARN."""
    segments = resource.split(":", 3)
    return segments[2] if len(segments) > 3 and segments[0] == "arn" else ""


def _resource_tags(resource: str, configuration: Configuration) -> tuple[Tag, ...]:
    for table in (configuration.resources, configuration.roles, configuration.users, configuration.policies):
        if entry := table.get(resource):
            return tuple(entry.tags)
    return ()
