"""How fast is the explorer at scale? In a pseudo-terminal of 200x50, with 10,000 roles of one statement,
1,000 live sessions and 100,000 logged requests: time from a key to the finished frame (also when scrolling by
pages), an idle second, a busy one, and memory.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.generator import organization
from benchmarks.terminal import Terminal

ROLES = 10_000
SESSIONS = 1_000
LOGGED = 100_000
SECONDS = 10
"""How long an idle and a busy explorer are watched."""
DOWN, UP, PAGE_DOWN, PAGE_UP = b"j", b"k", b"\x1b[6~", b"\x1b[5~"
ROUNDS = 15
KEYS = ((DOWN, 3), (PAGE_DOWN, 2), (UP, 1), (PAGE_UP, 1))
"""(key, times pressed in each round), in turn; more of them move down than up."""
_ESCAPES = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")
POLICIES = b"2"
PANES = {"roles": b"1", "sessions": b"3", "requests": b"4"}


def run() -> Mapping[str, float]:
    """Name of the figure → value."""
    busy, calm = model(every_seconds=1), model(every_seconds=3600)
    names = [role["RoleName"].encode() for account in busy["Accounts"] for role in account["RoleDetailList"]]
    with explorer(busy, names[0]) as terminal:
        figures = _opened(terminal)
        figures |= _flood(terminal, names)
        _fill_log(terminal)
        figures |= _keys(terminal)
        figures["resident memory at that size, MB"] = terminal.megabytes()
    with explorer(calm, names[0]) as terminal:
        figures |= _idle(terminal)
    return figures


def model(every_seconds: int) -> dict[str, Any]:
    """An organization, a thousand of whose roles are at work, each making a request every so often."""
    whole = organization(ROLES, 1)
    whole["Settings"] = {"RequestLogSize": LOGGED}
    whole["Workloads"] = list(islice(_workloads(whole, every_seconds), SESSIONS))
    return whole


def _workloads(whole: dict[str, Any], every_seconds: int) -> Iterator[dict[str, Any]]:
    """Of roles that EC2 may assume and whose statement allows something without a condition."""
    for account in whole["Accounts"]:
        for role in account["RoleDetailList"]:
            trusted = role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"].get("Service")
            statement = role["RolePolicyList"][0]["PolicyDocument"]["Statement"][0]
            if trusted is None or statement["Effect"] == "Deny" or "Condition" in statement:
                continue
            yield {
                "Name": f"job-{role['RoleName']}",
                "Identity": f"service:{trusted}",
                "AssumeRoles": [{"RoleArn": role["Arn"], "RoleSessionName": role["RoleName"]}],
                "Requests": [
                    {
                        "Action": action,
                        "Resource": statement["Resource"][0].replace("*", "x").replace("?", "x"),
                    }
                    for action in (statement["Action"][0], "iam:ListUsers")
                ],
                "EverySeconds": every_seconds,
            }


@contextmanager
def explorer(whole: dict[str, Any], first: bytes) -> Iterator[Terminal]:
    """Open the explorer on a model; its first role is on the screen."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(whole, file)
        file.flush()
        with Terminal(sys.executable, "-m", "sts_tui", "--no-journal", file.name) as terminal:
            terminal.until(first)
            yield terminal


def _opened(terminal: Terminal) -> dict[str, float]:
    return {"opened, s": time.perf_counter() - terminal.started}


def _flood(terminal: Terminal, names: list[bytes]) -> dict[str, float]:
    """A thousand requests per second arrive while keys are pressed: is each one counted, and does the clock
    keep up?
    """
    for _ in range(60):  # the first second also issues a thousand sessions
        terminal.watch(1)
        if terminal.drawn.count(b"09:00:05Z"):
            break
    _go_to(terminal, "roles")
    terminal.forget()
    pressed, spent, began = 10 * SECONDS, terminal.processor_seconds(), time.perf_counter()
    terminal.watch(1.2)
    first = _clock(terminal)
    for _ in range(pressed):
        terminal.type(DOWN)
        terminal.watch(0.1)
    terminal.watch(1.5)
    seconds = time.perf_counter() - began
    plain = _ESCAPES.sub(b"", terminal.drawn)  # the list cuts long names; the title of the policies does not
    moved = max((number for number, name in enumerate(names[: pressed + 5]) if name in plain), default=0)
    title = re.compile(rb"Policies[^\n]{0,60}" + re.escape(names[pressed]))
    return {
        "1,000 requests/s: keys pressed": float(pressed),
        "1,000 requests/s: keys dropped": 0.0 if title.search(plain) else float(pressed - moved),
        "1,000 requests/s: simulated seconds per second": (_clock(terminal) - first) / (seconds - 1.2),
        "1,000 requests/s: % of a core": (terminal.processor_seconds() - spent) / seconds * 100,
    }


