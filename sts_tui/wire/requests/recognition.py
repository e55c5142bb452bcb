"""Which operation does a request call, in which protocol, with which members?

The signature's scope names the service. The operation is in X-Amz-Target, in a form, in the path of the CBOR
protocol, or follows from method, path, query and headers, with the most specific match first. The host name
is not used.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qs, unquote

from msgspec import Struct

from sts_tui.sts.errors import AwsError
from sts_tui.wire.messages import HttpRequest
from sts_tui.wire.requests.bodies import Decode, cbor_members, json_members, xml_members
from sts_tui.wire.requests.query_form import form_members
from sts_tui.wire.service_tables import Row, Service, index, service

_FORM: Final = "application/x-www-form-urlencoded"
_CONTROL: Final = ("X-Amz-", "AWSAccessKeyId", "Signature", "Expires", "x-id")
"""Query parameters of signatures and SDKs, which are not parameters of operations."""


class Recognized(Struct, frozen=True, kw_only=True):
    """The operation that a request calls."""

    service: Service
    operation: str
    row: Row
    protocol: str
    """`query`, `ec2`, `json`, `cbor`, `rest-json` or `rest-xml`."""
    members: Mapping[str, object]
    """Members by their names as sent; headers in lower case."""

    @property
    def name(self) -> str:
        """`s3:ListObjectsV2`: the operation, not the IAM action."""
        return f"{self.service.prefix}:{self.operation}"


def recognize(request: HttpRequest, signing: str, decode: Decode) -> Recognized:
    """The operation of a request that is signed for a service (`signing`, empty for an unsigned one).

    Raises AwsError for an unknown operation, and for a body that cannot be read.
    """
    if target := request.header("x-amz-target"):
        return _by_target(request, target, signing)
    if request.path.startswith("/service/") and (
        request.header("smithy-protocol") or "/operation/" in request.path
    ):
        return _by_model(request, decode)
    if form := _form(request):
        return _by_action(form, signing)
    if signing:
        return _by_path(request, signing)
    return _of_bearer(request) or _by_path(request, "s3")


_OF_BEARERS: Final = ("awsssoportal", "sso-oauth", "signin")
"""Scopes whose operations are called with a bearer token instead of a signature."""


def _of_bearer(request: HttpRequest) -> Recognized | None:
    """The sign-in operation that an unsigned request calls; None for an anonymous call of S3."""
    for scope in _OF_BEARERS:
        found = _at_path(request, scope)
        if found is not None and found.row.unsigned:
            return found
    return None


def protocol_of(request: HttpRequest, signing: str) -> str:
    """The protocol for refusing a request that could not be recognized."""
    if request.header("smithy-protocol"):
        return "cbor"
    if request.header("x-amz-target") or "amz-json" in request.header("content-type"):
        return "json"
    if request.header("content-type").startswith(_FORM) or "Action" in request.parameters:
        return "ec2" if signing == "ec2" else "query"
    names = index().signing.get(signing, ())
    return service(names[0]).protocols[0].replace("smithy-rpc-v2-", "") if names else "rest-xml"


def _by_target(request: HttpRequest, target: str, signing: str) -> Recognized:
    prefix, _, operation = target.rpartition(".")
    name = index().targets.get(prefix)
    table = service(name) if name else None
    if table is not None and (operation not in table.operations or (signing and table.signing != signing)):
        table = _same_target(table, signing or table.signing, operation)
    if table is None or operation not in table.operations:
        raise AwsError("UnknownOperationException", "", 400)
    return Recognized(
        service=table,
        operation=operation,
        row=table.operations[operation],
        protocol="json",
        members=json_members(request.body),
    )


def _same_target(table: Service, signing: str, operation: str) -> Service:
    """The service model of the scope that has this operation, if several share a prefix."""
    for name in index().signing.get(signing, ()):
        if operation in service(name).operations:
            return service(name)
    return table


def _by_model(request: HttpRequest, decode: Decode) -> Recognized:
    parts = request.path.split("/")
    name = index().models.get(parts[2]) if len(parts) == 5 and parts[3] == "operation" else None
    table = service(name) if name else None
    if table is None or parts[4] not in table.operations:
        raise AwsError("UnknownOperationException", "", 404)
    return Recognized(
        service=table,
        operation=parts[4],
        row=table.operations[parts[4]],
        protocol="cbor",
        members=cbor_members(request.body, decode),
    )


def _form(request: HttpRequest) -> Mapping[str, object]:
    """The members of a form with an Action, in the body or, for GET, in the query; else empty."""
    if request.header("content-type").startswith(_FORM) and b"Action=" in request.body:
        return form_members(request.body.decode("utf-8", "replace"))
    if "Action" in request.parameters:
        return form_members(request.query)
    return {}


def _by_action(form: Mapping[str, object], signing: str) -> Recognized:
    action, version = str(form.get("Action", "")), str(form.get("Version", ""))
    names = index().signing.get(signing or "sts", ())
    tables = [service(name) for name in names]
    having = [one for one in tables if action in one.operations and {"query", "ec2"} & set(one.protocols)]
    if not having:
        raise AwsError(
            "InvalidAction",
            f"Could not find operation {action} for version {version or 'NO_VERSION_SPECIFIED'}",
            400,
        )
    table = next((one for one in having if one.version == version), having[0])
    members = {
        name: value
        for name, value in form.items()
        if name not in ("Action", "Version") and not name.startswith(_CONTROL)
    }
    return Recognized(
        service=table,
        operation=action,
        row=table.operations[action],
        protocol="ec2" if "ec2" in table.protocols else "query",
        members=members,
    )


def _by_path(request: HttpRequest, signing: str) -> Recognized:
    if found := _at_path(request, signing):
        return found
    if not index().signing.get(signing):
        raise AwsError("UnknownOperationException", f"sts-tui does not know the service {signing}.", 404)
    raise AwsError("UnknownOperationException", "", 404)


def _at_path(request: HttpRequest, signing: str) -> Recognized | None:
    given = parse_qs(request.query, keep_blank_values=True, max_num_fields=1000)
    for table, name, row in _candidates(signing, request.method):
        if not _needs_are_met(row, given, request):
            continue
        if found := row.pattern.fullmatch(request.resource_path):
            labels = {label: unquote(text) for label, text in zip(row.labels, found.groups(), strict=True)}
            return Recognized(
                service=table,
                operation=name,
                row=row,
                protocol=next(one for one in table.protocols if one.startswith("rest")),
                members=_rest_members(request, table, labels, given),
            )
    return None


@lru_cache(maxsize=64)
def _candidates(signing: str, method: str) -> tuple[tuple[Service, str, Row], ...]:
    """The rows of a method, the most specific first."""
    tables = [service(name) for name in index().signing.get(signing, ())]
    rows = [(table, name, row) for table in tables for name, row in table.by_specificity]
    chosen = [one for one in rows if one[2].method == method]
    return tuple(sorted(chosen, key=lambda one: one[2].specificity, reverse=True))


def _needs_are_met(row: Row, given: Mapping[str, list[str]], request: HttpRequest) -> bool:
    if row.asks_for_query and not given:
        return False
    for name, value in row.literals.items():
        if name not in given or (value and given[name][-1] != value):
            return False
    for need in row.needs:
        if (need[1:] not in given) if need.startswith("?") else (need not in request.headers):
            return False
    return True


def _rest_members(
    request: HttpRequest, table: Service, labels: Mapping[str, str], given: Mapping[str, list[str]]
) -> dict[str, object]:
    """Labels, query parameters, headers, and the members of a JSON or XML body."""
    members: dict[str, object] = {
        name: values if len(values) > 1 else values[0]
        for name, values in given.items()
        if not name.startswith(_CONTROL)
    }
    members |= {name: one for name, one in request.headers.items() if name.startswith("x-amz")}
    if "rest-json" in table.protocols and "json" in (request.header("content-type") or "json"):
        try:
            members |= json_members(request.body)
        except AwsError:
            if "json" in request.header("content-type"):
                raise
    elif "rest-xml" in table.protocols and request.method in ("POST", "PUT") and _is_xml(request):
        members |= xml_members(request.body)
    return {**members, **labels}


def _is_xml(request: HttpRequest) -> bool:
    """Whether the body is XML with members; an uploaded object may be XML too, but has none."""
    return bool(request.query) and request.body.lstrip()[:1] == b"<" and not request.is_cut
