"""Read models: what a list shows, one row each. Colour, width and truncation belong to the front doors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sts_tui.simulation.session_state import SessionState


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRow:
    """One role."""

    arn: str
    name: str
    path: str
    account_id: str
    account_name: str
    max_session: timedelta
    live_sessions: int
    revoked_sessions: int
    trusted: str
    """Who may assume it, in a few words: `user alice + MFA`, `role/Deploy`, `OIDC github`, `service ec2`."""
    denied: int
    """Requests of its sessions denied so far."""
    is_service_linked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """One session, in the order of the tree of chains: a child stands below its parent, `depth` deeper."""

    access_key_id: str
    label: str
    """`alice@Ops`"""
    account_id: str
    account_name: str
    depth: int
    is_last_child: bool
    parent_label: str
    via: str
    """`AssumeRole`, `chain 2/3`, `SAML acme-sso`, `OIDC github`, `EC2 IMDS`, `GetSessionToken` …"""
    role_arn: str | None
    issued_at: datetime
    expires_at: datetime
    left: timedelta
    """Zero when over."""
    fraction_left: float
    limit: str
    """Which limit set its length: `role max 4h`, `chain cap 1h`, `asked 900 s`."""
    state: SessionState
    state_since: datetime | None
    """When it was revoked, expired or orphaned."""
    requests: int
    denied: int
    tags: tuple[tuple[str, str, bool], ...]
    """(key, value, is transitive)"""
    source_identity: str | None
    session_policy: str
    """Empty where none; otherwise the names of managed ones and `inline`."""
    has_mfa: bool
    workload: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRow:
    """One policy that bears on a role or user."""

    name: str
    kind: str
    """`trust policy`, `inline`, `managed`, `permissions boundary`, `SCP`, `RCP`."""
    attached_at: str
    """Where it is attached: the role, a group, `Root`, an organizational unit, the account."""
    arn: str | None
    text: str
    """Indented JSON, as written."""
