"""Told to end from outside, the explorer leaves the terminal as it found it; here one that knows no size."""

from __future__ import annotations

import os
import pty
import select
import signal
import sys
import time
from pathlib import Path

import pytest

LEAVE_ALTERNATE_SCREEN = b"\x1b[?1049l"
SHOW_CURSOR = b"\x1b[?25h"


def read_until(file: int, text: bytes, drawn: bytes = b"", seconds: float = 60) -> bytes:
    deadline = time.monotonic() + seconds
    while text not in drawn and time.monotonic() < deadline:
        if select.select([file], [], [], 0.2)[0]:
            try:
                drawn += os.read(file, 65536)
            except OSError:  # the other side is gone
                break
    return drawn


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_restores_the_terminal_and_closes_the_journal(told: signal.Signals, tmp_path: Path) -> None:
    process, file = pty.fork()
    if process == 0:
        environment = {**os.environ, "TERM": "xterm-256color", "XDG_STATE_HOME": str(tmp_path)}
        os.execve(sys.executable, [sys.executable, "-m", "sts_tui"], environment)
    drawn = read_until(file, b"Pipeline")
    assert b"Pipeline" in drawn
    os.kill(process, told)
    after = read_until(file, LEAVE_ALTERNATE_SCREEN)
    after = read_until(file, SHOW_CURSOR, after)
    _, status = os.waitpid(process, 0)
    os.close(file)
    assert LEAVE_ALTERNATE_SCREEN in after
    assert SHOW_CURSOR in after
    assert os.waitstatus_to_exitcode(status) == 128 + told
    [journal] = (tmp_path / "sts-tui").glob("*.journal")
    assert '"as":"operator"' in journal.read_text().replace(" ", "")
