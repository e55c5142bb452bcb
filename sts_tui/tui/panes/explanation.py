"""Pane 5: why the selected request was allowed or denied."""

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
        "The selected request: the verdict, the statement that decided, and every policy type in the order "
        "AWS evaluates them. For a statement that does not match: the first element that failed, with the "
        "policy's value beside the request's."
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
        nothing = [((Span("Select a request in pane 4 to see its explanation.", "muted"),), 0)]
        self.document.show(lines or nothing)
