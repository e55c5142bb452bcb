"""What is the whole running state as JSON, and how is it read back?

A checkpoint makes a resume quick after hours of simulated time. It has the world without its configuration,
the commands that can be undone and redone, counts, the steps of the history (`saved_history`), and the log or
its events since an earlier checkpoint (`saved_log`). The account files are not in it: a journal has them
once, in its first entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from sts_tui.account.entities import IdentityProvider, Settings, Workload
from sts_tui.account.persistent_map import PersistentMap
from sts_tui.simulation.calls.commands import Commands
from sts_tui.simulation.checkpoint.saved_history import (
    Extent,
    edits_json,
    history_json,
    read_edits,
    read_history,
)
from sts_tui.simulation.checkpoint.saved_log import Stretches, stretch_of
from sts_tui.simulation.checkpoint.saved_state import (
    SavedCounts,
    SavedEditions,
    SavedState,
    SavedStretch,
    SavedWorld,
)
from sts_tui.simulation.event_log import EventLog, Tally
from sts_tui.simulation.frozen_json import from_json, to_json
from sts_tui.simulation.time.schedule import Schedule
from sts_tui.simulation.timetable import GameDay
from sts_tui.simulation.world import PendingWrite, WorkloadState, World
from sts_tui.sts.operation import MfaVerification
from sts_tui.sts.session import Session

_NOTHING: Final = Extent()


def checkpoint_of(commands: Commands, after: int = 0, written: Extent = _NOTHING) -> SavedState:
    """Everything that changes, as JSON. Its `log` has the events numbered greater than `after`; its `history`
    has the steps after the extent `written`.
    """
    world, log, history = commands.store.world, commands.store.log, commands.history
    return {
        "now": to_json(world.now),
        "settings": to_json(world.settings),
        "in_force": world.in_force.edition,
        "pending": [(to_json(one.in_force_at), one.configuration.edition) for one in world.pending],
        "sessions": [to_json(session) for session in world.sessions.values()],
        "workload_states": to_json(world.workload_states),
        "invented": to_json(world.invented),
        "game_day": to_json(world.game_day),
        "paused_workloads": list(world.paused_workloads),
        "identity_providers": to_json(world.identity_providers) if world.identity_providers else None,
        "mfa_verifications": to_json(world.mfa_verifications),
        "id_counter": world.id_counter,
        "done": edits_json(history.done),
        "undone": edits_json(history.undone),
        "history": history_json(history, written),
        "log": stretch_of(log.since(after)),
        "first_number": log.first_number,
        "next_number": log.next_number,
        "expired": log.expired,
        "tallies": {key: (one.requests, one.denied) for key, one in log.tallies.items()},
        "denied_by_issuer": dict(log.denied_by_issuer),
        "revocations": to_json(log.revocations),
        "gone": to_json(log.gone),
        "issued_under": dict(log.issued_under),
    }


def restore(commands: Commands, state: SavedState, earlier: Iterable[SavedStretch] = ()) -> None:
    """Bring a newly opened simulation to the state of a checkpoint. `earlier`: the logs of the checkpoints
    before it.
    """
    history = commands.history
    read_history(history, state["history"])
    sessions = sessions_of(state)
    history.done = read_edits(state["done"], sessions)
    history.undone = read_edits(state["undone"], sessions)
    restore_world(commands, state, sessions, state)
    restore_log(commands, state, sessions, (*earlier, state["log"]))


def sessions_of(state: SavedWorld) -> PersistentMap[str, Session]:
    """The sessions of a checkpoint, by access key id, in the order of issue."""
    read = (from_json(Session, one) for one in state["sessions"])
    return PersistentMap((one.access_key_id, one) for one in read)


def _providers(state: SavedWorld, before: World) -> Mapping[str, IdentityProvider]:
    """The simulated identity providers by name, including invented ones."""
    saved = state.get("identity_providers")
    return before.identity_providers if saved is None else from_json(dict[str, IdentityProvider], saved)


def restore_world(
    commands: Commands,
    state: SavedWorld,
    sessions: PersistentMap[str, Session],
    editions: SavedEditions,
) -> None:
    """Restore the world of a checkpoint. `editions`: which editions of the configuration are in force
    when.
    """
    history = commands.history
    before = commands.store.world
    game_day = state.get("game_day")
    invented = from_json(dict[str, Workload], state.get("invented", {}))
    given = {name: one for name, one in before.workloads.items() if name not in before.invented}
    world = replace(
        before,
        workloads={**given, **invented},
        invented=invented,
        game_day=None if game_day is None else from_json(GameDay, game_day),
        identity_providers=_providers(state, before),
        paused_workloads=tuple(state.get("paused_workloads", ())),
        now=from_json(datetime, state["now"]),
        settings=from_json(Settings, state["settings"]),
        configuration=history.present,
        in_force=history.edition(editions["in_force"]),
        pending=tuple(
            PendingWrite(in_force_at=from_json(datetime, at), configuration=history.edition(number))
            for at, number in editions["pending"]
        ),
        sessions=sessions,
        workload_states=PersistentMap(from_json(dict[str, WorkloadState], state["workload_states"])),
        mfa_verifications=from_json(dict[str, tuple[MfaVerification, ...]], state["mfa_verifications"]),
        id_counter=state["id_counter"],
    )
    commands.store.world = world
    commands.schedule = Schedule(world)


def restore_log(
    commands: Commands,
    state: SavedCounts,
    sessions: Mapping[str, Session],
    stretches: Iterable[SavedStretch],
) -> None:
    """Restore the log, as far as it was kept, from the `stretches` of this and earlier checkpoints."""
    reader, wanted = Stretches(sessions), state["first_number"]
    events = (one for stretch in stretches for one in reader.events_of(stretch, wanted))
    log = commands.store.log
    log.resized(commands.store.world.settings.request_log_size)
    log.restore(events, state["next_number"])
    _restore_counts(log, state)


def _restore_counts(log: EventLog, state: SavedCounts) -> None:
    log.expired = state.get("expired", 0)
    log.issued_under = dict(state.get("issued_under", {}))
    log.tallies = {key: Tally(*counts) for key, counts in state["tallies"].items()}
    log.denied_by_issuer = dict(state["denied_by_issuer"])
    log.revocations = from_json(dict[str, tuple[tuple[datetime, datetime], ...]], state["revocations"])
    log.gone = from_json(dict[str, datetime], state["gone"])
