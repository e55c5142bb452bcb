"""From the key that starts it to the answer: whole processes, and the explorer's first frame.

An empty Textual application, in the same pseudo-terminal of 200x50 in turn with the explorer, is the measure:
seconds depend on the machine, the ratio hardly does.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from benchmarks.terminal import Terminal

RUNS = 15
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
    commands = {
        "python -c pass": (sys.executable, "-c", "pass"),
        "sts-tui --version": (*ours, "--version"),
        "sts-tui run -c 'as alice' -c 'request …'": request,
    }
    figures = {f"{name}, ms": whole_process(command) for name, command in commands.items()}
    pairs = [(first_frame(b"ready", sys.executable, "-c", EMPTY), first_frame(b"Pipeline", *EXPLORER))]
    pairs += [
        (first_frame(b"ready", sys.executable, "-c", EMPTY), first_frame(b"Pipeline", *EXPLORER))
        for _ in range(RUNS)
    ]
    del pairs[0]  # the first writes bytecode and fills caches
    return {
        **figures,
        "empty Textual application, first frame, ms": statistics.median(empty for empty, _ in pairs) * 1000,
        "sts-tui, first frame with the sample's roles, ms": statistics.median(full for _, full in pairs)
        * 1000,
        "ratio of the two (median of pairs)": statistics.median(full / empty for empty, full in pairs),
    }


def whole_process(command: tuple[str, ...]) -> float:
    """Median wall time in milliseconds, of processes that find bytecode from an earlier run."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    times = []
    for _ in range(RUNS + 1):
        started = time.perf_counter()
        subprocess.run(command, capture_output=True, check=True, env=environment)
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times[1:])


def first_frame(text: bytes, *argv: str) -> float:
    """Seconds until `text` was drawn."""
    with Terminal(*argv) as terminal:
        return terminal.until(text)
