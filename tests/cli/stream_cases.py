"""Runs one command with each of its streams closed or full, and with ctrl+c at several moments.

`python -m tests.cli.stream_cases MODULE WORD…` prints a JSON object for each case. The command's module is
imported once; each case runs in a fork, with what Python makes of such streams when it starts.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import tempfile
import traceback
from contextlib import suppress
from importlib import import_module
from typing import Any

CASES: dict[str, tuple[str, str, str, float]] = {
    # name: (stdin, stdout, stderr, seconds until ctrl+c)
    "all open": ("null", "file", "file", 0),
    "stdin closed": ("closed", "file", "file", 0),
    "stdout closed": ("null", "closed", "file", 0),
    "stdout full": ("null", "full", "file", 0),
    "stderr closed": ("null", "file", "closed", 0),
    "stderr full": ("null", "file", "full", 0),
    "all closed": ("closed", "closed", "closed", 0),
    "ctrl+c at once": ("null", "file", "file", 0.000_1),
    "ctrl+c soon": ("null", "file", "file", 0.004),
    "ctrl+c later": ("null", "file", "file", 0.03),
}
UNEXPECTED = 99
INTERRUPTED = 130
FLUSH_FAILED = 120
"""Python's exit code where standard output cannot be written at the end."""


def main(module: str, words: list[str]) -> None:
    """Prints the outcome of each case."""
    import sts_tui.__main__ as program

    import_module(f"sts_tui.cli.{module}")
    gc.freeze()
    for name, case in CASES.items():
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            process = os.fork()
            if not process:
                _child(program, words, case, out.fileno(), err.fileno())
            _, status = os.waitpid(process, 0)
            texts = [_written(file) for file in (out, err)]
            code = os.waitstatus_to_exitcode(status)
            print(json.dumps({"case": name, "code": code, "out": texts[0], "err": texts[1]}), flush=True)


def _written(file: Any) -> str:
    file.seek(0)
    return str(file.read().decode())


def _child(program: Any, words: list[str], case: tuple[str, str, str, float], out: int, err: int) -> None:
    code = UNEXPECTED
    report = os.dup(err)
    try:
        for number, (kind, file) in enumerate(zip(case, (-1, out, err), strict=False)):
            _arrange(number, kind, file)
        sys.argv = ["sts-tui", *words]
        signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
        signal.setitimer(signal.ITIMER_REAL, case[3])
        try:
            program.main()
            code = 0
        except SystemExit as done:
            code = int(done.code or 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        code = _flushed(code, report)
    except BaseException as escaped:
        if isinstance(escaped, KeyboardInterrupt) and not _has_begun(escaped, program):
            code = INTERRUPTED  # on a busy machine the signal comes before the command begins, or after it
        else:
            os.write(report, traceback.format_exc().encode())
    finally:
        os._exit(code)


def _has_begun(escaped: BaseException, program: Any) -> bool:
    """Whether the command was running."""
    return any(frame.filename == program.__file__ for frame in traceback.extract_tb(escaped.__traceback__))


def _arrange(number: int, kind: str, file: int) -> None:
    """One of the standard streams, as Python has it after it was started with such a descriptor."""
    name, mode = ("stdin", "stdout", "stderr")[number], "r" if number == 0 else "w"
    if kind == "closed":
        os.close(number)
        setattr(sys, name, None)
        return
    path = "/dev/full" if kind == "full" else os.devnull
    opened = file if kind == "file" else os.open(path, os.O_RDWR)
    os.dup2(opened, number)
    stream = os.fdopen(number, mode, encoding="utf-8", closefd=False, buffering=1 if number == 2 else -1)
    setattr(sys, name, stream)


def _flushed(code: int, report: int) -> int:
    """As Python does at the end, which says nothing about standard error."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        os.write(report, b"Exception ignored in standard output")
        return FLUSH_FAILED
    with suppress(OSError):
        if sys.stderr is not None:
            sys.stderr.flush()
    return code


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
