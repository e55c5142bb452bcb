"""A journal's file: private to its owner, locked against a second explorer, replaced all or nothing.

The lock is on a file of its own beside it, since the journal's own file is replaced when it is compacted.
Where journals live is for the front ends to say: `begin_at` and `resume_from` take a path.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any, Final

from sts_tui.simulation.journal.journal import Journal, JournalError, Resumed, resume
from sts_tui.simulation.opening.model_files import Files, sources_of
from sts_tui.simulation.simulation import Simulation

KEPT_SECONDS: Final = 30 * 24 * 3600
"""Journals that nobody has touched for longer are removed."""


class JournalTakenError(Exception):
    """Another process writes this journal."""


class JournalFile:
    """Opens (and makes, mode 0600) a journal's file and locks it. Raises JournalTakenError, OSError."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = _locked(self.path.with_name(self.path.name + ".lock"))
        self._file = _opened(self.path)
        self.size = os.fstat(self._file).st_size

    def content(self) -> bytes:
        """All that was written so far."""
        return self.path.read_bytes()

    def append(self, line: bytes) -> None:
        """Hand one whole line to the kernel: from then on a kill cannot take it away."""
        view = memoryview(line)
        while view:
            view = view[os.write(self._file, view) :]
        self.size += len(line)

    def replace(self, content: bytes) -> None:
        """Write the file anew, all or nothing."""
        aside = self.path.with_name(self.path.name + ".new")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            if (
                self.size
            ):  # what stood there is lost only when the new is on the disk; a new journal waits for none
                os.fsync(file.fileno())
        os.replace(aside, self.path)
        os.close(self._file)
        self._file = _opened(self.path)
        self.size = len(content)

    def close(self) -> None:
        """Give the journal up; it stays where it is."""
        os.close(self._file)
        os.close(self._lock)

    def __enter__(self) -> JournalFile:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()


def begin_at(path: str | os.PathLike[str], sim: Simulation, files: Files) -> tuple[Journal, JournalFile]:
    """Start a journal at this path for a simulation that was just opened from these files; whatever stood
    there is replaced. Raises JournalTakenError, OSError.
    """
    store = JournalFile(path)
    return Journal.begin(store, sim, sources_of(files)), store


def resume_from(path: str | os.PathLike[str]) -> tuple[Resumed, JournalFile]:
    """Go on where the journal at this path ends. Raises JournalTakenError, JournalError, OSError
    (FileNotFoundError where there is none).
    """
    if not Path(path).exists():
        raise FileNotFoundError(f"there is no journal {path}")
    store = JournalFile(path)
    try:
        return resume(store, store.content()), store
    except JournalError:
        store.close()
        raise


def remove_old_journals(folder: str | os.PathLike[str], now: float, kept: float = KEPT_SECONDS) -> None:
    """Remove journals last written more than `kept` seconds before `now` (seconds since the epoch), except
    those that somebody holds.
    """
    for path in sorted(Path(folder).glob("*.journal")):
        with contextlib.suppress(OSError, JournalTakenError):
            if now - path.stat().st_mtime > kept:
                JournalFile(path).close()  # fails where it is in use
                path.unlink()
                path.with_name(path.name + ".lock").unlink(missing_ok=True)


def _opened(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def _locked(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        import fcntl
    except ModuleNotFoundError:  # Windows has no flock; there the journal is not guarded
        return descriptor
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise JournalTakenError(f"{path.with_suffix('').name} is in use by another sts-tui") from None
    return descriptor
