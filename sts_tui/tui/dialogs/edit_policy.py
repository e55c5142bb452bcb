"""The policy editor: checked at every key by AWS's rules; the call that writes the policy is shown below."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import TextArea

from sts_tui.tui.dialogs.dialog import Dialog, Question
from sts_tui.tui.dialogs.pending_call import DryRun
from sts_tui.tui.text.styled_text import Span, line, one_line
from sts_tui.tui.widgets.document import Document

HINT: Final = "^s save   esc cancel   ^l show the whole call   ^y copy it   ^e $EDITOR"
UNSAVED_HINT: Final = "unsaved changes: ^s save, esc again discards them"
CALL_HINT: Final = "j k scroll   ^y copy   ^s save   esc back to the policy"
BRIEF: Final = 7
"""Lines of the verdict and the call during editing."""
ROWS_BESIDES: Final = 5
"""Rows of the box beside the call when it is shown whole."""


class EditPolicyScreen(Question[str]):
    """Returns the text. `check` does the dry run; it changes nothing."""

    DEFAULT_CSS = """
    EditPolicyScreen TextArea { height: 1fr; border: none; background: $panel; padding: 0; }
    EditPolicyScreen Document { margin-top: 1; }
    EditPolicyScreen.-call TextArea { height: 2; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave", show=False, priority=True),
        Binding("ctrl+s", "save", "Save", show=False, priority=True),
        Binding("ctrl+e", "editor", "Editor", show=False, priority=True),
        Binding("ctrl+l", "call", "The whole call", show=False, priority=True),
        Binding("ctrl+y", "copy", "Copy the call", show=False, priority=True),
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
        self._command = ""
        self._is_warned = False
        """Whether escape was pressed since the last change."""

    def compose(self) -> ComposeResult:
        with Dialog(self._title, HINT):
            area = TextArea(self._text, soft_wrap=True, show_line_numbers=True, tab_behavior="indent")
            area.cursor_blink = False
            yield area
            yield Document(most=BRIEF)

    def on_mount(self) -> None:
        self.query_one(TextArea).focus()
        self._say()

    def on_text_area_changed(self) -> None:
        self._is_warned = False
        self.query_one(Dialog).border_subtitle = CALL_HINT if self.has_class("-call") else HINT
        self._say()

    def on_resize(self) -> None:
        self._make_room()

    def _make_room(self) -> None:
        room = self.size.height * 96 // 100 - ROWS_BESIDES
        self.query_one(Document).limit(max(BRIEF, room) if self.has_class("-call") else BRIEF)

    def _say(self) -> None:
        tried = self._check(self.query_one(TextArea).text)
        self._command = tried.command
        effect = line((f"  {self._effect}", "muted")) if tried.is_allowed else ()
        head = (*tried.verdict, *effect)
        command = (Span(one_line(tried.command), "muted"),)
        details = [] if self.has_class("-call") else [(head, 4), *((each, 4) for each in tried.lines)]
        self.query_one(Document).show([*details, (command, 4)])

    def action_save(self) -> None:
        self.dismiss(self.query_one(TextArea).text)

    def action_call(self) -> None:
        """Switches between the policy and the whole call."""
        self.toggle_class("-call")
        shows_call = self.has_class("-call")
        self._make_room()
        self._say()
        self.query_one(Dialog).border_subtitle = CALL_HINT if shows_call else HINT
        (self.query_one(Document) if shows_call else self.query_one(TextArea)).focus()

    def action_leave(self) -> None:
        """Changes are never lost by one key."""
        is_edited = self.query_one(TextArea).text != self._text
        if self.has_class("-call"):
            self.action_call()
        elif is_edited and not self._is_warned:
            self._is_warned = True
            self.query_one(Dialog).border_subtitle = UNSAVED_HINT
        else:
            super().action_leave()

    def action_copy(self) -> None:
        self.copy_briefly("command", self._command)

    def action_editor(self) -> None:
        """Opens a copy in $EDITOR; the saved text replaces the one here."""
        text = self._editor(self.query_one(TextArea).text)
        if text is not None:
            self.query_one(TextArea).text = text
