"""Who uses the leaked credentials, and for which requests?

Several programs can use one set of credentials: the workload that they were issued to, and a thief who copied
them. Requests distinguish them: the log has the workload, or the network address, of each. These requests
decide what a cut breaks and whose access it ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct

from sts_tui.account.regions import DEFAULT_REGION
from sts_tui.simulation.authorization.role_chaining import actions_of
from sts_tui.simulation.calls.ask import Ask, Pair
from sts_tui.simulation.calls.callers import Authenticator
from sts_tui.simulation.calls.pipeline import carry_out
from sts_tui.simulation.events import RequestAnswered, Verdict
from sts_tui.simulation.timetable import UNCOUNTED
from sts_tui.simulation.workloads.long_term_keys import long_term_key
from sts_tui.simulation.world import World

THIEF: Final = "workload:"
"""`Identity: workload:NAME` in the file: a copy of another workload's credentials."""
_NETWORK_KEYS: Final = ("aws:SourceVpc", "aws:SourceVpce", "aws:SourceIp")
_LATEST: Final = 100
"""How many distinct requests are kept per use of the credentials, the newest."""


MAY_BE_ALLOWED: Final = (Verdict.ALLOWED, Verdict.UNDECIDED)
"""A request that is undecided does not count as cut."""


class Asked(Struct, frozen=True, eq=False):
    """One request as its caller would send it again. Compared by identity, because contexts contain lists."""

    access_key_id: str
    action: str
    resource: str
    region: str = DEFAULT_REGION
    context: Mapping[str, object] = {}
    needs: tuple[str, ...] = ()
    """What its caller has to choose, in words: `region eu-west-1`, `MFA`."""

    is_unsettled: bool = False
    """Whether some choices of its caller were not tried, so that a denial proves nothing."""

    @property
    def words(self) -> str:
        """`s3:GetObject arn:…`, with what it needs in brackets."""
        needs = f" [{', '.join(self.needs)}]" if self.needs else ""
        return f"{self.action} {self.resource}{needs}"

    def is_allowed(self, world: World, seed: int) -> bool:
        """Whether it would be allowed in this world, at its time."""
        return self.answer(world, seed)[0] is Verdict.ALLOWED

    def may_be_allowed(self, world: World, seed: int) -> bool:
        """Whether it is allowed or undecided: an undecided request does not count as cut."""
        return self.answer(world, seed)[0] in MAY_BE_ALLOWED

    def possible(self, world: World, seed: int) -> str:
        """`s3:GetObject arn:…` if it may be allowed, with ` (unknown)` if it is undecided; else empty."""
        verdict, _ = self.answer(world, seed)
        doubt = " (unknown)" if verdict is Verdict.UNDECIDED else ""
        return f"{self.words}{doubt}" if verdict in MAY_BE_ALLOWED else ""

    def answer(self, world: World, seed: int) -> tuple[Verdict, str]:
        """The verdict, and what decided. For AssumeRole, all requests that AWS authorizes for the call are
        evaluated.
        """
        session = world.sessions.get(self.access_key_id)
        actions = actions_of(self.action, self.resource, session, self.context, world.in_force)
        ask = Ask(
            action=self.action,
            params={"Resource": self.resource},
            caller=self.access_key_id,
            context=self.context,
            region=self.region,
            is_plain=True,
            pairs=tuple(Pair(one, self.resource) for one in actions) if len(actions) > 1 else (),
        )
        result = carry_out(ask, world, Authenticator(), seed)
        return result.verdict, result.decided_by


class Use(Struct, frozen=True, kw_only=True):
    """One program, or one person at one address, that uses the credentials."""

    name: str
    """The workload, or the source address of other requests; `unknown` if there is none."""
    workload: str
    """The workload's name; empty: requests that no workload of the model made."""
    is_thief: bool
    """Whether it holds a copy of credentials that were issued to another workload."""
    per_minute: float
    """Requests per minute: of a workload by its interval, else those of the last minute."""
    since: datetime | None
    addresses: tuple[str, ...]
    requests: tuple[Asked, ...]

    @property
    def is_rightful(self) -> bool:
        """Whether these credentials were issued to it according to the model. Requests that no workload made
        may be anyone's.
        """
        return bool(self.workload) and not self.is_thief


