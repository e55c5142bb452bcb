"""What does `--generate-cli-skeleton` print? The parameters of an operation with empty values; AWS is not
called.

https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-skeleton.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from sts_tui.account.json_value import Json
from sts_tui.sts.shapes import Shape


def skeleton(shape: Shape) -> Json:
    """The skeleton of a shape; for an enumeration the first value (the AWS CLI picks an arbitrary one)."""
    match shape.type:
        case "structure":
            return {name: skeleton(member) for name, member in shape.members.items()}
        case "list":
            return [skeleton(shape.member)] if shape.member else []
        case "map":
            return {"KeyName": skeleton(shape.member) if shape.member else ""}
        case "integer" | "long":
            return 0
        case "boolean":
            return True
        case _:
            return shape.enum[0] if shape.enum else ""


def yaml_skeleton(shape: Shape) -> str:
    """The same as YAML, for `yaml-input`, with comments for required parameters and the values of
    enumerations. AWS's CLI also prints the documentation of each parameter.
    """
    return "\n".join(_lines(shape, "")) or "{}"


def _lines(shape: Shape, indent: str) -> Iterator[str]:
    for name, member in shape.members.items():
        yield from _member(name, member, indent, is_required=name in shape.required)


def _member(name: str, shape: Shape, indent: str, *, is_required: bool) -> Iterator[str]:
    notes = ["[REQUIRED]"] if is_required else []
    if shape.enum:
        notes.append(f"Valid values are: {', '.join(shape.enum)}.")
    comment = f"  # {' '.join(notes)}" if notes else ""
    match shape.type:
        case "structure" if shape.members:
            yield f"{indent}{name}:{comment}"
            yield from _lines(shape, indent + "  ")
        case "map":
            yield f"{indent}{name}:{comment}"
            yield from _member("KeyName", shape.member or _TEXT, indent + "  ", is_required=False)
        case "list" if shape.member is not None and shape.member.members:
            yield f"{indent}{name}:{comment}"
            first, *others = _lines(shape.member, indent + "  ")
            yield f"{indent}- {first.lstrip()}"
            yield from others
        case "list":
            yield f"{indent}{name}:{comment}"
            yield f"{indent}- {_scalar(shape.member or _TEXT)}"
        case _:
            yield f"{indent}{name}: {_scalar(shape)}{comment}"


def _scalar(shape: Shape) -> str:
    value = skeleton(shape)
    return f"'{value}'" if value == "" else value if isinstance(value, str) else json.dumps(value)


_TEXT = Shape(type="string")
