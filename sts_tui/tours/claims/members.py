"""Reading JSON objects strictly: members are taken by name and type, and what is left over is a fault."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Any, Final, TypeVar, cast

T = TypeVar("T")
E = TypeVar("E", bound=Enum)


class ClaimFileError(Exception):
    """A claim file that cannot be read: unknown key, missing member, an id used twice."""


class _Required:
    """Stands for the default of a member that has none."""


REQUIRED: Final = _Required()


class Members:
    """One JSON object. Leaving the `with` block raises ClaimFileError for members that nobody took."""

    def __init__(self, written: object, where: str) -> None:
        if not isinstance(written, dict):
            raise ClaimFileError(f"{where}: wanted an object, found {written!r}")
        self.where = where
        self._left: dict[str, Any] = dict(written)

    def __enter__(self) -> Members:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self._left:
            raise ClaimFileError(f"{self.where}: unknown members {', '.join(self._left)}")

    def has(self, name: str) -> bool:
        """Whether a member not yet taken is written."""
        return name in self._left

    def take(self, name: str, kind: type[T] | tuple[type[T], ...], default: T | _Required = REQUIRED) -> T:
        """The member's value; its default where it is left out."""
        value = self._left.pop(name, default)
        if isinstance(value, _Required):
            raise ClaimFileError(f"{self.where}: {name} is missing")
        if value is not default and not isinstance(value, kind):
            raise ClaimFileError(f"{self.where}.{name}: of the wrong type: {value!r}")
        return cast(T, value)

    def optional(self, name: str, kind: type[T]) -> T | None:
        """The member's value; None where it is left out or null."""
        if self._left.get(name) is None:
            self._left.pop(name, None)
            return None
        return self.take(name, kind)

    def one_of(self, name: str, kind: type[E]) -> E:
        """A member whose value is one of an enumeration's, as written there."""
        written = self.take(name, str)
        try:
            return kind(written)
        except ValueError:
            choices = ", ".join(str(member.value) for member in kind)
            raise ClaimFileError(f"{self.where}.{name}: {written!r} is none of {choices}") from None

    def one_of_or_null(self, name: str, kind: type[E]) -> E | None:
        """The same, but None where it is left out or null."""
        if self._left.get(name) is None:
            self._left.pop(name, None)
            return None
        return self.one_of(name, kind)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of strings; empty where it is left out."""
        values: list[Any] = self.take(name, list, [])
        if not all(isinstance(value, str) for value in values):
            raise ClaimFileError(f"{self.where}.{name}: wanted strings, found {values!r}")
        return tuple(values)


def read_json(path: Path) -> Any:
    """The parsed file; raises ClaimFileError where it is no JSON or writes a key twice."""
    try:
        return json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_without_duplicates)
    except ValueError as broken:
        raise ClaimFileError(f"{path.name}: {broken}") from None


def _without_duplicates(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError(f"a key is written twice among {[key for key, _ in pairs]}")
    return members
