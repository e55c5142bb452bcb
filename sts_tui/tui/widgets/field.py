"""A line to type in. Its cursor does not blink: nothing here does, and pictures are taken standing still."""

from __future__ import annotations

from typing import Any

from textual.widgets import Input

from sts_tui.tui.widgets.textual_internals import displayed_completion


class Field(Input):
    """Textual's Input, compact, unblinking, with the caret where one left it."""

    DEFAULT_CSS = "Field { scrollbar-size-horizontal: 0; }"

    def __init__(self, value: str = "", **options: Any) -> None:
        super().__init__(value, compact=True, select_on_focus=False, **options)
        self.set_reactive(Input.cursor_blink, False)

    def accept_completion(self) -> bool:
        """Takes the completion that is displayed behind the cursor; whether there was one."""
        shown = displayed_completion(self)
        if len(shown) <= len(self.value):
            return False
        self.value = shown
        self.cursor_position = len(shown)
        return True
