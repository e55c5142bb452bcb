"""Which operation and request parameters does CloudTrail record for an IAM action?

Several operations may have the same action: `s3:ListBucket` is recorded as `ListObjects`. The names in the
resource's ARN become request members, by the ARN template of the operation.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from msgspec import Struct

from sts_tui.wire.service_tables import Row, Service, index, service

_HOSTS: Final = {"cloudwatch": "monitoring", "ses": "email", "awsssoportal": "sso"}
_RECORDED_AS: Final = {"s3:ListBucket": "ListObjects", "s3:ListAllMyBuckets": "ListBuckets"}
_S3_NAMES: Final = {"Bucket": "bucketName", "Key": "key"}
_VARIABLE: Final = re.compile(r"\{([^{}]+)\}")
_DATA_EVENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "s3": ("GetObject", "PutObject", "DeleteObject", "HeadObject", "ListObjects", "CopyObject", "UploadPart"),
    "dynamodb": ("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan", "BatchGetItem"),
    "lambda": ("Invoke",),
    "sns": ("Publish", "PublishBatch"),
    "sqs": ("SendMessage", "ReceiveMessage", "DeleteMessage"),
}
"""Service → operations that are data events, which a trail records only if that is enabled.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html"""
_READING: Final = (
    "Get",
    "List",
    "Describe",
    "Head",
    "Query",
    "Scan",
    "AssumeRole",
    "Simulate",
    "Decode",
    "Batch",
)
_WRITING: Final = ("GetFederationToken", "BatchWrite")


class Called(Struct, frozen=True):
    """An operation, with its name in events."""

    source: str
    name: str
    parameters: Mapping[str, Any]
    """`requestParameters` that follow from the resource, with CloudTrail's names."""
    is_data_event: bool
    is_read_only: bool


def called(action: str, resource: str, operation: str = "") -> Called:
    """The operation for an action on a resource. `operation`: its name (`s3:ListObjectsV2`) if known."""
    prefix, _, name = action.partition(":")
    table, found, row = _operation(prefix, (operation or action).partition(":")[2], action)
    host = table.signing if table else prefix
    return Called(
        source=f"{_HOSTS.get(host, host)}.amazonaws.com",
        name=found or name,
        parameters=_parameters(prefix, row, action, resource) if row else {},
        is_data_event=(found or name).removesuffix("V2") in _DATA_EVENTS.get(prefix, ()),
        is_read_only=(found or name).startswith(_READING) and not (found or name).startswith(_WRITING),
    )


@lru_cache(maxsize=4_096)
def _operation(prefix: str, name: str, action: str) -> tuple[Service | None, str, Row | None]:
    """(table, operation, row) of the operation with that name, else of the first that needs the action."""
    tables = [service(one) for one in _tables(prefix)]
    wanted = _RECORDED_AS.get(action, name)
    for table in tables:
        if wanted in table.operations:
            return table, wanted, table.operations[wanted]
    for table in tables:
        for one, row in table.operations.items():
            if row.do and row.do[0][0] == action:
                return table, one, row
    return (tables[0] if tables else None), "", None


@lru_cache(maxsize=512)
def _tables(prefix: str) -> tuple[str, ...]:
    """Names of the service models whose actions have this prefix."""
    likely = dict.fromkeys((prefix, *index().signing.get(prefix, ())))
    return tuple(_existing(likely, prefix)) or tuple(_existing(index().signing, prefix))


def _existing(names: Mapping[str, object], prefix: str) -> Iterator[str]:
    for signing in names:
        for name in dict.fromkeys((signing, *index().signing.get(signing, ()))):
            try:
                if service(name).prefix == prefix:
                    yield name
            except OSError:
                continue


def _parameters(prefix: str, row: Row, action: str, resource: str) -> dict[str, Any]:
    for asked, template in row.do:
        if asked == action and (members := _members_in(template, resource)) is not None:
            return {_recorded_name(prefix, name): value for name, value in members.items()}
    return {}


def _members_in(template: str, resource: str) -> dict[str, str] | None:
    """The request members in an ARN, by a template; None if the ARN does not match."""
    pattern, names = "", []
    for at, part in enumerate(_VARIABLE.split(template)):
        if at % 2 == 0:
            pattern += re.escape(part)
        elif part.startswith("$"):
            pattern += "[^:]*"
        elif re.fullmatch(r"\w+", part):
            pattern += "(.+?)"  # only the key contains slashes, not the bucket
            names.append(part)
        else:
            return None
    found = re.fullmatch(pattern, resource)
    return dict(zip(names, found.groups(), strict=True)) if found else None


def _recorded_name(prefix: str, name: str) -> str:
    if prefix == "s3" and name in _S3_NAMES:
        return _S3_NAMES[name]
    return name[:1].lower() + name[1:]
