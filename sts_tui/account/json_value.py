"""What JSON can hold, as types: policy documents, account files, parameters and answers.

Read-only: a `Json` that was handed over is looked at, never changed. `isinstance` narrows it
(`isinstance(value, Mapping)` → an object, `isinstance(value, list)` → an array).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    Json: TypeAlias = "str | int | float | bool | None | Sequence[Json] | Mapping[str, Json]"
    """Any JSON value."""
else:
    Json = Any  # msgspec reads the hints of its structs at run time and knows no recursive alias

JsonObject: TypeAlias = Mapping[str, Json]
"""A JSON object: a policy document, a statement, the parameters of a call."""

RawValue: TypeAlias = object
"""A value of an account file while it is read: JSON, or what a check made of it (`WrittenPolicy`,
`Unusable`)."""

RawObject: TypeAlias = dict[str, RawValue]
"""An object of an account file while it is read, by key. Checks replace values in it."""
