"""What does `validate` warn about in the account files that the explorer has opened?"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Final

from sts_tui.account.diagnostics.diagnostic import AccountFileError, Diagnostic
from sts_tui.simulation.opening.model_files import read_model
from sts_tui.tui.opening_messages import warning_messages
from sts_tui.tui.text.styled_text import line

if TYPE_CHECKING:
    from sts_tui.tui.app import StsApp


LARGE: Final = 2_000_000
"""Bytes of account files above which a process of its own checks them."""


def warnings_of(files: Sequence[Path]) -> tuple[Diagnostic, ...]:
    """What `validate` warns about; nothing where a file has errors by now, or is gone."""
    try:
        if sum(file.stat().st_size for file in files) > LARGE:
            from sts_tui.tui.start.warnings_process import warnings_of_process

            return warnings_of_process(files)
        return read_model(files, vocabulary=True).warnings
    except (AccountFileError, OSError):
        return ()


def report_all_warnings(app: StsApp, files: Sequence[Path]) -> None:
    """Reads the files once more in the background, now with every check of `validate`, and reports what the
    first reading did not: comparing every word of a large account with AWS's lists takes longer than opening
    it. A file that has changed meanwhile, or is gone, is skipped.
    """
    shown = app.command_log.status

    def work() -> None:
        found = warnings_of(files)
        with suppress(RuntimeError):  # the explorer has ended
            app.call_later(report, found)

    def report(found: Sequence[Diagnostic]) -> None:
        earlier = app.simulation.warnings
        more = [each for each in found if each not in earlier]
        app.simulation.warnings = (*earlier, *more)
        for text in warning_messages(more, app.keymap, app.command_log, len(earlier)):
            if app.command_log.status == shown:
                app.say(text, "warning")
            else:  # something newer is on the bottom line
                app.command_log.add_message(line((text, "warning")))

    Thread(target=work, name="warnings", daemon=True).start()
