"""A text area for JSON: colored as it is typed, faults marked, words completed.

Uses Textual's public hooks only: `get_line` returns a styled line, `update_suggestion` runs after each edit,
and `notify_style_update` forgets the lines drawn so far. Textual's own highlighting needs tree-sitter, which
is a native dependency that has ended the process with some versions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Final

from msgspec import Struct
from rich.style import Style as RichStyle
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea
from textual.widgets.text_area import TextAreaTheme

from sts_tui.tui.text import theme
from sts_tui.tui.text.json_source import JsonPlace, colored, place_before

_UNDERLINE: Final = RichStyle(underline=True)


class Mark(Struct, frozen=True, kw_only=True):
    """A fault in the text."""

    line: int
    """Counted from 0."""
    start: int
    """The first column, from 0."""
    end: int
    """The column after the last."""
    is_error: bool
    """AWS would refuse the document; otherwise a warning."""


class JsonArea(TextArea):
    """Tab or right take the displayed completion, ctrl+n the next one; without one tab indents."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "accept", "Accept the completion", show=False, priority=True),
        Binding("ctrl+n", "next_word", "Next completion", show=False, priority=True),
    ]

    class Offered(Message):
        """The words that complete what is typed have changed."""

    def __init__(self, text: str, ask: Callable[[JsonPlace], None]) -> None:
        """`ask` requests the words at a place; the answer is passed to `offer`."""
        self._ask = ask  # before Textual's part, which moves the cursor already
        self._marks: dict[int, list[Mark]] = {}
        self._place: JsonPlace | None = None
        self.words: tuple[str, ...] = ()
        """Whole words that begin with what is typed, the displayed one first."""
        super().__init__(text, soft_wrap=True, show_line_numbers=True, tab_behavior="indent")
        self.cursor_blink = False

    def on_mount(self) -> None:
        self.watch(self.app, "theme", self._take_theme)

    def _take_theme(self) -> None:
        """The line of the cursor has a background only: its words keep their colors."""
        name = f"json-{self.app.theme}"
        self.register_theme(TextAreaTheme(name, cursor_line_style=theme.behind(self.app, "$cursor-row")))
        self.theme = name

    # Colors ---------------------------------------------------------------------------------------------

    def get_line(self, line_index: int) -> Text:
        line = super().get_line(line_index)
        for start, end, style in colored(line.plain):
            line.stylize(theme.rich_style(self.app, style), start, end)
        for mark in self._marks.get(line_index, ()):
            looks = theme.rich_style(self.app, "denied" if mark.is_error else "warning")
            line.stylize(looks + _UNDERLINE, mark.start, mark.end)
        return line

    def mark(self, marks: Sequence[Mark]) -> None:
        """Shows these faults in place of the earlier ones."""
        by_line: dict[int, list[Mark]] = {}
        for one in marks:
            by_line.setdefault(one.line, []).append(one)
        if by_line != self._marks:
            self._marks = by_line
            self.notify_style_update()
            self.refresh()

    # Completion ------------------------------------------------------------------------------------------

    def update_suggestion(self) -> None:
        """Asks for the words at the cursor; until they come nothing is displayed."""
        self._place = self._find_place()
        if self._place is None:
            self._set_words(())
        elif self.words and self._begins(self.words[0], self._place.typed):
            self._set_words([word for word in self.words if self._begins(word, self._place.typed)])
            self._ask(self._place)
        else:
            self._set_words(())
            self._ask(self._place)

    def watch_selection(self) -> None:
        """The cursor has moved; after an edit the place is found anyway."""
        if self._place is not None and self._find_place() != self._place:
            self._place = None
            self._set_words(())

    def offer(self, place: JsonPlace, words: Sequence[str]) -> None:
        """The words at a place; without effect where the cursor is elsewhere by now."""
        if place == self._place:
            self._set_words([word for word in words if self._begins(word, place.typed)])

    def _find_place(self) -> JsonPlace | None:
        """None inside a word: only its end is completed."""
        row, column = self.cursor_location
        following = self.document.get_line(row)[column : column + 1]
        if not self.selection.is_empty or following not in ("", '"'):
            return None
        return place_before(self.get_text_range((0, 0), (row, column)))

    @staticmethod
    def _begins(word: str, typed: str) -> bool:
        return len(word) > len(typed) and word.casefold().startswith(typed.casefold())

    def _set_words(self, words: Sequence[str]) -> None:
        if self.words != tuple(words):
            self.words = tuple(words)
            self.post_message(self.Offered())
        typed = self._place.typed if self._place is not None else ""
        self.suggestion = self.words[0][len(typed) :] if self.words else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Tab indents as long as no completion is displayed."""
        if action in ("accept", "next_word"):
            return bool(self.words)
        return super().check_action(action, parameters)

    def action_accept(self) -> None:
        if self.words:
            self.take(self.words[0])

    def take(self, word: str) -> None:
        """The word takes the place of what is typed of it, in AWS's case."""
        if self._place is not None:
            row, column = self.cursor_location
            self.replace(word, (row, column - len(self._place.typed)), (row, column))

    def action_cursor_right(self, select: bool = False) -> None:
        if self.words and not select:
            self.action_accept()
        else:
            super().action_cursor_right(select)

    def action_next_word(self) -> None:
        self._set_words([*self.words[1:], self.words[0]])

    def go_to(self, line: int, column: int) -> None:
        """Both counted from 0."""
        self.move_cursor((line, column), center=True)
