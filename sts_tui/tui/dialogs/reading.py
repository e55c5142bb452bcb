"""A dialog to read a text: an explanation, a log, the screen as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from sts_tui.tui.dialogs.dialog import Dialog, Question
from sts_tui.tui.text.styled_text import Line, Span, one_line, text_of
from sts_tui.tui.widgets.document import Document


class ReadingScreen(Question[str]):
    """Shows lines; `y` returns the whole text, for the clipboard."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,x,enter", "leave", "Close", show=False),
        Binding("y", "copy", "Copy", show=False),
    ]

    def __init__(self, title: str, lines: Sequence[tuple[Line, int]], hint: str = "") -> None:
        super().__init__()
        self._title = one_line(title)
        self._lines = lines
        self._hint = hint or "j k scroll   y copy   esc close"

    @classmethod
    def of_text(cls, title: str, lines: Sequence[str]) -> ReadingScreen:
        return cls(title, [((Span(each),), 2) for each in lines])

    def compose(self) -> ComposeResult:
        with Dialog(self._title, self._hint):
            yield Document(id="reading")

    def on_mount(self) -> None:
        document = self.query_one(Document)
        document.show(self._lines)
        document.focus()

    def action_copy(self) -> None:
        self.dismiss("\n".join(text_of(spans) for spans, _ in self._lines))
