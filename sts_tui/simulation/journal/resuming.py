"""How is a simulation restored from a journal?

The last checkpoint is read, then each line after it is carried out again. A refused call is refused again. A
line that cannot be carried out is reported with its number, and all others are restored. At an incomplete
line (the machine stopped while writing it) the journal ends: that line and everything after it are removed
and reported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from sts_tui.account.diagnostics.diagnostic import AccountFileError
from sts_tui.account.diagnostics.source import Source
from sts_tui.account.entities import IdentityProvider
from sts_tui.simulation.calls.callers import caller_of_json
from sts_tui.simulation.checkpoint.saved_state import SavedHistory, SavedState, SavedStretch
from sts_tui.simulation.frozen_json import from_json
from sts_tui.simulation.journal.journal import COMMANDS, VERSION, Journal, JournalError, Store
from sts_tui.simulation.journal.journal_lines import Entry, name_of, whole_entries
from sts_tui.simulation.opening.model_files import model_of_sources
from sts_tui.simulation.simulation import Simulation
from sts_tui.simulation.timetable import Attack, Pars
from sts_tui.sts.errors import AwsError

READABLE: Final = (3, VERSION)
"""Versions of the journal that can be resumed."""
_MOST_FAULTS_NAMED: Final = 5


class Resumed(Struct, frozen=True):
    """A simulation as it was."""

    sim: Simulation
    journal: Journal
    note: Mapping[str, object]
    lost: str
    """What could not be restored, as text; empty if everything was restored."""
    missing: int
    """How many acknowledged commands are not in the file."""
    faults: tuple[str, ...]
    """Lines that could not be carried out again, each with its number."""


def resume(store: Store, content: bytes) -> Resumed:
    """The simulation restored from a journal's content, and the journal, which continues in `store`. Raises
    JournalError if its first entry cannot be read or has another version.
    """
    entries, good = whole_entries(content)
    if not entries:
        reason = "; ".join(["the journal has no whole entry", *_not_saved(store.acknowledged())])
        raise JournalError(reason)
    first = entries[0].read()
    version = first.get("version")
    if first.get("kind") != "open" or version not in READABLE:
        raise JournalError(f"the journal has version {version}; this sts-tui reads {READABLE}")
    journal = Journal(store, _opened(first), {**first, "version": VERSION})
    faults = _replayed(journal, entries, version)
    missing = max(0, store.acknowledged() - journal.commands)
    lost = [*_cut_off(store, content, good), *_not_saved(missing), *_named(faults)]
    journal.sim.recorder = journal.record
    if version != VERSION or faults or missing:
        _save_restored_state(journal, version)
    return Resumed(
        sim=journal.sim,
        journal=journal,
        note=journal.note_of_front_end,
        lost="; ".join(lost),
        missing=missing,
        faults=tuple(faults),
    )


def _opened(first: Mapping[str, Any]) -> Simulation:
    try:
        loaded = model_of_sources([Source(name, text) for name, text in first["sources"]])
    except AccountFileError as error:
        raise JournalError(f"the account files in the journal can no longer be read: {error}") from None
    return Simulation(loaded.model, seed=first["seed"], start=datetime.fromisoformat(first["start"]))


def _replayed(journal: Journal, entries: Sequence[Entry], version: int) -> list[str]:
    """Restore the simulation from the entries. Return the lines that could not be carried out."""
    last = max((at for at, one in enumerate(entries) if one.kind == "checkpoint"), default=0)
    if last:
        _restored(journal, entries[1 : last + 1], version)
    faults = []
    for number, one in enumerate(entries[last + 1 :], last + 2):
        entry = one.read()
        journal.counted(journal.commands + (entry["kind"] in COMMANDS))
        if entry["kind"] == "note":
            journal.note_of_front_end = entry["note"]
            continue
        try:
            _carry_out_again(journal.sim, entry)
        except Exception as error:  # after any error, the following lines are still restored
            faults.append(f"line {number} ({name_of(entry)}): {type(error).__name__}: {error}")
    return faults


def _restored(journal: Journal, entries: Sequence[Entry], version: int) -> None:
    """Read the stretches of the log, the history, and the last checkpoint."""
    checkpoint = entries[-1].read()
    if version == VERSION:
        stretches, logs, history = _saved(entries)
        state: SavedState = checkpoint["state"] | {"history": history, "log": logs[-1]}
        journal.sim.restore(state, logs[:-1])
    else:
        from sts_tui.simulation.journal.previous_version import restore  # only for older journals

        restore(journal.sim.commands, entries, checkpoint["state"])
        stretches = []
    journal.note_of_front_end = checkpoint["note"]
    journal.counted(checkpoint.get("commands", 0))
    journal.restored(stretches, entries[-1].end)


def _saved(entries: Sequence[Entry]) -> tuple[list[tuple[int, bytes]], list[SavedStretch], SavedHistory]:
    """(lines of the log's stretches, these stretches parsed, the history)."""
    stretches: list[tuple[int, bytes]] = []
    logs: list[SavedStretch] = []
    history: SavedHistory = {"steps": [], "in_force_from": 0, "in_force": []}
    for one in entries:
        if one.kind == "log":
            log = one.read()["log"]
            stretches.append((log["last"], one.line))
            logs.append(log)
        elif one.kind == "history":
            part = one.read()["history"]
            history["steps"] += part["steps"]
            history["in_force"][part["in_force_from"] :] = part["in_force"]
    return stretches, logs, history


def _cut_off(store: Store, content: bytes, good: int) -> list[str]:
    if good == len(content):
        return []
    store.truncate(good)
    lines = content[good:].count(b"\n") + (not content.endswith(b"\n"))
    return [
        f"the end of the journal was damaged: {len(content) - good} bytes in {lines} line(s) were cut off"
    ]


def _not_saved(missing: int) -> list[str]:
    if not missing:
        return []
    plural = "s are" if missing > 1 else " is"
    return [f"{missing} acknowledged command{plural} missing: the journal could not be written"]


def _named(faults: Sequence[str]) -> list[str]:
    if not faults:
        return []
    more = len(faults) - _MOST_FAULTS_NAMED
    named = [*faults[:_MOST_FAULTS_NAMED], *([f"and {more} more"] if more > 0 else [])]
    return [f"could not be repeated: {'; '.join(named)}"]


def _save_restored_state(journal: Journal, version: int) -> None:
    """Write the present state, so that the next resume does not report the same again. Without disk space the
    journal is left unchanged.
    """
    journal.store.acknowledge(0)
    with suppress(OSError):
        journal.rewrite() if version != VERSION else journal.checkpoint()


def _carry_out_again(sim: Simulation, entry: Mapping[str, Any]) -> None:
    """Carry out one command again."""
    match entry["kind"]:
        case "time":
            sim.advance_to(datetime.fromisoformat(entry["to"]))
        case "undo":
            sim.undo()
        case "redo":
            sim.redo()
        case "set":
            sim.set(entry["name"], entry["value"])
        case "animate" | "provider" | "leak" | "pause":
            _invented_again(sim, entry)
        case "game day" | "attack" | "looked at":
            _game_day_again(sim, entry)
        case "call" | "request":
            arguments = {**entry["arguments"], "caller": caller_of_json(entry["caller"])}
            with suppress(AwsError):
                (sim.call if entry["kind"] == "call" else sim.request)(**arguments)
        case unknown:
            raise JournalError(f"entries of kind {unknown} are unknown")


def _invented_again(sim: Simulation, entry: Mapping[str, Any]) -> None:
    match entry["kind"]:
        case "animate":
            sim.animate(entry["is_on"])
        case "provider":
            sim.add_identity_provider(from_json(IdentityProvider, entry["provider"]))
        case "leak":
            sim.leak(entry["role_arn"])
        case _:
            sim.pause_workload(entry["workload"], entry["is_paused"])


def _game_day_again(sim: Simulation, entry: Mapping[str, Any]) -> None:
    match entry["kind"]:
        case "game day":
            sim.begin_game_day(entry["seconds"], from_json(Pars, entry["pars"]))
        case "attack":
            sim.plan_attack(from_json(Attack, entry["attack"]))
        case _:
            sim.look_at(entry["keys"])
