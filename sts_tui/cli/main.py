"""How does a command line become an exit code? One command is run; user errors never show a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import TextIO

from sts_tui import VERSION_LINE
from sts_tui.cli import console
from sts_tui.cli.arguments import parse_arguments
from sts_tui.cli.commands import COMMANDS
from sts_tui.cli.entry_points import EntryPoints
from sts_tui.cli.printable_stream import printable_streams


def run(argv: Sequence[str], entry_points: EntryPoints) -> int:
    """Run one command; returns the exit code. A closed or full stream also ends it with one line."""
    has_stdout = _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        _replace_unprintable_symbols(stream)
    with printable_streams():
        return _code_of(argv, entry_points, has_stdout=has_stdout)


def _code_of(argv: Sequence[str], entry_points: EntryPoints, *, has_stdout: bool) -> int:
    try:
        if not has_stdout:
            raise console.UserError("standard output is closed")
        code = _perform(argv, entry_points)
        sys.stdout.flush()
    except console.UserError as error:
        with suppress(OSError):
            console.complain(error.messages)
        return error.code
    except KeyboardInterrupt:
        return console.EXIT_INTERRUPTED
    except BrokenPipeError:
        _forget(sys.stdout)
        return console.EXIT_PIPE_CLOSED
    except OSError as error:
        return _cannot_write(error)
    return code


def _perform(argv: Sequence[str], entry_points: EntryPoints) -> int:
    if list(argv) == ["--version"]:  # argparse would not report a failed write
        print(VERSION_LINE, flush=True)
        return 0
    try:
        options = parse_arguments(argv)
    except SystemExit as done:  # --help, and --version among other options
        return int(done.code or 0)
    module = import_module(f"sts_tui.cli.{COMMANDS[options.command].module}")
    return int(module.perform(options, entry_points))


def _open_closed_streams() -> bool:
    """Replace streams that were closed before Python started, for which it has None; return False if stdout
    was closed.
    """
    had_stdout = sys.stdout is not None
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115 (stays open until the process ends)
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    return had_stdout


def _replace_unprintable_symbols(stream: TextIO) -> None:
    """Print `?` for a symbol that the terminal cannot show."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")


def _cannot_write(error: OSError) -> int:
    """Report a full disk behind stdout or stderr, or an invalid path, in one line; return exit code 2."""
    name = error.filename or "standard output"
    with suppress(OSError):
        console.complain([f"{name}: {(error.strerror or str(error)).lower()}"])
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            _forget(stream)
    return console.EXIT_UNUSABLE


def _forget(stream: TextIO) -> None:
    """Discard what is still buffered, so that exiting prints no second error."""
    with suppress(OSError):
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, stream.fileno())
