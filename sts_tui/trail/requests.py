"""Which permissions did a recorded request need? Actions, resources and context, from the tables of `wire`.

CloudTrail writes the members of a request with a lower-case first letter. S3 and EC2 have other forms.
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-understanding-s3-entries.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import msgspec
from msgspec import Struct, field

from sts_tui.account.configuration import Configuration
from sts_tui.account.json_value import Json
from sts_tui.trail.iam_requests import iam_context, with_path
from sts_tui.trail.reading.containers import parsed_object
from sts_tui.trail.reading.row_text import value_of_row
from sts_tui.trail.recorded import NO_OBJECT, RecordedEvent
from sts_tui.wire.authorization.derived_values import Facts
from sts_tui.wire.authorization.pairs import Asked as AskedOfClient
from sts_tui.wire.authorization.pairs import asked
from sts_tui.wire.messages import HttpRequest
from sts_tui.wire.requests.recognition import Recognized
from sts_tui.wire.service_tables import Row, Service, index, service

_HOSTS: Final = {"monitoring": "cloudwatch", "email": "ses", "api.sagemaker": "sagemaker"}
"""Host name of a service → its name in signatures, if they differ."""
_VERSION: Final = re.compile(r"\d{4}_?\d{2}_?\d{2}(?:v\d)?$")
"""The API version that Lambda and CloudFront append: `Invoke20150331`."""
_ADDRESS: Final = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]+")
_OF_AN_ENDPOINT: Final = (
    *("aws:SourceVpc", "aws:SourceVpcArn", "aws:VpcSourceIp", "aws:VpceAccount"),
    *("aws:VpceOrgID", "aws:VpceOrgPaths"),
)
"""Condition keys of requests through a VPC endpoint, of which an event has only the endpoint's id."""
_S3_MEMBERS: Final = {"bucketName": "Bucket", "key": "Key"}
_ISSUE_ROLES: Final = ("AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity")


class Ask(Struct, frozen=True, kw_only=True):
    """One permission that a request needed."""

    action: str
    resource: str
    context: Mapping[str, Json] = field(default_factory=lambda: NO_OBJECT)
    """Condition keys only for this action."""
    unknown: tuple[str, ...] = ()
    """Condition keys whose values are not in the event."""


class Asked(Struct, frozen=True, kw_only=True):
    """All permissions that a request needed, or why they are unknown."""

    asks: tuple[Ask, ...] = ()
    context: Mapping[str, Json] = field(default_factory=lambda: NO_OBJECT)
    is_resource_unknown: bool = False
    """Whether the event has no resource, so that `*` is used."""
    why_not: str = ""
    """Why there are no permissions: no policy decides the request, or the tables lack its operation."""


def asked_by(event: RecordedEvent, account: str, configuration: Configuration) -> Asked:
    """The permissions that a request by an identity of `account` needed, except STS's operations on roles."""
    if event.kind not in ("AwsApiCall", ""):
        return Asked(why_not=f"no policy decides events of type {event.kind}")
    if event.source == "signin.amazonaws.com":
        return Asked(why_not="no policy decides a sign-in")
    found = _operation(event.source, event.name)
    if found is None:
        return Asked(why_not=f"{event.operation}: not in AWS's models of its services")
    table, name, row = found
    if not row.do or row.unsigned:
        return Asked(why_not=f"{table.prefix}:{name} needs no permission")
    request = parsed_object(event.request)
    members = _members(table.prefix, request)
    headers = {key.lower(): str(value) for key, value in request.items() if key.startswith("x-amz-")}
    recognized = Recognized(
        service=table, operation=name, row=row, protocol=table.protocols[0], members=members
    )
    facts = Facts(
        request=HttpRequest(method="POST", target="/", headers=headers),
        members=members,
        region=event.region,
        account=account,
        configuration=configuration,
    )
    result = asked(recognized, facts)
    shared, unusable = _usable(result.context)
    asks = _asks(result, event, recognized, configuration, unusable)
    is_unknown = result.is_resource_unknown and any(ask.resource == "*" for ask in asks)
    context: dict[str, Json] = dict(shared)
    if table.prefix == "s3" and event.signed:
        context["s3:authType"] = "REST-QUERY-STRING" if event.signed == "QueryString" else "REST-HEADER"
    return Asked(asks=tuple(asks), context=context, is_resource_unknown=is_unknown)


def _asks(
    result: AskedOfClient, event: RecordedEvent, recognized: Recognized, configuration: Configuration,
    unusable: tuple[str, ...],
) -> list[Ask]:  # fmt: skip
    """The needed permissions for each action, with the ARNs in the event. `unusable`: keys of the request
    whose values cannot be compared.
    """
    request, listed = parsed_object(event.request), _listed(event)
    asks = []
    for action, arn, given, unknown in result.pairs:
        own, wrong = _usable(given)
        found_arn = _found(action, arn, listed)
        if recognized.service.prefix == "iam":
            found_arn = with_path(found_arn, request, configuration)
            own = {**own, **iam_context(recognized.operation, found_arn, request, configuration)}
        unsaid = (*unknown, *wrong, *unusable)
        asks.append(Ask(action=action, resource=found_arn, context=own, unknown=unsaid))
    return asks


