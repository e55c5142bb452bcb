"""How long does sts-tui take from its start to its answer? Whole processes, and the explorer's first frame.

Processes take turns with a bare Python and are compared by processor time. The first frame is compared with
that of an empty Textual application in the same pseudo-terminal of 200x50. Seconds depend on the machine,
ratios hardly do.

`python -m benchmarks start_up --instructions` counts instructions instead, with valgrind: other load on the
machine does not change them. Each program ends when it has drawn its first frame.
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.terminal import Terminal
from sts_tui.cli.files import sample_account

RUNS = 15
ROUNDS = 40
"""Of whole processes."""
UNTIL_TEXT = (sys.executable, str(Path(__file__).with_name("until_text.py")))
REQUEST = ("try request s3:GetObject arn:aws:s3:::acme-orders/2026/01/15/4711.json",)
EXPLORER = (str(Path(sys.executable).with_name("sts-tui")),)
"""As one types it: the built-in sample, with a journal."""


def main(argv: Sequence[str]) -> None:
    """Print one line for each figure. `argv`: none, or `--instructions`."""
    for label, value in (instructions() if "--instructions" in argv else run()).items():
        print(f"{label:<64}{value:>12,.2f}")


def commands_with(own: str) -> dict[str, tuple[str, ...]]:
    """Name of a command → its words, a bare Python first. `own`: a file of the sample's size."""
    ours = (sys.executable, "-m", "sts_tui")
    return {
        "python -c pass": (sys.executable, "-c", "pass"),
        "sts-tui --version": (*ours, "--version"),
        "sts-tui run -c 'as alice' -c 'request …'": (*ours, "run", "-c", "as alice", "-c", *REQUEST),
        "the same with a file of the sample's size": (*ours, "run", own, "-c", "as alice", "-c", *REQUEST),
    }


def run() -> Mapping[str, float]:
    """Name of the figure → milliseconds, the ratio without a unit."""
    own = copy_of_the_sample()
    figures = whole_processes(commands_with(own))
    os.unlink(own)
    write_what_is_kept()
    pairs = []
    for _ in range(RUNS + 1):
        empty = first_frame(b"ready", *UNTIL_TEXT, "ready", "empty")
        pairs.append((empty, first_frame(b"Pipeline", *EXPLORER)))
    del pairs[0]  # the first fills caches
    return {
        **figures,
        "empty Textual application, first frame, ms": statistics.median(empty for empty, _ in pairs) * 1000,
        "sts-tui, first frame with the sample's roles, ms": statistics.median(full for _, full in pairs)
        * 1000,
        "ratio of the two (median of pairs)": statistics.median(full / empty for empty, full in pairs),
    }


def instructions() -> Mapping[str, float]:
    """Name of the figure → millions of instructions, the ratios without a unit."""
    if shutil.which("valgrind") is None:
        sys.exit("benchmarks: --instructions needs valgrind (Debian: apt install valgrind)")
    own = copy_of_the_sample()
    commands = commands_with(own)
    counted = {name: counted_instructions(*words) for name, words in commands.items()}
    os.unlink(own)
    bare = counted["python -c pass"]
    figures = {f"{name}, millions": count / 1e6 for name, count in counted.items()}
    figures |= {f"{name} ÷ python -c pass": count / bare for name, count in counted.items() if count != bare}
    write_what_is_kept()
    frames = {"empty": "ready", "sts-tui": "Pipeline"}
    empty, full = (counted_instructions(*UNTIL_TEXT, text, name) for name, text in frames.items())
    return figures | {
        "empty Textual application, first frame, millions": empty / 1e6,
        "sts-tui, first frame with the sample's roles, millions": full / 1e6,
        "ratio of the two": full / empty,
    }


def counted_instructions(*command: str) -> int:
    """Of a process that ends by itself, in a pseudo-terminal, with bytecode that is already there."""
    with tempfile.NamedTemporaryFile("r", suffix=".log") as log:
        valgrind = ("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")
        here = f"PYTHONPATH={Path(__file__).parents[1]}"
        given = ("env", "-u", "PYTHONDONTWRITEBYTECODE", "PYTHONHASHSEED=0", here)
        for _ in range(2):  # the first writes bytecode
            with Terminal(*given, *valgrind, f"--log-file={log.name}", *command) as terminal:
                terminal.until_end()
        found = re.search(r"I\s+refs:\s+([\d,]+)", Path(log.name).read_text())
    assert found is not None, command
    return int(found[1].replace(",", ""))


def write_what_is_kept() -> None:
    """Create what a first start leaves for later ones: bytecode and parsed style sheets."""
    with Terminal("env", "-u", "PYTHONDONTWRITEBYTECODE", *EXPLORER) as terminal:
        terminal.until(b"Pipeline")
        terminal.until_idle()


def copy_of_the_sample() -> str:
    """A copy of the built-in sample that is not recognized as such: it has a space at its end."""
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
    """Milliseconds, including the system's work for the process."""
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
