"""Which workloads come back after a cut, which fail later, and when?

In a copy of the world, a workload that lost access renews its credentials at every time at which it normally
would, until the holder's credentials end. The requests in between need no simulation, because only renewals
change what a workload may do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from math import ceil
from typing import Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Workload
from sts_tui.simulation.calls.commands import Commands
from sts_tui.simulation.containment.credential_use import Asked, keys_of_workload, workload_requests
from sts_tui.simulation.state_store import StateStore
from sts_tui.simulation.workloads.workload import (
    ADVISORY_REFRESH,
    MANDATORY_REFRESH,
    Credentials,
    CredentialsUnavailableError,
    NothingToStealYetError,
    Places,
)
from sts_tui.simulation.world import World
from sts_tui.sts.issuing.service_sessions import rotation_due

_MOST_RENEWALS: Final = 100
"""The maximum number of renewals of one workload in one trial; twelve hours of 15-minute sessions need
fewer.
"""
_AN_INSTANT: Final = timedelta(microseconds=1)


class Broken(Struct, frozen=True, kw_only=True):
    """A workload or session that is denied something that was allowed before the cut."""

    name: str
    per_minute: float
    """How many requests per minute fail."""
    since: datetime | None = None
    """Since when; None: as soon as the cut is in force."""
    back_at: datetime | None = None
    """When all of them are allowed again; None: not before the holder's credentials end."""
    through: str = ""
    """Who issues the new credentials: `service ec2`, `role CI`, `user etl`."""
    why_not: str = ""


class Outage(NamedTuple):
    """When a workload fails that keeps its credentials but cannot renew them."""

    since: datetime
    back_at: datetime | None
    """None: not before the holder's credentials end."""
    why_not: str


class Renewals:
    """How the workloads of one world renew their credentials, today and in copies after a cut."""

    def __init__(self, world: World, seed: int, end: datetime) -> None:
        """`end`: when the holder's credentials end."""
        self.world = world
        self._seed = seed
        self._end = end
        self._before: dict[str, tuple[Asked, ...]] = {}
        self._places = Places()
        self._failing: dict[str, bool] = {}
        """By workload name: whether it cannot renew even without a cut."""

    def allowed_before(self, name: str, key: str) -> tuple[Asked, ...]:
        """The requests of a workload that are allowed now."""
        if name not in self._before:
            requests = workload_requests(name, key, self.world)
            allowed = (one for one in requests if one.is_allowed(self.world, self._seed))
            self._before[name] = tuple(allowed)
        return self._before[name]

    def comes_back(self, name: str, rate: float, after: World) -> Broken:
        """When a workload that a cut concerns is allowed everything again, and through whom, or why not.
        `rate`: how many of its requests per minute fail.
        """
        workload = self.world.workloads[name]
        broken = Broken(name=name, per_minute=rate)
        if workload.identity.startswith("workload:"):
            return replace(broken, why_not="it has copied credentials and cannot obtain new ones")
        if workload.refresh == "never" or not workload.assume_roles:
            return replace(broken, why_not="it never renews its credentials")
        why_not = "it holds no credentials"
        world = after
        for instant in _renewals(self.world, name, workload, self._end):
            world, why_not = self._renewed(name, workload, replace(world, now=max(instant, world.now)))
            if not why_not:
                through = _through(workload, world.in_force)
                return replace(broken, back_at=world.now, through=through)
        return replace(broken, why_not=why_not)

    def first_failure(self, name: str, workload: Workload, world: World) -> tuple[datetime, str] | None:
        """When a workload's requests first fail because it could not renew, and why; None: not before the
        holder's credentials end.
        """
        at = world.now
        for _ in range(_MOST_RENEWALS):
            instants = [one for one in _renewals(world, name, workload, self._end) if one > at]
            if not instants:
                return None
            at = instants[0]
            world, why_not = self._renewed(name, workload, replace(world, now=at))
            if why_not:
                return at, why_not
        return None

    def outage(self, name: str, workload: Workload, world: World) -> Outage | None:
        """As `first_failure`, with the time at which the workload gets working credentials again."""
        failure = self.first_failure(name, workload, world)
        if failure is None:
            return None
        since, why_not = failure
        world = replace(world, now=since)
        for instant in _renewals(world, name, workload, self._end):
            if instant > since:
                world, still = self._renewed(name, workload, replace(world, now=instant))
                if not still:
                    return Outage(since, instant, why_not)
        return Outage(since, None, why_not)

    def fails_anyway(self, name: str, workload: Workload) -> bool:
        """Whether it cannot renew even without a cut."""
        if name not in self._failing:
            self._failing[name] = self.first_failure(name, workload, self.world) is not None
        return self._failing[name]

    def _renewed(self, name: str, workload: Workload, world: World) -> tuple[World, str]:
        """(the world after the workload renewed its credentials, why its requests are still denied)."""
        store = StateStore(world)
        commands = Commands(store, self._seed)
        state = world.workload_states[name]
        credentials = Credentials(
            workload=workload, state=state, store=store, call=commands.call, places=self._places
        )
        try:
            credentials.ready()
        except CredentialsUnavailableError as unavailable:
            return store.world, unavailable.reason
        except NothingToStealYetError:
            return store.world, "it has no credentials"
        store.set_state(name, credentials.state)
        renewed = store.world
        key = credentials.state.keys[-1] if credentials.state.keys else ""
        was = self.allowed_before(name, keys_of_workload(name, self.world)[-1])
        requests = [replace(one, access_key_id=key) for one in was]
        if requests and all(one.may_be_allowed(renewed, self._seed) for one in requests):
            return renewed, ""
        return renewed, "its new credentials are denied too" if requests else "it was allowed nothing before"


def _renewals(world: World, name: str, workload: Workload, end: datetime) -> list[datetime]:
    """The ticks up to `end` that matter for each hop: the first try to renew it, the time from which a failed
    renewal makes requests fail, and its expiry.
    """
    instants: list[datetime] = []
    for hop, key in enumerate(world.workload_states[name].keys):
        session = world.sessions.get(key)
        if session is None:
            continue
        is_delivered = workload.identity.startswith("service:") and hop == 0
        due = rotation_due(session) if is_delivered else session.expires_at - ADVISORY_REFRESH + _AN_INSTANT
        overdue = session.expires_at - MANDATORY_REFRESH + _AN_INSTANT
        instants += [due, overdue, session.expires_at]
    return sorted(set(_ticks(instants, world, workload, end)))


def _ticks(
    instants: Iterable[datetime], world: World, workload: Workload, end: datetime
) -> Iterator[datetime]:
    for instant in instants:
        since = max(instant, world.now) - world.started_at
        ticks = ceil(since.total_seconds() / workload.every_seconds)
        at = world.started_at + timedelta(seconds=ticks * workload.every_seconds)
        if at <= end + timedelta(seconds=workload.every_seconds):
            yield at


def _through(workload: Workload, configuration: Configuration) -> str:
    """Who issues the credentials of the last hop."""
    from sts_tui.simulation.containment.aftermath import issued_through

    return issued_through(workload, len(workload.assume_roles) - 1, configuration)