def uses_of(credentials: Iterable[str], world: World, log: Iterable[RequestAnswered]) -> tuple[Use, ...]:
    """Every use of these access key ids. `log`: the requests made with them, oldest first. Requests that no
    policy can deny are left out.
    """
    keys = frozenset(credentials)
    made = [event for event in log if event.action not in UNCOUNTED]
    found = [*_workloads(keys, world, made)]
    found += _others(world, [event for event in made if event.workload is None])
    return tuple(found)


def keys_of_workload(name: str, world: World) -> tuple[str, ...]:
    """The access key ids that a workload signs with or can sign with, the newest of each hop."""
    state = world.workload_states[name]
    own = long_term_key(world.workloads[name], state, world)
    return (*((own,) if own else ()), *state.keys, *((state.stolen,) if state.stolen else ()))


def workload_requests(name: str, key: str, world: World) -> tuple[Asked, ...]:
    """The requests that a workload repeats, signed with this key; without those that no policy can deny."""
    return tuple(
        Asked(key, one.action, one.resource, DEFAULT_REGION, one.context)
        for one in world.workloads[name].requests
        if one.action not in UNCOUNTED
    )


def network_of(requests: Iterable[Asked], key: str) -> tuple[str, ...]:
    """The values of one network condition key among these requests, in order."""
    values = (_context_value(one.context, key) for one in requests)
    return tuple(dict.fromkeys(value for value in values if value))


def _workloads(keys: frozenset[str], world: World, made: list[RequestAnswered]) -> Iterator[Use]:
    for name, workload in world.workloads.items():
        its_keys = keys_of_workload(name, world)
        if not keys.intersection(its_keys):
            continue
        signs = its_keys[-1] in keys  # else its requests are made with a session chained from these
        requests = workload_requests(name, its_keys[-1], world) if signs else ()
        its = [event for event in made if event.workload == name]
        yield Use(
            name=name,
            workload=name,
            is_thief=workload.identity.startswith(THIEF),
            per_minute=60 / workload.every_seconds if workload.requests and workload.every_seconds else 0,
            since=its[0].at if its else None,
            addresses=_addresses(requests),
            requests=requests,
        )


def _others(world: World, made: list[RequestAnswered]) -> Iterator[Use]:
    by_address: dict[str, list[RequestAnswered]] = {}
    for event in made:
        address = _context_value(event.recall.context, "aws:SourceIp") if event.recall else ""
        by_address.setdefault(address or "unknown", []).append(event)
    for address, events in by_address.items():
        recent = [event for event in events if (world.now - event.at).total_seconds() <= 60]
        yield Use(
            name=address,
            workload="",
            is_thief=False,
            per_minute=float(len(recent)),
            since=events[0].at,
            addresses=() if address == "unknown" else (address,),
            requests=_distinct(events),
        )


def _distinct(events: list[RequestAnswered]) -> tuple[Asked, ...]:
    found: dict[tuple[str, str, str], Asked] = {}
    for event in reversed(events):
        if event.recall is None or event.access_key_id is None:
            continue
        key = (event.access_key_id, event.action, event.resource)
        if key not in found:
            found[key] = Asked(*key, event.region, event.recall.context)
        if len(found) == _LATEST:
            break
    return tuple(found.values())


def _addresses(requests: Iterable[Asked]) -> tuple[str, ...]:
    listed = list(requests)
    return tuple(value for key in _NETWORK_KEYS for value in network_of(listed, key))


def _context_value(context: Mapping[str, object], key: str) -> str:
    value = next((value for name, value in context.items() if name.lower() == key.lower()), "")
    return value if isinstance(value, str) else ""
