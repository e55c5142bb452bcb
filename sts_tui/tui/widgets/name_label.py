"""A name in a form, which shows what fits of it: cut between words, never at the edge of the box."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Label

from sts_tui.tui.text.distinct_names import without_common
from sts_tui.tui.text.styled_text import cells


class NameLabel(Label):
    """The name, and words after it that are always whole."""

    def __init__(
        self, name: str, after: str = "", *, common: frozenset[str] = frozenset(), id: str | None = None
    ) -> None:
        """`common`: words that nearly all names have, which are left out first."""
        super().__init__(Content(name + after), id=id)
        self._whole, self._after, self._common = name, after, common

    def on_resize(self) -> None:
        room = self.size.width - cells(self._after)
        if room > 0:
            self.update(Content(without_common(self._whole, self._common, room) + self._after))
