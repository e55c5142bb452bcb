"""A list to choose from, searched by typing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from sts_tui.tui.dialogs.dialog import Dialog, Question
from sts_tui.tui.text.styled_text import Line, Span, cells, line, one_line, wrap
from sts_tui.tui.widgets.columns import Column, ListRows
from sts_tui.tui.widgets.document import Document
from sts_tui.tui.widgets.field import Field
from sts_tui.tui.widgets.fitted_columns import SAMPLED
from sts_tui.tui.widgets.table import Table

if TYPE_CHECKING:
    from sts_tui.tui.host import Host

Choice = tuple[str, str, str]
"""(value, label, note)"""
WIDEST = 36
"""Cells of a label before notes get theirs; beyond that it grows with the terminal."""
LABEL = 32
"""Cells that a label keeps beside a note."""
NOTE = 30
"""Cells that a note gets at least, if it needs them."""
ROWS_BESIDES = 5
"""Rows of the box besides the list and the texts above and below it."""
GAP = 1
"""Cells between two columns, besides the one that every table has."""
CELLS_BESIDES = 10
"""Cells of the box besides the columns of the list: borders, the cursor and the scrollbar."""
LEAST_WIDTH = 60
"""Minimum width of the box in cells: its hint has to fit."""
MOST_ABOVE, MOST_BELOW = 8, 3
"""Lines of the text above the list, and of the whole text of a row below it."""


class ChooseScreen(Question[str]):
    """Returns the chosen value."""

    DEFAULT_CSS = """
    ChooseScreen Table { height: auto; min-height: 4; background: $surface; }
    ChooseScreen Document { margin-bottom: 1; }
    ChooseScreen #whole { margin: 1 0 0 0; }
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
        ways: Mapping[str, str] = MappingProxyType({}),
        notes_hold_names: bool = False,
    ) -> None:
        """`words`: what else finds a choice, by its value: ids and ARNs that the list does not show. `also`:
        what f4 does with a choice, in words and as a function of its value. `chosen`: the value at which
        the cursor begins. `ways`: a column between label and note, by value. `notes_hold_names`: a note that
        is too long shows what distinguishes its names, and does not just end sooner.
        """
        super().__init__()
        self._also = also
        self._words = words
        self._title = title
        self._choices = list(choices)
        self._chosen = chosen
        self._above = above
        self._ways = ways
        self._wanted = 4
        self._below = 0
        """Lines of the full text below the list, the same for all rows, so that no row moves under the mouse.
        """
        columns = _columns(choices, ways, notes_hold_names)
        self._table: Table[Choice] = Table(columns, empty="Nothing matches.", can_focus=False)
        self._table.on_moved = lambda *_: self._show_whole()

    def compose(self) -> ComposeResult:
        other = f"   f4 {self._also[0]}" if self._also else ""
        with Dialog(self._title, f"type to search   enter choose{other}   esc cancel"):
            if self._above:
                yield Document(id="above", can_focus=False, most=MOST_ABOVE)
            yield Field(placeholder="type to search")
            yield self._table
            yield Document(id="whole", can_focus=False, most=MOST_BELOW)

    def action_choose_also(self) -> None:
        self.in_turn(self._choose_also)

    def _choose_also(self) -> None:
        row = self._table.cursor_row
        if self._also is not None and row is not None:
            self.dismiss(None)
            self._also[1](row[0])

    def _whole(self, row: Choice) -> Line:
        """All that a row says."""
        way = line(f"  {one_line(self._ways[row[0]])}") if self._ways.get(row[0]) else ()
        remark = line((f"  {one_line(row[2])}", "muted")) if row[2] else ()
        return (*line((one_line(row[1]), "strong")), *way, *remark)

    def _show_whole(self) -> None:
        """The full text of the selected row, if the list had to shorten it."""
        row = self._table.cursor_row
        if row is None or not self.is_mounted:
            return
        is_cut = self._table.shortens(self._table.cursor)
        self.query_one("#whole", Document).show([(self._whole(row), 2)] if is_cut else [])

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
        self._wanted = len(found) + 1
        self._table.show(ListRows(found, lambda choice: choice[0]))
        self._make_room()
        self.call_after_refresh(self._after_layout)

    def _text_of(self, choice: Choice) -> str:
        value, label, note = choice
        return f"{label} {self._ways.get(value, '')} {note} {self._words.get(value, '')}".lower()

    def _make_room(self) -> None:
        """Makes the box as wide as its longest row and as high as its list, as far as the terminal allows.
        The full text below the list has lines only if a row is shortened.
        """
        columns = sum(column.most + 1 for column in self._table.columns)
        beside = max(map(cells, (*self._above, self._title)), default=0) + 4
        dialog = self.query_one(Dialog)
        dialog.styles.max_width = max(LEAST_WIDTH, columns + CELLS_BESIDES - 1, beside)
        above = self.query_one("#above", Document).line_count() + 1 if self._above else 0
        below = self.query_one("#whole", Document)
        below.display = self._below > 0
        below.styles.min_height = self._below
        rows_below = 1 + self._below if self._below else 0
        room = self.size.height * 94 // 100 - ROWS_BESIDES - min(above, MOST_ABOVE + 1) - rows_below
        self._table.styles.height = max(4, min(self._wanted, room))

    def _after_layout(self) -> None:
        """Called when the widths of the columns are known."""
        table = self._table
        rows = range(min(len(table.rows), SAMPLED))
        cut = [self._whole(table.rows[index]) for index in rows if table.shortens(index)]
        width = max(8, table.size.width)
        below = max((min(MOST_BELOW, len(wrap(each, width, indent=2))) for each in cut), default=0)
        if below != self._below:
            self._below = below
            self._make_room()
        self._show_whole()

    def on_resize(self) -> None:
        self._make_room()
        self.call_after_refresh(self._after_layout)

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
        self.in_turn(partial(self._table.action_move, step))


def _columns(
    choices: Sequence[Choice], ways: Mapping[str, str], notes_hold_names: bool
) -> tuple[Column[Choice], ...]:
    """Each as wide as its longest text where there is room; the label gives way to the note."""
    note = _longest(note for _, _, note in choices)
    way = _longest(ways.values())
    way += GAP if way else 0
    name = _longest(label for _, label, _ in choices) + (GAP if way or note else 0)
    columns: list[Column[Choice]] = [
        Column(
            id="name",
            title="",
            width=min(name, WIDEST),
            least=min(name, LABEL),
            most=name,
            grow=1,
            middle=True,
            has_names=True,
            cell=lambda c: line((one_line(c[1]), "strong")),
        )
    ]
    if way:
        columns.append(
            Column(
                id="way",
                title="",
                width=min(way, NOTE),
                least=min(way, 12),
                most=way,
                cell=lambda c: line(one_line(ways.get(c[0], ""))),
            )
        )
    if note:
        columns.append(
            Column(
                id="note",
                title="",
                width=min(note, NOTE),
                least=min(note, 24),
                most=note,
                grow=3,
                has_names=notes_hold_names,
                cell=lambda c: line((one_line(c[2]), "muted")),
            )
        )
    return tuple(columns)


def _longest(texts: Iterable[str]) -> int:
    return max((cells(one_line(text)) for text in texts), default=0)
