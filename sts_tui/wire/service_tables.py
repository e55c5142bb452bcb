"""What is known about each service's operations? The tables written by `.ci/extract_wire.py`, read on
demand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any, Final

from msgspec import Struct, convert, field

from sts_tui.account.json_value import Json

_LABEL: Final = re.compile(r"\{([^}]+)\}")


class Answer(Struct, frozen=True):
    """The smallest valid response of an operation, if it is not empty."""

    status: int = 200
    head: Mapping[str, str] = field(default_factory=dict)
    json: Json = None
    xml: str = ""


class Row(Struct, frozen=True, dict=True):
    """One operation."""

    do: tuple[tuple[str, str], ...]
    """(IAM action, template of the resource's ARN); the template `?`: the ARN cannot be derived."""
    http: str = ""
    """Method and path of REST protocols: `GET /{Bucket}/{Key+}?acl`."""
    needs: tuple[str, ...] = ()
    """Required headers, and query parameters written `?name`."""
    assumed: bool = False
    """Whether AWS's list of actions does not have it yet, so that the action is named after the operation."""
    unknown: str = ""
    """Why no resource can be derived from the request, if AWS's list has the action."""
    unsigned: bool = False
    answer: Answer = Answer()

    @cached_property
    def method(self) -> str:
        return self.http.partition(" ")[0]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The path, with a group for each label."""
        path = self.http.partition(" ")[2].partition("?")[0]
        text, at = "", 0
        for label in _LABEL.finditer(path):
            text += re.escape(path[at : label.start()])
            text += "(.+)" if label[1].endswith("+") else "([^/]+)"
            at = label.end()
        return re.compile(text + re.escape(path[at:]) + "/?")

    @cached_property
    def labels(self) -> tuple[str, ...]:
        path = self.http.partition("?")[0]
        return tuple(one.removesuffix("+") for one in _LABEL.findall(path))

    @cached_property
    def literals(self) -> Mapping[str, str]:
        """Query parameters in the path, with their values, by name."""
        parts = self.http.partition("?")[2].split("&")
        return dict(part.partition("=")[::2] for part in parts if part)

    @cached_property
    def asks_for_query(self) -> bool:
        return bool(self.literals) or any(need.startswith("?") for need in self.needs)

    @cached_property
    def specificity(self) -> tuple[int, int, int]:
        """The sort key; greater ones are tried first: parts of the path without labels, then other
        requirements.
        """
        path = self.http.partition(" ")[2].partition("?")[0]
        fixed = sum(1 for part in path.split("/") if part and not part.startswith("{"))
        return (fixed, len(self.literals) + len(self.needs), len(path.split("/")))


class Service(Struct, frozen=True, dict=True):
    """One service model: `name` is botocore's (`stepfunctions`), `prefix` that of its actions (`states`)."""

    signing: str
    prefix: str
    protocols: tuple[str, ...]
    version: str
    namespace: str
    operations: Mapping[str, Row]
    name: str = ""

    @cached_property
    def by_specificity(self) -> tuple[tuple[str, Row], ...]:
        rows = ((name, row) for name, row in self.operations.items() if row.http)
        return tuple(sorted(rows, key=lambda one: one[1].specificity, reverse=True))


class Index(Struct, frozen=True):
    """The index that finds the services of an operation."""

    signing: Mapping[str, tuple[str, ...]]
    """Service names by the name in a signature's scope."""
    targets: Mapping[str, str]
    """Service names by the prefix in X-Amz-Target."""
    models: Mapping[str, str]
    """Service names by the name in the path of the CBOR protocol."""


@lru_cache(maxsize=1)
def index() -> Index:
    return convert(_read("index"), Index)


@lru_cache(maxsize=64)
def service(name: str) -> Service:
    """The table of a service. Raises FileNotFoundError for an unknown service."""
    return convert({**_read(name), "name": name}, Service)


def _read(name: str) -> Any:
    return json.loads(files(__package__).joinpath("tables", f"{name}.json").read_text("utf-8"))
