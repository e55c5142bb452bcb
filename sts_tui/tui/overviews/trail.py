"""The trail that is open: who used which key from where, and where the model disagrees and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sts_tui.tui.dialogs.reading import ReadingScreen
from sts_tui.tui.text.styled_text import Line, Span, Style, one_line

if TYPE_CHECKING:
    from sts_tui.tui.host import Host

_SHOWN: Final = 500
"""Entries of a list."""
_HEADINGS: Final = ("Who used which key from where", "Disagreements", "What if")
_STYLES: Final[tuple[tuple[str, Style], ...]] = (
    ("    likely cause:", "warning"),
    ("  disagree:", "warning"),
    ("  not read:", "warning"),
    ("  suspect", "deny"),
    ("  legitimate", "warning"),
    ("  assumed:", "muted"),
    ("    from ", "muted"),
)


def open_trail_report(app: Host) -> None:
    """Shows all that `sts-tui replay` prints about this trail."""
    from sts_tui.trail.replayed import Replayed
    from sts_tui.trail.report import lines_of

    trail = app.trail
    if trail is None:
        return
    lines = list(lines_of(Replayed(replay=trail.replay), _SHOWN))
    if trail.left_out:
        lines.insert(1, f"  the log holds the newest requests; {trail.left_out} older ones are counted only")
    what_if = ("what if", lambda: app.perform("otherwise"))
    app.ask(ReadingScreen("Trail", styled(lines), also=what_if), app.copied("trail report"))


def styled(lines: list[str]) -> list[tuple[Line, int]]:
    """The lines of a report; texts of the trail are shown literally."""
    return [((Span(one_line(text), _style(text)),), len(text) - len(text.lstrip()) + 2) for text in lines]


def _style(text: str) -> Style:
    if text in _HEADINGS:
        return "strong"
    return next((style for begins, style in _STYLES if text.startswith(begins)), "plain")
