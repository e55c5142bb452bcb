"""How does a command that takes long say that it is at work? A line on stderr, on a terminal only."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final, TextIO

PATIENCE: Final = 1.0
"""Seconds that pass before anything is shown, and between two lines."""


@contextmanager
def at_work(what: str, stream: TextIO | None = None, patience: float = PATIENCE) -> Iterator[None]:
    """Writes `what` and the seconds so far over and over on one line, and erases it at the end.

    The line goes around the boundary of `printable_stream`, for it has a carriage return; `what` is the
    caller's own text and names no file.
    """
    out = stream if stream is not None else sys.__stderr__
    if out is None or not out.isatty():
        yield
        return
    is_done = threading.Event()
    teller = threading.Thread(target=_tell, args=(what, out, patience, is_done), daemon=True)
    teller.start()
    try:
        yield
    finally:
        is_done.set()
        teller.join()


def _tell(what: str, out: TextIO, patience: float, is_done: threading.Event) -> None:
    began, width = time.monotonic(), 0
    with suppress(OSError, ValueError):  # the terminal is gone: the command continues, or ends by itself
        while not is_done.wait(patience):
            text = f"{what} … {time.monotonic() - began:.0f} s, ctrl+c cancels"
            width = max(width, len(text))
            out.write(f"\r{text}")
            out.flush()
        if width:
            out.write(f"\r{' ' * width}\r")
            out.flush()
