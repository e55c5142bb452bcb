"""What does a table show? Columns, and rows that are found by key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Generic, Protocol, TypeVar

from msgspec import Struct

from sts_tui.tui.text.styled_text import Line, Span, cells, fit
from sts_tui.tui.text.symbols import SORT_DOWN, SORT_UP

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)

LESS_WORTH: Final = 4
"""From this priority on, no list becomes wider and no other column narrower for a column."""


class Column(Struct, Generic[R], frozen=True, kw_only=True):
    """One column. Columns with the highest `priority` are dropped first; those with 0 never are."""

    id: str
    title: str
    width: int
    cell: Callable[[R], Line]
    priority: int = 0
    least: int = 0
    """The narrowest width where not all columns fit that are worth their place; 0: `width`."""
    grow: int = 0
    """The share of spare width it takes."""
    most: int = 1000
    """It never grows beyond this, unless spare cells make more of its texts whole."""
    right: bool = False
    middle: bool = False
    """Shorten in the middle, as for ARNs, whose two ends matter."""
    longest_gives_way: bool = False
    """Of several spans the longest is shortened, at its end, and the others stay."""
    runs_over: bool = False
    """A text that is too wide takes the cells of the columns after it which are empty in its row."""
    has_names: bool = False
    """It holds names: what they have in common is left out first, and it becomes narrow last."""
    is_label: bool = False
    """It holds short labels: each is shown whole, up to `most`, before other columns grow."""
    sort_by: Callable[[R], Any] | None = None
    is_empty: Callable[[R], bool] | None = None
    """Whether a row has nothing in it: the column is not shown while that holds for all rows."""
    differs_by: Callable[[R], object] | None = None
    """The column is not shown while this is the same for all rows: another place says it."""
    is_picture: bool = False
    """It draws what another column says in words: it is left out of the plain text of a row."""


class Rows(Protocol[R_co]):
    """What a table shows: anything that can be counted, indexed, and found by key."""

    def __len__(self) -> int: ...
    def __getitem__(self, index: int) -> R_co: ...
    def key(self, index: int) -> object: ...
    def index_of(self, key: object) -> int | None: ...


class ListRows(Generic[R]):
    """Rows in a sequence; the index by key is made when it is first needed."""

    def __init__(self, rows: Sequence[R], key: Callable[[R], object]) -> None:
        self._rows = rows
        self._key = key
        self._index: Mapping[object, int] | None = None

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int) -> R:
        return self._rows[index]

    def key(self, index: int) -> object:
        return self._key(self._rows[index])

    def index_of(self, key: object) -> int | None:
        if self._index is None:
            self._index = {self._key(row): index for index, row in enumerate(self._rows)}
        return self._index.get(key)


def header_line(
    fitted: Sequence[tuple[Column[R], int]], sort_shown: tuple[str, bool] | None, gutter: int
) -> Line:
    """The titles of the columns, each with its width in cells; `sort_shown`: (column, reversed)."""
    spans = [Span(" " * gutter)]
    for column, width in fitted:
        title = column.title
        if sort_shown and sort_shown[0] == column.id:
            title += SORT_UP if sort_shown[1] else SORT_DOWN
        is_wide = cells(title) > width  # with the mark of the order it may take the gap after it
        spans += fit((Span(title, "muted"),), width + is_wide, right=column.right)
        spans += () if is_wide else (Span(" "),)
    return tuple(spans)
