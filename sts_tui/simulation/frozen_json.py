"""How are frozen values written as JSON, and read back?

By msgspec, driven by their type hints: fields that have their defaults are left out, instants are ISO 8601,
enums their values, tuples lists. What msgspec does not know is defined here: a policy as written is the
list of its document, how it was spelled, and what it was before. Whatever is typed `Any` has to be JSON
already.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from sts_tui.account.policy_document import WrittenPolicy

T = TypeVar("T")


def to_json(value: object) -> Any:
    """A value that `json.dumps` takes. Raises TypeError for a value that has no JSON form."""
    return msgspec.to_builtins(value, enc_hook=_written)


def from_json(kind: type[T], value: object) -> T:
    """The value of type `kind` that `to_json` made this of. Raises msgspec.ValidationError."""
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
