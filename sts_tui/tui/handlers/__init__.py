"""What does each action do? One function per action id, by family.

A test checks `HANDLERS` against the table of actions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from sts_tui.tui.host import Host

Handler: TypeAlias = "Callable[[Host], None]"
FAMILIES: Final = ("sessions", "requests", "policies", "nouns", "overviews", "running", "screen")


def handlers() -> Mapping[str, Handler]:
    """Every handler by action id: each module's functions named after an action."""
    found: dict[str, Handler] = {}
    for family in FAMILIES:
        module = import_module(f"sts_tui.tui.handlers.{family}")
        found.update(module.HANDLERS)
    return found
