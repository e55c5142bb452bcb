"""How is a row of the reach tree drawn: the lines of the tree, who, and what the hop takes?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sts_tui.account.durations import short
from sts_tui.simulation.reach.graph import HopGroup
from sts_tui.sts.facts.limits import ROLE_CHAINING_MAXIMUM
from sts_tui.tui.overviews.reach.reach_tree import TreeRow
from sts_tui.tui.text.styled_text import Line, Span, one_line
from sts_tui.tui.text.symbols import BRANCH, LAST_BRANCH, RULE

_CHAINING: Final = short(timedelta(seconds=ROLE_CHAINING_MAXIMUM))
_STEM: Final = "│"
SESSION, PASSED, WRITTEN = "▸", "⇢", "⇒"
"""How permissions are gained: a session, a role passed to a service, a write to IAM."""
_SESSIONS: Final = ("AssumeRole", "AssumeRoot", "CreateSession", "GetCredentialsForIdentity")
"""Operations of STS, Roles Anywhere and Cognito that issue a session of the target."""


def row_spans(row: TreeRow, mode: str, *, you: str = "") -> Line:
    """One row: the lines of the tree, who, and what the hop takes."""
    stems = "".join("    " if is_last else f"{_STEM}   " for is_last in row.lasts[:-1])
    if row.note:
        corner = f"{LAST_BRANCH}{RULE} " if row.lasts else ""
        return (Span(f"{stems}{corner}", "muted"), Span(one_line(row.note), "muted"))
    if row.hop is None and row.lasts:
        fold = f" ({row.inside})" if row.inside and not row.is_open else ""
        corner = LAST_BRANCH if row.lasts[-1] else BRANCH
        return (
            Span(f"{stems}{corner}{RULE} ", "muted"),
            Span(one_line(row.label), "strong"),
            Span(fold, "key"),
        )
    if row.hop is None:
        mark = "  (you)" if row.node == you else ""
        return (Span(one_line(row.label), "title"), Span(mark, "muted"), *_administrator(row))
    fold = f" ({row.inside})" if row.inside and not row.is_open else ""
    corner = LAST_BRANCH if row.lasts[-1] else BRANCH
    return (
        Span(f"{stems}{corner}{RULE}{hop_symbol(row.hop)} ", "muted"),
        Span(one_line(row.label), "strong"),
        Span(fold, "key"),
        *_administrator(row),
        *_hop_spans(row, mode),
    )


def _administrator(row: TreeRow) -> tuple[Span, ...]:
    return (Span("  ADMIN", "warning"),) if row.is_administrator else ()


def hop_symbol(hop: HopGroup) -> str:
    """How the hop gains permissions: `SESSION`, `PASSED` or `WRITTEN`."""
    """How the hop gains permissions: `SESSION`, `PASSED` or `WRITTEN`."""
    if hop.operation.startswith(_SESSIONS):
        return SESSION
    return PASSED if hop.operation.startswith("PassRole") else WRITTEN


def _hop_spans(row: TreeRow, mode: str) -> Sequence[Span]:
    hop = row.hop
    assert hop is not None
    spans: list[Span] = []
    if hop.operation != "AssumeRole":
        spans.append(Span(f"  by {one_line(hop.operation.removeprefix('AssumeRoleWith'))}", "plain"))
    if hop.unknown:
        spans.append(Span(f"  ? {one_line(hop.unknown)}", "warning"))
    if hop.needs:
        spans.append(Span(f"  ~ {one_line(', '.join(hop.needs))}", "muted"))
    if not hop.unknown and not hop.needs:
        spans.append(Span("  + now", "allow"))
    is_chained = mode in ("from", "outside") and ":role/" in row.source
    if is_chained and hop.operation == "AssumeRole":
        spans.append(Span(f"  {_CHAINING} (chaining)", "muted"))
    if row.is_loop:
        spans.append(Span("  loop", "warning"))
    if row.others:
        spans.append(Span(f"  and {row.others} more {'way' if row.others == 1 else 'ways'}", "muted"))
    return spans
