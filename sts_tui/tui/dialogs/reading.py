"""A dialog to read a text: help, an explanation, a log, the screen as text. `/` searches it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from sts_tui.tui.dialogs.dialog import Dialog, Question
from sts_tui.tui.text.styled_text import Line, Span, cells, one_line, text_of, width_of
from sts_tui.tui.widgets.document import Document
from sts_tui.tui.widgets.field import Field

if TYPE_CHECKING:
    from sts_tui.tui.host import Host

BESIDE_TEXT: Final = 5
"""Cells of the box besides its text: borders, padding and the scrollbar."""
BESIDE_EDGE: Final = 8
"""Cells of the box besides its title or its hint."""
LEAST_WIDTH: Final = 80
"""Minimum width of the box in cells, where the terminal has them."""


class _SearchLine(Field):
    """The text to search for; enter returns to the document, escape ends the search."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "screen.end_search(True)", "Clear", show=False),
        Binding("down,tab,shift+tab", "screen.end_search(False)", "Back to the text", show=False),
    ]


class ReadingScreen(Question[str]):
    """Shows lines; `y` returns the whole text, for the clipboard."""

    DEFAULT_CSS = "ReadingScreen _SearchLine { display: none; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,x,enter", "leave", "Close", show=False),
        Binding("y", "copy", "Copy", show=False),
        Binding("slash", "search", "Search", show=False),
        Binding("D", "also", "The other thing", show=False),
        Binding("n", "next_match(1)", "Next match", show=False, id="next_match"),
        Binding("N", "next_match(-1)", "Previous match", show=False),
    ]

    def __init__(
        self,
        title: str,
        lines: Sequence[tuple[Line, int]],
        hint: str = "",
        also: tuple[str, Callable[[], object]] | None = None,
    ) -> None:
        """`also`: what D does after closing the text: in words, and as a function."""
        super().__init__()
        self._also = also
        self._title = one_line(title)
        self._lines = lines
        other = f"D {also[0]}   " if also else ""
        self._hint = hint or f"j k scroll   / search   {other}y copy   esc close"

    @classmethod
    def of_text(cls, title: str, lines: Sequence[str]) -> ReadingScreen:
        return cls(title, [((Span(each),), 2) for each in lines])

    def compose(self) -> ComposeResult:
        with Dialog(self._title, self._hint):
            yield Document(id="reading")
            yield self.search_line()

    BESIDES: ClassVar[int] = 2
    """Rows of the box besides its text: the borders, and what a subclass shows above it."""
    WIDEST: ClassVar[int] = 160
    """Maximum width of the box in cells, if its lines are that long."""

    def on_resize(self) -> None:
        self.make_room()

    def make_room(self) -> None:
        """Makes the box as high and as wide as its text; a long text scrolls."""
        widest = max((width_of(spans) for spans, _ in self._lines), default=0) + BESIDE_TEXT
        edges = max(map(cells, (self._title, self._hint))) + BESIDE_EDGE
        self.query_one(Dialog).styles.max_width = min(self.WIDEST, max(LEAST_WIDTH, edges, widest))
        search = 1 if self.query_one("#search", Field).display else 0
        room = self.size.height * 94 // 100 - self.BESIDES - search
        self.query_one("#reading", Document).limit(max(1, room))

    def search_line(self) -> Field:
        """The line that `/` opens."""
        return _SearchLine(placeholder="search", id="search")

    def on_mount(self) -> None:
        document = self.query_one("#reading", Document)
        document.show(self._lines)
        self.make_room()
        document.focus()
        host = cast("Host", self.app)
        if host.presentation is not None:  # a presenter need not look for the key
            self._hint = f"{host.keymap.first('tour_next')} next step   {self._hint}"
            self.query_one(Dialog).show_hint(self._hint)

    def action_also(self) -> None:
        if self._also is not None:
            self.dismiss(None)
            self._also[1]()

    def action_copy(self) -> None:
        self.dismiss("\n".join(text_of(spans) for spans, _ in self._lines))

    # Searching -------------------------------------------------------------------------------------------

    def action_search(self) -> None:
        line = self.query_one("#search", Field)
        line.display = True
        self.make_room()
        line.cursor_position = len(line.value)
        self.set_focus(line)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._say(self.query_one("#reading", Document).find(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_end_search(False)

    def action_end_search(self, clear: bool) -> None:
        """Returns to the text; the line stays while a search is active."""
        line = self.query_one("#search", Field)
        if clear:
            line.value = ""
        line.display = bool(line.value)
        self.make_room()
        self.query_one("#reading", Document).focus()

    def action_next_match(self, step: int) -> None:
        """Without a search `n` is the next step of a tour, as in every dialog."""
        if self.query_one("#search", Field).value:
            self._say(self.query_one("#reading", Document).find_next(step))
        elif step > 0:
            cast("Host", self.app).perform("tour_next")

    def _say(self, match: tuple[int, int]) -> None:
        at, count = match
        is_searching = bool(self.query_one("#search", Field).value)
        found = f"match {at} of {count}   n N next, previous" if count else "no match"
        self.query_one(Dialog).show_hint(f"{found}   esc clears" if is_searching else self._hint)

    def action_leave(self) -> None:
        """Escape clears a search first."""
        if self.query_one("#search", Field).value:
            self.action_end_search(True)
        else:
            super().action_leave()
