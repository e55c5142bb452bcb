"""Where is a journal stored, and which process may write it? A journal is a file that only its owner can
read, locked against a second explorer. The lock is on a separate file, because the journal's file is replaced
when it is compacted. The lock file also has the number of acknowledged commands while the journal cannot be
written, in bytes reserved for it, so that this works on a full disk. The front ends choose the folder.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from sts_tui.simulation.journal.journal import Journal, JournalError
from sts_tui.simulation.opening.model_files import Files, sources_of
from sts_tui.simulation.simulation import Simulation

if TYPE_CHECKING:
    from sts_tui.simulation.journal.resuming import Resumed

KEPT_SECONDS: Final = 30 * 24 * 3600
"""Journals that were not written for longer than this are removed."""
NOTHING: Final = "there is no journal to resume"
_COUNT_BYTES: Final = 20
_NEW_CONTENT: Final = ".new"
_LOCK: Final = ".lock"


class JournalTakenError(Exception):
    """Another process writes this journal."""


class JournalFile:
    """Opens (and creates, mode 0600) a journal's file and locks it. Raises JournalTakenError, OSError."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = _locked(_beside(self.path, _LOCK))
        try:
            with contextlib.suppress(OSError):
                _beside(self.path, _NEW_CONTENT).unlink(missing_ok=True)  # left by an interrupted compaction
            self._file = _opened(self.path)
        except OSError:
            os.close(self._lock)
            raise
        self.size = os.fstat(self._file).st_size

    def content(self) -> bytes:
        """Everything written so far."""
        return self.path.read_bytes()

    def append(self, line: bytes) -> None:
        """Pass complete lines to the kernel, so that they survive killing the process. Raises OSError, and
        then no part of them is in the file; FileNotFoundError if the file was removed or replaced.
        """
        self._refuse_if_gone()
        view = memoryview(line)
        try:
            while view:
                view = view[os.write(self._file, view) :]
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, self.size)
            raise
        self.size += len(line)

    def replace(self, content: bytes) -> None:
        """Write the file again, completely or not at all. Raises OSError, and then it is unchanged."""
        aside = _beside(self.path, _NEW_CONTENT)
        try:
            descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                if self.size:  # replace the old content only once the new content is on the disk
                    os.fsync(file.fileno())
            os.replace(aside, self.path)
        except OSError:
            with contextlib.suppress(OSError):
                aside.unlink(missing_ok=True)
            raise
        os.close(self._file)
        self._file = _opened(self.path)
        self.size = len(content)

    def truncate(self, size: int) -> None:
        """Remove everything after this many bytes. It needs no disk space."""
        os.ftruncate(self._file, size)
        self.size = size

    def acknowledge(self, commands: int) -> None:
        """Store the number of acknowledged commands, in bytes that are already allocated."""
        with contextlib.suppress(OSError):
            os.pwrite(self._lock, b"%0*d" % (_COUNT_BYTES, commands), 0)

    def acknowledged(self) -> int:
        """The number of acknowledged commands if some may not be in the file; else 0."""
        written = os.pread(self._lock, _COUNT_BYTES, 0)
        return int(written) if written.isdigit() else 0

    def close(self) -> None:
        """Unlock and close the journal; the file is kept."""
        os.close(self._file)
        os.close(self._lock)

    def remove(self) -> None:
        """Delete the journal and its lock file while no other process can lock it, and close it."""
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)
            _beside(self.path, _LOCK).unlink(missing_ok=True)
        self.close()

    def _refuse_if_gone(self) -> None:
        """Raise FileNotFoundError if the file was removed, because bytes written to it would be lost
        silently.
        """
        here, there = os.fstat(self._file), os.stat(self.path)
        if (here.st_dev, here.st_ino) != (there.st_dev, there.st_ino):
            raise FileNotFoundError(errno.ENOENT, "the journal was replaced by another file", str(self.path))
        if here.st_size != self.size:
            os.ftruncate(self._file, self.size)  # part of a line from a failed write

    def __enter__(self) -> JournalFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class PendingFile:
    """A journal's file that is created as soon as possible: the state folder may be missing, not writable or
    full. Every attempt to write the whole state also tries to create it.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._file: JournalFile | None = None

    @property
    def size(self) -> int:
        return self._file.size if self._file is not None else 0

    def append(self, line: bytes) -> None:
        """Raises FileNotFoundError while there is no file."""
        if self._file is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self.path))
        self._file.append(line)

    def replace(self, content: bytes) -> None:
        """Create the file, if need be, and write it. Raises OSError."""
        if self._file is None:
            try:
                self._file = JournalFile(self.path)
            except JournalTakenError as error:
                raise OSError(errno.EBUSY, str(error)) from None
        self._file.replace(content)

    def truncate(self, size: int) -> None:
        """Keep the first `size` bytes."""
        if self._file is not None:
            self._file.truncate(size)

    def acknowledge(self, commands: int) -> None:
        if self._file is not None:
            self._file.acknowledge(commands)

    def acknowledged(self) -> int:
        return self._file.acknowledged() if self._file is not None else 0

    def close(self) -> None:
        """Unlock and close the journal; the file is kept."""
        if self._file is not None:
            self._file.close()


def begin_at(path: str | os.PathLike[str], sim: Simulation, files: Files) -> tuple[Journal, JournalFile]:
    """Start a journal at this path for a simulation that was just opened from these files; an existing file
    is replaced. If nothing can be written, the journal begins unsaved. Raises JournalTakenError, OSError if
    the file cannot be created, UnreadableFileError if the account files are gone.
    """
    store = JournalFile(path)
    return Journal.begin(store, sim, sources_of(files)), store


def resume_from(path: str | os.PathLike[str]) -> tuple[Resumed, JournalFile]:
    """Continue from the end of the journal at this path. Raises JournalTakenError, JournalError, OSError
    (FileNotFoundError if there is none).
    """
    from sts_tui.simulation.journal.resuming import resume  # imported on first use

    if not Path(path).exists():
        raise FileNotFoundError(f"there is no journal {path}")
    store = JournalFile(path)
    try:
        return resume(store, store.content()), store
    except BaseException:
        store.close()
        raise


class Newest(Struct, frozen=True):
    """The newest journal that could be resumed, and the newer ones that could not."""

    resumed: Resumed
    store: JournalFile
    passed_over: tuple[str, ...]
    """One line for each newer journal: its path and why it could not be resumed."""


class NoJournalError(LookupError):
    """There is no journal to resume; the message names each journal that could not be resumed."""


def resume_newest(paths: Iterable[Path]) -> Newest:
    """Continue with the newest of these journals that can be resumed. Raises NoJournalError."""
    passed_over: list[str] = []
    for path in paths:
        try:
            resumed, store = resume_from(path)
        except JournalTakenError:
            passed_over.append(f"{path}: it belongs to an explorer that is still open")
        except (JournalError, OSError) as error:
            passed_over.append(f"{path}: {error}")
        else:
            return Newest(resumed, store, tuple(passed_over))
    raise NoJournalError("; ".join(passed_over) or NOTHING)


def is_taken(path: Path) -> bool:
    """Whether an explorer has locked this journal."""
    try:
        os.close(_locked(_beside(path, _LOCK)))
    except JournalTakenError:
        return True
    return False


def remove_old_journals(folder: str | os.PathLike[str], now: float, kept: float = KEPT_SECONDS) -> None:
    """Remove journals last written more than `kept` seconds before `now` (seconds since the epoch), except
    those that an explorer has locked; and leftover files of compactions and of removed journals.
    """
    for path in sorted(Path(folder).glob("*.journal")):
        with contextlib.suppress(OSError):
            if now - path.stat().st_mtime > kept:
                remove_journal(path)
    for leftover in sorted(
        (*Path(folder).glob(f"*.journal{_LOCK}"), *Path(folder).glob(f"*.journal{_NEW_CONTENT}"))
    ):
        journal = leftover.with_suffix("")
        with contextlib.suppress(OSError, JournalTakenError):
            if not journal.exists() and now - leftover.stat().st_mtime > kept:
                _remove_leftovers(journal)


def remove_journal(path: Path) -> None:
    """Remove a journal unless an explorer has locked it."""
    with contextlib.suppress(OSError, JournalTakenError):
        JournalFile(path).remove()


def _remove_leftovers(journal: Path) -> None:
    lock = _locked(_beside(journal, _LOCK))  # fails if a journal is being started at this moment
    for ending in (_NEW_CONTENT, _LOCK):
        _beside(journal, ending).unlink(missing_ok=True)
    os.close(lock)


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def _opened(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def _locked(path: Path) -> int:
    """The descriptor of a lock file that this process has locked, with space for a number."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(descriptor, path)
            if not _is_at(path, descriptor):  # removed by its owner between the two steps: lock the new one
                os.close(descriptor)
                continue
            if os.fstat(descriptor).st_size < _COUNT_BYTES:
                with contextlib.suppress(OSError):
                    os.pwrite(descriptor, b"%0*d" % (_COUNT_BYTES, 0), 0)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor


def _lock(descriptor: int, path: Path) -> None:
    try:
        import fcntl
    except ModuleNotFoundError:  # Windows has no flock; the journal is not locked there
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise JournalTakenError(f"{path.with_suffix('').name} is in use by another sts-tui") from None


def _is_at(path: Path, descriptor: int) -> bool:
    """Whether a file is still the one at this path."""
    try:
        there = os.stat(path)
    except FileNotFoundError:
        return False
    here = os.fstat(descriptor)
    return (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino)
