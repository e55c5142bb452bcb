"""What does a form return? The AWS call or request to make, and what a dry run of it says."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field

from sts_tui.simulation.identities import Identity
from sts_tui.simulation.reach.caller_supplied_context import CandidateContext
from sts_tui.tui.text.styled_text import Line, line, one_line

if TYPE_CHECKING:
    from sts_tui.iam.explaining.explain import Explanation
    from sts_tui.simulation.simulation import Simulation


class PendingCall(Struct, frozen=True, kw_only=True):
    """A call that has not been made yet; with `is_request` a request that is only authorized."""

    action: str
    params: Mapping[str, object]
    """Of a request: `Resource`, and `Owner` where it is given."""
    context: Mapping[str, str | list[str]] = field(default_factory=dict)
    """Request context by condition key."""
    is_request: bool = False

    @property
    def command(self) -> str:
        """The `aws …` line, or the step `request ACTION RESOURCE key=value…`."""
        from sts_tui.simulation.operations.equivalent_cli import cli_line

        if not self.is_request:
            return cli_line(self.action, self.params)
        pairs = [
            f"{key}={value}"
            for key, values in (*self.context.items(), *self._owner())
            for value in ([values] if isinstance(values, str) else values)
        ]
        return shlex.join(("request", self.action, str(self.params["Resource"]), *pairs))

    def _owner(self) -> tuple[tuple[str, str], ...]:
        return (("owner", str(self.params["Owner"])),) if "Owner" in self.params else ()

    def preview(self, simulation: Simulation, caller: Identity) -> Mapping[str, object]:
        """AWS's answer; raises what the call would raise. Nothing is changed."""
        return simulation.preview(
            self.action, self.params, caller=caller, context=self.context, only_authorize=self.is_request
        )

    def explain(self, simulation: Simulation, caller: Identity) -> Explanation | None:
        """Every layer and statement; None where no policy would be evaluated."""
        return simulation.what_if(
            self.action, self.params, caller=caller, context=self.context, only_authorize=self.is_request
        )


class Verdict(Struct, frozen=True, kw_only=True):
    """AWS's answer in one row of a list."""

    is_allowed: bool
    spans: Line
    needed: tuple[CandidateContext, ...] = ()
    """What the caller has to add for AWS to allow the call; empty: nothing, or nothing helps."""

    @property
    def rank(self) -> int:
        """Allowed calls first, then those that need an addition, then the rest."""
        return 0 if self.is_allowed else 1 if self.needed else 2


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
