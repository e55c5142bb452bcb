"""The journal: what came from outside, written down as it happens, so that nothing acknowledged is lost.

One entry a line: a check sum, a space, JSON. The first holds the account files and the seed, then come
commands and the passage of time, and from time to time a checkpoint: a stretch of the log (all events since
the checkpoint before it), pages of older edits that can still be undone, and the whole state besides. A
resume reads stretches, pages and the last state, and makes the commands after it again; the same commands at
the same instants give the same world, ids included.
A line that is not whole (the machine died while writing it) ends the journal there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final, Protocol

from msgspec import Struct

from sts_tui.account.diagnostics.source import Source
from sts_tui.simulation.identities import caller_of_json
from sts_tui.simulation.journal.journal_lines import Entry, line_of, whole_entries
from sts_tui.simulation.opening.model_files import model_of_sources
from sts_tui.simulation.simulation import Simulation
from sts_tui.simulation.undo.configuration_deltas import ConfigurationTable
from sts_tui.sts.errors import AwsError

VERSION: Final = 3
CHECKPOINT_EVERY: Final = 10_000
"""Events between two checkpoints: to make so many again takes about a second."""
CHECKPOINT_BYTES: Final = 1024 * 1024
"""Bytes between two checkpoints: quiet hours write little but the time."""
COMPACT_AT: Final = 16 * 1024 * 1024
"""Bytes from which the journal is written anew: its first entry, the stretches of what the log still holds
and the last state are enough. Where those take more than half of that, it may grow to twice their size."""
CONFIGURATIONS_SHARED: Final = 2_000
"""Configurations that stretches of the log name together; with more the whole log is written once again.
Where what is written then still names more than half of that, there may be twice as many."""


class Store(Protocol):
    """Where the bytes go. Both return when the bytes are the kernel's to keep."""

    size: int

    def append(self, line: bytes) -> None: ...

    def replace(self, content: bytes) -> None:
        """All or nothing."""


class JournalError(Exception):
    """A journal that cannot be resumed; the message says why."""


class Journal:
    """Writes down what a simulation is told. Attach it with `Journal.begin` or `resume`."""

    def __init__(self, store: Store, sim: Simulation, first: Mapping[str, Any]) -> None:
        self.store = store
        self.sim = sim
        self._first = first
        self.trouble = ""
        """Why nothing is written any more; empty while all is well."""
        self._note: Mapping[str, Any] = {}
        self._table: ConfigurationTable | None = None
        self._stretches: list[tuple[int, bytes]] = []
        """Lines that hold the log up to the last checkpoint, each behind the number of its last event."""
        self._configurations = 0
        """How many of the table's configurations were written down."""
        self._table_ends_at = CONFIGURATIONS_SHARED
        self._pages: set[str] = set()
        """Pages of older edits that were written down, by name."""
        self._checkpoint_at = sim.events.last_number
        self._checkpoint_size = store.size
        self._compact_at = COMPACT_AT

    @classmethod
    def begin(cls, store: Store, sim: Simulation, sources: Sequence[Source]) -> Journal:
        """Start a journal for a simulation that was just opened from these texts."""
        first = {
            "kind": "open",
            "version": VERSION,
            "seed": sim.seed,
            "start": sim.world.started_at.isoformat(),
            "sources": [[source.name, source.text] for source in sources],
        }
        journal = cls(store, sim, first)
        store.replace(line_of(first))
        journal._checkpoint_size = store.size
        sim.recorder = journal.record
        return journal

    def record(self, entry: Mapping[str, Any]) -> None:
        """Called by the simulation after a command was carried out and before anybody is told."""
        self._append(line_of(entry))
        happened = self.sim.events.last_number - self._checkpoint_at
        if happened >= CHECKPOINT_EVERY or self.store.size - self._checkpoint_size >= CHECKPOINT_BYTES:
            self.checkpoint()

    def note(self, facts: Mapping[str, Any]) -> None:
        """What a front end wants to find again after a resume (who is acting …): the last one counts."""
        self._note = dict(facts)
        self._append(line_of({"kind": "note", "note": self._note}))

    def checkpoint(self) -> None:
        """Write down the state and what the log gained; where the journal has grown long, leave out what no
        resume needs any more.
        """
        table, is_first = self._table, False
        if table is None or len(table.listed) > self._table_ends_at:
            self._table, is_first = ConfigurationTable(self.sim.opened.configuration), True
            self._stretches, self._checkpoint_at, self._configurations = [], 0, 0
        state = self.sim.checkpoint(self._checkpoint_at, self._table)
        self._checkpoint_at = self.sim.events.last_number
        stretch = line_of({"kind": "log", "log": state.pop("log"), "is_first": is_first})
        self._stretches.append((self._checkpoint_at, stretch))
        shared = {"configurations": state.pop("configurations"), "pages": state.pop("pages")}
        line = line_of({"kind": "checkpoint", "state": state, "note": self._note})
        added = stretch + self._news(**shared) + line
        if self.store.size + len(added) > self._compact_at:
            self._compact(line_of({"kind": "shared", **shared}) + line)
        else:
            self._append(added)
        self._configurations, self._pages = len(shared["configurations"]), set(shared["pages"])
        if is_first:
            self._table_ends_at = max(CONFIGURATIONS_SHARED, 2 * self._configurations)
        self._checkpoint_size = self.store.size

    def _news(self, configurations: Sequence[Any], pages: Mapping[str, str]) -> bytes:
        """What of the configurations and pages is not written down yet."""
        new_pages = {name: text for name, text in pages.items() if name not in self._pages}
        return line_of(
            {"kind": "shared", "configurations": configurations[self._configurations :], "pages": new_pages}
        )

    def _compact(self, shared_and_state: bytes) -> None:
        wanted = self.sim.events.first_number
        kept = [one for one in self._stretches if one[0] >= wanted]
        self._stretches = kept or self._stretches[-1:]
        lines = (line for _, line in self._stretches)
        self._guarded(self.store.replace, b"".join((line_of(self._first), *lines, shared_and_state)))
        self._compact_at = max(COMPACT_AT, 2 * self.store.size)

    @property
    def last_note(self) -> Mapping[str, Any]:
        """What a front end wrote down last."""
        return self._note

    def replay(self, entries: Sequence[Entry]) -> None:
        """Make the simulation, just opened, what these entries tell of."""
        last = max((at for at, one in enumerate(entries) if one.kind == "checkpoint"), default=-1)
        if last >= 0:
            self._restore(entries[: last + 1])
        for entry in (one.read() for one in entries[last + 1 :]):
            if entry["kind"] == "note":
                self._note = entry["note"]
            else:
                _again(self.sim, entry)

    def _restore(self, entries: Sequence[Entry]) -> None:
        """From stretches of the log and a last checkpoint."""
        stretches: list[tuple[int, bytes]] = []
        logs: list[Any] = []
        configurations: list[Any] = []
        pages: dict[str, str] = {}
        for one in entries:
            if one.kind == "log":
                entry = one.read()
                if entry["is_first"]:
                    stretches, logs, configurations = [], [], []
                stretches.append((entry["log"]["last"], one.line))
                logs.append(entry["log"])
            elif one.kind == "shared":
                entry = one.read()
                configurations += entry["configurations"]
                pages |= entry["pages"]
        checkpoint = entries[-1].read()
        shared = {"configurations": configurations, "pages": pages}
        self._table = self.sim.restore({**checkpoint["state"], **shared, "log": logs[-1]}, logs[:-1])
        self._configurations, self._pages = len(configurations), set(self.sim.history.pages())
        self._table_ends_at = max(CONFIGURATIONS_SHARED, 2 * self._configurations)
        self._stretches, self._note = stretches, checkpoint["note"]
        self._checkpoint_at, self._checkpoint_size = self.sim.events.last_number, entries[-1].end
        self._compact_at = max(COMPACT_AT, 2 * sum(len(line) for _, line in stretches))

    def _append(self, line: bytes) -> None:
        self._guarded(self.store.append, line)

    def _guarded(self, write: Callable[[bytes], None], content: bytes) -> None:
        """A full disk ends the journal, not the show."""
        if self.trouble:
            return
        try:
            write(content)
        except OSError as error:
            self.trouble = f"the journal could not be written and has ended: {error.strerror or error}"
            self.sim.recorder = None


