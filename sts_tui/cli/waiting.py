"""How does a long command show that it is working? With a line on stderr, only on a terminal."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final, TextIO

PATIENCE: Final = 1.0
"""Seconds before anything is shown, and between two updates."""


class Work:
    """The progress of a command, which may report it as often as needed."""

    def __init__(self, things: str) -> None:
        self._things = things
        self._counts = (0, 0)

    def note(self, done: int, total: int) -> None:
        """Record that `done` of `total` things are done."""
        self._counts = done, total

    def text(self) -> str:
        """` 45 % (45,000 of 100,000 policy documents)`; empty while nothing was recorded."""
        done, total = self._counts
        return f" {100 * done // total} % ({done:,} of {total:,} {self._things})," if total else ""


@contextmanager
def at_work(
    what: str, stream: TextIO | None = None, patience: float = PATIENCE, *, things: str = "steps"
) -> Iterator[Work]:
    """Show `what`, the progress and the elapsed seconds on one line, updated repeatedly and erased at the
    end. `things`: what the command counts as progress. The line is not written through `printable_stream`,
    because it has a carriage return; `what` is the caller's text and contains no file name.
    """
    out = stream if stream is not None else sys.__stderr__
    work = Work(things)
    if out is None or not out.isatty():
        yield work
        return
    is_done = threading.Event()
    teller = threading.Thread(target=_tell, args=(what, work, out, patience, is_done), daemon=True)
    teller.start()
    try:
        yield work
    finally:
        is_done.set()
        teller.join()


def _tell(what: str, work: Work, out: TextIO, patience: float, is_done: threading.Event) -> None:
    began, width = time.monotonic(), 0
    with suppress(OSError, ValueError):  # the terminal was closed: the command continues
        while not is_done.wait(patience):
            text = f"{what} …{work.text()} {time.monotonic() - began:.0f} s, ctrl+c cancels"
            width = max(width, len(text))
            out.write(f"\r{text:<{width}}")
            out.flush()
        if width:
            out.write(f"\r{' ' * width}\r")
            out.flush()
