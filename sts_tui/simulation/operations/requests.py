"""Are the parameters of a call valid? Request shapes of every operation, from AWS's service models: names,
types, limits, patterns.

They check parameters as the service does, and drive the reading and writing of command lines.
`.ci/extract_shapes.py` made the tables.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache

from sts_tui.account.entities import Settings
from sts_tui.account.format.patterns import NAME_CHARACTERS
from sts_tui.sts.errors import AwsError
from sts_tui.sts.shapes import (
    IAM_WORDING,
    STS_WORDING,
    Shape,
    ShapeTable,
    check,
    check_shape,
    matches,
    sts_shapes,
)

_NAME = f"{NAME_CHARACTERS}+"
"""The pattern of names in IAM's service model."""
_PATH = r"(\u002F)|(\u002F[\u0021-\u007E]+\u002F)"
"""The pattern of paths in IAM's service model."""
_CODES = {
    "kms": {"ValidationError": "ValidationException", "MalformedInput": "SerializationException"},
    "organizations": {"ValidationError": "InvalidInputException", "MalformedInput": "SerializationException"},
    "secretsmanager": {"ValidationError": "ValidationException", "MalformedInput": "SerializationException"},
    "access-analyzer": {"ValidationError": "ValidationException", "MalformedInput": "SerializationException"},
    "lambda": {"ValidationError": "ValidationException", "MalformedInput": "SerializationException"},
    "ecr": {"ValidationError": "InvalidParameterException", "MalformedInput": "SerializationException"},
    "sqs": {"ValidationError": "InvalidParameterValue", "MalformedInput": "SerializationException"},
    "sns": {"ValidationError": "InvalidParameter"},
    "sso": {"ValidationError": "ValidationException", "MalformedInput": "SerializationException"},
    "sso-oauth": {"ValidationError": "InvalidRequestException", "MalformedInput": "SerializationException"},
    "signin": {"ValidationError": "ValidationException", "MalformedInput": "SerializationException"},
    "cognito-identity": {
        "ValidationError": "ValidationException",
        "MalformedInput": "SerializationException",
    },
    "rolesanywhere": {"ValidationError": "ValidationException", "MalformedInput": "SerializationException"},
    "eks": {"ValidationError": "InvalidParameterException", "MalformedInput": "SerializationException"},
    "eks-auth": {"ValidationError": "InvalidParameterException", "MalformedInput": "SerializationException"},
    "identitystore": {"ValidationError": "ValidationException", "MalformedInput": "SerializationException"},
}
"""Error codes of the JSON protocols, which name the same refusals differently."""


def compact(value: object) -> str:
    """JSON in one line without white space between its parts."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


@lru_cache(maxsize=32)
def shapes_of(service: str) -> ShapeTable:
    """The table of a service (`iam`, `s3`, `sqs`, `sts` …); loaded once."""
    if service == "sts":
        return sts_shapes()
    from importlib.resources import files

    return ShapeTable(json.loads(files(__package__).joinpath("shapes", f"{service}.json").read_text("utf-8")))


def shape_of(operation: str) -> Shape:
    """The structure of an operation's parameters; KeyError for an operation that is not known."""
    service, _, name = operation.partition(":")
    return shapes_of(service).request(name)


def check_request(operation: str, params: Mapping[str, object], settings: Settings | None = None) -> None:
    """Check a call's parameters as the service does; raises AwsError with every violation in one message.
    Where AWS expects JSON text, a parsed object is accepted too.
    """
    if operation.startswith("sts:"):
        check_shape(operation, params, settings)
        return
    shape = shape_of(operation)
    if operation.startswith("iam:"):
        _refuse_bad_names(shape, params)
        _refuse_bad_paths(shape, params)
    if operation.startswith("sqs:"):
        _refuse_unknown_attributes(shape, params)
    try:
        sent = {name: _as_text(shape.members.get(name), value) for name, value in params.items()}
        check(shape, sent, IAM_WORDING if operation.startswith("iam:") else STS_WORDING)
    except AwsError as refused:
        code = _CODES.get(operation.partition(":")[0], {}).get(refused.code, refused.code)
        raise AwsError(code, refused.message, refused.status) from None


def is_true(value: object) -> bool:
    """The value of a boolean parameter, also as the query protocol spells it."""
    return value is True or value == "true"


def _refuse_bad_names(shape: Shape, params: Mapping[str, object]) -> None:
    """Raise IAM's special message for names with other characters (most often an ARN given as a name), which
    comes before all others.
    """
    for name, member in shape.members.items():
        value = params.get(name)
        if member.pattern == _NAME and isinstance(value, str) and value and not matches(_NAME, value):
            raise AwsError(
                "ValidationError",
                f"The specified value for {name[0].lower()}{name[1:]} is invalid. It must contain only "
                "alphanumeric characters and/or the following: +=,.@_-",
            )


def _refuse_bad_paths(shape: Shape, params: Mapping[str, object]) -> None:
    """Raise IAM's message for a path that does not begin and end with `/`; the shape check refuses long
    paths.
    """
    for name, member in shape.members.items():
        value = params.get(name)
        if member.pattern != _PATH or not isinstance(value, str) or not value:
            continue
        if len(value) <= (member.maximum or len(value)) and not matches(_PATH, value):
            raise AwsError(
                "ValidationError",
                f"The specified value for {name[0].lower()}{name[1:]} is invalid. It must begin and end with "
                "/ and contain only alphanumeric characters and/or / characters.",
            )


def _refuse_unknown_attributes(shape: Shape, params: Mapping[str, object]) -> None:
    """Raise the error of SQS that names the first unknown attribute.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
    """
    for name, names in (("AttributeNames", "member"), ("Attributes", "key")):
        known: Shape | None = getattr(shape.members.get(name), names, None)
        value = params.get(name)
        for one in value if known is not None and isinstance(value, list | tuple | Mapping) else ():
            if known is not None and one not in (known.enum or (one,)):
                raise AwsError("InvalidAttributeName", f"Unknown Attribute {one}.", 400)


def _as_text(shape: Shape | None, value: object) -> object:
    match shape:
        case Shape(type="string") if isinstance(value, Mapping):
            return compact(value)
        case Shape(type="list", member=Shape(type="string")) if isinstance(value, list | tuple):
            return [_as_text(shape.member, one) for one in value]
    return value
