"""What do the rows of roles, sessions and policies show? Color, width and truncation belong to the front
ends.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from msgspec import Struct

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import AccountFacts, Configuration
from sts_tui.account.entities import Role
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.simulation.authorization.organization import (
    POLICY_TYPES,
    id_of_policy,
    is_management_account,
    levels_of,
)
from sts_tui.simulation.authorization.policies import boundary_document, identity_documents
from sts_tui.simulation.authorization.session_state import SessionState
from sts_tui.simulation.events import CommandRedone, CommandUndone, ConfigurationChanged, SettingChanged
from sts_tui.simulation.views.session_labels import heights_of, limit_of, session_policy_label, through, via
from sts_tui.simulation.views.session_standing import Standing, standing_of
from sts_tui.simulation.views.trust_label import trust_label
from sts_tui.simulation.world import World
from sts_tui.sts.session import Session, SessionKind

if TYPE_CHECKING:
    from sts_tui.simulation.simulation import Simulation


_LOOKED_BACK = 2_000
"""How many of the newest events are searched for the last edit."""


class RoleRow(Struct, frozen=True, kw_only=True):
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
    """How many requests of its sessions were denied so far."""
    is_service_linked: bool
    role_id: str = ""


class SessionRow(Struct, frozen=True, kw_only=True):
    """One session, in the order of the tree of chains: a child is below its parent, at `depth`."""

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
    """The remaining time; zero when expired."""
    fraction_left: float
    limit: str
    """Which limit set its length: `role max 4h`, `chain cap 1h`, `asked 900 s`."""
    state: SessionState
    reason: str
    """What denies its requests: `SCP emergency#1`, `2 of 5 requests: …`; empty for other states."""
    state_since: datetime | None
    """When it was revoked, cut, expired or orphaned."""
    requests: int
    denied: int
    tags: tuple[tuple[str, str, bool], ...]
    """(key, value, is transitive)"""
    source_identity: str | None
    session_policy: str
    """Empty if there is none; otherwise the names of managed policies and `inline`."""
    has_mfa: bool
    workload: str | None
    arn: str = ""
    user_id: str = ""
    """`AROA…:alice`, as GetCallerIdentity returns it."""
    through: str = ""
    """`trust anchor corp, profile servers, certificate 1002`; empty unless a workload presented a certificate
    or token.
    """


class PolicyRow(Struct, frozen=True, kw_only=True):
    """One policy that applies to a role or user."""

    name: str
    kind: str
    """`trust policy`, `inline`, `managed`, `permissions boundary`, `SCP`, `RCP`."""
    attached_at: str
    """Where it is attached: the role, a group, `Root`, an organizational unit, the account."""
    arn: str | None
    text: str
    """Indented JSON, as written."""
    holder: str = ""
    """The entity that the writing call names: the ARN of its role, user, group, managed policy or resource;
    for SCPs and RCPs the policy's id.
    """


IS_CUT_OFF: Final = (SessionState.REVOKED, SessionState.CUT)
"""States of sessions to which policies deny everything."""
StandingOf = Callable[[Session, "Simulation"], Standing]
"""Gives the state of a session for a list: exactly, or within an allowance of evaluations."""


def role_rows(sim: Simulation, standing: StandingOf = standing_of) -> tuple[RoleRow, ...]:
    """Every role, in the order of the file, created ones last. The same tuple as long as nothing changed."""
    live: Counter[str] = Counter()
    revoked: Counter[str] = Counter()
    for session in sim.world.sessions.values():
        state = standing(session, sim).state
        if state.still_works:
            live[session.issuer_arn] += 1
        elif state in IS_CUT_OFF:
            revoked[session.issuer_arn] += 1
    return counted_role_rows(sim, live, revoked)


def counted_role_rows(
    sim: Simulation, live: Mapping[str, int], revoked: Mapping[str, int]
) -> tuple[RoleRow, ...]:
    """As `role_rows`, with sessions already counted. `live`, `revoked`: the number of sessions that still
    work, or that are revoked or cut, by the ARN of their role.
    """
    kept = _KEPT.setdefault(sim, _RoleRows())
    counts = _Counts(dict(live), dict(revoked), dict(sim.events.denied_by_issuer))
    return kept.brought_up_to_date(sim.world.configuration, counts)


class _Counts(Struct):
    """The numbers in role rows that change while the roles do not, by ARN."""

    live: dict[str, int]
    revoked: dict[str, int]
    denied: dict[str, int]

    def of(self, arn: str) -> tuple[int, int, int]:
        return self.live.get(arn, 0), self.revoked.get(arn, 0), self.denied.get(arn, 0)


class _RoleRows:
    """The last rows, which are reused: a tick changes only a few of ten thousand roles."""

    def __init__(self) -> None:
        self._configuration = Configuration()
        self._counts = _Counts({}, {}, {})
        self._rows: dict[str, RoleRow] = {}
        self._answer: tuple[RoleRow, ...] = ()

    def brought_up_to_date(self, configuration: Configuration, counts: _Counts) -> tuple[RoleRow, ...]:
        roles, before, known = configuration.roles, self._counts, self._rows
        if roles is self._configuration.roles and configuration.accounts is self._configuration.accounts:
            mentioned = {*counts.live, *counts.revoked, *counts.denied, *before.live, *before.revoked}
            changed = {arn for arn in mentioned if arn in roles and counts.of(arn) != before.of(arn)}
        else:
            old = self._configuration.roles
            self._rows = known = {arn: known[arn] for arn in roles if arn in known}
            changed = {
                arn
                for arn, role in roles.items()
                if arn not in known or old.get(arn) is not role or counts.of(arn) != before.of(arn)
            }
            self._answer = ()
        if changed or len(self._answer) != len(roles):
            for arn in changed:
                known[arn] = _role_row(roles[arn], configuration.accounts, *counts.of(arn))
            self._answer = tuple(known[arn] for arn in roles)
        self._configuration, self._counts = configuration, counts
        return self._answer


_KEPT: WeakKeyDictionary[Simulation, _RoleRows] = WeakKeyDictionary()


def session_rows(sim: Simulation, standing: StandingOf = standing_of) -> tuple[SessionRow, ...]:
    """Every session, as a tree of chains: a child is directly below the session that it was chained from."""
    chains = chains_of(sim.world.sessions)
    return tuple(row for chain in chains.values() for row in chain_rows(chain, sim, standing))


def chains_of(sessions: Mapping[str, Session]) -> dict[str, list[Session]]:
    """Each chain of sessions in the order of issue, by the access key id of its first session. A child is
    issued after its parent.
    """
    chains: dict[str, list[Session]] = {}
    chain_of: dict[str, list[Session]] = {}
    for key, session in sessions.items():
        chain = chain_of.get(session.parent or "")
        if chain is None:
            chain = chains[key] = []
        chain.append(session)
        chain_of[key] = chain
    return chains


def chain_rows(chain: Sequence[Session], sim: Simulation, standing: StandingOf) -> Iterator[SessionRow]:
    """The rows of one chain: the first session, and below it those that were chained from it."""
    children: dict[str | None, list[Session]] = {}
    for session in chain[1:]:
        children.setdefault(session.parent, []).append(session)
    heights = heights_of(chain)
    stack = [(chain[0], 0, 0, False)]
    while stack:
        session, depth, hops, is_last = stack.pop()
        hops -= session.is_scoped  # scoped credentials are not a new hop
        said = via(session, hops, heights.get(session.access_key_id, 0))
        yield _session_row(session, depth, said, is_last, sim, standing(session, sim))
        below = children.get(session.access_key_id, [])
        stack += [(child, depth + 1, hops + 1, place == 0) for place, child in enumerate(reversed(below))]


def policy_rows(world: World, arn: str) -> tuple[PolicyRow, ...]:
    """Every policy that applies to a role, user or group: trust, own, groups', boundary, SCPs and RCPs."""
    configuration = world.configuration
    rows = []
    if role := configuration.roles.get(arn):
        rows.append(
            policy_row(
                "trust policy",
                "trust policy",
                f"role {role.role_name}",
                None,
                role.assume_role_policy_document,
                holder=arn,
            )
        )
    rows += [
        policy_row(
            one.name,
            one.kind,
            one.attached_at,
            one.arn,
            one.written,
            holder=one.arn or _holder(one.attached_at, arn, configuration),
        )
        for one in identity_documents(arn, configuration)
    ]
    if ceiling := boundary_document(arn, configuration):
        where = f"{'role' if role else 'user'} {arn.rsplit('/', 1)[-1]}"
        kind = "permissions boundary"
        rows.append(
            policy_row(ceiling.name, kind, where, ceiling.arn, ceiling.written, holder=ceiling.arn or "")
        )
    return (*rows, *_guardrail_rows(arn, configuration))


