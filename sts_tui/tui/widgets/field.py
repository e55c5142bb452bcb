"""A line to type in. Its cursor does not blink, so that a picture of it is always the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from textual.events import Paste
from textual.suggester import Suggester
from textual.widgets import Input

from sts_tui.tui.widgets.textual_internals import displayed_completion


class Completer(Suggester):
    """Shows the first completion dim behind the cursor; nothing where what is typed is complete already."""

    def __init__(self, complete: Callable[[str], Sequence[str]], *, in_thread: bool = False) -> None:
        """`complete` gives whole texts that begin with what is typed, case ignored, the likeliest first;
        `in_thread` where it may take longer than a frame.
        """
        super().__init__(use_cache=False, case_sensitive=True)
        self._complete = complete
        self._in_thread = in_thread

    async def get_suggestion(self, value: str) -> str | None:
        found = await asyncio.to_thread(self._complete, value) if self._in_thread else self._complete(value)
        if any(each.casefold() == value.casefold() for each in found):
            return None
        return next((each for each in found if each.casefold().startswith(value.casefold())), None)


class Field(Input):
    """Textual's Input, compact, unblinking, with the caret where one left it."""

    DEFAULT_CSS = "Field { scrollbar-size-horizontal: 0; }"

    def __init__(self, value: str = "", **options: Any) -> None:
        super().__init__(value, compact=True, select_on_focus=False, **options)
        self.set_reactive(Input.cursor_blink, False)

    def on_paste(self, event: Paste) -> None:
        """Takes all pasted text, on one line; Textual's Input keeps only the first line."""
        event.stop()
        event.prevent_default()
        self.insert_pasted(" ".join(part for each in event.text.splitlines() if (part := each.strip())))

    def insert_pasted(self, text: str) -> None:
        """Replaces the selection, or inserts at the cursor."""
        selection = self.selection
        self.replace(text, *sorted((selection.start, selection.end)))

    def accept_completion(self) -> bool:
        """Takes the completion that is displayed behind the cursor; whether there was one."""
        shown = displayed_completion(self)
        if len(shown) <= len(self.value):
            return False
        self.value = shown
        self.cursor_position = len(shown)
        return True
