"""Who is calling: temporary security credentials, from issue to expiry.

One file per operation (`assume_role.py` …); `operations.OPERATIONS` is their table, `limits.py` has the
numbers, `comparison.py` the table of who may call what, `authenticate.py` says whose credentials they are.
Nothing here imports cryptography until a token or an assertion is really looked at.
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
    """Look a public name up where it lives, so that importing an error class imports nothing else."""
    if name not in _HOME:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(f"sts_tui.sts.{_HOME[name]}"), name)
