"""Which types do JSON values have: policy documents, account files, parameters and responses?

A `Json` is read-only: a function never changes one that it gets. `isinstance` narrows it (`isinstance(value,
Mapping)` → an object, `isinstance(value, list)` → an array).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    Json: TypeAlias = "str | int | float | bool | None | Sequence[Json] | Mapping[str, Json]"
    """Any JSON value."""
else:
    Json = (
        Any  # msgspec reads the type hints of its structs at run time and does not support recursive aliases
    )

JsonObject: TypeAlias = Mapping[str, Json]
"""A JSON object: a policy document, a statement, the parameters of a call."""

RawValue: TypeAlias = object
"""A value of an account file while it is loaded: JSON, or what the check replaced it with (`WrittenPolicy`,
`Unusable`)."""

RawObject: TypeAlias = dict[str, RawValue]
"""An object of an account file while it is loaded, by key. Checks replace values in it."""
