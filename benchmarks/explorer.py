"""The explorer in a pseudo-terminal: from the start to the first frame that holds the sample's roles, and
from a key to the end of its frame, beside an empty Textual application on the same machine.

Figures depend on the machine and its load; the ratio to the empty application is what counts. Keys are
pressed among 10,000 roles, with 1,000 live sessions.
"""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROWS, COLUMNS = 50, 200
RUNS = 5
KEYS = 60
QUIET = 0.15
"""Seconds without output after which a frame counts as finished."""
EMPTY = """
from textual.app import App
from textual.widgets import Static

class Empty(App):
    def compose(self):
        yield Static("ready")

Empty().run()
"""
ACCOUNT = "111122223333"


class Terminal:
    """A program in a pseudo-terminal of 200x50."""

    def __init__(self, *argv: str) -> None:
        self.started = time.perf_counter()
        self.process, self.file = pty.fork()
        if self.process == 0:
            environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
            environment |= {
                "LINES": str(ROWS),
                "COLUMNS": str(COLUMNS),
                "XDG_STATE_HOME": tempfile.gettempdir(),
            }
            os.execvpe(argv[0], argv, environment)

    def until(self, text: bytes, limit: float = 60) -> float:
        """Seconds from the start until `text` was drawn."""
        seen = b""
        while text not in seen:
            if time.perf_counter() - self.started > limit:
                raise TimeoutError(f"{text!r} never came")
            if select.select([self.file], [], [], 0.5)[0]:
                seen = seen[-200:] + os.read(self.file, 65536)
        return time.perf_counter() - self.started

    def settle(self, quiet: float = QUIET) -> float:
        """Reads until nothing more comes; when the last byte came."""
        last = time.perf_counter()
        while select.select([self.file], [], [], quiet)[0]:
            os.read(self.file, 65536)
            last = time.perf_counter()
        return last

    def key(self, key: bytes) -> float:
        """Milliseconds from a key to the end of the frame that answers it."""
        self.settle()
        begin = time.perf_counter()
        os.write(self.file, key)
        return max(0.0, (self.settle() - begin) * 1000)

    def close(self) -> None:
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self.file)


def first_frame(text: bytes, *argv: str) -> float:
    """The median of several starts, in seconds."""
    times = []
    for _ in range(RUNS):
        terminal = Terminal(*argv)
        times.append(terminal.until(text))
        terminal.close()
    return statistics.median(times)


def run() -> Mapping[str, float]:
    """Name of the figure → value."""
    sample = str(Path(__file__).parents[1] / "sample_accounts" / "acme.json")
    explorer = (sys.executable, "-m", "sts_tui", "--no-journal")
    empty = first_frame(b"ready", sys.executable, "-c", EMPTY)
    ours = first_frame(b"Pipeline", *explorer, sample)
    figures = {
        "empty Textual application, first frame, s": empty,
        "sts-tui, first frame with the sample's roles, s": ours,
        "ratio": ours / empty,
    }
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(large(), file)
        file.flush()
        figures |= _keys(*explorer, file.name)
    return figures


def _keys(*argv: str) -> dict[str, float]:
    terminal = Terminal(*argv)
    terminal.until(b"role-00005")
    terminal.settle(0.5)
    terminal.key(b" ")  # the clock stands, so that a frame is the key's and nobody else's
    figures = {}
    for name, key in (("cursor", b"j"), ("page", b"\x1b[6~")):
        times = sorted(terminal.key(key) for _ in range(KEYS))
        figures[f"{name} key to frame among 10,000 roles, median ms"] = statistics.median(times)
        figures[f"{name} key to frame among 10,000 roles, p99 ms"] = times[int(len(times) * 0.99)]
    terminal.close()
    return figures


def large(roles: int = 10_000, workloads: int = 1_000) -> dict[str, Any]:
    """A model of many small roles, a thousand of them in use."""
    user = f"arn:aws:iam::{ACCOUNT}:user/ann"

    def policy(**statement: Any) -> dict[str, Any]:
        return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}

    def arn(number: int) -> str:
        return f"arn:aws:iam::{ACCOUNT}:role/role-{number:05}"

    return {
        "Name": "large",
        "StartTime": "2026-01-15T09:00:00Z",
        "Accounts": [
            {
                "AccountId": ACCOUNT,
                "UserDetailList": [
                    {
                        "UserName": "ann",
                        "UserPolicyList": [
                            {
                                "PolicyName": "assume",
                                "PolicyDocument": policy(Action="sts:AssumeRole", Resource="*"),
                            }
                        ],
                    }
                ],
                "RoleDetailList": [
                    {
                        "RoleName": f"role-{number:05}",
                        "AssumeRolePolicyDocument": policy(Principal={"AWS": user}, Action="sts:AssumeRole"),
                        "RolePolicyList": [
                            {
                                "PolicyName": "data",
                                "PolicyDocument": policy(
                                    Action="s3:*", Resource=f"arn:aws:s3:::bucket-{number}/*"
                                ),
                            }
                        ],
                    }
                    for number in range(roles)
                ],
            }
        ],
        "Workloads": [
            {
                "Name": f"job-{number}",
                "Identity": user,
                "AssumeRoles": [{"RoleArn": arn(number), "RoleSessionName": f"job-{number}"}],
                "Requests": [{"Action": "s3:GetObject", "Resource": f"arn:aws:s3:::bucket-{number}/in.csv"}],
                "EverySeconds": 5,
            }
            for number in range(workloads)
        ],
    }
