"""What all panes have in common: a number, a title that says how much is in them, help, and perhaps a
filter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, Self, TypeVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.events import Resize
from textual.geometry import Region
from textual.widget import Widget

from sts_tui.tui.background import Background, Progress
from sts_tui.tui.keys.filtering import Fields, Filter, parse_filter
from sts_tui.tui.keys.row_texts import RowTexts
from sts_tui.tui.text.distinct_names import without_common
from sts_tui.tui.text.styled_text import cells, text_of
from sts_tui.tui.widgets.backdrop import Backdrop
from sts_tui.tui.widgets.columns import Column, ListRows
from sts_tui.tui.widgets.lines import LineView
from sts_tui.tui.widgets.table import Table

if TYPE_CHECKING:
    from textual.widgets import Input

    from sts_tui.tui.widgets.filter_line import FilterLine

R = TypeVar("R")
FEW: Final = 5_000
"""Rows that can be filtered and sorted within a frame."""
BESIDE_TITLE: Final = 6
"""Cells of the border that a title cannot use."""

PARTS: Final = "  "
"""Between the parts of a title."""
LEAST_OF_PART: Final = 8
"""Minimum cells of a part of a title."""


class Pane(Backdrop, Vertical):
    """A bordered region. `NUMBER` is the key that leads to it."""

    NUMBER: ClassVar[str] = ""
    TITLE: str = ""
    HELP: ClassVar[str] = ""

    _title: str = ""
    _detail: str = ""
    """The text on the lower edge."""
    _common: frozenset[str] = frozenset()
    """Words that nearly all names have: they give way first where a title is too long."""
    _only: tuple[Region, ...] = ()
    """The line that is drawn again while a title or the lower edge is set."""

    def set_title(self, facts: str = "") -> None:
        """The title at the top left; never read as markup."""
        title = f"{self.NUMBER} {self.TITLE}  {facts}" if facts else f"{self.NUMBER} {self.TITLE}"
        before, self._title = self._title, title
        if before != title:
            self._only = (Region(-1, -1, self.outer_size.width, 1),)
            self._show_title()
            self._only = ()

    def set_detail(self, text: str) -> None:
        """Sets the text on the lower edge; never read as markup."""
        before, self._detail = self._detail, text
        if before != text:
            width, height = self.outer_size
            self._only = (Region(-1, height - 2, width, 1),)
            self.border_subtitle = Content(text)
            self._only = ()

    def _show_title(self) -> None:
        """Shows the title, or what fits of it: a name keeps the part that distinguishes it."""
        room = self.outer_size.width - BESIDE_TITLE
        title = self._title
        self.border_title = Content(self._fitting(title, room) if room > 0 else title)

    def _fitting(self, title: str, room: int) -> str:
        """Shortens the last part of a title, then leaves it out."""
        before, gap, last = title.rpartition(PARTS)
        if cells(title) <= room or not gap:
            return without_common(title, self._common, room)
        left = room - cells(before + gap)
        if left < LEAST_OF_PART:
            return self._fitting(before, room)
        return before + gap + without_common(last, self._common, left)

    def know(self, common: frozenset[str]) -> None:
        """Takes other words as common to the names of the model."""
        if common != self._common:
            self._common = common
            self._show_title()

    def on_resize(self, event: Resize) -> None:
        self._show_title()

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        """Has only the line of the title or of the lower edge drawn again; Textual would redraw the whole
        pane.
        """
        return super().refresh(*(regions or self._only), repaint=repaint, layout=layout, recompose=recompose)

    @property
    def help_text(self) -> str:
        """What the pane shows, in a paragraph."""
        return self.HELP

    def main_widget(self) -> Widget:
        """The widget that gets the focus."""
        raise NotImplementedError

    def dump(self) -> list[str]:
        """The pane as it is drawn, as plain text."""
        return self._under_heading(line for view in self.query(LineView) for line in view.dump())

    def as_text(self) -> list[str]:
        """The pane in words, nothing cut."""
        return self._under_heading(line for view in self.query(LineView) for line in view.as_text())

    def _under_heading(self, lines: Iterable[str]) -> list[str]:
        heading = str(self.border_title or self.TITLE).strip()
        return [heading, "-" * len(heading), *lines]


class ListPane(Pane, Generic[R]):
    """A pane that is a list: it filters and sorts its rows, and the cursor stays on its row."""

    FOLLOW: ClassVar[bool] = False
    EMPTY: str = "Nothing here."

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.table: Table[R] = self.make_table()
        self._filter_line: FilterLine | None = None
        self._texts: RowTexts[R] = RowTexts(self.text_of_row)
        self.filter: Filter[R] = self._read_filter("")
        self._all: Sequence[R] = ()
        self._sorted_by: str | None = None
        self._reversed = False
        self._marked_last: object = None
        self._arranging: Background | None = None
        self._has_newer = False
        """Whether rows arrived while others are filtered."""

    def compose(self) -> ComposeResult:
        yield self.table

    def know(self, common: frozenset[str]) -> None:
        super().know(common)
        self.table.know(common)

    # What subclasses say ---------------------------------------------------------------------------------

    def make_columns(self) -> Sequence[Column[R]]:
        raise NotImplementedError

    def key_of(self, row: R) -> object:
        raise NotImplementedError

    def facts(self, shown: int, total: int) -> str:
        """What the title says about the rows."""
        return str(total) if shown == total else f"{shown} of {total}"

    def make_table(self) -> Table[R]:
        return Table(self.make_columns(), follow=self.FOLLOW, empty=self.EMPTY)

    def fields(self) -> Fields[R]:
        """The columns by id, as text, for the filter."""
        return {column.id: _text_getter(column.cell) for column in self.table.columns}

    def text_of_row(self, row: R) -> str:
        """The text in which a word without a column is looked for."""
        return "\n".join(get(row) for get in self.fields().values())

    def _read_filter(self, text: str) -> Filter[R]:
        return parse_filter(text, self.fields())

    # Rows ------------------------------------------------------------------------------------------------

    def show_rows(self, rows: Sequence[R]) -> None:
        self._all = rows
        if self._arranging is not None and self._arranging.what:
            self._has_newer = True  # the running computation ends first, or none would ever end
        else:
            self.rearrange()

    def rearrange(self) -> None:
        """Filters, sorts and shows the rows; very many of them in the background."""
        self._has_newer = False
        rows, column = self._all, self._sort_column()
        arrange = partial(_arranged, rows, self._texts, self.filter, column, self._reversed)
        if len(rows) <= FEW or not self.is_attached or not (self.filter or column):
            if self._arranging is not None:
                self._arranging.stop()
            self._show(arrange(None))
        else:
            self._in_background.soon("filtering", arrange, self._show_arranged)

    @property
    def _in_background(self) -> Background:
        if self._arranging is None:
            self._arranging = Background(self.app, self._report_progress, self._fail)
        return self._arranging

    def _report_progress(self, text: str) -> None:
        self.set_title(text.partition(" … ")[0])

    def _fail(self, error: Exception) -> None:
        raise error

    def _show_arranged(self, rows: Sequence[R]) -> None:
        self._show(rows)
        if self._has_newer:
            self.rearrange()

    def _show(self, rows: Sequence[R]) -> None:
        self.table.empty = self.empty_text()
        self.table.show(ListRows(rows, self.key_of))
        self.retitle()

    def empty_text(self) -> str:
        if self.filter and len(self._all):
            return self.nothing_matches(len(self._all))
        return self.EMPTY

    def nothing_matches(self, hidden: int) -> str:
        """A text that fits into a narrow pane; its title has the filter."""
        return f"Nothing matches, {hidden} hidden: esc clears the filter."

    def retitle(self) -> None:
        facts = self.facts(len(self.table.rows), len(self._all))
        if self.filter:
            facts += f"  filter: {self.filter_line.value.strip()}"
            if self.filter.unknown:
                facts += (
                    f"  (no column {', '.join(self.filter.unknown)}: use {', '.join(self.filter.fields)})"
                )
        if self.table.marked:
            facts += f"  {len(self.marked_rows())} marked"
        self.set_title(facts)

    def on_resize(self, _event: Resize) -> None:
        """A list that comes into view with the focus had no room when its row was chosen."""
        self.call_after_refresh(lambda: self.show_detail(self.table.has_focus))

    def show_detail(self, is_focused: bool) -> None:
        """Shows, at the lower edge of the focused list, what the row under the cursor has no room for."""
        room = self.outer_size.width - BESIDE_TITLE
        self.set_detail(self.table.detail(room) if is_focused and room > 0 else "")

    def main_widget(self) -> Widget:
        return self.table

    # Marks -----------------------------------------------------------------------------------------------

    def mark(self) -> None:
        """Marks or unmarks the row under the cursor, and moves to the next."""
        key = self.table.cursor_key
        self.table.marked ^= {key}
        self._marked_last = key
        self.table.action_move(1)
        self._show_marks()

    def mark_range(self) -> None:
        """Marks from the row that was marked last (else the first) to the cursor."""
        rows = self.table.rows
        begun = rows.index_of(self._marked_last) or 0
        first, last = sorted((begun, self.table.cursor))
        self.table.marked |= {rows.key(index) for index in range(first, last + 1)}
        self._marked_last = self.table.cursor_key
        self._show_marks()

    def clear_marks(self) -> None:
        self.table.marked = set()
        self._show_marks()

    def _show_marks(self) -> None:
        self.table.repaint_rows()
        self.retitle()

    def marked_rows(self) -> list[R]:
        """The marked rows in the order in which they are shown; hidden ones do not count."""
        rows = self.table.rows
        found = (rows.index_of(key) for key in self.table.marked)
        return [rows[index] for index in sorted(index for index in found if index is not None)]

    # Filter and order ------------------------------------------------------------------------------------

    @property
    def is_filtered(self) -> bool:
        return bool(self.filter) or (self._filter_line is not None and self._filter_line.display)

    @property
    def filter_line(self) -> FilterLine:
        """The line in which the filter is typed, made when it is first needed."""
        if self._filter_line is None:
            from sts_tui.tui.widgets.filter_line import FilterLine

            self._filter_line = FilterLine()
        return self._filter_line

    def is_filter_line(self, widget: Widget) -> bool:
        """Whether a widget is the line in which the filter of this pane is typed."""
        return widget is self._filter_line

    def open_filter(self) -> None:
        if not self.filter_line.is_attached:
            self.mount(self.filter_line)
        self.filter_line.open()
        self._read_texts_ahead()

    def _read_texts_ahead(self) -> None:
        """Makes the texts of a large list before the first letter is typed: most of a filter's time is making
        them.
        """
        if len(self._all) > FEW and not self._in_background.what and not self._in_background.is_still:
            self._in_background.run("reading rows", partial(self._texts.of, self._all), self._have_read)

    def _have_read(self, _texts: object) -> None:
        if self._has_newer:
            self.rearrange()
        else:
            self.retitle()

    def keep_filter(self, text: str) -> None:
        """Filters by `text`, as if it had been typed and kept with enter."""
        self.open_filter()
        self.filter_line.value = text
        self.filter_line.action_leave(False)

    def close_filter(self) -> None:
        """Removes the filter; the focus stays where it is."""
        if self._filter_line is not None:
            self._filter_line.close()

    def clear_filter(self) -> None:
        self.close_filter()
        self.table.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.filter = self._read_filter(event.value)
        self.rearrange()

    def on_filter_line_left(self, event: FilterLine.Left) -> None:
        event.stop()
        self.table.focus()

    def on_table_sort_asked(self, event: Table.SortAsked) -> None:
        event.stop()
        self.sort(event.column)

    def sort(self, column: str) -> None:
        """Sorts by this column; a second time in reverse."""
        if not any(each.id == column and each.sort_by for each in self.table.columns):
            return
        self._reversed = not self._reversed if self._sorted_by == column else False
        self._sorted_by = column
        self.table.sort_shown = (column, self._reversed)
        self.rearrange()

    def sort_next(self) -> str:
        """Sorts by the next visible column, after the last in the natural order. Says which."""
        ids: list[str | None] = [None, *(column.id for column in self.table.shown_columns if column.sort_by)]
        place = ids.index(self._sorted_by) if self._sorted_by in ids else 0
        following = ids[(place + 1) % len(ids)]
        self._sorted_by, self._reversed = following, False
        self.table.sort_shown = (following, False) if following else None
        self.rearrange()
        return f"sorted by {following}" if following else "default order"

    def sort_reverse(self) -> str:
        """Reverses the order, and says so."""
        if not self._sorted_by:
            return "not sorted; s sorts"
        self.sort(self._sorted_by)
        return f"sorted by {self._sorted_by}{', reversed' if self._reversed else ''}"

    def clear_order(self) -> None:
        """Returns to the natural order, for other rows."""
        self._sorted_by, self._reversed, self._marked_last = None, False, None

    def _sort_column(self) -> Column[R] | None:
        return next((column for column in self.table.columns if column.id == self._sorted_by), None)


def _arranged(
    rows: Sequence[R],
    texts: RowTexts[R],
    wanted: Filter[R],
    column: Column[R] | None,
    is_reversed: bool,
    progress: Progress | None,
) -> Sequence[R]:
    """The rows that a filter wants, sorted by a column."""
    if wanted:
        rows = wanted.wanted(rows, partial(texts.of, rows, progress))
    if column is not None and column.sort_by is not None:
        rows = sorted(rows, key=column.sort_by, reverse=is_reversed)
    return rows


def _text_getter(cell: Callable[[Any], Any]) -> Callable[[Any], str]:
    return lambda row: text_of(cell(row))
