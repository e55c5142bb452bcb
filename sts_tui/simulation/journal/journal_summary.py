"""What is in a journal: which files, how many commands, and was the explorer quit? Without resuming it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from sts_tui.simulation.journal.journal import COMMANDS
from sts_tui.simulation.journal.journal_lines import Entry, whole_entries

QUIT: Final = "quit"
"""The fact of a front end's last note that says: left on purpose. A kill, a hang-up, a crash write none."""


DRAFTS: Final = "drafts"
"""The fact of a note that holds texts of an editor, by title."""


class JournalSummary(Struct, frozen=True):
    """A journal as its lines tell of it."""

    sources: tuple[tuple[str, str], ...]
    """The account files: name and text."""
    commands: int
    """Commands in the journal; the passage of time is none."""
    has_quit: bool
    """Whether the explorer that wrote it was left on purpose."""
    has_drafts: bool
    """Whether its last note has texts that were typed and not saved."""

    @property
    def has_work(self) -> bool:
        return self.commands > 0 or self.has_drafts

    def is_of(self, sources: Sequence[tuple[str, str]]) -> bool:
        """Whether it began with these files: under the same paths, or with the same texts."""
        own, others = list(zip(*self.sources, strict=True)), list(zip(*sources, strict=True))
        return any(mine == asked for mine, asked in zip(own, others, strict=True))


class _First(Struct):
    sources: list[tuple[str, str]]


class _Checkpoint(Struct):
    commands: int = 0


class _Note(Struct):
    note: dict[str, object] = {}


def summary_of(path: Path) -> JournalSummary | None:
    """None where the file cannot be read as a journal. Nothing is locked or changed: the journal of an open
    explorer can be read too.
    """
    try:
        entries, _ = whole_entries(path.read_bytes())
        if not entries:
            return None
        first = msgspec.json.decode(entries[0].line[9:], type=_First)
        note = _last_note(entries)
        has_quit = entries[-1].kind == "note" and QUIT in note
        return JournalSummary(tuple(first.sources), _commands(entries), has_quit, bool(note.get(DRAFTS)))
    except (OSError, msgspec.MsgspecError):
        return None


def _commands(entries: Sequence[Entry]) -> int:
    last = max((at for at, one in enumerate(entries) if one.kind == "checkpoint"), default=0)
    counted = msgspec.json.decode(entries[last].line[9:], type=_Checkpoint).commands if last else 0
    return counted + sum(one.kind in COMMANDS for one in entries[last + 1 :])


def _last_note(entries: Sequence[Entry]) -> dict[str, object]:
    """The facts of a front end that count; those of a checkpoint are the notes before it."""
    written = next((one for one in reversed(entries) if one.kind in ("note", "checkpoint")), None)
    return {} if written is None else msgspec.json.decode(written.line[9:], type=_Note).note
