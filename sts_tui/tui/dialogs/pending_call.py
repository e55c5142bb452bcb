"""What does a form return? The AWS call to make, and what a dry run of it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from sts_tui.tui.text.styled_text import Line


class PendingCall(Struct, frozen=True, kw_only=True):
    """A call that has not been made yet."""

    action: str
    params: Mapping[str, Any]


class DryRun(Struct, frozen=True, kw_only=True):
    """How AWS would answer, and why."""

    is_allowed: bool
    result: str
    """`would be allowed`, or `would be refused: AccessDenied (403)`."""
    lines: tuple[Line, ...] = ()
    command: str = ""
    """The `aws …` line."""
