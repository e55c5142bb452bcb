"""Pane 5: why the chosen request was answered as it was."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.widget import Widget

from sts_tui.tui.panes.pane import Pane
from sts_tui.tui.text.styled_text import Line, Span, one_line
from sts_tui.tui.widgets.document import Document


class ExplanationPane(Pane):
    """Input: `show(title, lines)`."""

    NUMBER = "5"
    TITLE = "Explanation"
    HELP = (
        "The chosen request, policy type by policy type, in the order in which AWS looks at them: the "
        "verdict first, then which statement decided, and for statements that did not apply the first "
        "element that failed, with what the policy wants beside what the request had."
    )

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.document = Document(id="explanation")

    def compose(self) -> ComposeResult:
        yield self.document

    def on_mount(self) -> None:
        self.show_explanation("", [])

    def main_widget(self) -> Widget:
        return self.document

    def show_explanation(self, title: str, lines: Sequence[tuple[Line, int]]) -> None:
        self.set_title(one_line(title))
        nothing = [((Span("Choose a request in pane 4: its explanation appears here.", "muted"),), 0)]
        self.document.show(lines or nothing)
