"""How are frozen values written as JSON, and read back?

By msgspec, driven by their type hints: fields that have their defaults are left out, instants are ISO 8601,
enums their values, tuples lists. Types that msgspec does not know are defined here: a `WrittenPolicy` is a
list of its document, its original spelling, and its earlier form. A field typed `Any` has to contain JSON
already.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from sts_tui.account.policy_document import WrittenPolicy

T = TypeVar("T")


def to_json(value: object) -> Any:
    """The value in a form that `json.dumps` accepts. Raises TypeError for a value that has no JSON form."""
    return msgspec.to_builtins(value, enc_hook=_written)


def from_json(kind: type[T], value: object) -> T:
    """The value of type `kind` from the output of `to_json`. Raises msgspec.ValidationError."""
    return msgspec.convert(value, kind, dec_hook=_read)


def _written(value: object) -> object:
    if isinstance(value, WrittenPolicy):
        return [value.document, value.written_as, value.original]
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"no JSON form for {type(value).__name__}")


def _read(kind: type[object], value: object) -> object:
    if kind is WrittenPolicy and isinstance(value, list):
        return WrittenPolicy(*value)
    raise TypeError(f"no JSON form for {kind.__name__}")
