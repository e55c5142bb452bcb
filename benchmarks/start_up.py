"""From the key that starts it to the answer: whole processes, and the explorer's first frame.

Processes take turns with a bare Python, by processor time. An empty Textual application, in the same
pseudo-terminal of 200x50 in turn with the explorer, is the measure of that: seconds depend on the machine,
ratios hardly do.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.terminal import Terminal
from sts_tui.cli.files import sample_account

RUNS = 15
ROUNDS = 40
"""Of whole processes."""
EMPTY = """
from textual.app import App
from textual.widgets import Static

class Empty(App):
    def compose(self):
        yield Static("ready")

Empty().run()
"""
REQUEST = ("try request s3:GetObject arn:aws:s3:::acme-orders/2026/01/15/4711.json",)
EXPLORER = (str(Path(sys.executable).with_name("sts-tui")),)
"""As one types it: the built-in sample, with a journal."""


def run() -> Mapping[str, float]:
    """Name of the figure → milliseconds, the ratio without a unit."""
    ours = (sys.executable, "-m", "sts_tui")
    request = (*ours, "run", "-c", "as alice", "-c", *REQUEST)
    own = copy_of_the_sample()
    of_own = (*ours, "run", own, "-c", "as alice", "-c", *REQUEST)
    commands = {
        "python -c pass": (sys.executable, "-c", "pass"),
        "sts-tui --version": (*ours, "--version"),
        "sts-tui run -c 'as alice' -c 'request …'": request,
        "the same with a file of the sample's size": of_own,
    }
    figures = whole_processes(commands)
    os.unlink(own)
    pairs = []
    for _ in range(RUNS + 1):
        empty = first_frame(b"ready", sys.executable, "-c", EMPTY)
        pairs.append((empty, first_frame(b"Pipeline", *EXPLORER)))
    del pairs[0]  # the first writes bytecode and fills caches
    return {
        **figures,
        "empty Textual application, first frame, ms": statistics.median(empty for empty, _ in pairs) * 1000,
        "sts-tui, first frame with the sample's roles, ms": statistics.median(full for _, full in pairs)
        * 1000,
        "ratio of the two (median of pairs)": statistics.median(full / empty for empty, full in pairs),
    }


def copy_of_the_sample() -> str:
    """A file that is not the built-in sample, by a space at its end."""
    with tempfile.NamedTemporaryFile("wb", suffix=".json", delete=False) as file:
        file.write(sample_account().read_bytes() + b" ")
    return file.name


def whole_processes(commands: Mapping[str, tuple[str, ...]]) -> Mapping[str, float]:
    """Milliseconds of processor time of each command, medians of rounds in which they take turns, and the
    median of each round's ratio to the first. They find bytecode from an earlier run.
    """
    first, *others = commands
    rounds = [
        {name: processor_time(command) for name, command in commands.items()} for _ in range(ROUNDS + 1)
    ]
    del rounds[0]
    figures = {f"{name}, ms": statistics.median(one[name] for one in rounds) for name in commands}
    return figures | {
        f"{name} ÷ {first}": statistics.median(one[name] / one[first] for one in rounds) for name in others
    }


def processor_time(command: tuple[str, ...]) -> float:
    """Milliseconds, of the system's work for the process too."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with open(os.devnull, "wb") as nowhere:
        process = subprocess.Popen(command, stdout=nowhere, stderr=nowhere, env=environment)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return (used.ru_utime + used.ru_stime) * 1000


def first_frame(text: bytes, *argv: str) -> float:
    """Seconds until `text` was drawn."""
    with Terminal(*argv) as terminal:
        return terminal.until(text)
