"""What a form answers: the AWS call that one wants, not yet made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sts_tui.tui.pieces import Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A call to be made by whoever is acting."""

    action: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """What AWS would answer, and why."""

    is_allowed: bool
    result: str
    """`would be allowed`, or `would be refused: AccessDenied (403)`."""
    lines: tuple[Line, ...] = ()
    command: str = ""
    """The `aws …` line."""
