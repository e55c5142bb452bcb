"""Do the parameters of a request match AWS's shapes? All violations are reported in one message.

The shapes are data: tables in JSON that are subsets of AWS's service models, in the same form
(`{"operations": {…: shape name}, "shapes": {name: {"type": …, "members": {…: shape name}, "min": …}}}`). A
table of another service is loaded in the same way: `ShapeTable(json.loads(…)).request("CreateRole")`. Members
have AWS's names and order. Command lines are parsed and written with the same tables.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from reprlib import repr as shortened
from typing import TYPE_CHECKING, Any, Final, TypedDict, cast
from unicodedata import category

from msgspec import Struct, field
from msgspec.structs import replace

from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.sts.errors import AwsError

if TYPE_CHECKING:
    from sts_tui.account.entities import Settings

_INTEGER = lazy_pattern(r"[+-]?[0-9]+")
_SMALLEST, _LARGEST = -(2**31), 2**31 - 1


class Shape(Struct, frozen=True, kw_only=True):
    """The shape of a parameter in AWS's service model: a structure, list, map, string, integer, boolean or
    timestamp. `member` is the shape of list elements or map values, `key` that of map keys.

    `minimum` and `maximum` limit the length of strings, lists and maps, and the value of integers.
    """

    type: str
    members: Mapping[str, Shape] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    member: Shape | None = None
    key: Shape | None = None
    minimum: int | None = None
    maximum: int | None = None
    pattern: str | None = None
    enum: tuple[str, ...] = ()
    sensitive: bool = False


class Wording(Struct, frozen=True, kw_only=True):
    """The differences between services in their validation errors."""

    shows_values: bool = True
    """Whether the refused value, and the values that an enum allows, are shown, as by STS."""
    sorts_members: bool = False
    """Whether errors are sorted by the names of the members, instead of the order of the model."""
    lists_null: bool = False
    """Whether the constraints of list members end with `Member must not be null`."""


STS_WORDING: Final = Wording()
IAM_WORDING: Final = Wording(shows_values=False, sorts_members=True, lists_null=True)
"""Recorded from the live service in March 2025. Until 2021, IAM showed values as STS does."""


class _WrittenShape(TypedDict, total=False):
    """One shape in the file. `member`, `key` and `members` have the names of other shapes."""

    type: str
    members: dict[str, str]
    required: list[str]
    member: str
    key: str
    min: int
    max: int
    pattern: str
    enum: list[str]
    sensitive: bool


class ShapeModel(TypedDict):
    """The requests of a service in the file."""

    operations: dict[str, str]
    """Operation → name of its structure."""
    shapes: dict[str, _WrittenShape]


class ShapeTable:
    """The request shapes of one service, resolved on first use."""

    def __init__(self, model: ShapeModel) -> None:
        self._model = model
        self._resolved: dict[str, Shape] = {}

    @property
    def operations(self) -> tuple[str, ...]:
        """The names of the operations, without the service prefix."""
        return tuple(self._model["operations"])

    def request(self, operation: str) -> Shape:
        """The structure of an operation's parameters. Raises KeyError for an unknown operation."""
        return self._shape(self._model["operations"][operation])

    def _shape(self, name: str) -> Shape:
        if name not in self._resolved:
            written = self._model["shapes"][name]
            self._resolved[name] = Shape(
                type=written["type"],
                members={member: self._shape(shape) for member, shape in written.get("members", {}).items()},
                required=tuple(written.get("required", ())),
                member=self._shape(written["member"]) if "member" in written else None,
                key=self._shape(written["key"]) if "key" in written else None,
                minimum=written.get("min"),
                maximum=written.get("max"),
                pattern=written.get("pattern"),
                enum=tuple(written.get("enum", ())),
                sensitive=written.get("sensitive", False),
            )
        return self._resolved[name]


@lru_cache(maxsize=1)
def sts_shapes() -> ShapeTable:
    """The requests of STS, API version 2011-06-15."""
    from importlib.resources import files

    return ShapeTable(json.loads(files("sts_tui.sts").joinpath("request_shapes.json").read_text("utf-8")))