def _holder(attached_at: str, arn: str, configuration: Configuration) -> str:
    """ARN of the role, user or group of an inline policy, which applies to `arn`."""
    kind, _, name = attached_at.partition(" ")
    if kind != "group":
        return arn
    account = account_of(arn)
    groups = configuration.groups.values()
    return next((one.arn for one in groups if one.group_name == name and account_of(one.arn) == account), arn)


def _guardrail_rows(arn: str, configuration: Configuration) -> Iterator[PolicyRow]:
    """SCPs apply to its requests, RCPs to requests for it; neither applies to the management account."""
    account = account_of(arn) or ""
    role = configuration.roles.get(arn)
    if (
        is_management_account(account, configuration)
        or (role and role.is_service_linked)
        or arn in configuration.groups  # SCPs apply to its members' requests; a group makes none
    ):
        return
    for level in levels_of(account, configuration):
        for kind, type_name, policies in (
            ("SCP", POLICY_TYPES[0], level.service_control_policies),
            ("RCP", POLICY_TYPES[1], level.resource_control_policies),
        ):
            for policy in policies:
                holder = id_of_policy(policy, type_name)
                yield policy_row(policy.name, kind, level.name, policy.arn, policy.document, holder=holder)


def policy_row(
    name: str, kind: str, attached_at: str, arn: str | None, written: WrittenPolicy | None, *, holder: str
) -> PolicyRow:
    """The row of one policy. `written`: None if no file has the policy's text."""
    text = json.dumps(written.document, indent=2, ensure_ascii=False) if written else ""
    return PolicyRow(name=name, kind=kind, attached_at=attached_at, arn=arn, text=text, holder=holder)


