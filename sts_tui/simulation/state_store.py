"""The present: the world as it stands, the log of how it came to be, and who wants to hear of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from sts_tui.simulation.event_log import EventLog
from sts_tui.simulation.events import Event
from sts_tui.simulation.world import WorkloadState, World

_BATCH: Final = 10_000
"""Subscribers hear of at most this many events at once, so that a simulated month needs no memory."""


class StateStore:
    """Holds what changes. The clock and the workloads move at every request, so they are kept beside the
    frozen world and laid over it when somebody looks.
    """

    def __init__(self, world: World) -> None:
        self.now = world.now
        self.log = EventLog(world.settings.request_log_size)
        self._world = world
        self._states = dict(world.workload_states)
        self._is_stale = False
        self._unheard: list[Event] = []
        self._subscribers: list[Callable[[tuple[Event, ...]], None]] = []

    @property
    def world(self) -> World:
        """The frozen state, as of now."""
        if self._is_stale:
            self._world = replace(self._world, now=self.now, workload_states=dict(self._states))
            self._is_stale = False
        return self._world

    @world.setter
    def world(self, world: World) -> None:
        self._world = world
        self.now = world.now
        if world.workload_states is not self._states:
            self._states = dict(world.workload_states)
        self._is_stale = False

    @property
    def standing(self) -> World:
        """The world without looking at clock and workloads: everything else in it is up to date."""
        return self._world

    def move_to(self, instant: datetime) -> None:
        self.now = instant
        self._is_stale = True

    def state(self, workload: str) -> WorkloadState:
        return self._states[workload]

    def set_state(self, workload: str, state: WorkloadState) -> None:
        self._states[workload] = state
        self._is_stale = True

    def record(self, event: Event) -> None:
        """Append to the log; its number has to be `log.next_number`."""
        self.log.append(event)
        if self._subscribers:
            self._unheard.append(event)
            if len(self._unheard) >= _BATCH:
                self.tell()

    def tell(self) -> None:
        """Let subscribers hear what has happened since the last time."""
        if self._unheard:
            events, self._unheard = tuple(self._unheard), []
            for subscriber in tuple(self._subscribers):
                subscriber(events)

    def subscribe(self, callback: Callable[[tuple[Event, ...]], None]) -> Callable[[], None]:
        self._subscribers.append(callback)

        def unsubscribe() -> None:
            if callback in self._subscribers:
                self._subscribers.remove(callback)

        return unsubscribe
