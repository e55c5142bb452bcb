"""How does the explorer end without being quit: by a signal, or because its terminal is gone?

States: *running*, then *ending* (a signal came or the terminal disappeared), then *ended*. Ending has two
ways. The ordinary one is that of quitting: the app leaves its loop, the terminal is restored and the journal
closed. Where the loop does not get there within `GRACE` seconds, because it computes or waits for a terminal
that does not read, the watching thread restores the terminal, closes the journal and ends the process. So an
explorer ends within two seconds, however it was started and whatever it is doing.

What must never happen: a process that stays behind. A closed terminal therefore does not count on a signal
(`make` and `nohup` keep SIGHUP from us): the watching thread looks at the terminal itself. And nothing may
wait for a terminal that is gone, so writes to it are dropped (`TerminalFile`); Textual's writer thread would
end with the first one that fails, and its loop would wait for that thread indefinitely.
"""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING, Any, Final, TextIO

if TYPE_CHECKING:
    from textual.app import App

SIGNALS: Final = ("SIGTERM", "SIGHUP", "SIGINT")
"""A shutdown, a closed terminal, a `kill -INT`; Windows has no SIGHUP."""
LOOK: Final = 0.1
"""Seconds between two looks at the terminal."""
GRACE: Final = 0.8
"""Seconds that the app has for ending by itself."""
HANGUP: Final = 128 + 1
"""Exit code when the terminal is gone: that of SIGHUP, as shells have it."""
RESTORE: Final = b"\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1000l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[?7h"
"""Keyboard protocol, alternate screen, cursor, mouse, focus events, pasting, wrapping: as they were."""


class TerminalFile:
    """A terminal to write to, also when it is gone: what cannot be written is dropped."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            return self._file.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._file.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def is_gone(terminal: int) -> bool:
    """Whether a terminal, by its file descriptor, was closed at its other end or hung up."""
    if not hasattr(select, "poll"):
        return False
    looking = select.poll()
    looking.register(terminal, 0)  # hang-ups and errors are always reported
    if any(found & (select.POLLHUP | select.POLLERR) for _, found in looking.poll(0)):
        return True
    import termios

    try:
        termios.tcgetattr(terminal)
    except termios.error:
        return True
    return False


class EndWatch(threading.Thread):
    """Ends an app on a signal and when the terminal is gone."""

    def __init__(self, app: App[Any], close: Callable[[], None]) -> None:
        """`close` closes the journal; it can be called from this thread."""
        super().__init__(name="end-watch", daemon=True)
        self._app = app
        self._close = close
        self._signaled = threading.Event()
        self._ended = threading.Event()
        self._code = HANGUP
        self._loop: asyncio.AbstractEventLoop | None = None
        self._terminal = sys.__stdin__.fileno() if sys.__stdin__ and sys.__stdin__.isatty() else None
        self._attributes = self._attributes_now()
        if self._terminal is not None and is_gone(self._terminal):
            self._terminal = None  # a system that cannot say so
        if sys.__stderr__ is not None:  # Textual writes there
            sys.__stderr__ = TerminalFile(sys.__stderr__)  # type: ignore[misc,assignment]

    def begin(self) -> None:
        """From the main thread, in the app's loop."""
        self._loop = asyncio.get_running_loop()
        for number in (getattr(signal, name) for name in SIGNALS if hasattr(signal, name)):
            if signal.getsignal(number) is not signal.SIG_IGN:  # `nohup`
                with suppress(ValueError):  # not in a thread
                    signal.signal(number, self._on_signal)
        self.start()

    def end(self) -> None:
        """Stops watching: the app has ended by itself."""
        self._ended.set()
        self._signaled.set()

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self._code = 128 + number
        self._signaled.set()

    def run(self) -> None:
        while not self._signaled.wait(LOOK):
            if self._terminal is not None and is_gone(self._terminal):
                break
        if self._ended.is_set() or self._loop is None:
            return
        with suppress(RuntimeError):  # the loop has ended meanwhile
            self._loop.call_soon_threadsafe(self._app.exit, self._code)
        if not self._ended.wait(GRACE):
            self._end_process()

    def _end_process(self) -> None:
        self._restore_terminal()
        with suppress(Exception):
            self._close()
        os._exit(self._code)

    def _attributes_now(self) -> list[Any] | None:
        if self._terminal is None:
            return None
        try:
            import termios
        except ImportError:  # Windows
            return None
        with suppress(termios.error):
            return termios.tcgetattr(self._terminal)
        return None

    def _restore_terminal(self) -> None:
        if self._terminal is None or self._attributes is None or is_gone(self._terminal):
            return
        import termios

        with suppress(OSError, termios.error):
            os.set_blocking(self._terminal, False)  # it may not be read
            os.write(self._terminal, RESTORE)
            os.set_blocking(self._terminal, True)
            termios.tcsetattr(self._terminal, termios.TCSANOW, self._attributes)
