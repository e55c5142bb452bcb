"""How is everything that a simulation does written to a file as it happens?

**What is written.** One entry a line: a check sum, a space, JSON. The first holds the account files and the
seed. Then come commands (calls, undo, redo, settings) and the passage of time, and from time to time a
checkpoint: the new events of the log since the checkpoint before it, the new steps of the configuration's
history, and the rest of the state. A resume (`resuming`) reads the last checkpoint and carries out what
follows it; the same commands at the same times give the same world, including ids.

**Order.** A command is carried out, its line is written, and only then do the caller and the subscribers get
the result. So whatever was acknowledged is in the file. A line is passed to the kernel in one piece, so that
it survives killing the process. It may not survive a power failure: only a compacted journal is flushed to
the disk.

**States.** A journal is *saved* (`unsaved` is None) or *not saved since command N*. Any OSError of the file
leads from the first to the second: no space, quota, a faulty disk, a limit on the size of files. A partly
written line is removed. From then on each command is only counted as acknowledged (the store keeps the count
where it needs no space), and after 1, 2, 4, … 64, 64, … more entries writing the whole state as a checkpoint
is tried; when that succeeds the journal is saved again and nothing is missing. A journal whose file has
disappeared is written again completely and immediately.

**What must never happen.** A partly written line that is followed by another. Two processes that write one
journal. An acknowledged command that is missing without a message on the screen and at the next resume.

**Not modeled.** Nothing is encrypted; the file is readable by its owner only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.diagnostics.source import Source
from sts_tui.simulation.checkpoint.saved_history import Extent, extent_of, history_json
from sts_tui.simulation.journal.journal_lines import line_of, name_of
from sts_tui.simulation.simulation import Simulation

VERSION: Final = 4
CHECKPOINT_EVERY: Final = 10_000
"""How many events come between two checkpoints: repeating that many takes about a second."""
CHECKPOINT_BYTES: Final = 1024 * 1024
"""How many bytes come between two checkpoints, for quiet hours in which little but the time is written."""
COMPACT_AT: Final = 16 * 1024 * 1024
"""The size in bytes from which the journal is compacted to its first entry, the stretches that the log still
has, the history and the last state. If those take more than half of it, the journal may grow to twice their
size.
"""
COMMANDS: Final = frozenset(
    {"call", "request", "undo", "redo", "set", "animate", "leak", "pause", "game day", "attack"}
)
"""The kinds of entry that count as commands; time and notes do not."""
_RETRY_AT_LEAST_EVERY: Final = 64
"""The maximum number of entries between two attempts to save again."""


class Store(Protocol):
    """Where the bytes are stored. `append` and `replace` return when the kernel has the bytes; otherwise they
    raise OSError and leave the content unchanged. `append` raises FileNotFoundError if the file was removed.
    """

    @property
    def size(self) -> int: ...

    def append(self, line: bytes) -> None: ...

    def replace(self, content: bytes) -> None:
        """Replace the whole content, or nothing."""

    def truncate(self, size: int) -> None:
        """Keep the first `size` bytes. It needs no disk space."""

    def acknowledge(self, commands: int) -> None:
        """Store how many commands were acknowledged, without needing disk space; 0: all are in the file."""

    def acknowledged(self) -> int:
        """The number that was stored last; 0 if none was."""


class JournalError(Exception):
    """A journal that cannot be resumed; the message says why."""


class Unsaved(Struct, frozen=True):
    """Work is not being saved."""

    since: int
    """The number of the first command that is not in the file, counted from 1 at the start of the journal."""
    reason: str
    """The operating system's error."""
    command: str = ""
    """That command; empty while no command has followed."""

    @property
    def since_command(self) -> str:
        """`command 12 (iam:TagRole)`"""
        return f"command {self.since}{f' ({self.command})' if self.command else ''}"

    def __str__(self) -> str:
        return f"not saved since {self.since_command}: {self.reason}"


