"""How does a command line become an exit code? One command is run; user errors never show a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TextIO

from sts_tui.cli import console
from sts_tui.cli.arguments import parse_arguments
from sts_tui.cli.commands import COMMANDS
from sts_tui.cli.entry_points import EntryPoints


def run(argv: Sequence[str], entry_points: EntryPoints) -> int:
    """Run one command; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        _never_fail_on_symbols(stream)
    try:
        options = parse_arguments(argv)
        module = import_module(f"sts_tui.cli.{COMMANDS[options.command].module}")
        code = int(module.perform(options, entry_points))
        sys.stdout.flush()
    except console.UserError as error:
        console.complain(error.messages)
        return error.code
    except SystemExit as done:  # --help and --version
        return int(done.code or 0)
    except KeyboardInterrupt:
        return console.EXIT_INTERRUPTED
    except BrokenPipeError:
        _forget_stdout()
        return console.EXIT_PIPE_CLOSED
    return code


def _never_fail_on_symbols(stream: TextIO) -> None:
    """Print `?` for a symbol that the terminal cannot show."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")


def _forget_stdout() -> None:
    """The reader is gone (`| head`): discard what is still buffered, so that exiting prints no error."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, sys.stdout.fileno())
