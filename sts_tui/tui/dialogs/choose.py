"""A list to choose from, searched by typing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from sts_tui.tui.dialogs.dialog import Dialog, Question
from sts_tui.tui.text.styled_text import Span, cells, line, one_line
from sts_tui.tui.widgets.columns import Column, ListRows
from sts_tui.tui.widgets.document import Document
from sts_tui.tui.widgets.field import Field
from sts_tui.tui.widgets.table import Table

if TYPE_CHECKING:
    from sts_tui.tui.host import Host

Choice = tuple[str, str, str]
"""(value, label, note)"""
WIDEST = 36
"""Most cells of a label where there are notes."""
ROWS_BESIDES = 9
"""Rows of the box beside the list and the text above it."""


class ChooseScreen(Question[str]):
    """Returns the chosen value."""

    DEFAULT_CSS = """
    ChooseScreen Table { height: auto; min-height: 4; max-height: 18; background: $surface; }
    ChooseScreen Document { margin-bottom: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "Down", show=False, priority=True),
        Binding("up", "move(-1)", "Up", show=False, priority=True),
        Binding("escape", "leave", "Close", show=False),
        Binding("f4", "choose_also", "The other thing", show=False, priority=True),
    ]

    def __init__(
        self,
        title: str,
        choices: Sequence[Choice],
        above: Sequence[str] = (),
        words: Mapping[str, str] = MappingProxyType({}),
        also: tuple[str, Callable[[str], object]] | None = None,
        chosen: str = "",
    ) -> None:
        """`words`: what else finds a choice, by its value: ids and ARNs that the list does not show. `also`:
        what f4 does with a choice, in words and as a function of its value. `chosen`: the value at which
        the cursor begins.
        """
        super().__init__()
        self._also = also
        self._words = words
        self._title = title
        self._choices = list(choices)
        self._chosen = chosen
        self._above = above
        self._wanted = 4
        columns = _columns(choices)
        self._table: Table[Choice] = Table(columns, empty="Nothing matches.", can_focus=False)
        self._table.on_moved = lambda *_: self._show_whole()

    def compose(self) -> ComposeResult:
        other = f"   f4 {self._also[0]}" if self._also else ""
        with Dialog(self._title, f"type to search   enter choose{other}   esc cancel"):
            if self._above:
                yield Document(id="above", can_focus=False, most=8)
            yield Field(placeholder="type to search")
            yield self._table
            yield Document(id="whole", can_focus=False, most=3)

    def action_choose_also(self) -> None:
        row = self._table.cursor_row
        if self._also is not None and row is not None:
            self.dismiss(None)
            self._also[1](row[0])

    def _show_whole(self) -> None:
        """The full text of the selected row, if the list had to shorten it."""
        row = self._table.cursor_row
        if row is None or not self.is_mounted:
            return
        remark = line((f"  {one_line(row[2])}", "muted")) if row[2] else ()
        whole = (*line((one_line(row[1]), "strong")), *remark)
        is_cut = "…" in "".join(self._table.dump()[self._table.cursor + 1])
        self.query_one("#whole", Document).show([(whole, 2)] if is_cut else [])

    def on_mount(self) -> None:
        self._table.know(cast("Host", self.app).row_cache.common_words)
        if self._above:
            above = self.query_one("#above", Document)
            above.show([((Span(each, "muted"),), 2) for each in self._above])
        self._find("")
        if self._chosen:
            self._table.choose(self._chosen)
        self.query_one(Input).focus()

    def _find(self, text: str) -> None:
        words = text.lower().split()
        found = [each for each in self._choices if all(word in self._text_of(each) for word in words)]
        found.sort(key=lambda each: not all(word in each[1].lower() for word in words))  # names before notes
        self._wanted = len(found) + 2
        self._make_room()
        self._table.show(ListRows(found, lambda choice: choice[0]))
        self.call_after_refresh(self._show_whole)

    def _text_of(self, choice: Choice) -> str:
        value, label, note = choice
        return f"{label} {note} {self._words.get(value, '')}".lower()

    def _make_room(self) -> None:
        """Shrinks the list so that the full text below it stays visible."""
        above = self.query_one("#above", Document).line_count() if self._above else 0
        room = self.size.height * 94 // 100 - ROWS_BESIDES - min(above, 8)
        self._table.styles.height = max(4, min(18, self._wanted, room))

    def on_resize(self) -> None:
        self._make_room()

    def on_input_changed(self, event: Input.Changed) -> None:
        self._find(event.value)
        self._table.move_to(0)

    def on_input_submitted(self) -> None:
        row = self._table.cursor_row
        if row is not None:
            self.dismiss(row[0])

    def on_table_activated(self) -> None:
        self.on_input_submitted()

    def action_move(self, step: int) -> None:
        self._table.action_move(step)


def _columns(choices: Sequence[Choice]) -> tuple[Column[Choice], ...]:
    has_remarks = any(remark for _, _, remark in choices)
    longest = max((cells(one_line(shown)) for _, shown, _ in choices), default=0)
    name: Column[Choice] = Column(
        id="name",
        title="",
        width=max(30, min(longest, WIDEST)),
        grow=1,
        middle=True,
        has_names=True,
        cell=lambda c: line((one_line(c[1]), "strong")),
    )
    remark: Column[Choice] = Column(
        id="remark", title="", width=30, grow=1, cell=lambda c: line((one_line(c[2]), "muted"))
    )
    return (name, remark) if has_remarks else (name,)
