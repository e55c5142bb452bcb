"""How is a small file read so that it cannot block the program or fill its memory?

Used for every file that a user or a tour names, except account files: tours, `file://` parameters, keymaps
and preferences. The limit applies to the bytes read, not to the reported file size, which is 0 under /proc.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Final

MOST_BYTES: Final = 10_000_000
_BLOCK: Final = 65_536
"""Bytes per read."""


def read_bounded(path: str | Path, most: int = MOST_BYTES, *, accepts_pipe: bool = False) -> bytes:
    """The content of a regular file or, with `accepts_pipe`, of a pipe such as `<(command)`.

    A FIFO that no process writes to is read as empty. Raises OSError with the reason for directories,
    devices, pipes without `accepts_pipe`, and more than `most` bytes; ValueError for a path with a NUL.
    """
    # opening a FIFO without a writer would block; child processes do not inherit it (PEP 446)
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with open(descriptor, "rb", buffering=0) as file:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not (stat.S_ISREG(mode) or (accepts_pipe and stat.S_ISFIFO(mode))):
            raise OSError(errno.EINVAL, "is a device or a FIFO, not a file", str(path))
        os.set_blocking(descriptor, True)
        blocks: list[bytes] = []
        size = 0
        while block := file.read(_BLOCK):
            blocks.append(block)
            size += len(block)
            if size > most:
                raise OSError(errno.EFBIG, f"is larger than {most / 1e6:g} MB", str(path))
    return b"".join(blocks)


def read_bounded_text(path: str | Path, encoding: str = "utf-8", *, accepts_pipe: bool = False) -> str:
    """The same as text with `\n` at line ends. Raises OSError, and ValueError for another encoding."""
    text = read_bounded(path, accepts_pipe=accepts_pipe).decode(encoding)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def why_missing(path: Path) -> str:
    """Why a path that a user typed has no file: it does not exist, is too long or is not accessible. Empty if
    there is a file or folder.
    """
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a NUL in it
        return "no such file or folder"
    except OSError as error:
        return (error.strerror or str(error)).lower()
    return ""
