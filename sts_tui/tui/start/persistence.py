"""What survives the explorer: a journal, taken up again with `--resume`, and a log of a crash.

Journals stand in the user's state folder (XDG), readable by their owner only; each explorer writes its own,
and old ones are removed.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from msgspec import Struct

from sts_tui.account.json_value import RawObject
from sts_tui.simulation.journal.journal import Journal, JournalError
from sts_tui.simulation.journal.journal_store import (
    JournalFile,
    JournalTakenError,
    begin_at,
    remove_old_journals,
    resume_from,
)
from sts_tui.simulation.simulation import Simulation
from sts_tui.tui.crash_log import state_folder

KEPT: Final = 10
"""Journals that are kept besides one's own; those of the last month, at most."""


class NothingToResumeError(LookupError):
    """There is no journal to go on with; the message says why."""


class JournaledSimulation(Struct):
    """A simulation whose commands are written down."""

    simulation: Simulation
    journal: Journal
    store: JournalFile
    acting: str | None = None
    """Who acted when the journal ended, as a WHO; None in a new one."""
    lost: str = ""
    """What a damaged end of the journal cost, in words."""

    def follow(self, acting: Callable[[], str]) -> None:
        """Write down who acts, too, whenever something else is written."""
        record = self.journal.record

        def record_with_acting(entry: Mapping[str, object]) -> None:
            if acting() != self.acting:
                self.acting = acting()
                self.journal.note({"as": self.acting})
            record(entry)

        self.simulation.recorder = record_with_acting

    def close(self, acting: str) -> None:
        """The explorer is left: the last word on who acts, then the journal is free for another."""
        self.journal.note({"as": acting})
        self.store.close()


def begin(simulation: Simulation, files: Sequence[Path]) -> JournaledSimulation | None:
    """A new journal of a simulation that was just opened; None where the state folder cannot be written."""
    now = datetime.now(UTC)  # noqa: TID251 (a front end)
    path = state_folder() / f"{now:%Y%m%dT%H%M%S%f}-{os.getpid()}.journal"
    try:
        journal, store = begin_at(path, simulation, _readable_again(simulation, files))
        _remove_old(now)
    except (OSError, JournalTakenError):
        return None
    return JournaledSimulation(simulation=simulation, journal=journal, store=store)


def _readable_again(simulation: Simulation, files: Sequence[Path]) -> list[Path] | RawObject:
    """The files, or the model that was read where one of them is a pipe and has been emptied."""
    if all(path.is_file() for path in files):
        return list(files)
    from sts_tui.account.writing.export import as_json

    return as_json(simulation.model)


def resume() -> JournaledSimulation:
    """The newest journal that no running explorer holds; raises NothingToResumeError."""
    reason = "there is no journal to resume"
    for path in _newest_first():
        try:
            resumed, store = resume_from(path)
        except JournalTakenError:
            reason = "the journal belongs to an explorer that is still open"
            continue
        except (JournalError, OSError) as error:
            raise NothingToResumeError(f"{path}: {error}") from None
        acting = resumed.note.get("as")
        return JournaledSimulation(
            simulation=resumed.sim, journal=resumed.journal, store=store, acting=acting, lost=resumed.lost
        )
    raise NothingToResumeError(reason)


def _newest_first() -> list[Path]:
    return sorted(state_folder().glob("*.journal"), reverse=True)


def _remove_old(now: datetime) -> None:
    """Journals of more than a month ago, and all but the newest few."""
    remove_old_journals(state_folder(), now.timestamp())
    for path in _newest_first()[KEPT + 1 :]:
        with contextlib.suppress(OSError, JournalTakenError):
            JournalFile(path).close()  # fails where it is in use
            path.unlink()
            path.with_name(path.name + ".lock").unlink(missing_ok=True)
