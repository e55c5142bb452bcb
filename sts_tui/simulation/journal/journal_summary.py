"""What is in a journal, without resuming it: which files, how many commands, and was the explorer quit?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from sts_tui.simulation.journal.journal import COMMANDS
from sts_tui.simulation.journal.journal_lines import Entry, first_entry, whole_entries

QUIT: Final = "quit"
"""The fact in a front end's last note that it was quit by the user. A kill, a hang-up or a crash does not
write it.
"""
DRAFTS: Final = "drafts"
"""The fact in a note with unsaved texts of an editor, by title."""


class JournalSummary(Struct, frozen=True):
    """The contents of a journal's lines."""

    commands: int
    """The number of commands in the journal; the passage of time does not count."""
    has_quit: bool
    """Whether the user quit the explorer that wrote it."""
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
    """Whether a journal began with these files (name, text): with the same names or the same texts. Only its
    first line is read.
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
    """The summary; None if the file cannot be read as a journal. Nothing is locked or changed, so that the
    journal of an open explorer can be read too.
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
    """The facts in a front end's last note, by name; a checkpoint repeats the notes before it."""
    written = next((one for one in reversed(entries) if one.kind in ("note", "checkpoint")), None)
    return {} if written is None else written.read_as(_Note).note
