"""What happens as simulated time advances, and in which order?

**Model.** Between two instants nothing changes by itself. Four kinds of events can be due at a time: a write
comes into force, a session expires, a workload acts, a game day's attacker acts. `Simulation.advance` takes
the earliest, sets the clock to its time, carries it out, and continues until the requested time.

**Order.** (instant, kind, name). At one instant writes come into force first, then sessions expire, then
workloads act by name, then the attacker. So a request at that time is evaluated with the new policy, and a
session that expires then no longer authenticates. The order does not depend on when an entry was added: the
same calls give the same log.

**What must never happen.** The clock runs backwards. Something that is due is skipped, even over a long time.
An outdated entry (of a removed session) has an effect.

**Not modeled.** A write comes into force everywhere at once, and calls take no time.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final

from sts_tui.simulation.world import World
from sts_tui.start_up.named_tuple import NamedTuple


class Kind(IntEnum):
    """The kinds in the order in which they happen at one time."""

    PROPAGATION = 0
    EXPIRY = 1
    TICK = 2
    GAME_DAY = 3


IN_WORDS: Final = {
    Kind.PROPAGATION: "a written policy comes into force",
    Kind.EXPIRY: "{} expires",
    Kind.TICK: "{} makes a request",
    Kind.GAME_DAY: "the game day continues",
}


class Due(NamedTuple):
    """One event that will happen. `name` is an access key id, a workload's name, the number of an attack (see
    `timetable`), or empty.
    """

    at: datetime
    kind: Kind
    name: str


def tick_at(world: World, workload: str, ticks: int) -> datetime:
    """When a workload acts after this many ticks, computed from the start so that nothing drifts."""
    seconds = world.workloads[workload].every_seconds * ticks
    return world.started_at + timedelta(seconds=seconds)


class Schedule:
    """A heap of what is due, derived from the world; outdated entries are skipped. The heap is filled on
    first use, so that a copy of the world for trying one call does not need it.
    """

    def __init__(self, world: World) -> None:
        self._heap: list[Due] = []
        self._unread: World | None = world

    def add(self, at: datetime, kind: Kind, name: str) -> None:
        heapq.heappush(self._heap, Due(at, kind, name))

    def peek(self, world: World) -> Due | None:
        """The next event that is due at any time; None if there is none."""
        if self._unread is not None:
            self._heap.extend(_due(self._unread))
            heapq.heapify(self._heap)
            self._unread = None
        while self._heap:
            due = self._heap[0]
            if _still_holds(due, world):
                return due
            heapq.heappop(self._heap)
        return None

    def pop(self) -> None:
        """Remove what `peek` returned."""
        heapq.heappop(self._heap)


def _due(world: World) -> Iterator[Due]:
    """Everything that will happen in a world."""
    yield from (Due(write.in_force_at, Kind.PROPAGATION, "") for write in world.pending)
    for key, session in world.sessions.items():
        if session.expires_at > world.now:
            yield Due(session.expires_at, Kind.EXPIRY, key)
    for name, state in world.workload_states.items():
        yield Due(tick_at(world, name, state.ticks), Kind.TICK, name)
    if world.game_day is not None:
        yield from (Due(at, Kind.GAME_DAY, name) for name, at in world.game_day.due().items())


def _still_holds(due: Due, world: World) -> bool:
    match due.kind:
        case Kind.TICK:
            return True
        case Kind.EXPIRY:
            session = world.sessions.get(due.name)
            return session is not None and session.expires_at == due.at
        case Kind.GAME_DAY:
            return world.game_day is not None and world.game_day.due_at(due.name) == due.at
        case Kind.PROPAGATION:
            return any(write.in_force_at == due.at for write in world.pending)
