"""What does the console script do? It runs a command, and imports the explorer only when it is opened.

Nothing is imported before the version is printed, because importing a command takes longer than starting
Python.
"""

from __future__ import annotations

import gc
import sys

from sts_tui import VERSION_LINE

INTERRUPTED = 130
"""The exit code that shells report for a command ended by SIGINT."""
TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from sts_tui.cli.entry_points import ExplorerOptions
    from sts_tui.tours.reading.steps import Tour


def _explore(options: ExplorerOptions) -> int:
    import os

    from sts_tui.cli.explorer import keys_from_the_terminal, refuse_without_terminal

    keys_from_the_terminal(options)
    has_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    if not (has_terminal or options.reader or "TEXTUAL_DRIVER" in os.environ):  # textual-serve sets its own
        refuse_without_terminal(options)
    from sts_tui.start_up.own_modules import find_own_modules

    find_own_modules("textual", "rich")
    from sts_tui.start_up.lean_screen import import_lean_screen

    import_lean_screen()
    from sts_tui.tui.start.open import open_explorer

    return open_explorer(options)


def _shoot(tour: Tour, folder: Path, options: ExplorerOptions, pictures: Path) -> int:
    from sts_tui.tui.stage.shoot import shoot

    return shoot(tour, folder, options, pictures)


def _notes(tour: Path) -> int:
    from sts_tui.tui.stage.notes_terminal import follow

    return follow(tour)


def collect_rarely() -> None:
    """Run the garbage collector rarely. Nearly all objects (a loaded account, its compiled policies, the log)
    exist as long as the process, and repeated collections would double the time of compiling.
    """
    gc.set_threshold(100_000, 50, 100)


def _has_printed(line: str) -> bool:
    """Print a line. Returns whether that succeeded; if not, the parser is used, which reports why."""
    try:
        print(line, flush=True)
    except (OSError, ValueError, AttributeError):
        return False
    return sys.stdout is not None


def main() -> None:
    """Run the command in the arguments."""
    if sys.argv[1:] == ["--version"] and _has_printed(VERSION_LINE):
        return
    try:
        code = _run()
    except Exception as error:  # an error of this program ends with one line and a crash log
        code = _fail(error)
    except KeyboardInterrupt:  # while modules are imported
        code = INTERRUPTED
    gc.freeze()  # the process ends: skip the last garbage collection
    sys.exit(code)


def _run() -> int:
    collect_rarely()
    from sts_tui.start_up.own_modules import find_own_modules

    find_own_modules()
    from sts_tui.start_up.lean_imports import import_lean

    import_lean()
    from sts_tui.cli.entry_points import EntryPoints
    from sts_tui.cli.main import run

    return run(sys.argv[1:], EntryPoints(explore=_explore, shoot=_shoot, notes=_notes))


def _fail(error: Exception) -> int:
    """Print one line about an error of this program. The traceback goes to the crash log, without local
    variables.
    """
    from sts_tui.account.writing.crash_log import internal_error

    try:
        print(f"sts-tui: {internal_error(error)}", file=sys.stderr)
    except (OSError, ValueError, AttributeError):
        return 1
    return 1


if __name__ == "__main__":
    main()
