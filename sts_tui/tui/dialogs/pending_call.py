"""What does a form return? The AWS call to make, and what a dry run of it says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from sts_tui.tui.text.styled_text import Line, line, one_line


class PendingCall(Struct, frozen=True, kw_only=True):
    """A call that has not been made yet."""

    action: str
    params: Mapping[str, Any]


class DryRun(Struct, frozen=True, kw_only=True):
    """How AWS would answer, and why."""

    is_allowed: bool
    is_refusal: bool = False
    """AWS would refuse it before any policy is evaluated."""
    result: str
    """`would be allowed`, or the error: `AccessDenied (403)`."""
    lines: tuple[Line, ...] = ()
    command: str = ""
    """The `aws …` line."""

    @property
    def verdict(self) -> Line:
        """`+ AWS would allow it`, `✖ AWS would deny it  AccessDenied (403)`, `✖ AWS would refuse it  …`."""
        if self.is_allowed:
            return line(("+ AWS would allow it", "allow"))
        word = "refuse" if self.is_refusal else "deny"
        return line((f"✖ AWS would {word} it", "denied"), f"  {one_line(self.result)}")
