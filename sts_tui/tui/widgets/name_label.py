"""A name in a form, which shows what fits of it: cut between words, never at the edge of the box."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Label

from sts_tui.tui.text.styled_text import cells, shorten


class NameLabel(Label):
    """The name, and words after it that are always whole."""

    def __init__(self, name: str, after: str = "", *, id: str | None = None) -> None:
        super().__init__(Content(name + after), id=id)
        self._whole, self._after = name, after

    def on_resize(self) -> None:
        room = self.size.width - cells(self._after)
        if room > 0:
            self.update(Content(shorten(self._whole, room, middle=True) + self._after))
