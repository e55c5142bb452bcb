"""The command bar: one line of the tour grammar, with completion and history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Paste
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input

from sts_tui.tui.text.styled_text import one_line
from sts_tui.tui.widgets.field import Field


class _Completions(Suggester):
    """Shows the first completion dim behind the cursor."""

    def __init__(self, command_line: CommandLine) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._command_line = command_line

    async def get_suggestion(self, value: str) -> str | None:
        found = self._command_line.complete(value)
        return found[0] if found else None


class CommandLine(Field):
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

    class Waiting(Message):
        """Pasted lines wait for the one in the bar."""

    class Dropped(Message):
        """The bar was closed: this many pasted lines are not performed."""

        def __init__(self, count: int) -> None:
            super().__init__()
            self.count = count

    class Closed(Message):
        """Back to the panes."""

    def __init__(self, complete: Callable[[str], list[str]], *, id: str | None = None) -> None:
        """`complete`: whole lines that begin with what is typed, the likeliest first."""
        super().__init__(
            id=id,
            suggester=_Completions(self),
            placeholder=": aws sts assume-role …  as WHO  request ACTION RESOURCE  revoke ROLE  wait 15m",
        )
        self.history: list[str] = []
        self.complete = complete
        self.waiting: list[str] = []
        """Pasted lines that follow the one in the bar; each opens when the one before it was performed."""
        self._offered: list[str] = []
        self._position = 0

    def open(self, text: str = "") -> None:
        self.display = True
        self.value = text
        self.cursor_position = len(text)
        self._position = len(self.history)
        self.screen.set_focus(self)  # at once: `focus()` is later, and the next key would be an action

    def on_paste(self, event: Paste) -> None:
        """The first line of what is pasted goes into the bar; the others wait."""
        event.stop()
        event.prevent_default()
        lines = steps_of(event.text)
        if lines:
            self.insert_pasted(lines[0])
            self.wait_with(lines[1:])
            self.post_message(self.Waiting())

    def wait_with(self, lines: Sequence[str]) -> None:
        """Lines to offer after this one."""
        self.waiting = [*lines, *self.waiting]

    def next_waiting(self) -> str:
        """Takes the next pasted line from those that wait; empty: there is none."""
        return self.waiting.pop(0) if self.waiting else ""

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
        """The next completion: tab again for the one after it."""
        if self.value in self._offered:
            following = self._offered[(self._offered.index(self.value) + 1) % len(self._offered)]
        else:
            self._offered = self.complete(self.value)
            following = self._offered[0] if self._offered else self.value
        self.value = following
        self.cursor_position = len(following)
        if len(self._offered) == 1:
            self._offered = []

    def close(self) -> None:
        """Empties and hides it; the caller moves the focus."""
        self.value = ""
        self.display = False

    def action_close(self) -> None:
        self.close()
        self.post_message(self.Closed())
        if self.waiting:
            self.post_message(self.Dropped(len(self.waiting)))
            self.waiting = []


def steps_of(pasted: str) -> list[str]:
    """The lines to perform, as the bar shows them."""
    from sts_tui.tours.reading.words import pasted_lines  # only where something is pasted

    lines = (one_line(each).strip().removeprefix(":").strip() for each in pasted_lines(pasted))
    return [each for each in lines if each]
