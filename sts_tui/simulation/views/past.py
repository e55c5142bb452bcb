"""What was the state at a past time? A read-only simulation of that time. The configuration comes from the
chain of editions; requests, counts, settings and the health of workloads come from the log. Sessions are
those that are still known; sessions of that time that are no longer known are counted (`unknown_sessions`).
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
    """An operation would change the past."""


def _refuse(self: PastSimulation, *args: object, **named: object) -> NoReturn:
    raise PastIsReadOnlyError("a past instant can only be looked at")


class PastSimulation(Simulation):
    """A model as it was at `instant`. Operations that would change it raise PastIsReadOnlyError."""

    def __init__(self, present: Simulation, instant: datetime) -> None:
        """Raises UnknownPastError for a time before the history begins."""
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
        """How many sessions issued by then are no longer known: undone since, or expired long ago."""

    def next_due(self) -> tuple[datetime, str] | None:
        """None: what happened next is in the log."""
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
    """The model at a past time. Raises UnknownPastError for a time before the history begins. It starts with
    the cached session states of the present and of the past time viewed before: of thousands of sessions
    nearly all have the same state, and evaluating them again would take seconds.
    """
    past = PastSimulation(present, instant)
    known = standings(past)
    if (before := _LATEST.get(present)) is not None:
        known.borrow(before)
    known.borrow(standings(present))
    _LATEST[present] = known
    return past


_LATEST: Final[WeakKeyDictionary[Simulation, Standings]] = WeakKeyDictionary()
"""The session states of the past time viewed last, for each simulation."""


def _notable(present: Simulation, log: EventLog) -> tuple[Event, ...]:
    """The events up to then that are not requests."""
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
    """The writes that were not in force yet; a write that was undone before never came into force."""
    if in_force.edition == written.edition:
        return ()
    later = (at for at, edition in history.in_force if at > instant and edition >= written.edition)
    at = next(later, None)
    return (PendingWrite(in_force_at=at, configuration=written),) if at is not None else ()


def _sessions_at(present: Simulation, instant: datetime, notable: tuple[Event, ...]) -> list[Session]:
    """The sessions that had been issued, and not undone, by then."""
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
    """The settings as opened, with the changes logged by then; the present ones if the log does not reach
    back.
    """
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
    """The last logged health by workload name, and the stolen sessions that had been issued."""
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
"""The state of a workload that never failed."""


def _count_denials(log: EventLog, present: Simulation) -> None:
    """Set the denials by issuer, without later ones."""
    for key, tally in present.events.tallies.items():
        session = present.world.sessions.get(key)
        if session is None or session.issuer_arn not in log.denied_by_issuer:
            continue
        then = log.tallies.get(key)
        log.denied_by_issuer[session.issuer_arn] -= tally.denied - (then.denied if then else 0)
