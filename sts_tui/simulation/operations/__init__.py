"""Which operations does the simulation perform? STS's, and those of IAM and other services in this package,
by name.

`OPERATIONS["iam:PutRolePolicy"].perform(call)`; The table of modules is in `table`, request shapes in
`requests`, CLI names in `command_names`. Everything is loaded on first use.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from sts_tui.sts.operation import Operation

if TYPE_CHECKING:
    from sts_tui.simulation.operations.requests import check_request, shape_of

__all__ = ["OPERATIONS", "check_request", "shape_of"]


class _Operations(Mapping[str, Operation]):
    """All operations by name; the table is built on first use."""

    @cached_property
    def _table(self) -> dict[str, Operation]:
        from sts_tui.simulation.operations.table import operations
        from sts_tui.sts import OPERATIONS as STS_OPERATIONS

        return {**STS_OPERATIONS, **{operation.name: operation for operation in operations()}}

    def __getitem__(self, name: str) -> Operation:
        return self._table[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)


OPERATIONS: Mapping[str, Operation] = _Operations()


def __getattr__(name: str) -> object:
    """Request shapes are loaded on first use."""
    if name not in ("check_request", "shape_of"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from sts_tui.simulation.operations import requests

    return getattr(requests, name)
