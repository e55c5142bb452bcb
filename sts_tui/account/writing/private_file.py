"""How is a file written so that only its owner can read it? It may contain data of a real account.

Used for everything that the program writes on request: exports, reports, tours, pictures, crash logs. The
journal, which is appended to, is written by `simulation.journal`.
"""

from __future__ import annotations

import errno
import os
import stat
from itertools import count
from pathlib import Path


def write_private(path: str | Path, text: str) -> None:
    """Write UTF-8 text to a file of mode 0600, whatever the umask and its previous mode.

    The file always has either the old text or the complete new one: the text is written to a temporary file
    in the same folder, flushed to disk, and moved into place. A symbolic link is kept and its target
    replaced. A device or FIFO is written to and never replaced. Raises OSError, also for a FIFO that no
    process reads; UnicodeEncodeError for a lone surrogate.
    """
    content = text.encode()
    if _is_stream(path):
        _write_stream(path, content)
        return
    target = Path(os.path.realpath(path))
    handle, beside = _new_file_beside(target)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(handle)
        beside.chmod(0o600)
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _is_stream(path: str | Path) -> bool:
    """Whether something other than a file or folder is there, such as /dev/stdout or `>(command)`."""
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _write_stream(path: str | Path, content: bytes) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
    except OSError as error:
        if error.errno == errno.ENXIO:
            raise OSError(errno.ENXIO, "no process reads this FIFO", str(path)) from None
        raise
    os.set_blocking(descriptor, True)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)


def _new_file_beside(target: Path) -> tuple[int, Path]:
    """Create a temporary file in the same folder. Names left behind by a killed process are skipped."""
    for number in count():
        beside = target.with_name(f".{target.name[:200]}.{os.getpid()}.{number}")
        try:
            return os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), beside
        except FileExistsError:
            continue
    raise AssertionError("unreachable")
