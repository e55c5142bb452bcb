"""Which ARNs does a template of the tables give for the members of a request? `{Name}` is a member, `{A.B}` a
nested member, `{A[].B}` one for each item of a list, `{A.keys()}` one for each key of a map, `{A|x}` the text
x if the member was not sent, `{A,B}` the first of two that was sent. `{$name}` is derived: see
`derived_values`. A member with a whole ARN replaces the template.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from sys import intern
from typing import Final, TypeAlias

_VARIABLE: Final = re.compile(r"\{([^{}]+)\}")
_START_OF_ID: Final = re.compile(r"(?<=/)[a-z]{1,2}-$")
"""`r-` in a template for ids that are sent with it: `root/o-*/r-{RootId}`."""
_MOST: Final = 1_000
"""The maximum number of ARNs of one template: DeleteObjects names a thousand keys, and no operation names
more.
"""

Derive: TypeAlias = Callable[[str], list[str]]
"""Gives the values of `{$name}`; empty if they are not known."""


def arns_of(template: str, members: Mapping[str, object], derive: Derive, *, absent: str = "") -> list[str]:
    """The ARNs; empty if a member that the template needs is missing and `absent` does not replace it."""
    parts = _VARIABLE.split(template)
    values: list[list[str]] = []
    for name in parts[1::2]:
        found = derive(name[1:]) if name.startswith("$") else texts(name, members)
        if not found and not name.startswith("$") and absent:
            found = [absent]
        if not found:
            return []
        values.append(found)
    arns = []
    for at, chosen in enumerate(product(*values)):
        if at >= _MOST:
            break
        arns.append(_filled(parts[::2], chosen))
    return list(dict.fromkeys(arns))


def _filled(texts: list[str], values: tuple[str, ...]) -> str:
    text = texts[0]
    for value, after in zip(values, texts[1:], strict=True):
        if value.startswith("arn:"):
            return value
        if (start := _START_OF_ID.search(text)) and value.startswith(start[0]):
            text = text.removesuffix(start[0])
        text += (value.lstrip("/") if text.endswith("/") else value) + after
    return intern(text)  # the log keeps one per request


def texts(path: str, members: Mapping[str, object]) -> list[str]:
    """The texts at a path, `A[].B` or `A.keys()`, among the members of a request."""
    path, bar, otherwise = path.partition("|")
    first, comma, second = path.partition(",")
    if comma and not texts(first, members):
        return texts(second + bar + otherwise, members)
    path = first
    found = [one for one in _walk(path.split("."), members) if one]
    if bar and len(found) < _count(path, members):
        found.append(otherwise)
    return list(dict.fromkeys(found))


def _count(path: str, members: Mapping[str, object]) -> int:
    """The number of items of the list at the start of a path: each has a value, sent or not."""
    head = path.partition("[]")[0]
    listed = members.get(head)
    return len(listed) if isinstance(listed, list) else 1


def _walk(steps: list[str], value: object) -> Iterator[str]:
    if not steps:
        if isinstance(value, str):
            yield value
        return
    step, rest = steps[0], steps[1:]
    if step == "keys()":
        yield from map(str, value if isinstance(value, Mapping) else ())
        return
    if not isinstance(value, Mapping):
        return
    inner = value.get(step.removesuffix("[]"))
    if isinstance(inner, list):
        for one in inner:
            yield from _walk(rest, one)
    elif inner is not None:
        yield from _walk(rest, inner)
