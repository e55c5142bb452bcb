"""What a form answers: the AWS call that one wants, not yet made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from sts_tui.tui.text.styled_text import Line


class PendingCall(Struct, frozen=True, kw_only=True):
    """A call to be made by whoever is acting."""

    action: str
    params: Mapping[str, Any]


class DryRun(Struct, frozen=True, kw_only=True):
    """What AWS would answer, and why."""

    is_allowed: bool
    result: str
    """`would be allowed`, or `would be refused: AccessDenied (403)`."""
    lines: tuple[Line, ...] = ()
    command: str = ""
    """The `aws …` line."""