def _usable(context: Mapping[str, Any]) -> tuple[Mapping[str, Json], tuple[str, ...]]:
    """(condition keys whose values are strings, numbers or lists of these, other keys)."""
    wrong = tuple(key for key, value in context.items() if not _is_value(value))
    return {key: value for key, value in context.items() if key not in wrong}, wrong


def _is_value(value: Any) -> bool:
    listed = value if isinstance(value, list | tuple) else (value,)
    return all(isinstance(one, str | int | float | bool | datetime) for one in listed)


def network_context(event: RecordedEvent, invoked_by: str) -> tuple[dict[str, Json], tuple[str, ...]]:
    """(condition keys about the origin of a request, condition keys that are unknown)."""
    context: dict[str, Json] = {}
    unknown: tuple[str, ...] = ()
    if event.agent:
        context["aws:UserAgent"] = event.agent
    if event.endpoint:
        context["aws:SourceVpce"] = event.endpoint
        unknown = _OF_AN_ENDPOINT
    elif _ADDRESS.fullmatch(event.address):
        context["aws:SourceIp"] = event.address
    elif not invoked_by:
        unknown = ("aws:SourceIp",)
    if invoked_by and invoked_by.endswith(".amazonaws.com"):
        context |= {"aws:ViaAWSService": "true", "aws:CalledVia": [invoked_by]}
    return context, unknown


def is_of_role(event: RecordedEvent) -> bool:
    """Whether the request is for a session of a role."""
    return event.source == "sts.amazonaws.com" and event.name in _ISSUE_ROLES


@lru_cache(maxsize=4_096)
def _operation(source: str, name: str) -> tuple[Service, str, Row] | None:
    """(table, operation, row) for an event's service and name; None if AWS's models do not have it."""
    host = source.removesuffix(".amazonaws.com")
    host = _HOSTS.get(host, host)
    tables = dict.fromkeys((*index().signing.get(host, ()), *_of_prefix(host)))
    plain = _VERSION.sub("", name)
    for table in map(service, tables):
        for one in (name, plain, f"{plain}Configuration"):
            if one in table.operations:
                return table, one, table.operations[one]
    return None


def _of_prefix(prefix: str) -> Iterator[str]:
    try:
        service(prefix)
    except (FileNotFoundError, OSError):
        return
    yield prefix


def _members(prefix: str, request: Mapping[str, Any]) -> dict[str, object]:
    """The members under the names of AWS's models too, which begin with an upper-case letter in most
    services.
    """
    members: dict[str, object] = {}
    for name, value in request.items():
        members[name] = inner = _inside(value)
        large = (
            _S3_MEMBERS.get(name, name[:1].upper() + name[1:])
            if prefix == "s3"
            else (name[:1].upper() + name[1:])
        )
        members[large] = inner
        if prefix == "ec2" and isinstance(value, Mapping) and isinstance(value.get("items"), list):
            members |= _of_set(value["items"])
    return members


def _inside(value: Any) -> Any:
    """Unwrap a structure of EC2, which has its members under `items`."""
    match value:
        case {"items": list(items)} if len(value) == 1:
            return [_inside(one) for one in items]
        case Mapping():
            both = {}
            for name, inner in value.items():
                both[name] = both[name[:1].upper() + name[1:]] = _inside(inner)
            return both
        case list():
            return [_inside(one) for one in value]
    return value


def _of_set(items: list[Any]) -> dict[str, object]:
    """`instancesSet: {items: [{instanceId: i-1}]}` is `InstanceId` in the model."""
    found: dict[str, list[object]] = {}
    for one in items:
        for name, value in one.items() if isinstance(one, Mapping) else ():
            found.setdefault(name[:1].upper() + name[1:], []).append(value)
    return dict(found)


@lru_cache(maxsize=16_384)
def _arns(resources: str) -> tuple[str, ...]:
    if not resources or resources == "null":
        return ()
    listed: Any
    if resources.startswith("[{") and not resources.startswith('[{"'):
        listed = value_of_row(resources)
    else:
        try:
            listed = msgspec.json.decode(resources)
        except msgspec.MsgspecError:
            return ()
    found = []
    for one in listed if isinstance(listed, list) else ():
        arn = (one.get("ARN") or one.get("arn")) if isinstance(one, Mapping) else None
        if isinstance(arn, str) and arn.startswith("arn:") and arn.count(":") >= 5:
            found.append(arn)
    return tuple(found)


def _listed(event: RecordedEvent) -> tuple[str, ...]:
    return _arns(event.resources)


def _found(action: str, arn: str, listed: tuple[str, ...]) -> str:
    """The ARN derived from the request, else the one of that service in the event."""
    if arn != "*":
        return arn
    service_name = action.partition(":")[0].lower()
    return next((one for one in listed if one.split(":")[2] == service_name), arn)
