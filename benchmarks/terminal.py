"""Runs a program in a pseudo-terminal of 200x50, as a person would use it: keys in, frames out."""

from __future__ import annotations

import fcntl
import os
import pty
import resource
import select
import signal
import struct
import tempfile
import termios
import time
from pathlib import Path
from types import TracebackType

ROWS, COLUMNS = 50, 200
QUIET = 0.05
"""Seconds without output after which a frame counts as finished."""
PATIENCE = 0.5
"""Seconds after which a key counts as unanswered."""


class Terminal:
    """Starts the program; as a context manager, ends it."""

    def __init__(self, *argv: str) -> None:
        self.home = tempfile.TemporaryDirectory()
        self.started = time.perf_counter()
        self.process, self.file = pty.fork()
        if self.process == 0:
            environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
            environment |= {f"XDG_{kind}_HOME": self.home.name for kind in ("STATE", "CONFIG")}
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
            os.execvpe(argv[0], argv, environment)
        self.drawn = b""

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self.file)
        self.home.cleanup()

    def until(self, text: bytes, limit: float = 120) -> float:
        """Seconds from the start of the program until `text` was drawn."""
        deadline = time.perf_counter() + limit
        while text not in self.drawn:
            if time.perf_counter() > deadline:
                raise TimeoutError(f"{text!r} never came")
            if select.select([self.file], [], [], 0.2)[0]:
                self._read()
        return time.perf_counter() - self.started

    def until_end(self, limit: float = 300) -> None:
        """Reads until the program has ended."""
        deadline = time.perf_counter() + limit
        while True:
            if time.perf_counter() > deadline:
                raise TimeoutError("it does not end")
            if select.select([self.file], [], [], 0.2)[0]:
                try:
                    self._read()
                except OSError:  # nobody holds the other end of the terminal
                    return

    def settle(self, quiet: float = QUIET, at_most: float = 30) -> float | None:
        """Reads until nothing more arrives; returns when the last byte arrived, or None."""
        last, deadline = None, time.perf_counter() + at_most
        while select.select([self.file], [], [], quiet)[0] and time.perf_counter() < deadline:
            self._read()
            last = time.perf_counter()
        return last

    def key(self, key: bytes) -> float | None:
        """Milliseconds from a key to the end of the frame that answers it; None where nothing answered."""
        self.settle()
        begin = time.perf_counter()
        os.write(self.file, key)
        if not select.select([self.file], [], [], PATIENCE)[0]:
            return None
        end = self.settle()
        return None if end is None else (end - begin) * 1000

    def type(self, keys: bytes) -> None:
        """Sends keys without waiting for their effect."""
        os.write(self.file, keys)

    def watch(self, seconds: float) -> None:
        """Reads output for this many seconds, as a terminal does."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            if select.select([self.file], [], [], left)[0]:
                self._read()

    def forget(self) -> None:
        """Discards what was drawn so far, so that `until` searches only later output."""
        self.drawn = b""

    def processor_seconds(self) -> float:
        """Processor time that all threads of the program have used: seconds, to the microsecond."""
        threads = Path(f"/proc/{self.process}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9

    def until_idle(self, seconds: float = 1.0, at_most: float = 120) -> None:
        """Reads output until the program has used almost no processor time for this many seconds."""
        deadline = time.perf_counter() + at_most
        while time.perf_counter() < deadline:
            before = self.processor_seconds()
            self.watch(seconds)
            if self.processor_seconds() - before < seconds / 20:
                return

    def megabytes(self) -> float:
        """Resident memory, in MB (2**20 bytes)."""
        pages = int(Path(f"/proc/{self.process}/statm").read_text().split()[1])
        return pages * resource.getpagesize() / 2**20

    def _read(self) -> None:
        self.drawn = (self.drawn + os.read(self.file, 65536))[-400_000:]
