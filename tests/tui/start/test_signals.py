"""The explorer ends with its journal closed when it is told to, and when its terminal is gone: however it was
started, whatever it does.
"""

from __future__ import annotations

import os
import pty
import select
import shlex
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

LEAVE_ALTERNATE_SCREEN = b"\x1b[?1049l"
SHOW_CURSOR = b"\x1b[?25h"
EXPLORER = (sys.executable, "-m", "sts_tui")
IGNORING = (
    "import signal, subprocess, sys; signal.signal(signal.SIGHUP, signal.SIG_IGN); "
    "sys.exit(subprocess.call([sys.executable, '-m', 'sts_tui']))"
)
ON_THE_TERMINAL = f"{shlex.join(EXPLORER)} < /dev/tty > /dev/tty 2> /dev/tty"
STARTED: dict[str, Sequence[str]] = {
    "as the session's leader": EXPLORER,
    "by a shell": ("sh", "-c", f"{shlex.join(EXPLORER)}; true"),
    "by make": ("make", "-s", "-f", "{folder}/Makefile"),
    "by nohup": ("sh", "-c", f"nohup sh -c {shlex.quote(ON_THE_TERMINAL)}; true"),
    "with hang-ups ignored": (sys.executable, "-c", IGNORING),
    "serving AWS clients": (*EXPLORER, "--serve=0"),
}
WORK = {
    "nothing": b"",
    "a dialog": b"a",
    "who can become whom": b"W",
    "the incident desk": b"D",
    "a long wait": b":wait 300d\r",
}
SECONDS = 2.0
"""In which it must have ended."""


def read_until(file: int, text: bytes, drawn: bytes = b"", seconds: float = 60) -> bytes:
    deadline = time.monotonic() + seconds
    while text not in drawn and time.monotonic() < deadline:
        if select.select([file], [], [], 0.2)[0]:
            try:
                drawn += os.read(file, 65536)
            except OSError:  # the other side is gone
                break
    return drawn


@contextmanager
def explorer(command: Sequence[str], folder: Path) -> Iterator[tuple[int, int]]:
    """(the child's process id, the terminal's other end) of an explorer that has drawn its screen."""
    (folder / "Makefile").write_text(f"run:\n\t@{shlex.join(EXPLORER)}\n")
    process, file = pty.fork()
    if process == 0:
        environment = {**os.environ, "TERM": "xterm-256color", "XDG_STATE_HOME": str(folder)}
        signal.signal(signal.SIGHUP, signal.SIG_DFL)  # also where the tests themselves are run by nohup
        os.chdir(folder)  # nohup writes a file
        words = [word.format(folder=folder) if "{folder}" in word else word for word in command]
        os.execvpe(words[0], words, environment)
    try:
        assert b"Pipeline" in read_until(file, b"Pipeline")
        yield process, file
    finally:
        with suppress(OSError):
            os.close(file)
        with suppress(OSError):
            os.kill(process, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(process, 0)


def status_of(process: int) -> int:
    """The status with which it ends; fails after a minute."""
    for _ in range(3_000):
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            return status
        time.sleep(0.02)
    raise AssertionError("the explorer has not ended")


def writers(folder: Path) -> list[int]:
    """Processes that hold a journal in this folder open."""
    found = []
    for descriptors in Path("/proc").glob("[0-9]*/fd"):
        with suppress(OSError):
            if any(str(folder) in os.readlink(each) for each in descriptors.iterdir()):
                found.append(int(descriptors.parent.name))
    return found


def noted(folder: Path) -> bool:
    """Whether the journal was closed: its last line names the acting identity, on the sample alice."""
    [journal] = (folder / "sts-tui").glob("*.journal")
    last = journal.read_text().splitlines()[-1]
    return '"as":' in last and "user/alice" in last


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_restores_the_terminal_and_closes_the_journal(told: signal.Signals, tmp_path: Path) -> None:
    with explorer(EXPLORER, tmp_path) as (process, file):
        os.kill(process, told)
        after = read_until(file, LEAVE_ALTERNATE_SCREEN)
        after = read_until(file, SHOW_CURSOR, after)
        status = status_of(process)
    assert LEAVE_ALTERNATE_SCREEN in after
    assert SHOW_CURSOR in after
    assert os.waitstatus_to_exitcode(status) == 128 + told
    assert noted(tmp_path)


def test_a_signal_ends_an_explorer_whose_terminal_does_not_read(tmp_path: Path) -> None:
    """Its writer waits for the terminal, and its loop for the writer."""
    with explorer(EXPLORER, tmp_path) as (process, file):
        for key in b"34" * 40:
            os.write(file, bytes([key]))
        time.sleep(1)
        os.kill(process, signal.SIGTERM)
        status = status_of(process)
    assert os.waitstatus_to_exitcode(status) == 128 + signal.SIGTERM
    assert noted(tmp_path)


def end(command: Sequence[str], work: bytes, folder: Path) -> float:
    """Closes the terminal while the work is in progress; the seconds until no process is left."""
    with explorer(command, folder) as (process, file):
        if work:
            os.write(file, work)
            read_until(file, b"nothing that is ever drawn", seconds=0.5)
        assert writers(folder)
        os.close(file)
        began = time.monotonic()
        while writers(folder) and time.monotonic() < began + 20 * SECONDS:
            time.sleep(0.02)
        assert writers(folder) == []
        return time.monotonic() - began


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize(
    ("started", "work"),
    [("by make", "nothing"), ("with hang-ups ignored", "who can become whom"), ("by nohup", "a long wait")],
)
def test_a_terminal_that_is_gone_ends_the_explorer(started: str, work: str, tmp_path: Path) -> None:
    end(STARTED[started], WORK[work], tmp_path)
    assert noted(tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("work", WORK)
@pytest.mark.parametrize("started", STARTED)
def test_it_ends_within_two_seconds_however_it_was_started(started: str, work: str, tmp_path: Path) -> None:
    assert end(STARTED[started], WORK[work], tmp_path) < SECONDS
    assert noted(tmp_path)
