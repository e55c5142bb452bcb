"""Did an earlier explorer of these files end without being quit? One sentence says how to continue it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from sts_tui.tui.start.persistence import JournaledSimulation, left_work

if TYPE_CHECKING:
    from sts_tui.tui.app import StsApp


def left_work_sentence(kept: JournaledSimulation, files: Sequence[Path], *, is_own: bool) -> str:
    """What can be continued, and how; empty where nothing can. `is_own`: the files are not the sample."""
    found = None
    with suppress(OSError, LookupError):  # the files are gone meanwhile
        found = left_work(files, kept.store.path)
    if found is None:
        return ""
    today = datetime.now().date()  # noqa: DTZ005, TID251 (a front end, in the user's time)
    when = f"{found.ended:%H:%M}" if found.ended.date() == today else f"{found.ended:%d %B, %H:%M}"
    commands = f"{found.commands} command{'' if found.commands == 1 else 's'}"
    commands = commands if found.commands else "with an unsaved policy text"
    line = shlex.join(["sts-tui", *(str(file) for file in files if is_own), "--resume"])
    return f"An explorer of this file ended without being quit ({when}, {commands}): {line} continues it."


def report_left_work(app: StsApp, kept: JournaledSimulation, files: Sequence[Path], *, is_own: bool) -> None:
    """Reads the journals in the background and says so on the bottom line."""

    def work() -> None:
        if sentence := left_work_sentence(kept, files, is_own=is_own):
            with suppress(RuntimeError):  # the explorer has ended
                app.call_later(app.say, sentence, "warning")

    Thread(target=work, name="left-work", daemon=True).start()
