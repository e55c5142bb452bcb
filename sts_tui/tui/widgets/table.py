"""How is a list drawn and moved through? A table of columns that draws only the visible lines.

Textual's DataTable measures every cell and redraws its whole viewport for one changed cell; with ten thousand
rows it takes seconds to load. Here a row is an object, a column is a function from row to text, and nothing
is computed for rows that are not shown. The cursor belongs to a row's key, not to a position: whatever
changes, it stays on its row, and the row stays where it is on the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from rich.style import Style as RichStyle
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from sts_tui.tui.text import theme
from sts_tui.tui.text.styled_text import Line, Span, fit, longest_shortened, text_of, width_of
from sts_tui.tui.text.symbols import CURSOR, MARKED, RULE
from sts_tui.tui.widgets.columns import Column, ListRows, Rows
from sts_tui.tui.widgets.fitted_columns import GUTTER, SAMPLED, FittedColumns
from sts_tui.tui.widgets.lines import LineView
from sts_tui.tui.widgets.names_in_view import NamesInView, ShortName
from sts_tui.tui.widgets.row_detail import fit_banner, rest_of_banner, row_detail, row_in_words

R = TypeVar("R")
MOST_AS_TEXT = 2_000
"""Rows that `as_text` writes; a hundred thousand would take seconds."""
GAP = Span(" ")
AT_CURSOR = (Span(CURSOR + " ", "key"), Span(CURSOR + MARKED, "key"))
ELSEWHERE = (Span("  "), Span(" " + MARKED, "key"))
"""The text before a row: unmarked, marked."""
KEPT = 500
"""Rows whose cells are kept."""
EMPTY_LINE = -1
"""In place of a row: the line that is shown when there are no rows."""


class Table(LineView, Generic[R], can_focus=True):
    """A table with a header line, a cursor by key, and vim keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("pageup", "move_page(-2)", "Page up", show=False),
        Binding("pagedown", "move_page(2)", "Page down", show=False),
        Binding("ctrl+u", "move_page(-1)", "Half a page up", show=False),
        Binding("ctrl+d", "move_page(1)", "Half a page down", show=False),
        Binding("g,home,ctrl+home", "to_top", "Top", show=False),
        Binding("G,end,ctrl+end", "to_bottom", "Bottom", show=False),
        Binding("enter", "activate", "Open", show=False),
    ]
    cursor: reactive[int] = reactive(0, init=False, repaint=False)

    class Activated(Message):
        """Enter, or a double click, on a row."""

        def __init__(self, table: Table[Any], key: object) -> None:
            super().__init__()
            self.table = table
            self.key = key

        @property
        def control(self) -> Table[Any]:
            return self.table

    class SortAsked(Message):
        """A click on a column's title."""

        def __init__(self, table: Table[Any], column: str) -> None:
            super().__init__()
            self.table = table
            self.column = column

        @property
        def control(self) -> Table[Any]:
            return self.table

    def __init__(
        self,
        columns: Sequence[Column[R]],
        *,
        id: str | None = None,
        follow: bool = False,
        empty: str = "",
        can_focus: bool = True,
    ) -> None:
        """`follow`: a cursor on the first row stays on the first row when others come before it."""
        super().__init__(id=id)
        self.can_focus = can_focus
        self._columns = FittedColumns(columns, lambda row: self.banner(row) is None)
        self._fitted: list[tuple[Column[R], int]] = []
        """What the columns were fitted to when names were compared."""
        self._rows: Rows[R] = ListRows((), lambda row: None)
        self._key: object = None
        self._laid_out: dict[object, tuple[R, Line, tuple[ShortName, ...]]] = {}
        """Rows by key with their cells, while nothing in them changes, and the names that were shortened."""
        self._follow = follow
        self._is_held = False
        """The cursor's row moved to the top by itself, so the cursor stays on it."""
        self._names = NamesInView()
        self._changes = 0
        """How often rows or columns changed."""
        self._compared = (0, 0, -1)
        """First row, height and changes with which the names in view were compared."""
        self.on_moved: Callable[[Table[Any], object], None] | None = None
        """Called at once, so that what depends on the cursor is drawn in the same frame."""
        self.sort_shown: tuple[str, bool] | None = None
        """(column, reversed), for the mark in the header."""
        self.marked: set[object] = set()
        """Keys of marked rows."""
        self.empty = empty
        """What is shown when there are no rows."""

    # What is shown ---------------------------------------------------------------------------------------

    @property
    def columns(self) -> tuple[Column[R], ...]:
        return self._columns.all

    def set_columns(self, columns: Sequence[Column[R]]) -> None:
        """Takes other columns, for other rows: marks, order and cursor are reset."""
        self._columns.replace(columns)
        self._forget_layout()
        self.marked, self.sort_shown, self._key = set(), None, None

    @property
    def rows(self) -> Rows[R]:
        return self._rows

    @property
    def cursor_key(self) -> object:
        return self._key

    @property
    def cursor_row(self) -> R | None:
        return self._rows[self.cursor] if self.cursor < len(self._rows) else None

    @property
    def is_following(self) -> bool:
        return self._follow and self.cursor == 0 and not self._is_held

    def show(self, rows: Rows[R]) -> None:
        """Shows other rows: the cursor stays on its row and its row stays where it is on the screen."""
        was, key = self.cursor, self._key
        at_screen = was - self.scroll_offset.y
        follows = self.is_following
        is_other = rows is not self._rows
        if is_other:
            self._forget_layout()
        self._rows = rows
        self._columns.take(rows)
        self._changes += 1
        is_outgrown = (is_other or len(rows) <= SAMPLED) and self._columns.outgrow(
            self.scroll_offset.y, self.size.height
        )
        if self._columns.note_empty() or is_outgrown:
            self._forget_layout()
        self.resize_content()
        index = None if follows else rows.index_of(key) if key is not None else None
        if index is None:
            index = 0 if follows else max(0, min(was, len(rows) - 1))
        elif index != was:
            self._is_held = self._is_held or index == 0
            self.scroll_to(y=max(0, index - at_screen), animate=False, immediate=True, force=True)
        self.set_reactive(Table.cursor, index)
        self._note_key()
        self.refresh_changed()

    def _note_key(self) -> None:
        key = self._rows.key(self.cursor) if len(self._rows) else None
        if key != self._key:
            self._key = key
            if self.on_moved is not None:
                self.on_moved(self, key)

    def choose(self, key: object) -> bool:
        """Puts the cursor on the row with `key`; False where there is none."""
        index = self._rows.index_of(key)
        if index is None:
            return False
        self.move_to(index)
        return True

    def repaint_rows(self) -> None:
        """Draws the visible rows again: for cells that change with time. A column that is no longer empty
        appears, and one that became empty goes.
        """
        self._columns.note_empty()
        self._forget_layout()
        self.refresh_changed()

    # Drawing ---------------------------------------------------------------------------------------------

    def line_count(self) -> int:
        return len(self._rows) + 1

    def on_resize(self, event: events.Resize) -> None:
        self._columns.forget()
        self._forget_layout()
        self.resize_content()
        self._keep_in_view()
        self.refresh()  # what was drawn before this message was fitted to another width

    def _fit(self) -> list[tuple[Column[R], int]]:
        fitted = self._columns.fit(self.size.width)
        if fitted is not self._fitted:
            self._fitted = fitted
            self._names.clear()
        return fitted

    @property
    def shown_columns(self) -> list[Column[R]]:
        """Those for which there is room."""
        return [column for column, _ in self._fit()]

    def wanted_width(self, whole: bool) -> int:
        """Cells that its list needs, as `wanted_width` of the columns says."""
        return self._columns.wanted_width(whole)

    def know(self, common: frozenset[str]) -> None:
        """Takes other words as common to the names."""
        if common != self._columns.common:
            self._names.common = self._columns.common = common
            self._columns.forget()
            self.repaint_rows()

    def content_line(self, row: int, top: int) -> int | None:
        """The header stays on the first row."""
        if row == 0 or row + top <= len(self._rows):
            return row + top if row else 0
        return EMPTY_LINE if row == 1 and self.empty and not len(self._rows) else None

    def row_line(self, index: int) -> Line:
        gutter = AT_CURSOR if index == self.cursor else ELSEWHERE
        mark = gutter[bool(self.marked) and self._rows.key(index) in self.marked]
        return (mark, *self._lay_out(index)[1])

    def _forget_layout(self) -> None:
        self._laid_out.clear()
        self._changes += 1

    def _lay_out(self, index: int) -> tuple[R, Line, tuple[ShortName, ...]]:
        row, key = self._rows[index], self._rows.key(index)
        known = self._laid_out.get(key)
        if known is None or known[0] is not row:
            if len(self._laid_out) > KEPT:
                self._laid_out.clear()
            known = self._laid_out[key] = (row, *self._cells(row))
        return known

    def refresh_changed(self, among: Iterable[int] | None = None) -> None:
        self._show_differences()
        super().refresh_changed(among)

    def render_lines(self, crop: Region) -> list[Strip]:
        self._show_differences()
        return super().render_lines(crop)

    def _show_differences(self) -> None:
        """Names that are in view at the same time look different."""
        top, height = self.scroll_offset.y, self.size.height
        if self._compared == (top, height, self._changes):
            return
        in_view = range(top, min(len(self._rows), top + height))
        names = [name for index in in_view for name in self._lay_out(index)[2]]
        if names and self._names.show_differences(names):
            for index in in_view:
                if self._lay_out(index)[2]:
                    del self._laid_out[self._rows.key(index)]
        self._compared = (top, height, self._changes)

    def _cells(self, row: R) -> tuple[Line, tuple[ShortName, ...]]:
        if (banner := self.banner(row)) is not None:
            return self._fit_banner(banner), ()
        spans: list[Span] = []
        names: list[ShortName] = []
        fitted = self._fit()
        place = 0
        while place < len(fitted):
            column, width = fitted[place]
            cell = column.cell(row)
            needed = width_of(cell)
            place += 1
            while column.runs_over and needed > width and place < len(fitted):
                if fitted[place][0].cell(row):
                    break
                width += 1 + fitted[place][1]
                place += 1
            if needed > width:
                if column.has_names:
                    names.append(self._names.shorten(column.id, cell, width))
                    cell = names[-1].shown
                elif column.longest_gives_way:
                    cell = longest_shortened(cell, width, middle=False)
                needed = width_of(cell)
            spans += fit(cell, width, right=column.right, middle=column.middle, used=needed)
            spans.append(GAP)
        return tuple(spans), tuple(names)

    def _fit_banner(self, banner: Line) -> Line:
        """A text across all columns: of its names what distinguishes them."""
        return fit_banner(banner, max(1, self.size.width - GUTTER - 1), self._names.common)

    def shortens(self, index: int) -> bool:
        """Whether a cell of a row is wider than its column, or the row wider than the table."""
        row = self._rows[index]
        fitted = self._fit()
        missing = len(self._columns.filled) > len(fitted)
        return missing or any(width_of(column.cell(row)) > width for column, width in fitted)

    def detail(self, width: int) -> str:
        """What the row under the cursor has no room for, in `width` cells."""
        if (row := self.cursor_row) is None:
            return ""
        if (banner := self.banner(row)) is not None:
            return rest_of_banner(text_of(banner), text_of(self._cells(row)[0]), width)
        widths = {column.id: cells_of for column, cells_of in self._fit()}
        return row_detail(self._columns.filled, widths, row, width, self._names.common)

    def banner(self, row: R) -> Line | None:
        """A row that is one text across all columns, such as a marker in a stream; None for ordinary rows."""
        return None

    def line_at(self, y: int) -> Line:
        if y == EMPTY_LINE:
            return (Span("  " + self.empty, "muted"),)
        return self._columns.titles(self.size.width, self.sort_shown) if y <= 0 else self.row_line(y - 1)

    def background_of(self, y: int) -> RichStyle | None:
        if y == EMPTY_LINE:  # the focus is seen in a list without rows too
            return self._behind_cursor() if self.has_focus else None
        if y - 1 != self.cursor or y <= 0:
            return None
        return self._behind_cursor()

    def _behind_cursor(self) -> RichStyle:
        if self.app.no_color:
            return RichStyle(reverse=True) if self.has_focus else RichStyle(underline=True)
        return theme.behind(self.app, "$cursor-row" if self.has_focus else "$cursor-row-blurred")

    # Moving ----------------------------------------------------------------------------------------------

    def move_to(self, index: int) -> None:
        index = max(0, min(index, len(self._rows) - 1))
        before = self.cursor
        self._is_held = False
        self.set_reactive(Table.cursor, index)
        top = self.scroll_offset.y
        self._keep_in_view()
        if before != index and top == self.scroll_offset.y:  # whatever scrolls has compared its lines
            self.refresh_changed((before + 1 - top, index + 1 - top))
        self._note_key()

    def _keep_in_view(self) -> None:
        """Scrolls as little as needed."""
        height = max(1, self.size.height - 1)
        top = self.scroll_offset.y
        target = max(self.cursor - height + 1, min(self.cursor, top))
        if target != top:
            self.scroll_to(y=target, animate=False, immediate=True, force=True)

    def action_move(self, step: int) -> None:
        self.move_to(self.cursor + step)

    def action_move_page(self, halves: int) -> None:
        self.move_to(self.cursor + halves * max(1, (self.size.height - 1) // 2))

    def action_to_top(self) -> None:
        self.move_to(0)

    def action_to_bottom(self) -> None:
        self.move_to(len(self._rows) - 1)

    def action_activate(self) -> None:
        if len(self._rows):
            self.post_message(self.Activated(self, self._key))

    def on_click(self, event: events.Click) -> None:
        if self.is_on_bar(event.x):
            return
        y = event.y - self.gutter.top
        if y == 0:
            self._click_header(event.x)
            return
        index = y - 1 + self.scroll_offset.y
        if 0 <= index < len(self._rows):
            self.move_to(index)
            if event.chain == 2:
                self.action_activate()

    def _click_header(self, x: int) -> None:
        left = GUTTER
        for column, width in self._fit():
            if left <= x < left + width:
                self.post_message(self.SortAsked(self, column.id))
                return
            left += width + 1

    def on_focus(self) -> None:
        self.refresh_changed()

    def on_blur(self) -> None:
        self.refresh_changed()

    def as_text(self) -> list[str]:
        """Rows as plain text, each value whole and after its column's name; of a long list the first."""
        count = len(self._rows)
        if not count:
            return [self.empty] if self.empty else []
        rows = [self._labeled(index) for index in range(min(count, MOST_AS_TEXT))]
        more = count - len(rows)
        return [*rows, f"and {more} more rows: a filter shows fewer"] if more else rows

    def _labeled(self, index: int) -> str:
        row = self._rows[index]
        banner = self.banner(row)
        words = row_in_words(self.columns, row) if banner is None else text_of(banner).strip(f" {RULE}")
        chosen = "chosen: " if index == self.cursor else ""
        return f"{chosen}{'marked: ' if self._rows.key(index) in self.marked else ''}{words}"
