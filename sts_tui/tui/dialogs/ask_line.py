"""A dialog with one input line whose answer is updated at every key."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input, Label

from sts_tui.tui.dialogs.dialog import Dialog, Question
from sts_tui.tui.text.styled_text import Line, one_line
from sts_tui.tui.widgets.document import Document
from sts_tui.tui.widgets.field import Field


class AskLineScreen(Question[str]):
    """Returns the line when enter is pressed. A line that cannot be used stays in the field to be
    corrected.
    """

    DEFAULT_CSS = """
    AskLineScreen .ask { height: 1; margin-bottom: 1; }
    AskLineScreen .ask Label { width: 16; color: $muted; }
    """

    def __init__(
        self,
        title: str,
        label: str,
        value: str,
        answer: Callable[[str], Sequence[Line]],
        *,
        hint: str = "enter or esc close",
        is_usable: Callable[[str], bool] = lambda _: True,
    ) -> None:
        super().__init__()
        self._is_usable = is_usable
        self._title = one_line(title)
        self._label = label
        self._value = value
        self._answer = answer
        self._hint = hint

    def compose(self) -> ComposeResult:
        with Dialog(self._title, self._hint):
            with Horizontal(classes="ask"):
                yield Label(self._label, markup=False)
                yield Field(self._value)
            yield Document(can_focus=False, most=14)

    def on_mount(self) -> None:
        field = self.query_one(Input)
        field.focus()
        field.action_select_all()  # what is typed replaces the suggestion
        self._show(self._value)

    def on_input_changed(self, event: Input.Changed) -> None:
        self._show(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if self._is_usable(event.value):
            self.dismiss(event.value)

    def _show(self, text: str) -> None:
        self.query_one(Document).show([(each, 4) for each in self._answer(text)])
