"""Which nested members are in a form of the query protocols?

`Tags.member.1.Key=a` (query), `Tag.1.Key=a` (ec2), `Tags.Tag.1.Key=a` (RDS): numbers become lists, and a name
between a list and its numbers is dropped.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl

from sts_tui.sts.errors import AwsError

_MOST_FIELDS: Final = 10_000
_DEEPEST: Final = 32


def form_members(text: str) -> dict[str, object]:
    """The members of a form by name. Raises AwsError for an invalid form."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise AwsError("MalformedInput", "The request body is not a form", 400) from None
    root: dict[str, object] = {}
    for name, value in pairs:
        _put(root, name.split("."), value)
    return {name: _lists(value) for name, value in root.items()}


def _put(root: dict[str, object], steps: list[str], value: str) -> None:
    if len(steps) > _DEEPEST:
        raise AwsError("MalformedInput", "The request is nested too deeply", 400)
    at = root
    for step in steps[:-1]:
        inner = at.get(step)
        if not isinstance(inner, dict):
            inner = at[step] = {}
        at = inner
    at[steps[-1]] = value


def _lists(value: object) -> object:
    if not isinstance(value, dict):
        return value
    if _is_numbered(value):
        return [_lists(value[key]) for key in sorted(value, key=int)]
    if len(value) == 1:
        ((name, inner),) = value.items()
        if name in ("member", "entry") or (isinstance(inner, dict) and _is_numbered(inner)):
            return _lists(inner) if isinstance(inner, dict) else {name: inner}
    return {name: _lists(inner) for name, inner in value.items()}


def _is_numbered(value: dict[str, object]) -> bool:
    return bool(value) and all(key.isdecimal() and len(key) < 6 for key in value)
