"""The console script: knows both front ends, and imports the explorer only when it is opened.

Nothing is imported before the version is printed: what a command needs takes longer than Python itself.
"""

from __future__ import annotations

import gc
import sys

from sts_tui import VERSION_LINE

INTERRUPTED = 130
"""As shells report a command that SIGINT ended."""
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
    if not (has_terminal or options.reader or "TEXTUAL_DRIVER" in os.environ):  # textual-serve brings its own
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


def collect_seldom() -> None:
    """Look for garbage seldom: nearly all that is made here (a loaded account, its compiled policies, the
    log) lives as long as the process, and looking through it again and again doubles the time of compiling.
    """
    gc.set_threshold(100_000, 50, 100)


def _has_printed(line: str) -> bool:
    """Whether the line went out; where it did not, the parser's way says why not."""
    try:
        print(line, flush=True)
    except (OSError, ValueError, AttributeError):
        return False
    return sys.stdout is not None


def main() -> None:
    """Run the command that the arguments name."""
    if sys.argv[1:] == ["--version"] and _has_printed(VERSION_LINE):
        return
    try:
        code = _run()
    except Exception as error:  # a fault of ours ends with one line and a crash log
        code = _fail(error)
    except KeyboardInterrupt:  # while modules are imported
        code = INTERRUPTED
    gc.freeze()  # the process ends: Python need not look through all that was made once more
    sys.exit(code)


def _run() -> int:
    collect_seldom()
    from sts_tui.start_up.own_modules import find_own_modules

    find_own_modules()
    from sts_tui.start_up.lean_imports import import_lean

    import_lean()
    from sts_tui.cli.entry_points import EntryPoints
    from sts_tui.cli.main import run

    return run(sys.argv[1:], EntryPoints(explore=_explore, shoot=_shoot, notes=_notes))


def _fail(error: Exception) -> int:
    """One line about an error of ours; the traceback goes into the crash log, without local variables."""
    from sts_tui.account.writing.crash_log import internal_error

    try:
        print(f"sts-tui: {internal_error(error)}", file=sys.stderr)
    except (OSError, ValueError, AttributeError):
        return 1
    return 1


if __name__ == "__main__":
    main()