def check_shape(operation: str, params: Mapping[str, object], settings: Settings | None = None) -> None:
    """Check the parameters of an STS operation (`sts:AssumeRole` or `AssumeRole`) as the service does.

    Raises AwsError with every violation in one message. Unknown parameters are ignored, as in AWS's API.
    `settings` can have another maximum length for SourceIdentity.
    """
    shape = sts_shapes().request(operation.removeprefix("sts:"))
    if params.get("Policy") is not None and isinstance(params["Policy"], Mapping):
        params = {**params, "Policy": policy_text(params)}
    if settings is not None and "SourceIdentity" in shape.members:
        shape = _with_source_identity(shape, settings.source_identity_max_length)
    check(shape, params)


def policy_text(params: Mapping[str, object]) -> str | None:
    """The JSON text of `Policy`, which a caller may also give as a parsed object; None without one."""
    policy = params.get("Policy")
    if policy is not None and isinstance(policy, Mapping):
        return json.dumps(policy, separators=(",", ":"), ensure_ascii=False)
    return None if policy is None else str(policy)


def _with_source_identity(shape: Shape, maximum: int) -> Shape:
    usual = shape.members["SourceIdentity"]
    if usual.maximum == maximum:
        return shape
    return replace(shape, members={**shape.members, "SourceIdentity": replace(usual, maximum=maximum)})


def check(shape: Shape, params: Mapping[str, object], wording: Wording = STS_WORDING) -> None:
    """Check parameters against a structure.

    Raises AwsError `MalformedInput` for values that cannot be sent as the shape's type at all, else
    `ValidationError` with every violation in one message, as AWS does.
    """
    if _fits_members(shape, params):
        return
    for name, member in shape.members.items():
        _refuse_other_types(name, member, params.get(name))
    found = list(violations(shape, params, wording=wording))
    if wording.sorts_members:
        found.sort(key=lambda clause: clause.partition(" at ")[2])
    if found:
        noun = "error" if len(found) == 1 else "errors"
        raise AwsError("ValidationError", f"{len(found)} validation {noun} detected: {'; '.join(found)}")


def _fits_members(shape: Shape, params: Mapping[str, object]) -> bool:
    """Whether parameters are valid. A fast check without messages, because nearly all calls are valid."""
    for name in shape.required:
        if params.get(name) is None:
            return False
    members = shape.members
    for name, value in params.items():
        member = members.get(name)
        if member is not None and value is not None and not _fits(member, value):
            return False
    return True


def _fits(shape: Shape, value: object) -> bool:
    """Whether a value is certainly valid; False also if only the complete check can tell."""
    kind = shape.type
    if kind == "string":
        if value.__class__ is not str:
            return False
        if shape.pattern is not None and not matches(shape.pattern, value):
            return False
        return _is_within(shape, len(value)) and (not shape.enum or value in shape.enum)
    if kind == "structure":
        return isinstance(value, Mapping) and _fits_members(shape, value)
    if kind == "list" and isinstance(value, list | tuple) and shape.member is not None:
        if not _is_within(shape, len(value)):
            return False
        return all(item is not None and _fits(shape.member, item) for item in value)
    if kind == "map" and isinstance(value, Mapping):
        return _is_within(shape, len(value)) and _fits_map(shape, value)
    return kind == "integer" and value.__class__ is int and _is_integer(value) and _is_within(shape, value)


def _fits_map(shape: Shape, value: Mapping[object, object]) -> bool:
    keys_fit = shape.key is None or all(_fits(shape.key, key) for key in value)
    return keys_fit and (shape.member is None or all(_fits(shape.member, item) for item in value.values()))


def _is_within(shape: Shape, size: int) -> bool:
    if shape.maximum is not None and size > shape.maximum:
        return False
    return shape.minimum is None or size >= shape.minimum


def violations(
    shape: Shape, params: Mapping[str, object], path: str = "", wording: Wording = STS_WORDING
) -> Iterator[str]:
    """The violations as AWS words them, `Value '…' at 'roleArn' failed to satisfy constraint: …`, in the
    order of the members.
    """
    for name, member in shape.members.items():
        at = f"{path}{name[0].lower()}{name[1:]}"
        value = params.get(name)
        if value is not None:
            yield from _violations_of(member, value, at, wording)
        elif name in shape.required:
            shown = "Value null" if wording.shows_values else "Value"
            yield f"{shown} at '{at}' failed to satisfy constraint: Member must not be null"


