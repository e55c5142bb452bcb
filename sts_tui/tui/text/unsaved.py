"""With which words does the screen report that work is not saved?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sts_tui.simulation.journal.journal import Journal

SAVED_AGAIN = "All work is saved."


def unsaved_sentence(journal: Journal | None) -> str:
    """Since which command work is not saved, and why; empty where it is, and where there is no journal."""
    return f"Work is {journal.trouble}." if journal is not None and journal.trouble else ""
