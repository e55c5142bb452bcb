"""The syntax trees of the package, parsed once in a process for all tests that search the package."""

from __future__ import annotations

import ast
import gc
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "sts_tui"


@cache
def trees() -> dict[Path, ast.Module]:
    """Every file of the package, in order. The trees are shared: no test changes them.

    They have a million nodes and are never freed, so they are hidden from garbage collections.
    """
    gc.disable()
    try:
        return {path: ast.parse(path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}
    finally:
        gc.freeze()
        gc.enable()