def _go_to(terminal: Terminal, pane: str) -> None:
    """Focuses a pane by way of the policies, since the number of the pane that has the focus opens another
    list instead.
    """
    terminal.key(POLICIES)
    terminal.key(PANES[pane])


def _clock(terminal: Terminal) -> float:
    """Seconds of the day on the screen's clock."""
    shown = re.findall(rb"2026-01-15 (\d\d):(\d\d):(\d\d)Z", terminal.drawn)
    hours, minutes, seconds = (int(part) for part in shown[-1]) if shown else (0, 0, 0)
    return float(hours * 3600 + minutes * 60 + seconds)


def _fill_log(terminal: Terminal) -> None:
    """Pauses, so that only keys cause frames, and then runs until the log is full."""
    terminal.type(b" ")
    terminal.watch(1)
    terminal.type(b":")
    terminal.watch(0.5)
    terminal.type(f"wait {LOGGED // SESSIONS + 5}s\r".encode())
    terminal.until_idle()
    terminal.type(b"\x1b")  # the output panel with what the command printed
    terminal.watch(0.5)


def _keys(terminal: Terminal) -> dict[str, float]:
    figures: dict[str, float] = {}
    every: list[Key] = []
    for pane in PANES:
        _go_to(terminal, pane)
        pressed = [
            _pressed(terminal, key) for _ in range(ROUNDS) for key, times in KEYS for _ in range(times)
        ]
        answered = [each for each in pressed if each is not None]
        every += answered
        figures[f"keys in {pane}: pressed"] = len(pressed)
        figures[f"keys in {pane}: without a frame"] = len(pressed) - len(answered)
        figures |= _spread(f"keys in {pane}", answered)
    return {**figures, **_spread("all keys", every)}


class Key(NamedTuple):
    """The time that a key took, in milliseconds."""

    to_frame: float
    processor: float


def _pressed(terminal: Terminal, key: bytes) -> Key | None:
    """None: nothing answered. Processor time is all there is until nothing more is written."""
    terminal.settle()
    before = terminal.processor_seconds()
    to_frame = terminal.key(key)
    return None if to_frame is None else Key(to_frame, (terminal.processor_seconds() - before) * 1000)


def _spread(name: str, keys: list[Key]) -> dict[str, float]:
    times = sorted(key.to_frame for key in keys)
    processor = sorted(key.processor for key in keys)
    return {
        f"{name}: key to frame, median ms": statistics.median(times),
        f"{name}: key to frame, p99 ms": times[int(len(times) * 0.99)],
        f"{name}: key to frame, worst ms": times[-1],
        f"{name}: processor, median ms": statistics.median(processor),
        f"{name}: processor, p99 ms": processor[int(len(processor) * 0.99)],
    }


def _idle(terminal: Terminal) -> dict[str, float]:
    """Processor use and memory while only a thousand countdowns change."""
    terminal.watch(8)
    terminal.type(PANES["sessions"])
    terminal.watch(2)
    spent, began = terminal.processor_seconds(), time.perf_counter()
    terminal.watch(SECONDS)
    share = (terminal.processor_seconds() - spent) / (time.perf_counter() - began)
    return {
        "idle with 1,000 countdowns: % of a core": share * 100,
        "idle with 1,000 countdowns: resident memory, MB": terminal.megabytes(),
    }


def where() -> Path:
    """The model as a file, to look at by hand: `python -m benchmarks.screen`."""
    path = Path(tempfile.gettempdir()) / f"sts-tui-{ROLES}-{os.getpid()}.json"
    path.write_text(json.dumps(model(every_seconds=1)))
    return path


if __name__ == "__main__":
    print(where())
