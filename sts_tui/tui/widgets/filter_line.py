"""The line that opens under a list after `/`."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from sts_tui.tui.widgets.field import Field


class FilterLine(Field):
    """Enter keeps the filter, escape removes it; both return to the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave(True)", "Clear", show=False),
        Binding("down", "leave(False)", "Back to the list", show=False),
    ]

    class Left(Message):
        """The user returned to the list."""

    def __init__(self) -> None:
        super().__init__(placeholder="deny !s3 field:word ~fuzzy")
        self.display = False

    def open(self) -> None:
        self.display = self.can_focus = True
        self.screen.set_focus(self)  # at once: the next key is typed

    def close(self) -> None:
        """Removes the filter; the focus stays where it is."""
        self.value = ""
        self.display = self.can_focus = False

    def on_blur(self) -> None:
        """Tab goes from pane to pane; `/` or a click opens the line again."""
        if self.app.app_focus:  # not where only the terminal lost the focus
            self.can_focus = False

    def on_click(self) -> None:
        self.open()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_leave(False)

    def action_leave(self, clear: bool) -> None:
        if clear or not self.value.strip():
            self.close()
        self.post_message(self.Left())
