"""Being told to end from outside: the terminal is restored and the journal closed, as when one quits."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sts_tui.tui.app import StsApp

_SIGNALS = ("SIGTERM", "SIGHUP")  # a shutdown, a closed terminal; Windows has no SIGHUP


def exit_on_signals(app: StsApp) -> None:
    """A signal that ends other programs ends this one, with the exit code that shells give it."""
    loop = asyncio.get_running_loop()
    for number in (getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)):
        with suppress(NotImplementedError, RuntimeError):  # no such handlers on Windows, none in a thread
            loop.add_signal_handler(number, app.exit, 128 + number)
