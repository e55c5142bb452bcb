"""What does `--generate-cli-skeleton output` print? An answer with the name of each member as its value.

The AWS CLI checks the parameters, calls nothing, and prints what the operation could answer: numbers are 0,
booleans true, instants 1970, text the name of its member.
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
"""Where the shapes of a service's answers are, if not in the module of its name."""
_SUFFIXES: Final = ("Response", "Output", "Result")
_SHARED: Final[Mapping[str, str]] = {
    "SimulateCustomPolicy": "SimulatePolicyResponse",
    "SimulatePrincipalPolicy": "SimulatePolicyResponse",
    "GetContextKeysForCustomPolicy": "GetContextKeysForPolicyResponse",
    "GetContextKeysForPrincipalPolicy": "GetContextKeysForPolicyResponse",
}
"""Answers that are not called as their operation is."""
_EPOCH: Final = "1970-01-01T00:00:00"
_INSTANTS: Final = ("Date", "Timestamp", "Expiration", "ValidUntil", "LastAuthenticated", "LastUsed")
"""How members that hold an instant end, in the answers of the operations that are performed."""


def output_skeleton(action: str) -> Json:
    """The answer of `sts:AssumeRole` as the CLI invents it; an empty object where there is none."""
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
    """`above`: the structures that this one is in; one that holds itself ends there."""
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
