"""Who is calling, and how does STS issue temporary credentials?

`operations/` has one file for each operation, and their table. `facts/` has the limits, the table of who can
call what, and the assumptions. `authenticate` finds the identity behind credentials. Nothing here imports
cryptography until a token or an assertion is verified.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sts_tui.sts.ids import IdSource
    from sts_tui.sts.operations.table import OPERATIONS
    from sts_tui.sts.revoke import revocation_policy
    from sts_tui.sts.shapes import check_shape

__all__ = ["OPERATIONS", "IdSource", "check_shape", "revocation_policy"]

_HOME = {
    "OPERATIONS": "operations.table",
    "IdSource": "ids",
    "check_shape": "shapes",
    "revocation_policy": "revoke",
}


def __getattr__(name: str) -> Any:
    """Import a public name from its module on first use, so that importing an error class stays cheap."""
    if name not in _HOME:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(f"sts_tui.sts.{_HOME[name]}"), name)