def _role_row(
    role: Role, accounts: Mapping[str, AccountFacts], live: int, revoked: int, denied: int
) -> RoleRow:
    facts = accounts.get(account_of(role.arn) or "")
    return RoleRow(
        arn=role.arn,
        name=role.role_name,
        path=role.path,
        account_id=account_of(role.arn) or "",
        account_name=facts.name if facts else "",
        max_session=timedelta(seconds=role.max_session_seconds),
        live_sessions=live,
        revoked_sessions=revoked,
        trusted=trust_label(role.assume_role_policy_document.document, account_of(role.arn) or ""),
        denied=denied,
        is_service_linked=role.is_service_linked,
        role_id=role.role_id,
    )


def _session_row(
    session: Session, depth: int, said: str, is_last: bool, sim: Simulation, standing: Standing
) -> SessionRow:
    world = sim.world
    state = standing.state
    left = max(session.expires_at - world.now, timedelta(0))
    life = session.expires_at - session.issued_at
    facts = world.configuration.accounts.get(session.account)
    tally = sim.events.tallies.get(session.access_key_id)
    transitive = {key.lower() for key in session.transitive_tag_keys}
    return SessionRow(
        access_key_id=session.access_key_id,
        label=session.label,
        account_id=session.account,
        account_name=facts.name if facts else "",
        depth=depth,
        is_last_child=is_last,
        parent_label=session.parent_label,
        via=said,
        role_arn=session.issuer_arn if session.kind is SessionKind.ROLE else None,
        issued_at=session.issued_at,
        expires_at=session.expires_at,
        left=left,
        fraction_left=left / life if life else 0.0,
        limit=limit_of(session, world),
        state=state,
        reason=standing.reason,
        state_since=_since(session, state, sim),
        requests=tally.requests if tally else 0,
        denied=tally.denied if tally else 0,
        tags=tuple((key, value, key.lower() in transitive) for key, value in session.tags),
        source_identity=session.source_identity,
        session_policy=session_policy_label(session),
        has_mfa=session.mfa_at is not None,
        workload=session.workload,
        arn=session.arn,
        user_id=session.user_id,
        through=through(session, world.configuration),
    )


def _since(session: Session, state: SessionState, sim: Simulation) -> datetime | None:
    """When the session was revoked, expired or orphaned: the time of the edit, not the cutoff. If the Deny
    existed before the session (in the file, or with a future cutoff), the session was revoked from its start.
    """
    if state is SessionState.EXPIRED:
        return session.expires_at
    if state is SessionState.ORPHANED:
        return sim.events.gone.get(session.issuer_id)
    if state in (SessionState.CUT, SessionState.PARTLY):
        return _last_edit(sim)
    if state in (SessionState.REVOKED, SessionState.REVOKING):
        clicks = sim.events.revocations.get(session.issuer_arn, ())
        first = next((at for at, cutoff in clicks if session.dated_at < cutoff), session.issued_at)
        return max(first, session.issued_at)
    return None


def _last_edit(sim: Simulation) -> datetime | None:
    """When the configuration last changed, within the searched part of the log."""
    kinds = (ConfigurationChanged, CommandUndone, CommandRedone, SettingChanged)
    recent = islice(reversed(sim.events), _LOOKED_BACK)
    return next((event.at for event in recent if isinstance(event, kinds)), None)
