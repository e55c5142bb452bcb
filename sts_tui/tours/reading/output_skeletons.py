"""What does `--generate-cli-skeleton output` print? A response with the name of each member as its value. The
AWS CLI checks the parameters, makes no call, and prints an example response: numbers are 0, booleans true,
timestamps 1970, texts the name of their member.
https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-skeleton.html
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence as SequenceOf
from importlib import import_module
from types import UnionType
from typing import Final, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

from sts_tui.account.json_value import Json
from sts_tui.sts.shapes import Shape

_SHAPES: Final = "sts_tui.simulation.operations.shapes"
_MODULES: Final[Mapping[str, str]] = {
    "sts": "sts_tui.sts.api_shapes",
    "access-analyzer": f"{_SHAPES}.accessanalyzer",
    "lambda": f"{_SHAPES}.lambda_functions",
}
"""Modules with the shapes of a service's responses, if not in the module with its name."""
_SUFFIXES: Final = ("Response", "Output", "Result")
_SHARED: Final[Mapping[str, str]] = {
    "SimulateCustomPolicy": "SimulatePolicyResponse",
    "SimulatePrincipalPolicy": "SimulatePolicyResponse",
    "GetContextKeysForCustomPolicy": "GetContextKeysForPolicyResponse",
    "GetContextKeysForPrincipalPolicy": "GetContextKeysForPolicyResponse",
}
"""Responses that are not named after their operation."""
_EPOCH: Final = "1970-01-01T00:00:00"
_INSTANTS: Final = ("Date", "Timestamp", "Expiration", "ValidUntil", "LastAuthenticated", "LastUsed")
"""Suffixes of members with a timestamp, in the responses of the performed operations."""


def output_skeleton(action: str) -> Json:
    """The CLI's example response of an action such as `sts:AssumeRole`; an empty object if there is none."""
    prefix, _, operation = action.partition(":")
    module = import_module(_MODULES.get(prefix, f"{_SHAPES}.{prefix.replace('-', '_')}"))
    names = (_SHARED.get(operation, ""), *(operation + suffix for suffix in _SUFFIXES))
    answer = next((vars(module)[name] for name in names if name in vars(module)), None)
    return {} if answer is None else _invented(answer, "", ())


def missing_parameters(shape: Shape, given: Mapping[str, object]) -> tuple[str, ...]:
    """The required parameters that a line does not give: the CLI refuses it before it prints anything.
    `given`: parameters by name.
    """
    return tuple(name for name in shape.required if name not in given)


def _invented(kind: object, name: str, above: tuple[object, ...]) -> Json:
    """An example value. `above`: the enclosing structures; a recursive structure ends there."""
    if is_typeddict(kind):
        if kind in above:
            return {}
        hints = get_type_hints(kind)
        return {member: _invented(inner, member, (*above, kind)) for member, inner in hints.items()}
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _invented(arguments[0], name, above)
    if origin is SequenceOf:
        return [_invented(arguments[0], "", above)]
    if origin is Mapping:
        return {"KeyName": _invented(arguments[1], "", above)}
    return _scalar(kind, name, is_choice=origin is Literal)


def _scalar(kind: object, name: str, *, is_choice: bool) -> Json:
    if kind is bool:
        return True
    if kind is int:
        return 0
    if kind is float:
        return 0.0
    return _EPOCH if name.endswith(_INSTANTS) and not is_choice else name
