"""The whole running state as JSON, and back: what makes a resume quick after hours of simulated time.

Holds the world with every session, what can be undone and redone, counts, and the log, or only what the log
gained since an earlier checkpoint (`saved_log`); the account files themselves are kept once, in the journal's
first entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from sts_tui.account.entities import Settings
from sts_tui.simulation.calls.commands import Commands
from sts_tui.simulation.checkpoint.saved_log import Stretches, stretch_of
from sts_tui.simulation.event_log import EventLog, Tally
from sts_tui.simulation.frozen_json import from_json, to_json
from sts_tui.simulation.time.schedule import Schedule
from sts_tui.simulation.undo.configuration_deltas import ConfigurationTable
from sts_tui.simulation.undo.edits import Edit, Edits, Page
from sts_tui.simulation.undo.retired import revive
from sts_tui.simulation.world import PendingWrite, WorkloadState, World
from sts_tui.sts.operation import MfaVerification
from sts_tui.sts.session import Session


def checkpoint_of(
    commands: Commands, opened: World, after: int = 0, table: ConfigurationTable | None = None
) -> dict[str, Any]:
    """Everything that changes, as JSON. `opened` is the world as the files gave it.

    Its `log` holds the events numbered greater than `after`; where others before it are kept too, they all
    have to share a `table`. Its `pages` are those of the older edits, by name; a page never changes.
    """
    store, world = commands.store, commands.store.world
    table = table or ConfigurationTable(opened.configuration)
    state = {
        "now": to_json(world.now),
        "settings": to_json(world.settings),
        "configuration": table.number(world.configuration),
        "in_force": table.number(world.in_force),
        "pending": [[to_json(one.in_force_at), table.number(one.configuration)] for one in world.pending],
        "sessions": [to_json(session) for session in world.sessions.values()],
        "workload_states": to_json(world.workload_states),
        "mfa_verifications": to_json(world.mfa_verifications),
        "id_counter": world.id_counter,
        "done": _edits_json(commands.history.done, table),
        "undone": _edits_json(commands.history.undone, table),
        "pages": commands.history.pages(),
        "log": stretch_of(store.log.since(after), table),
        "first_number": store.log.first_number,
        "next_number": store.log.next_number,
        "tallies": {key: [one.requests, one.denied] for key, one in store.log.tallies.items()},
        "denied_by_issuer": dict(store.log.denied_by_issuer),
        "revocations": to_json(store.log.revocations),
        "gone": to_json(store.log.gone),
    }
    return {**state, "configurations": table.deltas()}


def restore(
    commands: Commands, opened: World, state: Mapping[str, Any], earlier: Iterable[Mapping[str, Any]] = ()
) -> ConfigurationTable:
    """Make a simulation that was just opened what the checkpoint says; `earlier` are the logs of checkpoints
    before it that shared its table. Returns that table, for checkpoints that are to follow.
    """
    table = ConfigurationTable.read(opened.configuration, state["configurations"])
    sessions = {one.access_key_id: one for one in (from_json(Session, each) for each in state["sessions"])}
    world = replace(
        opened,
        now=from_json(datetime, state["now"]),
        settings=from_json(Settings, state["settings"]),
        configuration=table.listed[state["configuration"]],
        in_force=table.listed[state["in_force"]],
        pending=tuple(
            PendingWrite(in_force_at=from_json(datetime, at), configuration=table.listed[number])
            for at, number in state["pending"]
        ),
        sessions=sessions,
        workload_states=from_json(Mapping[str, WorkloadState], state["workload_states"]),
        mfa_verifications=from_json(Mapping[str, tuple[MfaVerification, ...]], state["mfa_verifications"]),
        id_counter=state["id_counter"],
    )
    for standing in (world.configuration, world.in_force, *(one.configuration for one in world.pending)):
        revive(standing)
    commands.store.world = world
    commands.schedule = Schedule(world)
    for name, edits in commands.history.stacks.items():
        _restore_edits(edits, state[name], state["pages"], table, sessions)
    stretches, wanted = Stretches(table, sessions), state["first_number"]
    events = (one for log in (*earlier, state["log"]) for one in stretches.events_of(log, wanted))
    log = commands.store.log
    log.resized(world.settings.request_log_size)
    log.restore(events, state["next_number"])
    _restore_counts(log, state)
    return table


def _restore_counts(log: EventLog, state: Mapping[str, Any]) -> None:
    log.tallies = {key: Tally(*counts) for key, counts in state["tallies"].items()}
    log.denied_by_issuer = dict(state["denied_by_issuer"])
    pairs = Mapping[str, tuple[tuple[datetime, datetime], ...]]
    log.revocations = dict(from_json(pairs, state["revocations"]))
    log.gone = dict(from_json(Mapping[str, datetime], state["gone"]))


def _edits_json(edits: Edits, table: ConfigurationTable) -> dict[str, Any]:
    return {
        "pages": [[page.number, page.size] for page in edits.pages],
        "next_number": edits.next_number,
        "unpacked": [_edit_json(edit, table) for edit in edits.unpacked],
    }


def _restore_edits(
    edits: Edits,
    state: Mapping[str, Any],
    pages: Mapping[str, str],
    table: ConfigurationTable,
    sessions: Mapping[str, Session],
) -> None:
    edits.pages = [
        Page(number=number, size=size, text=pages[edits.name_of(number)]) for number, size in state["pages"]
    ]
    edits.next_number = state["next_number"]
    edits.unpacked = [_edit(one, table, sessions) for one in state["unpacked"]]


def _edit_json(edit: Edit, table: ConfigurationTable) -> dict[str, Any]:
    return {
        "command": edit.command,
        "subject": edit.subject,
        "before": table.number(edit.before),
        "after": table.number(edit.after),
        "sessions": [to_json(session) for session in edit.sessions],
    }


def _edit(state: Mapping[str, Any], table: ConfigurationTable, sessions: Mapping[str, Session]) -> Edit:
    issued = (from_json(Session, each) for each in state["sessions"])
    return Edit(
        command=state["command"],
        subject=state["subject"],
        before=table.listed[state["before"]],
        after=table.listed[state["after"]],
        sessions=tuple(sessions.get(one.access_key_id, one) for one in issued),
    )
