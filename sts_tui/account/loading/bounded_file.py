"""How is a small file read so that it can neither block the program nor fill its memory?

For everything that a user or a tour names besides account files: tours, `file://` parameters, keymaps and
preferences. What counts is what is read, not the size that a file claims: a file under /proc claims none.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Final

MOST_BYTES: Final = 10_000_000
_BLOCK: Final = 65_536
"""Bytes that are read at once."""


def read_bounded(path: str | Path, most: int = MOST_BYTES, *, accepts_pipe: bool = False) -> bytes:
    """The content of a regular file, or, with `accepts_pipe`, of a pipe such as `<(command)` gives.

    A FIFO that no process writes to is empty. Raises OSError with a reason for directories, devices, FIFOs
    where no pipe is accepted, and more than `most` bytes; ValueError for a path with a NUL.
    """
    # a FIFO without writer would block when it is opened; no program that is started inherits it (PEP 446)
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
    """Why there is nothing at a path that was typed: not there, too long, not allowed to look; empty where
    there is a file or a folder.
    """
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a NUL in it
        return "no such file or folder"
    except OSError as error:
        return (error.strerror or str(error)).lower()
    return ""
