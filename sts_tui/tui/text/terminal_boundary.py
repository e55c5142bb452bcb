"""Which control characters reach the terminal? None, from any widget.

Every line of every widget goes through the app's line filters on its way to the terminal, so this one place
covers panes, forms, titles, prompts, notifications and Textual's own widgets. Spans show control characters
in written form; whatever is left of them is removed here.
"""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

REPLACEMENT = "?"


class PrintableFilter(LineFilter):
    """Leaves printable characters only: no escape sequence, no C1, bidi or zero-width character, no break."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        if all(text.isprintable() or control for text, _, control in segments):
            return segments
        return [Segment(harmless(text), style, control) for text, style, control in segments]


def harmless(text: str) -> str:
    """As many cells as before: what takes a cell is replaced, what takes none is left out."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else REPLACEMENT * cell_len(c) for c in text)
