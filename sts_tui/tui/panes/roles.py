"""How are roles listed in pane 1: columns, words, help?"""

from __future__ import annotations

from collections.abc import Callable

from sts_tui.account import durations
from sts_tui.simulation.views.rows import RoleRow
from sts_tui.tui.text.styled_text import Line, Span, one_line
from sts_tui.tui.widgets.columns import Column


def _name(row: RoleRow) -> Line:
    return (Span(one_line(row.name), "muted" if row.is_service_linked else "strong"),)


def _sessions(row: RoleRow) -> Line:
    if row.revoked_sessions:
        return (Span(f"{row.live_sessions} ✖{row.revoked_sessions}", "revoked"),)
    return (Span(str(row.live_sessions)),) if row.live_sessions else (Span("-", "muted"),)


COLUMNS: tuple[Column[RoleRow], ...] = (
    Column(
        id="role",
        title="ROLE",
        width=11,
        least=10,
        cell=_name,
        grow=3,
        most=48,
        middle=True,
        has_names=True,
        sort_by=lambda r: r.name.lower(),
    ),
    Column(
        id="account",
        title="ACCOUNT",
        width=8,
        priority=4,
        most=24,
        is_label=True,
        cell=lambda r: (Span(one_line(r.account_name or r.account_id), "muted"),),
        differs_by=lambda r: r.account_id,
        sort_by=lambda r: (r.account_name, r.account_id),
    ),
    Column(
        id="max",
        title="MAX",
        width=4,
        priority=6,
        cell=lambda r: (Span(durations.short(r.max_session), "muted"),),
        sort_by=lambda r: r.max_session,
    ),
    Column(
        id="sessions",
        title="LIVE",
        width=5,
        priority=0,
        cell=_sessions,
        sort_by=lambda r: (-r.live_sessions, -r.revoked_sessions),
    ),
    Column(
        id="trust",
        title="TRUSTS",
        width=19,
        least=14,
        priority=3,
        cell=lambda r: (Span(one_line(r.trusted)),),
        grow=4,
        has_names=True,
        sort_by=lambda r: r.trusted,
    ),
)


def _denied_column(denied: Callable[[RoleRow], int]) -> Column[RoleRow]:
    """Counts that grow while the rows stay the same."""

    def count(row: RoleRow) -> Line:
        number = denied(row)
        return (Span(str(number), "deny"),) if number else (Span("-", "muted"),)

    return Column(
        id="denied",
        title="DENIED",
        width=6,
        priority=2,
        right=True,
        cell=count,
        is_empty=lambda r: not denied(r),
        sort_by=lambda r: -denied(r),
    )


def role_columns(denied: Callable[[RoleRow], int]) -> tuple[Column[RoleRow], ...]:
    """`denied`: how many requests of a role's sessions were denied so far."""
    return (*COLUMNS, _denied_column(denied))


TITLE = "Roles"
EMPTY = "The account file has no roles."
HELP = (
    "All roles of all accounts. LIVE: active sessions, and ✖ revoked ones. TRUSTS: who may "
    "assume the role, from its trust policy; own account: its users and roles, where their own policies "
    "allow it too. DENIED: requests of its sessions that were denied. Pane 2 shows the policies of the "
    "selected role. `a` assumes it, `R` revokes its active sessions. `1` again, or `N`, shows users, keys, "
    "policies and what else the model holds."
)


def text_of(row: RoleRow) -> str:
    """What a filter looks for a word in."""
    return f"{row.arn}\n{row.account_name}\n{row.trusted}\n{row.role_id}"
