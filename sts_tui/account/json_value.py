"""What JSON can hold, as types: policy documents, account files, parameters and answers.

Read-only: a `Json` that was handed over is looked at, never changed. `isinstance` narrows it
(`isinstance(value, Mapping)` → an object, `isinstance(value, list)` → an array).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = "str | int | float | bool | None | Sequence[Json] | Mapping[str, Json]"
"""Any JSON value."""

JsonObject: TypeAlias = Mapping[str, Json]
"""A JSON object: a policy document, a statement, the parameters of a call."""