class Resumed(Struct, frozen=True):
    """A simulation as it was."""

    sim: Simulation
    journal: Journal
    note: Mapping[str, Any]
    lost: str
    """What was cut off, in words; empty where the journal was whole."""


def resume(store: Store, content: bytes) -> Resumed:
    """The simulation that a journal's content tells of, and the journal going on in `store`.

    Raises JournalError where not even its first entry can be read.
    """
    entries, good = whole_entries(content)
    if not entries:
        raise JournalError("the journal has no whole entry")
    first = entries[0].read()
    if first.get("kind") != "open" or first.get("version") != VERSION:
        raise JournalError(f"the journal is of another version than {VERSION}")
    journal = Journal(store, _opened(first), first)
    journal.replay(entries[1:])
    lost = ""
    if good < len(content):
        store.replace(content[:good])
        lines = content[good:].count(b"\n") + (not content.endswith(b"\n"))
        lost = (
            f"the end of the journal was damaged: {len(content) - good} bytes in {lines} line(s) were cut off"
        )
    journal.sim.recorder = journal.record
    return Resumed(sim=journal.sim, journal=journal, note=journal.last_note, lost=lost)


def _opened(first: Mapping[str, Any]) -> Simulation:
    loaded = model_of_sources([Source(name, text) for name, text in first["sources"]])
    return Simulation(loaded.model, seed=first["seed"], start=datetime.fromisoformat(first["start"]))


def _again(sim: Simulation, entry: Mapping[str, Any]) -> None:
    """Make one command again. What was refused then is refused again."""
    match entry["kind"]:
        case "time":
            sim.advance_to(datetime.fromisoformat(entry["to"]))
        case "undo":
            sim.undo()
        case "redo":
            sim.redo()
        case "set":
            sim.set(entry["name"], entry["value"])
        case "call" | "request":
            arguments = {**entry["arguments"], "caller": caller_of_json(entry["caller"])}
            with suppress(AwsError):
                (sim.call if entry["kind"] == "call" else sim.request)(**arguments)
        case unknown:
            raise JournalError(f"the journal has an entry of an unknown kind: {unknown}")
