"""How do the words of an `aws` line become the parameters of a call? They are converted like the AWS CLI
does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sts_tui.account.json_value import Json
from sts_tui.account.loading.bounded_file import read_bounded_text
from sts_tui.simulation.operations.command_names import dashed
from sts_tui.sts.shapes import Shape
from sts_tui.tours.reading.aws_line import AwsLine
from sts_tui.tours.reading.errors import StepError
from sts_tui.tours.reading.shorthand import ShorthandError, parse_shorthand


def parameters(line: AwsLine, folder: Path) -> dict[str, object]:
    """The parameters of a call. `file://` paths are relative to `folder`; raises StepError.

    Only parameters that cannot be sent are an error; the service refuses invalid ones.
    """
    found: dict[str, object] = {}
    if line.input_json is not None:
        found.update(_input(line, "cli-input-json", _from_file(line.input_json, folder)))
    if line.input_yaml is not None:
        text = _from_file(line.input_yaml, folder)
        text = _json_of_yaml(text) if text.strip() else text
        found.update(_input(line, "cli-input-yaml", text))
    for member, values in line.values.items():
        found[member] = _converted(dashed(member), line.shape.members[member], values, folder)
    limit = line.pages.limit if line.pages is not None else None
    if line.page_size is not None and limit is not None:
        found.setdefault(limit, _scalar("page-size", line.shape.members[limit], line.page_size))
    return found


def _input(line: AwsLine, flag: str, text: str) -> Mapping[str, Json]:
    """The parameters in a JSON text that came with this flag."""
    if not text.strip():
        kind = "JSON" if flag.endswith("json") else "YAML"
        raise StepError(f"--{flag} is empty", f"an object of parameters in {kind}; --generate-cli-skeleton")
    given = _json(flag, text)
    if not isinstance(given, dict):
        raise StepError(f"--{flag} is not {'a JSON' if flag.endswith('json') else 'a YAML'} object")
    if unknown := [name for name in given if name not in line.shape.members]:
        raise StepError(f"--{flag}: {line.operation} has no parameter {', '.join(unknown)}")
    return given


def _json_of_yaml(text: str) -> str:
    from sts_tui.account.foreign.yaml_text import YamlError, json_of_yaml  # imported on first use

    try:
        return json_of_yaml(text)
    except YamlError as error:
        raise StepError(f"Error parsing parameter '--cli-input-yaml': Invalid YAML: {error}") from None


def _converted(flag: str, shape: Shape, values: Sequence[str], folder: Path) -> object:
    if len(values) == 1:
        values = (_from_file(values[0], folder),)
    match shape.type:
        case "list":
            return _list(flag, shape, values, folder)
        case "structure" | "map":
            return _structure(flag, shape, values[0], folder)
        case _:
            return _scalar(flag, shape, values[0])


def _from_file(value: str, folder: Path) -> str:
    """The text of `file://PATH`; any other value unchanged."""
    for prefix in ("file://", "fileb://"):
        if value.startswith(prefix):
            return read_value_file(value.removeprefix(prefix), folder)
    return value


def read_value_file(name: str, folder: Path) -> str:
    """The text of a file that a step names, relative to `folder`; raises StepError."""
    path = folder / Path(name).expanduser()
    try:
        return read_bounded_text(path)
    except UnicodeDecodeError:
        raise StepError(f"{name} is not UTF-8 text") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise StepError(f"{name} cannot be read: {reason or error}") from None


def _list(flag: str, shape: Shape, values: Sequence[str], folder: Path) -> list[Any]:
    if len(values) == 1 and values[0].lstrip().startswith("["):
        return _typed(flag, shape, _json(flag, values[0]))  # type: ignore[no-any-return]  # a list, as it begins with [
    inner = shape.member
    assert inner is not None  # every list shape of AWS has a member shape
    if inner.type in ("structure", "map"):
        return [_structure(flag, inner, value, folder) for value in values]
    return [_scalar(flag, inner, value) for value in values]


def _structure(flag: str, shape: Shape, value: str, folder: Path) -> object:
    if value.lstrip().startswith(("{", "[")):
        return _typed(flag, shape, _json(flag, value))
    try:
        return _typed(flag, shape, parse_shorthand(value, lambda named: _from_file(named, folder)))
    except ShorthandError as error:
        raise StepError(f"Error parsing parameter '--{flag}': {error}") from None


def _json(flag: str, text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise StepError(f"Error parsing parameter '--{flag}': Invalid JSON: {error}") from None


def _typed(flag: str, shape: Shape, value: Any) -> Any:
    """Strings of shorthand converted to the shape's type; a single value in place of a list becomes a list of
    one.
    """
    match shape.type, value:
        case "list", list():
            return [_typed(flag, shape.member, item) if shape.member else item for item in value]
        case "list", str():
            return [_typed(flag, shape.member, value) if shape.member else value]
        case "structure", dict():
            _refuse_unknown_members(flag, shape, value)
            return {name: _typed(flag, shape.members[name], item) for name, item in value.items()}
        case (("integer" | "long" | "boolean"), str()):
            return _scalar(flag, shape, value)
        case (("string" | "timestamp"), str()) | (("integer" | "long" | "boolean"), int()) | ("map", dict()):
            return value
        case _:
            raise StepError(
                f"--{flag}: Invalid type for parameter, value: {value!r}, valid type: {shape.type}"
            )


def _refuse_unknown_members(flag: str, shape: Shape, value: Mapping[str, Json]) -> None:
    if unknown := [name for name in value if name not in shape.members]:
        known = ", ".join(shape.members)
        raise StepError(
            f"--{flag}: Unknown parameter: {', '.join(map(repr, unknown))}, must be one of: {known}"
        )


def _scalar(flag: str, shape: Shape, value: str) -> Json:
    convert = _SCALARS.get(shape.type, str)
    try:
        return convert(value)
    except ValueError:
        raise StepError(f"--{flag} {value!r} is not {_NOUNS[shape.type]}") from None


def _boolean(value: str) -> bool:
    if value.lower() not in ("true", "false"):
        raise ValueError(value)
    return value.lower() == "true"


_SCALARS: Mapping[str, Callable[[str], Json]] = {"integer": int, "long": int, "boolean": _boolean}
_NOUNS = {"integer": "a whole number", "long": "a whole number", "boolean": "true or false"}
