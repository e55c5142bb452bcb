"""What survives the explorer: a journal, taken up again with `--resume`, and a log of a crash.

Journals are in the user's state folder (XDG), readable by their owner only; each explorer writes its own,
and old ones are removed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from msgspec import Struct

from sts_tui.account.json_value import RawObject
from sts_tui.account.loading.sources import read_sources
from sts_tui.account.writing.crash_log import state_folder
from sts_tui.simulation.identities import UnknownIdentityError
from sts_tui.simulation.journal.journal import Journal
from sts_tui.simulation.journal.journal_store import (
    NOTHING,
    JournalFile,
    NoJournalError,
    PendingFile,
    is_taken,
    remove_journal,
    remove_old_journals,
    resume_newest,
)
from sts_tui.simulation.journal.journal_summary import DRAFTS, QUIT, is_of, summary_of
from sts_tui.simulation.opening.model_files import sources_of
from sts_tui.simulation.simulation import Simulation
from sts_tui.tui.command_log import CommandLog
from sts_tui.tui.text.unsaved import unsaved_sentence

KEPT: Final = 10
"""Journals that are kept besides the explorer's own; those of the last month, at most."""


class NothingToResumeError(LookupError):
    """There is no journal to continue; the message says why."""


class JournaledSimulation(Struct):
    """A simulation whose commands are written down."""

    simulation: Simulation
    journal: Journal
    store: JournalFile | PendingFile
    acting: str | None = None
    """The acting identity when the journal ended, as a WHO; None in a new one."""
    lost: tuple[str, ...] = ()
    """What could not be resumed, one sentence each."""
    drafts: Mapping[str, str] = {}
    """Texts of the policy editor that were not saved, by the title of the editor."""

    def follow(self, log: CommandLog) -> None:
        """Restores the acting identity, and journals it whenever something else is written."""
        if self.acting is not None:
            try:
                log.acting = self.simulation.resolve(self.acting)
            except UnknownIdentityError:
                self.lost += (f"{self.acting} is unknown now: acting as {log.acting.label}.",)
        record = self.journal.record
        log.drafts.restore(self.drafts)

        def note() -> None:
            self.acting, self.drafts = log.acting.who, log.drafts.texts
            self.journal.note(self._facts(self.acting))

        def record_with_acting(entry: Mapping[str, object]) -> None:
            if log.acting.who != self.acting:
                note()
            record(entry)

        log.drafts.on_change = note
        self.simulation.recorder = record_with_acting

    def _facts(self, acting: str) -> dict[str, object]:
        return {"as": acting, **({DRAFTS: dict(self.drafts)} if self.drafts else {})}

    def close(self, acting: str, *, has_quit: bool = True) -> str:
        """Journals the acting identity and releases the journal when the explorer ends. Returns what remains
        unsaved as a sentence, or an empty string. `has_quit`: it was left on purpose, not by a hang-up.
        """
        self.journal.note({**self._facts(acting), **({QUIT: True} if has_quit else {})})
        self.journal.save_again()
        self.store.close()
        return unsaved_sentence(self.journal)


def begin(simulation: Simulation, files: Sequence[Path]) -> JournaledSimulation:
    """A new journal of a simulation that was just opened. Where the state folder cannot be written the
    journal begins unsaved, says so, and tries again.
    """
    now = datetime.now(UTC)  # noqa: TID251 (a front end)
    store = PendingFile(_new_path(now))
    journal = Journal.begin(store, simulation, sources_of(_readable_again(simulation, files)))
    _remove_old(now)
    return JournaledSimulation(simulation=simulation, journal=journal, store=store)


def _new_path(now: datetime) -> Path:
    return state_folder() / f"{now:%Y%m%dT%H%M%S%f}-{os.getpid()}.journal"


def _readable_again(simulation: Simulation, files: Sequence[Path]) -> list[Path] | RawObject:
    """The files, or the model that was read where one of them is a pipe and has been emptied."""
    if all(path.is_file() for path in files):
        return list(files)
    from sts_tui.account.writing.export import as_json

    return as_json(simulation.model)


def resume(files: Sequence[Path] = ()) -> JournaledSimulation:
    """The newest journal with work in it that can be resumed, of these files where some are named; journals
    that could not be are named. Raises NothingToResumeError.
    """
    try:
        newest = resume_newest(_worth_resuming(_newest_first(), files))
    except (NoJournalError, OSError) as error:
        of = f" of {', '.join(map(str, files))}" if files else ""
        raise NothingToResumeError(f"{error}{of if str(error) == NOTHING else ''}") from None
    resumed = newest.resumed
    lost = (
        *(f"Not resumed: {one}." for one in newest.passed_over),
        *([f"{resumed.lost}."] * bool(resumed.lost)),
    )
    noted, drafts = resumed.note.get("as"), resumed.note.get(DRAFTS)
    return JournaledSimulation(
        simulation=resumed.sim,
        journal=resumed.journal,
        store=newest.store,
        acting=noted if isinstance(noted, str) else None,
        lost=lost,
        drafts=drafts if isinstance(drafts, dict) else {},
    )


def _worth_resuming(paths: Sequence[Path], files: Sequence[Path]) -> Iterator[Path]:
    """Journals with commands first: an explorer that was opened and not used does not hide earlier work.
    Unreadable ones are included, so that they are reported.
    """
    asked, idle = _texts(files), []
    for path in paths:
        if files and not is_of(path, asked):
            continue
        summary = summary_of(path)
        if summary is None or summary.has_work:
            yield path
        else:
            idle.append(path)
    yield from idle


def _texts(files: Sequence[Path]) -> list[tuple[str, str]]:
    """Name and text, as in a journal; of a file that cannot be read only the name."""
    sources, _ = read_sources(files) if files else ([], [])
    read = [(source.name, source.text) for source in sources]
    return [*read, *((str(file), "") for file in files if str(file) not in dict(read))]


class LeftWork(Struct, frozen=True):
    """What an explorer did not take up again: it ended without being quit."""

    commands: int
    ended: datetime
    """When its journal was last written, in local time."""


def left_work(files: Sequence[Path], own: Path | None) -> LeftWork | None:
    """The commands of the newest other explorer of these files, where it was not quit and is not open; None
    where there are none. `own`: the journal that is being written.
    """
    asked = _texts(files)
    for path in _newest_first():
        if path == own or is_taken(path) or not is_of(path, asked):
            continue
        summary = summary_of(path)
        if summary is not None and summary.has_work:
            ended = datetime.fromtimestamp(path.stat().st_mtime)  # noqa: DTZ006 (the user's clock)
            return None if summary.has_quit else LeftWork(summary.commands, ended)
    return None


def _newest_first() -> list[Path]:
    """Raises OSError where the folder cannot be read."""
    folder = state_folder()
    if not folder.exists():
        return []
    return sorted((folder / name for name in os.listdir(folder) if name.endswith(".journal")), reverse=True)


def _remove_old(now: datetime) -> None:
    """Journals of more than a month ago, and all but the newest few; never one that an explorer holds."""
    with suppress(OSError):
        remove_old_journals(state_folder(), now.timestamp())
        for path in _newest_first()[KEPT + 1 :]:
            remove_journal(path)