class Journal:
    """Writes every command of a simulation. Attach it with `Journal.begin` or `resuming.resume`.

    `first` is the first entry: the version, and what the simulation was opened from.
    """

    def __init__(self, store: Store, sim: Simulation, first: Mapping[str, object]) -> None:
        self.store = store
        self.sim = sim
        self.commands = 0
        """The number of commands so far."""
        self.unsaved: Unsaved | None = None
        """Why and since when nothing is saved; None while everything is saved."""
        self.note_of_front_end: Mapping[str, object] = {}
        self._first = first
        self._saved_commands = 0
        self._entries_missed = 0
        self._stretches: list[tuple[int, bytes]] = []
        """Lines with the log up to the last checkpoint, each with the number of its last event."""
        self._written = Extent()
        """The extent of the history in the file."""
        self._checkpoint_at = sim.events.last_number
        self._checkpoint_size = store.size
        self._compact_at = COMPACT_AT

    @classmethod
    def begin(cls, store: Store, sim: Simulation, sources: Sequence[Source]) -> Journal:
        """Start a journal for a simulation that was just opened from these texts. If the first entry cannot
        be written, the journal begins unsaved and retries later.
        """
        first = {
            "kind": "open",
            "version": VERSION,
            "seed": sim.seed,
            "start": sim.world.started_at.isoformat(),
            "sources": [[source.name, source.text] for source in sources],
        }
        journal = cls(store, sim, first)
        try:
            store.replace(line_of(first))
        except OSError as error:
            journal._mark_unsaved(error)
        journal._checkpoint_size = store.size
        sim.recorder = journal.record
        return journal

    @property
    def trouble(self) -> str:
        """Since when and why work is not saved, as text; empty while it is saved."""
        return "" if self.unsaved is None else str(self.unsaved)

    def record(self, entry: Mapping[str, object]) -> None:
        """Called by the simulation after a command was carried out and before subscribers are notified.

        `entry` has the `kind` of the command and its arguments by name.
        """
        is_command = entry["kind"] in COMMANDS
        self.commands += is_command
        if self._append(line_of(entry)):
            if self._is_checkpoint_due:
                self._try(self.checkpoint)
        elif is_command and self.unsaved is not None and self.commands == self.unsaved.since:
            self.unsaved = replace(self.unsaved, command=name_of(entry))

    def note(self, facts: Mapping[str, object]) -> None:
        """Write facts that a front end wants to find after a resume, by name; only the last note counts."""
        self.note_of_front_end = dict(facts)
        self._append(line_of({"kind": "note", "note": self.note_of_front_end}))

    def save_again(self) -> bool:
        """Try to write the whole state now if work is not being saved; return whether everything is saved."""
        if self.unsaved is not None and self._try(self.checkpoint):
            self.unsaved = None
            self._entries_missed = 0
            self._saved_commands = self.commands
            self.store.acknowledge(0)
        return self.unsaved is None

    def checkpoint(self) -> None:
        """Write the state and the additions of log and history; compact the journal if it has grown long.
        Raises OSError, and then nothing has changed.
        """
        whole = self.sim.checkpoint(self._checkpoint_at, self._written)
        state = {name: part for name, part in whole.items() if name not in ("log", "history")}
        last = self.sim.events.last_number
        stretch = line_of({"kind": "log", "log": whole["log"]})
        history = line_of({"kind": "history", "history": whole["history"]})
        facts = {"state": state, "commands": self.commands, "note": self.note_of_front_end}
        line = line_of({"kind": "checkpoint", **facts})
        added, stretches = stretch + history + line, [*self._stretches, (last, stretch)]
        if not self.store.size or self.store.size + len(added) > self._compact_at:
            stretches = self._compact(stretches, line)
        else:
            try:
                self.store.append(added)
            except FileNotFoundError:
                stretches = self._compact(stretches, line)
        self._stretches, self._checkpoint_at = stretches, last
        self._written = extent_of(self.sim.history)
        self._checkpoint_size = self.store.size

    def rewrite(self) -> None:
        """Replace the file's content by what a resume needs. Raises OSError."""
        self._stretches, self._checkpoint_at, self._compact_at = [], 0, 0
        self.checkpoint()

    def restored(self, stretches: list[tuple[int, bytes]], size: int) -> None:
        """Record that the simulation was restored from the checkpoint that ends after `size` bytes of the
        file.
        """
        self._stretches, self._checkpoint_at = stretches, self.sim.events.last_number
        self._written = extent_of(self.sim.history)
        self._checkpoint_size = size
        self._compact_at = max(COMPACT_AT, 2 * sum(len(line) for _, line in stretches))

    def counted(self, commands: int) -> None:
        """Record that this many commands are in the file."""
        self.commands = self._saved_commands = commands

    @property
    def _is_checkpoint_due(self) -> bool:
        happened = self.sim.events.last_number - self._checkpoint_at
        return happened >= CHECKPOINT_EVERY or self.store.size - self._checkpoint_size >= CHECKPOINT_BYTES

    def _compact(self, stretches: list[tuple[int, bytes]], line: bytes) -> list[tuple[int, bytes]]:
        """Replace the file's content by what a resume needs: the stretches that the log still has, the whole
        history, and this checkpoint. Return those stretches.
        """
        wanted = self.sim.events.first_number
        kept = [one for one in stretches if one[0] >= wanted] or stretches[-1:]
        history = line_of({"kind": "history", "history": history_json(self.sim.history, Extent())})
        lines = (one for _, one in kept)
        self.store.replace(b"".join((line_of(self._first), *lines, history, line)))
        self._compact_at = max(COMPACT_AT, 2 * self.store.size)
        return kept

    def _append(self, line: bytes) -> bool:
        """Write a line; return whether it is in the file."""
        if self.unsaved is not None:
            return self._count_unsaved()
        try:
            self.store.append(line)
        except FileNotFoundError as error:  # the file was removed: write it again
            self._mark_unsaved(error)
            return self.save_again()
        except OSError as error:
            self._mark_unsaved(error)
            return False
        self._saved_commands = self.commands
        return True

    def _mark_unsaved(self, error: OSError) -> None:
        self.unsaved = Unsaved(self._saved_commands + 1, _reason(error))
        self.store.acknowledge(self.commands)

    def _count_unsaved(self) -> bool:
        """Count an entry that is not in the file. Return whether an attempt to write the whole state has
        saved it.
        """
        self._entries_missed += 1
        self.store.acknowledge(self.commands)
        missed = self._entries_missed
        is_time = missed % _RETRY_AT_LEAST_EVERY == 0 or missed & (missed - 1) == 0
        return is_time and self.save_again()

    def _try(self, write: Callable[[], None]) -> bool:
        """Write a checkpoint. If that fails, nothing is lost: the lines of the commands are in the file, or
        work is already reported as not saved. The next attempt is scheduled as after a success.
        """
        try:
            write()
        except OSError as error:
            if self.unsaved is not None:
                self.unsaved = replace(self.unsaved, reason=_reason(error))
            self._checkpoint_size = self.store.size
            return False
        return True


def _reason(error: OSError) -> str:
    """The operating system's error, with its file if it names one."""
    said = error.strerror or str(error)
    return f"{said} ({error.filename})" if error.filename else said