def _violations_of(shape: Shape, value: object, at: str, wording: Wording) -> Iterator[str]:
    for constraint in _broken_constraints(shape, value, wording):
        yield f"{_printed(shape, value, wording)} at '{at}' failed to satisfy constraint: {constraint}"
    if shape.type == "structure" and isinstance(value, Mapping):
        yield from violations(shape, value, f"{at}.", wording)
    elif shape.type == "map" and isinstance(value, Mapping):
        yield from _violations_of_map(shape, value, at, wording)
    elif shape.member is None or not isinstance(value, Sequence):
        return
    elif shape.member.type == "structure":
        for number, item in enumerate(value, start=1):
            yield from _violations_of(shape.member, item, f"{at}.{number}.member", wording)
    elif any(any(_broken_constraints(shape.member, item, wording)) for item in value):
        inner = ", ".join(_constraints(shape.member, wording))
        clause = f"failed to satisfy constraint: Member must satisfy constraint: [{inner}]"
        yield f"{_printed(shape, value, wording)} at '{at}' {clause}"


def _violations_of_map(
    shape: Shape, value: Mapping[object, object], at: str, wording: Wording
) -> Iterator[str]:
    """All keys of a map are one violation, and so are all values, except structures, which have separate
    paths.
    """
    values: Sequence[object] = list(value.values())
    if shape.member is not None and shape.member.type == "structure":
        for key, item in value.items():
            yield from _violations_of(shape.member, item, f"{at}.{key}.member", wording)
        values = ()
    for noun, inner, found in (("keys", shape.key, list(value)), ("value", shape.member, values)):
        if inner is not None and any(any(_broken_constraints(inner, one, wording)) for one in found):
            constraints = ", ".join(_constraints(inner, wording))
            clause = f"failed to satisfy constraint: Map {noun} must satisfy constraint: [{constraints}]"
            yield f"{_printed(shape, value, wording)} at '{at}' {clause}"


def _printed(shape: Shape, value: object, wording: Wording) -> str:
    """A value as AWS prints it: in quotes; sensitive values are not printed."""
    is_sensitive = any(one is not None and one.sensitive for one in (shape, shape.key, shape.member))
    if is_sensitive or not wording.shows_values:
        return "Value"
    return f"Value '{integer(value) if shape.type == 'integer' else _plain(value)}'"


def _plain(value: object) -> str:
    match value:
        case Mapping():
            return "{" + ", ".join(f"{key}={_plain(item)}" for key, item in value.items()) + "}"
        case str():
            return value
        case Sequence():
            return "[" + ", ".join(_plain(item) for item in value) + "]"
        case _:
            return str(value)


def _broken_constraints(shape: Shape, value: object, wording: Wording) -> Iterator[str]:
    measure = "value" if shape.type == "integer" else "length"
    if shape.type == "structure":
        return
    size = (
        integer(value)
        if shape.type == "integer"
        else len(value)
        if isinstance(value, str | Sequence | Mapping)
        else 0
    )
    if shape.maximum is not None and size > shape.maximum:
        yield _at_most(measure, shape.maximum)
    if shape.minimum is not None and size < shape.minimum:
        yield _at_least(measure, shape.minimum)
    if shape.pattern is not None and not matches(shape.pattern, str(value)):
        yield _of_pattern(shape.pattern)
    if shape.enum and value not in shape.enum:
        yield _of_enum(shape.enum, wording)


def _constraints(shape: Shape, wording: Wording) -> Iterator[str]:
    if shape.maximum is not None:
        yield _at_most("length", shape.maximum)
    if shape.minimum is not None:
        yield _at_least("length", shape.minimum)
    if shape.pattern is not None:
        yield _of_pattern(shape.pattern)
    if shape.enum:
        yield _of_enum(shape.enum, wording)
    if wording.lists_null:
        yield "Member must not be null"


def _at_most(measure: str, bound: int) -> str:
    return f"Member must have {measure} less than or equal to {bound}"


def _at_least(measure: str, bound: int) -> str:
    return f"Member must have {measure} greater than or equal to {bound}"


