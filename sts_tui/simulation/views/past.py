"""What did everything look like at a past instant? A read-only simulation of that instant.

It reads the one history of the model: the configuration from the chain of editions, requests and counts from
the log, settings and the health of workloads from what the log says of them. Sessions are those that are
still known; what is no longer known of that instant is counted, not guessed (`unknown_sessions`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final, NoReturn
from weakref import WeakKeyDictionary

from msgspec.structs import replace

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Settings
from sts_tui.account.persistent_map import PersistentMap
from sts_tui.simulation.calls.commands import Commands
from sts_tui.simulation.event_log import EventLog
from sts_tui.simulation.events import (
    CommandUndone,
    Event,
    SessionStarted,
    SettingChanged,
    WorkloadChanged,
)
from sts_tui.simulation.settings import changed_setting
from sts_tui.simulation.simulation import Simulation
from sts_tui.simulation.state_store import StateStore
from sts_tui.simulation.undo.history import History
from sts_tui.simulation.views.session_standing import Standings, standings
from sts_tui.simulation.world import Health, PendingWrite, WorkloadState, World
from sts_tui.sts.session import Session


class PastIsReadOnlyError(RuntimeError):
    """Something would change a past instant."""


def _refuse(self: PastSimulation, *args: object, **named: object) -> NoReturn:
    raise PastIsReadOnlyError("a past instant can only be looked at")


class PastSimulation(Simulation):
    """A model as it was at `instant`. Whatever would change it raises PastIsReadOnlyError."""

    def __init__(self, present: Simulation, instant: datetime) -> None:
        """Raises UnknownPastError for an instant before the history begins."""
        self.present = present
        self.model, self.seed, self.warnings = present.model, present.seed, present.warnings
        self.recorder, self.opened = None, present.opened
        log = present.events.up_to(instant)
        world = _world_at(present, instant, _notable(present, log))
        self._store = StateStore(world)
        self._store.log = log
        self.commands = Commands(self._store, present.seed)
        self.events, self.history = log, present.history
        _count_denials(log, present)
        self.unknown_sessions = sum(
            isinstance(event, SessionStarted) and event.access_key_id not in world.sessions
            for event in _notable(present, log)
        )
        """Sessions that were issued by then and are no longer known: undone since, or expired long ago."""

    def next_due(self) -> tuple[datetime, str] | None:
        """Nothing: what came next is in the log."""
        return None

    _call: Callable[..., Any] = _refuse
    advance_to: Callable[..., Any] = _refuse
    undo: Callable[..., Any] = _refuse
    redo: Callable[..., Any] = _refuse
    set: Callable[..., Any] = _refuse
    animate: Callable[..., Any] = _refuse
    pause_workload: Callable[..., Any] = _refuse
    leak: Callable[..., Any] = _refuse
    begin_game_day: Callable[..., Any] = _refuse
    plan_attack: Callable[..., Any] = _refuse
    restore: Callable[..., Any] = _refuse


def as_of(present: Simulation, instant: datetime) -> PastSimulation:
    """The model at a past instant. Raises UnknownPastError for an instant before the history begins.

    It begins with the answers about sessions that the present knows, and those of the instant that was looked
    at before: of thousands of sessions nearly all are the same, and to ask the engine again takes seconds.
    """
    past = PastSimulation(present, instant)
    known = standings(past)
    if (before := _LATEST.get(present)) is not None:
        known.borrow(before)
    known.borrow(standings(present))
    _LATEST[present] = known
    return past


_LATEST: Final[WeakKeyDictionary[Simulation, Standings]] = WeakKeyDictionary()
"""What was known at the past instant of each simulation that was looked at last."""


def _notable(present: Simulation, log: EventLog) -> tuple[Event, ...]:
    """What had happened by then besides requests."""
    return present.events.index.notable(log.first_number, log.last_number)


def _world_at(present: Simulation, instant: datetime, notable: tuple[Event, ...]) -> World:
    history, world = present.history, present.world
    in_force, written = history.in_force_at(instant), history.written_at(instant)
    sessions = _sessions_at(present, instant, notable)
    return replace(
        world,
        now=instant,
        settings=_settings_at(present, notable),
        configuration=written,
        in_force=in_force,
        pending=_pending_at(history, instant, in_force, written),
        sessions=PersistentMap({session.access_key_id: session for session in sessions}),
        workload_states=PersistentMap(_workloads_at(world, notable, {one.access_key_id for one in sessions})),
        game_day=None,
    )


def _pending_at(
    history: History, instant: datetime, in_force: Configuration, written: Configuration
) -> tuple[PendingWrite, ...]:
    """What had been written and was not in force yet; what was undone first never came into force."""
    if in_force.edition == written.edition:
        return ()
    later = (at for at, edition in history.in_force if at > instant and edition >= written.edition)
    at = next(later, None)
    return (PendingWrite(in_force_at=at, configuration=written),) if at is not None else ()


def _sessions_at(present: Simulation, instant: datetime, notable: tuple[Event, ...]) -> list[Session]:
    """Those that had been issued, and not undone, by then."""
    sessions = [one for one in present.world.sessions.values() if one.issued_at <= instant]
    undone = [one for edit in present.history.undone for one in edit.sessions]
    if undone:
        edits = {edit.command: edit for edit in present.history.undone}
        for event in notable:
            edit = edits.get(event.command) if isinstance(event, CommandUndone) else None
            gone = {one.access_key_id for one in edit.sessions} if edit else set()
            undone = [one for one in undone if one.access_key_id not in gone]
    both = {one.access_key_id: one for one in (*sessions, *undone) if one.issued_at <= instant}
    return sorted(both.values(), key=lambda one: one.issued_at)


def _settings_at(present: Simulation, notable: tuple[Event, ...]) -> Settings:
    """As opened, with the changes logged by then; those of now where the log does not reach back."""
    if present.events.first_number > 1:
        return present.world.settings
    settings = present.opened.settings
    for event in notable:
        if isinstance(event, SettingChanged):
            settings = changed_setting(settings, event.name, event.value)[0]
    now = present.world.settings
    return now if settings == now else settings


def _workloads_at(
    world: World, notable: tuple[Event, ...], sessions: Iterable[str]
) -> dict[str, WorkloadState]:
    """The health that was logged last; who holds a stolen session that had been issued."""
    known = set(sessions)
    changed = {event.workload: event for event in notable if isinstance(event, WorkloadChanged)}
    states = {}
    for name, state in world.workload_states.items():
        event = changed.get(name)
        states[name] = replace(
            state,
            health=Health(event.health) if event else _UNCHANGED,
            reason=event.reason if event else "",
            stolen=state.stolen if state.stolen in known else None,
            keys=tuple(key for key in state.keys if key in known),
        )
    return states


_UNCHANGED: Final = Health.HEALTHY
"""Of a workload that never failed."""


def _count_denials(log: EventLog, present: Simulation) -> None:
    """Denials by issuer, without those that came later."""
    for key, tally in present.events.tallies.items():
        session = present.world.sessions.get(key)
        if session is None or session.issuer_arn not in log.denied_by_issuer:
            continue
        then = log.tallies.get(key)
        log.denied_by_issuer[session.issuer_arn] -= tally.denied - (then.denied if then else 0)
