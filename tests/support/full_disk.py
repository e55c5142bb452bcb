"""A disk that takes some bytes more and then fails every write of a journal."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from sts_tui.simulation.journal import journal_store

FAILURES = [errno.ENOSPC, errno.EDQUOT, errno.EIO]


@contextmanager
def disk(failure: int, room: int = 0) -> Iterator[None]:
    """The disk accepts this many more bytes and then fails, for every file that is opened for writing."""
    left = room
    write, open_file = os.write, os.open

    def failing(descriptor: int, data: Any) -> int:
        nonlocal left
        if left <= 0:
            raise OSError(failure, os.strerror(failure))
        part = bytes(data)[:left]
        left -= len(part)
        return write(descriptor, part)

    def no_new_file(path: Any, flags: int, *more: Any) -> int:
        if flags & os.O_TRUNC:
            raise OSError(failure, os.strerror(failure))
        return open_file(path, flags, *more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journal_store.os, "write", failing)
        patch.setattr(journal_store.os, "open", no_new_file)
        yield