def _of_pattern(pattern: str) -> str:
    return f"Member must satisfy regular expression pattern: {pattern}"


def _of_enum(values: tuple[str, ...], wording: Wording) -> str:
    if not wording.shows_values:
        return "Member must satisfy enum value set"
    return f"Member must satisfy enum value set: [{', '.join(values)}]"


def integer(value: Any) -> int:
    """A number as the query protocol parses it: `900`, `+900` and `0900` are equal."""
    return int(value)


def _refuse_other_types(at: str, shape: Shape, value: object) -> None:
    """Raise AwsError MalformedInput for values of another type, before any constraint is checked."""
    if value is None:
        return
    if not _READABLE[shape.type](value):
        raise AwsError(
            "MalformedInput", f"{at}: {shortened(value)} cannot be read as {_ARTICLES[shape.type]}"
        )
    if shape.type == "structure" and isinstance(value, Mapping):
        for name, member in shape.members.items():
            _refuse_other_types(f"{at}.{name}", member, value.get(name))
    elif shape.member is not None:
        _refuse_elements_of_other_types(at, shape.member, value)


def _refuse_elements_of_other_types(at: str, shape: Shape, value: object) -> None:
    """Check the elements of a list, which have numbers in the error's path, or the values of a map, which
    have their keys.
    """
    is_map = isinstance(value, Mapping)
    items = value.items() if isinstance(value, Mapping) else enumerate(cast("Sequence[object]", value), 1)
    for name, item in items:
        if item is None:
            part = "a value of a map" if is_map else "an element of a list"
            raise AwsError("MalformedInput", f"{at}.{name}: null cannot be {part}")
        _refuse_other_types(f"{at}.{name}", shape, item)


def _is_integer(value: object) -> bool:
    """Whether a value is a signed 32-bit integer. Decimals, letters, spaces and overflow are malformed
    (measured on the live service).
    """
    if isinstance(value, bool):
        return False
    if isinstance(value, str):
        return (
            len(value) <= 20 and _INTEGER.fullmatch(value) is not None and _SMALLEST <= int(value) <= _LARGEST
        )
    return isinstance(value, int) and _SMALLEST <= value <= _LARGEST


def _is_boolean(value: object) -> bool:
    return isinstance(value, bool) or value in ("true", "false")


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


_READABLE: Mapping[str, Callable[[object], bool]] = {
    "structure": lambda value: isinstance(value, Mapping),
    "list": _is_list,
    "map": lambda value: isinstance(value, Mapping),
    "string": lambda value: isinstance(value, str),
    "blob": lambda value: isinstance(value, str),
    "integer": _is_integer,
    "boolean": _is_boolean,
    "timestamp": lambda value: isinstance(value, str),
}
_ARTICLES: Mapping[str, str] = {
    "structure": "a structure",
    "list": "a list",
    "map": "a map",
    "string": "a string",
    "blob": "a string",
    "integer": "a whole number",
    "boolean": "true or false",
    "timestamp": "an instant",
}


def matches(pattern: str, value: str) -> bool:
    """Whether the whole value matches one of AWS's patterns, in which `\\w` and `\\d` are ASCII only."""
    if r"\p{" in pattern:
        value = "".join(_stand_in(character, pattern) for character in value)
    return _compiled(pattern).fullmatch(value) is not None


_STAND_INS: Mapping[str, str] = {"L": "a", "Z": " ", "N": "0"}
_RARE_STAND_INS: Mapping[str, str] = {"M": "\ue001", "S": "\ue002", "P": "\ue003"}
"""Stand-ins for marks, symbols and punctuation. Patterns that do not name these categories may list single
characters of them.
"""


def _stand_in(character: str, pattern: str) -> str:
    """A replacement for a character, because Python's re has no `\\p{L}`: one letter, space and digit
    represent their whole Unicode category.
    """
    kind = category(character)[0]
    if kind in _RARE_STAND_INS and f"\\p{{{kind}}}" in pattern:
        return _RARE_STAND_INS[kind]
    return _STAND_INS.get(kind, character)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    for name, character in {**_STAND_INS, **_RARE_STAND_INS}.items():
        pattern = pattern.replace(f"\\p{{{name}}}", character)
    return re.compile(pattern, re.ASCII)
