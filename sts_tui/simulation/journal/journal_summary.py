"""What is in a journal: which files, how many commands, and was the explorer quit? Without resuming it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from sts_tui.simulation.journal.journal import COMMANDS
from sts_tui.simulation.journal.journal_lines import Entry, first_entry, whole_entries

QUIT: Final = "quit"
"""The fact of a front end's last note that says: left on purpose. A kill, a hang-up, a crash write none."""
DRAFTS: Final = "drafts"
"""The fact of a note that holds texts of an editor, by title."""


class JournalSummary(Struct, frozen=True):
    """A journal as its lines tell of it."""

    commands: int
    """Commands in the journal; the passage of time is none."""
    has_quit: bool
    """Whether the explorer that wrote it was left on purpose."""
    has_drafts: bool
    """Whether its last note has texts that were typed and not saved."""

    @property
    def has_work(self) -> bool:
        return self.commands > 0 or self.has_drafts


class _First(Struct):
    sources: list[tuple[str, str]]


class _Checkpoint(Struct):
    commands: int = 0


class _Note(Struct):
    note: dict[str, object] = {}


def is_of(path: Path, sources: Sequence[tuple[str, str]]) -> bool:
    """Whether a journal began with these files (name, text): under the same names, or with the same texts.
    Only its first line is read.
    """
    try:
        with path.open("rb") as file:
            first = first_entry(file.readline())
        own = first.read_as(_First).sources if first is not None else []
    except (OSError, msgspec.MsgspecError):
        return False
    if len(own) != len(sources):
        return False
    pairs = list(zip(own, sources, strict=True))
    return all(mine[0] == asked[0] for mine, asked in pairs) or all(
        mine[1] == asked[1] for mine, asked in pairs
    )


def summary_of(path: Path) -> JournalSummary | None:
    """None where the file cannot be read as a journal. Nothing is locked or changed: the journal of an open
    explorer can be read too.
    """
    try:
        entries, _ = whole_entries(path.read_bytes())
        if not entries:
            return None
        note = _last_note(entries)
        has_quit = entries[-1].kind == "note" and QUIT in note
        return JournalSummary(_commands(entries), has_quit, bool(note.get(DRAFTS)))
    except (OSError, msgspec.MsgspecError):
        return None


def _commands(entries: Sequence[Entry]) -> int:
    last = max((at for at, one in enumerate(entries) if one.kind == "checkpoint"), default=0)
    counted = entries[last].read_as(_Checkpoint).commands if last else 0
    return counted + sum(one.kind in COMMANDS for one in entries[last + 1 :])


def _last_note(entries: Sequence[Entry]) -> dict[str, object]:
    """The facts of a front end that count; those of a checkpoint are the notes before it."""
    written = next((one for one in reversed(entries) if one.kind in ("note", "checkpoint")), None)
    return {} if written is None else written.read_as(_Note).note
