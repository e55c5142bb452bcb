"""What happens after a revocation: which workloads come back, when and through whom, and who else could
assume the role?

The answer is simulated: the Deny is written into a copy of the world, the copy's clock is set to the time at
which a workload renews its credentials, and the workload renews them there as in the running simulation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Workload
from sts_tui.simulation.authorization.session_state import is_denied_by_date
from sts_tui.simulation.calls.commands import Commands
from sts_tui.simulation.containment.credential_use import keys_of_workload
from sts_tui.simulation.containment.renewals import Renewals
from sts_tui.simulation.reach.direct_hops import DirectHops
from sts_tui.simulation.reach.graph import HopGraph
from sts_tui.simulation.reach.outside import entries
from sts_tui.simulation.state_store import StateStore
from sts_tui.simulation.workloads.long_term_keys import user_of_workload
from sts_tui.simulation.workloads.workload import (
    ADVISORY_REFRESH,
    Credentials,
    CredentialsUnavailableError,
    NothingToStealYetError,
)
from sts_tui.simulation.workloads.workload_credentials import APP, POD
from sts_tui.simulation.world import World
from sts_tui.sts.issuing.service_sessions import rotation_due
from sts_tui.sts.session import Session

if TYPE_CHECKING:
    from sts_tui.simulation.simulation import Simulation


class Affected(Struct, frozen=True, kw_only=True):
    """One workload with a session that a revocation denies. Only the session of its last hop makes its
    requests.
    """

    workload: str
    requests_per_minute: float
    is_borrower: bool
    """Whether it uses the credentials of another workload."""
    back_at: datetime | None
    """When it has new credentials that work; None: never."""
    through: str = ""
    """Who issues them: `service ec2`, `role CI`, `user etl`."""
    why_not: str = ""
    """Why it does not come back; empty if it does."""
    signs_with: str = ""
    """The session that makes its requests, if the revocation does not deny it: `hotfix-812@BreakGlass`;
    empty: it is denied.
    """
    since: datetime | None = None
    """When its requests begin to fail, if `signs_with` cannot be renewed; None: immediately, or never if
    `signs_with` can be renewed.
    """

    @property
    def breaks(self) -> bool:
        """Whether requests of the workload fail."""
        return not self.signs_with or self.since is not None


class Entrant(Struct, frozen=True):
    """A principal that could assume the role after the revocation."""

    label: str
    needs: tuple[str, ...]
    """What it must provide: `MFA`, `external id acme-7`."""
    is_unknown: bool = False
    """Whether no example was found that meets what the policies require."""


class Entrants(Struct, frozen=True):
    """The principals that could assume a role, and how many were evaluated."""

    found: tuple[Entrant, ...]
    roles: int
    users: int
    outside: tuple[Entrant, ...] = ()
    """Who could assume the role from outside the files: accounts, users of identity providers and of apps,
    holders of certificates, pods.
    """


def affected_workloads(
    simulation: Simulation, role_arn: str, after: Configuration, hit: Sequence[Session]
) -> tuple[Affected, ...]:
    """The workloads that use sessions of a role that the Deny in `after` hits, in the order of the file."""
    world, hit_keys = simulation.world, {session.access_key_id for session in hit}
    changed = replace(world, configuration=after, in_force=after, pending=())
    end = max((session.expires_at for session in hit), default=world.now)
    renewals = Renewals(world, simulation.seed, end)
    found = []
    for name, workload in world.workloads.items():
        keys = keys_of_workload(name, world)
        if not hit_keys.intersection(keys):
            continue
        signing = world.sessions.get(keys[-1])
        if keys[-1] in hit_keys:
            found.append(_affected(simulation, name, workload, role_arn, after))
        elif signing is not None and not is_denied_by_date(signing, after):
            found.append(_later(name, workload, signing, changed, renewals))
    return tuple(found)


def _later(name: str, workload: Workload, signing: Session, changed: World, renewals: Renewals) -> Affected:
    """A workload whose denied session only renews others: its requests continue with the session of its last
    hop.
    """
    never_renews = workload.refresh == "never" or workload.identity.startswith("workload:")
    outage = None if never_renews else renewals.outage(name, workload, changed)
    if outage is not None and renewals.fails_anyway(name, workload):
        outage = None
    return Affected(
        workload=name,
        requests_per_minute=_rate(workload),
        is_borrower=False,
        back_at=outage.back_at if outage else None,
        through=issued_through(workload, len(workload.assume_roles) - 1, changed.in_force),
        why_not=outage.why_not if outage and outage.back_at is None else "",
        signs_with=signing.label,
        since=outage.since if outage else None,
    )


def entrants(world: World, after: Configuration, role_arn: str) -> Entrants:
    """Who could assume the role with the configuration `after` in force, evaluated through every policy."""
    changed = replace(world, configuration=after, in_force=after)
    found: dict[str, Entrant] = {}
    search = DirectHops(changed)
    for group in search.into(after.roles[role_arn]):
        for source in group.sources:
            if source != role_arn:
                needs = (*group.needs, *((group.unknown,) if group.unknown else ()))
                found.setdefault(source, Entrant(_named(source, after), needs))
    outside = (
        Entrant(entry.who, entry.conditions, is_unknown=entry.is_untried)
        for entry in entries(changed, role_arn)
        if entry.kind != "service" and not entry.kept_out
    )
    return Entrants(tuple(found.values()), len(after.roles), len(after.users), tuple(outside))


def loop_of(graph: HopGraph, world: World, *role_arns: str) -> tuple[str, ...]:
    """The roles (ARNs) that form a loop with one of these, in the order of the file: any holder of one of
    them can become all others again. `graph`: every hop of the model, see `reach_of`.
    """
    wanted = frozenset(role_arns)
    found = next((loop for loop in graph.loops() if wanted.intersection(loop)), ())
    if not found:
        return ()
    members = frozenset(found)
    return tuple(arn for arn in world.in_force.roles if arn in members)


def _affected(
    simulation: Simulation, name: str, workload: Workload, role_arn: str, after: Configuration
) -> Affected:
    is_borrower = workload.identity.startswith("workload:")
    hop = next((i for i, one in enumerate(workload.assume_roles) if one.role_arn == role_arn), None)
    back_at, why_not = _comes_back(simulation, name, workload, hop, after)
    return Affected(
        workload=name,
        requests_per_minute=_rate(workload),
        is_borrower=is_borrower,
        back_at=back_at,
        through=issued_through(workload, hop or 0, after),
        why_not=why_not,
    )


def _rate(workload: Workload) -> float:
    """Requests a minute."""
    return 60 / workload.every_seconds if workload.requests and workload.every_seconds else 0


def _comes_back(
    simulation: Simulation, name: str, workload: Workload, hop: int | None, after: Configuration
) -> tuple[datetime | None, str]:
    """(when the workload has new credentials, why not). `hop`: the position of the revoked role in its chain;
    None: it does not assume that role.
    """
    if workload.identity.startswith("workload:"):
        return None, "it has copied credentials and cannot assume the role"
    if workload.refresh == "never":
        return None, "it never renews its credentials"
    if hop is None:
        return None, "it does not assume the role"
    why_not = "it holds no credentials"
    for at in _renewals(simulation.world, name, workload, hop):
        why_not = _renews(simulation, name, workload, hop, after, at)
        if not why_not:
            return at, ""
    return None, why_not


def _renewals(world: World, name: str, workload: Workload, hop: int) -> Iterator[datetime]:
    """When the workload first tries to renew this hop, and the latest time for it."""
    keys = world.workload_states[name].keys
    session = world.sessions.get(keys[hop]) if hop < len(keys) else None
    if session is None or not workload.every_seconds:
        return
    is_delivered = workload.identity.startswith("service:") and hop == 0
    due = rotation_due(session) if is_delivered else session.expires_at - ADVISORY_REFRESH
    for instant in (max(due, world.now), max(session.expires_at, world.now)):
        ticks = ceil((instant - world.started_at).total_seconds() / workload.every_seconds)
        yield world.started_at + timedelta(seconds=ticks * workload.every_seconds)


def _renews(
    simulation: Simulation, name: str, workload: Workload, hop: int, after: Configuration, at: datetime
) -> str:
    """Renew the credentials in a copy of the world at this time. Empty if the new credentials work, else why
    not.
    """
    world = simulation.world
    store = StateStore(replace(world, configuration=after, in_force=after, pending=(), now=at))
    credentials = Credentials(
        workload=workload,
        state=world.workload_states[name],
        store=store,
        call=Commands(store, simulation.seed).call,
    )
    try:
        credentials.ready()
    except CredentialsUnavailableError as unavailable:
        return unavailable.reason
    except NothingToStealYetError:
        return "it has no credentials"
    session = store.world.sessions.get(credentials.state.keys[hop])
    is_cut = session is None or session.expires_at <= at or is_denied_by_date(session, after)
    return "its credentials are not renewed" if is_cut else ""


def issued_through(workload: Workload, hop: int, configuration: Configuration) -> str:
    """Who assumes the role in this chain: the role of the hop before, or the start of the chain."""
    if hop:
        return _named(workload.assume_roles[hop - 1].role_arn, configuration)
    user = user_of_workload(workload, configuration)
    return _named(workload.identity if user is None else user.arn, configuration)


def _named(source: str, configuration: Configuration) -> str:
    """`service ec2`, `role CI`, `user etl`, `github/main`, `EKS Pod Identity (prod/shop/web)`."""
    if source.startswith("service:"):
        return f"service {source.removeprefix('service:').partition('.')[0]}"
    if source.startswith(POD):
        return f"EKS Pod Identity ({source.removeprefix(POD)})"
    if source.startswith(APP):
        return f"Cognito ({source.removeprefix(APP)})"
    for kind, table in (("role", configuration.roles), ("user", configuration.users)):
        if source in table:
            return f"{kind} {source.rsplit('/', 1)[-1]}"
    if any(user.user_name == source for user in configuration.users.values()):
        return f"user {source}"
    return source
