"""Where are the present world, its log and its subscribers?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace

from sts_tui.simulation.event_log import EventLog
from sts_tui.simulation.events import Event
from sts_tui.simulation.world import WorkloadState, World


class StateStore:
    """The changing state. The clock and the workloads change at every request, so their changes are kept
    separately and added to the frozen world when it is read.
    """

    def __init__(self, world: World) -> None:
        self.now = world.now
        self.log = EventLog(world.settings.request_log_size)
        self._world = world
        self._moved: dict[str, WorkloadState] = {}
        """States of workloads that are newer than those in the world."""
        self._unheard: list[Event] = []
        self._subscribers: list[Callable[[tuple[Event, ...]], None]] = []

    @property
    def world(self) -> World:
        """The present state, frozen."""
        if self._moved:
            states = self._world.workload_states.updated(self._moved)
            self._world = replace(self._world, now=self.now, workload_states=states)
            self._moved = {}
        elif self._world.now != self.now:
            self._world = replace(self._world, now=self.now)
        return self._world

    @world.setter
    def world(self, world: World) -> None:
        self._world = world
        self.now = world.now
        self._moved = {}

    @property
    def standing(self) -> World:
        """The world without the latest changes of clock and workloads; everything else is up to date."""
        return self._world

    def move_to(self, instant: datetime) -> None:
        self.now = instant

    def state(self, workload: str) -> WorkloadState:
        """The present state of a workload."""
        return self._moved.get(workload) or self._world.workload_states[workload]

    def failed_requests(self) -> int:
        """How many requests of workloads failed so far, including those without credentials."""
        return sum(self.state(name).failed for name in self._world.workloads)

    def set_state(self, workload: str, state: WorkloadState) -> None:
        self._moved[workload] = state

    def record(self, event: Event) -> None:
        """Append to the log; its number has to be `log.next_number`."""
        self.log.append(event)
        if self._subscribers:
            self._unheard.append(event)

    def notify(self) -> None:
        """Notify subscribers of the events since the last call, after these were recorded."""
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
