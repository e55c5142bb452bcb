"""Editing a policy: text in, checked at every key by AWS's own rules, the call that writes it out."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import TextArea

from sts_tui.tui.intent import DryRun
from sts_tui.tui.pieces import Line, Piece, line, one_line
from sts_tui.tui.screens.dialog import Dialog, Question
from sts_tui.tui.widgets.document import Document


class EditPolicyScreen(Question[str]):
    """Answers with the text; `check` says what AWS would answer to it, and changes nothing."""

    DEFAULT_CSS = """
    EditPolicyScreen TextArea { height: 1fr; border: none; background: $panel; padding: 0; }
    EditPolicyScreen Document { margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave", show=False, priority=True),
        Binding("ctrl+s", "save", "Save", show=False, priority=True),
        Binding("ctrl+e", "editor", "Editor", show=False, priority=True),
    ]

    def __init__(
        self,
        title: str,
        text: str,
        effect: str,
        check: Callable[[str], DryRun],
        editor: Callable[[str], str | None],
    ) -> None:
        super().__init__()
        self._title = one_line(title)
        self._text = text
        self._effect = effect
        self._check = check
        self._editor = editor

    def compose(self) -> ComposeResult:
        with Dialog(self._title, "^s saves: the call below   ^e opens $EDITOR   esc leaves"):
            area = TextArea(self._text, soft_wrap=True, show_line_numbers=True, tab_behavior="indent")
            area.cursor_blink = False
            yield area
            yield Document(can_focus=False, most=7)

    def on_mount(self) -> None:
        self.query_one(TextArea).focus()
        self._say()

    def on_text_area_changed(self) -> None:
        self._say()

    def _say(self) -> None:
        tried = self._check(self.query_one(TextArea).text)
        head: Line = (
            line(("+ AWS would take it", "allow"), (f"  {self._effect}", "muted"))
            if tried.is_allowed
            else line(("✖ AWS would refuse it", "denied"), f"  {one_line(tried.result)}")
        )
        command = (Piece(one_line(tried.command), "muted"),)
        self.query_one(Document).show([(head, 4), *((each, 4) for each in tried.lines), (command, 4)])

    def action_save(self) -> None:
        self.dismiss(self.query_one(TextArea).text)

    def action_editor(self) -> None:
        """$EDITOR on a copy; what was saved there comes back here."""
        text = self._editor(self.query_one(TextArea).text)
        if text is not None:
            self.query_one(TextArea).text = text
