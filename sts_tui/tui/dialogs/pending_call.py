"""What does a form return? The AWS call to make, and what a dry run of it says."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from sts_tui.simulation.identities import Identity
from sts_tui.tui.text.styled_text import Line, line, one_line


class PendingCall(Struct, frozen=True, kw_only=True):
    """A call that has not been made yet."""

    action: str
    params: Mapping[str, object]


class DryRun(Struct, frozen=True, kw_only=True):
    """How AWS would answer, and why."""

    is_allowed: bool
    is_evaluated: bool = True
    """False for the operator, who bypasses IAM: there is no verdict of AWS about its calls."""
    is_refusal: bool = False
    """AWS would refuse it before any policy is evaluated."""
    result: str
    """`would be allowed`, or the error: `AccessDenied (403)`."""
    lines: tuple[Line, ...] = ()
    command: str = ""
    """The `aws …` line."""
    instead: Identity | None = None
    """Whom to act as instead of the operator: the first identity that AWS would allow, else the first."""

    @property
    def verdict(self) -> Line:
        """`+ AWS would allow it`, `✖ AWS would deny it  AccessDenied (403)`, `✖ AWS would refuse it  …`."""
        if not self.is_evaluated:
            return line(("Not evaluated: the operator bypasses IAM", "muted"))
        if self.is_allowed:
            return line(("+ AWS would allow it", "allow"))
        word = "refuse" if self.is_refusal else "deny"
        return line((f"✖ AWS would {word} it", "denied"), f"  {one_line(self.result)}")
