"""The command bar: one line of the tour grammar, with completion and history."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input


class CommandLine(Input):
    """Opens with `:`. Up and down go through history, right or tab take the completion."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close", show=False),
        Binding("up", "recall(-1)", "Earlier", show=False),
        Binding("down", "recall(1)", "Later", show=False),
        Binding("tab", "complete", "Complete", show=False, priority=True),
    ]

    class Entered(Message):
        """A line to be performed."""

        def __init__(self, line: str) -> None:
            super().__init__()
            self.line = line

    class Closed(Message):
        """Back to the panes."""

    def __init__(self, *, id: str | None = None, suggester: Suggester | None = None) -> None:
        super().__init__(
            id=id, compact=True, select_on_focus=False, suggester=suggester,
            placeholder=": aws sts assume-role …   as WHO   request ACTION RESOURCE   revoke ROLE   wait 15m   tab completes",
        )  # fmt: skip
        self.history: list[str] = []
        self._position = 0

    def open(self, text: str = "") -> None:
        self.display = True
        self.value = text
        self.cursor_position = len(text)
        self._position = len(self.history)
        self.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        line = self.value.strip().removeprefix(":").strip()
        if not line:
            self.action_close()
            return
        if self.history[-1:] != [line]:
            self.history.append(line)
        self._position = len(self.history)
        self.value = ""
        self.post_message(self.Entered(line))

    def action_recall(self, step: int) -> None:
        self._position = max(0, min(self._position + step, len(self.history)))
        self.value = self.history[self._position] if self._position < len(self.history) else ""
        self.cursor_position = len(self.value)

    def action_complete(self) -> None:
        if self._suggestion:
            self.action_cursor_right()

    def action_close(self) -> None:
        self.value = ""
        self.display = False
        self.post_message(self.Closed())
