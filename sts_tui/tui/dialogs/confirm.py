"""Asks for confirmation before access is taken away: facts and two buttons, Cancel focused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.events import Key
from textual.widgets import Button

from sts_tui.tui.dialogs.dialog import Dialog, Question
from sts_tui.tui.text.styled_text import Line, Span, one_line
from sts_tui.tui.widgets.document import Document

Fact = tuple[str, Sequence[Line]]
"""(label, lines)"""
ROWS_BESIDES = 4
"""Rows of the box besides the facts: borders and buttons."""


class ConfirmScreen(Question[bool]):
    """Returns True only if the button was pressed."""

    FOCUSED: ClassVar[str] = "#cancel"
    """The button that has the focus first."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel", show=False),
        Binding("left,h,shift+tab", "app.focus_previous", "Other button", show=False),
        Binding("right,l,tab", "app.focus_next", "Other button", show=False),
        Binding("down,j,pagedown", "scroll(1)", "Read on", show=False),
        Binding("up,k,pageup", "scroll(-1)", "Read back", show=False),
        Binding("y", "copy", "Copy the command", show=False),
    ]

    def __init__(
        self,
        title: str,
        facts: Sequence[Fact],
        verb: str,
        command: str,
        count: int = 1,
        facts_now: Callable[[], Sequence[Fact]] | None = None,
    ) -> None:
        """`count`: how many things are affected; if more than one, typing the number confirms. `facts_now`:
        the facts at a later instant; None where they do not change.
        """
        super().__init__()
        self._count = str(count) if count > 1 else ""
        self._typed = ""
        self._title = one_line(title)
        self._facts = facts
        self._facts_now = facts_now
        self._verb = verb
        self._command = command

    def compose(self) -> ComposeResult:
        hint = "tab other button   enter press   esc cancel   y copy"
        if self._count:
            hint = f"type {self._count} to {self._verb.lower()} all   {hint}"
        with Dialog(self._title, hint, is_danger=True):
            yield Document(id="facts", can_focus=False, most=16)
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button(self._verb, id="confirm", classes="-danger", compact=True)

    def on_mount(self) -> None:
        self._show_facts()
        self.query_one(self.FOCUSED, Button).focus()

    def time_passed(self) -> None:
        if self._facts_now is not None:
            self._facts = self._facts_now()
            self._show_facts()

    def _show_facts(self) -> None:
        lines: list[tuple[Line, int]] = []
        for label, texts in self._facts:
            for number, spans in enumerate(texts):
                lines.append(((Span(f"{label if number == 0 else '':<13}", "muted"), *spans), 13))
        self.query_one(Document).show(lines, keep_scroll=True)

    def on_resize(self) -> None:
        """Keeps the buttons visible at every size; the facts scroll."""
        self.query_one(Document).limit(max(2, self.size.height * 94 // 100 - ROWS_BESIDES))

    def action_scroll(self, direction: int) -> None:
        self.query_one(Document).action_half_page(direction)

    def on_key(self, event: Key) -> None:
        """Typing the number of things confirms, so that no single key makes a large change."""
        if not self._count or not (event.character or "").isdigit():
            self._typed = ""
            return
        self._typed = (self._typed + (event.character or ""))[-len(self._count) :]
        if self._typed == self._count:
            self.dismiss(True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "confirm")

    def action_copy(self) -> None:
        self.copy_briefly("command", self._command)
