"""What does the explorer ask before it quits with unsaved work?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sts_tui.tui.dialogs.confirm import ConfirmScreen
from sts_tui.tui.text.styled_text import line, one_line

if TYPE_CHECKING:
    from sts_tui.simulation.journal.journal import Journal


class QuitScreen(ConfirmScreen):
    """Returns True only if the button was pressed."""

    def __init__(self, journal: Journal, save_key: str) -> None:
        """`save_key` saves the account file."""
        unsaved = journal.unsaved
        count = max(0, journal.commands - unsaved.since + 1) if unsaved is not None else 0
        since = unsaved.since_command if unsaved is not None else ""
        super().__init__(
            "Quit although work is not saved?",
            [
                ("Lost", [line((_lost(count, since), "warning"))]),
                ("Reason", [line(one_line(unsaved.reason if unsaved is not None else ""))]),
                ("To keep it", [line("Cancel and make room: it is saved then, and when you quit.")]),
                ("", [line(f"Or cancel and press {save_key} to save the account file somewhere else.")]),
            ],
            "Quit",
            "",
        )


def _lost(count: int, since: str) -> str:
    if not count:
        return "the passage of time; no command yet"
    return f"{count} command{'' if count == 1 else 's'}, since {since}"
