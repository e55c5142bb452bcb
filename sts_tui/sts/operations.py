"""The table of STS operations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sts_tui.sts.assume_role import assume_role
from sts_tui.sts.get_caller_identity import get_caller_identity
from sts_tui.sts.operation import Effect, Operation

_TABLE: Final = (
    Operation(name="sts:AssumeRole", effect=Effect.ISSUE, perform=assume_role),
    Operation(name="sts:GetCallerIdentity", effect=Effect.READ, perform=get_caller_identity),
)

OPERATIONS: Final[Mapping[str, Operation]] = {operation.name: operation for operation in _TABLE}
