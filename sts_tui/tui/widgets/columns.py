"""What a table shows: columns, which and how wide at a given width, and rows that are found by key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

from msgspec import Struct

from sts_tui.tui.text.styled_text import Line, Span, cells, fit
from sts_tui.tui.text.symbols import SORT_DOWN, SORT_UP

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


DEAR = 10
"""Cells for which one more text is not made whole: all columns share them instead."""
A_FEW = 4
"""Cells that a column lends so that a text of another is whole."""
BESIDE = 1
"""Cells between the last column and the scrollbar, which a row of columns that never leave may take."""
SQUEEZED = 4
"""Cells of a column at least."""
ASIDE = 6
"""Columns of this priority and higher are left out so that names can be distinguished."""


class Column(Struct, Generic[R], frozen=True, kw_only=True):
    """One column. Columns with the highest `priority` are dropped first; those with 0 never are."""

    id: str
    title: str
    width: int
    cell: Callable[[R], Line]
    priority: int = 0
    least: int = 0
    """It can be as narrow as this where even columns of priority 0 do not fit; 0: it cannot."""
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
    """It holds names: what they have in common gives way first, and it is the last to be narrow."""
    is_label: bool = False
    """It holds short labels: each is shown whole, up to `most`, before other columns grow."""
    sort_by: Callable[[R], Any] | None = None
    is_empty: Callable[[R], bool] | None = None
    """Whether a row has nothing in it: the column is not shown while that holds for all rows."""
    differs_by: Callable[[R], object] | None = None
    """The column is not shown while this is the same for all rows: another place says it."""
    is_picture: bool = False
    """It draws what another column says in words: nothing for the plain text of a row."""


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


def fit_columns(
    columns: Sequence[Column[R]],
    width: int,
    needs: Mapping[str, int] | None = None,
    words: Mapping[str, int] | None = None,
    wholes: Mapping[str, Sequence[int]] | None = None,
) -> list[tuple[Column[R], int]]:
    """Which columns are shown in `width` cells, and how wide each is; one space between them.

    `needs` and `words` are cells by id that a column gets before spare ones are shared: those in which its
    names differ, and those in which no word is cut. Columns leave so that no word of others is cut. `wholes`:
    cells of each text of a column: spare ones are used first to show texts whole, then to cut less of them.
    """
    shown = list(columns)
    needs, words, texts = needs or {}, words or {}, wholes or {}
    first_widths = {column.id: _first_width(column, texts.get(column.id, ())) for column in columns}

    def drop_from(least: int, wanted: Mapping[str, int]) -> None:
        while _total(shown, first_widths, wanted) > width and any(
            column.priority >= least for column in shown
        ):
            shown.remove(max(shown, key=lambda column: (column.priority, columns.index(column))))

    drop_from(ASIDE, {**words, **needs})
    drop_from(1, words)
    widths = {column.id: first_widths[column.id] for column in shown}
    _shrink(shown, widths, _total(shown, widths, {}) - width)
    _squeeze(widths, width + BESIDE)
    spare = width - sum(widths.values()) - len(shown) + 1
    for column in shown:
        missing = min(words.get(column.id, 0), column.most) - widths[column.id]
        spare += _borrowed(shown, widths, words, missing - spare, column)
        given = max(0, min(missing, spare))
        widths[column.id] += given
        spare -= given
    first = [column for column in shown if column.has_names and not column.priority]
    others = [column for column in shown if column not in first]
    spare = _share(first, others, widths, needs, words, spare)
    spare = _share(others, first, widths, needs, words, spare)
    spare += _reclaimed(shown, widths, texts)
    spare = _complete(shown, widths, texts, spare)
    _exchange(shown, widths, texts, spare)
    spare = _lengthen(shown, widths, texts, spare)
    _spread(shown, widths, spare)
    return [(column, widths[column.id]) for column in shown]


def _first_width(column: Column[R], texts: Sequence[int]) -> int:
    """Its width, or less where no text needs it: then another column has a place."""
    if not (column.grow and texts):
        return column.width
    return min(column.width, max(*texts, len(column.title), column.least))


def _total(columns: Sequence[Column[R]], first: Mapping[str, int], wanted: Mapping[str, int]) -> int:
    widths = (max(first[column.id], min(wanted.get(column.id, 0), column.most)) for column in columns)
    return sum(width + 1 for width in widths) - 1


def _shrink(shown: Sequence[Column[R]], widths: dict[str, int], excess: int) -> None:
    """Takes the excess from columns that can be narrower, from the widest surplus first."""
    while excess > 0:
        widest = max(shown, key=lambda column: widths[column.id] - (column.least or column.width))
        if widths[widest.id] <= (widest.least or widest.width):
            return
        widths[widest.id] -= 1
        excess -= 1


def _squeeze(widths: dict[str, int], width: int) -> None:
    """Where not even the least of all columns fits, takes cells from the widest: a text then ends in an
    ellipsis, and not at the edge of the table. A table without room has no layout yet.
    """
    if width < SQUEEZED * len(widths):
        return
    while sum(widths.values()) + len(widths) - 1 > width:
        widest = max(widths, key=lambda name: widths[name])
        if widths[widest] <= SQUEEZED:
            return
        widths[widest] -= 1


def _borrowed(
    shown: Sequence[Column[R]],
    widths: dict[str, int],
    words: Mapping[str, int],
    wanted: int,
    borrower: Column[R],
) -> int:
    """Cells that other columns lend: those beyond what they need at least."""
    found = 0
    for column in shown:
        least = max(column.least or column.width, min(words.get(column.id, 0), column.most))
        lent = max(0, min(widths[column.id] - least, wanted - found)) if column is not borrower else 0
        widths[column.id] -= lent
        found += lent
    return found


def _share(
    takers: Sequence[Column[R]],
    others: Sequence[Column[R]],
    widths: dict[str, int],
    needs: Mapping[str, int],
    words: Mapping[str, int],
    spare: int,
) -> int:
    """Gives each taker the same part of what its names need, from spare cells, then from other columns and
    from takers that lack less; returns the cells that are left. Otherwise a later column would take all from
    the first.

    The names of the rows themselves (priority 0) take first, and lend only what they do not need.
    """

    def need(column: Column[R]) -> int:
        return min(needs.get(column.id, 0), column.most)

    def lack(column: Column[R], lent: int = 0) -> float:
        return max(0, need(column) - widths[column.id] + lent) / need(column) if need(column) else 0

    def can_lend(column: Column[R]) -> bool:
        least = max(column.least or column.width, min(words.get(column.id, 0), column.most))
        if column in others and not column.priority:
            least = max(least, need(column))
        return widths[column.id] > least

    while (most := max(map(lack, takers), default=0)) > 0:
        borrower = next(column for column in takers if lack(column) == most)
        lenders = [each for each in others if can_lend(each)]
        lenders += [each for each in takers if can_lend(each) and lack(each, 1) < most]
        if spare > 0:
            spare -= 1
        elif lenders:
            widths[min(lenders, key=lack).id] -= 1
        else:
            break
        widths[borrower.id] += 1
    return spare


def _complete(
    shown: Sequence[Column[R]], widths: dict[str, int], wholes: Mapping[str, Sequence[int]], spare: int
) -> int:
    """Makes texts whole, first where the fewest cells make the most texts whole; returns the cells that are
    left.
    """

    def steps() -> Iterator[tuple[float, int, str]]:
        """(texts that become whole for each cell, by the column's share; cells, column)"""
        for column in shown:
            now = widths[column.id]
            cut = [each for each in wholes.get(column.id, ()) if each > now] if column.grow else []
            for wanted in set(cut):
                cells = wanted - now
                made = sum(each <= wanted for each in cut)
                if cells <= spare and cells <= DEAR * made:
                    yield made * column.grow / cells, cells, column.id

    while best := max(steps(), default=None):
        _, cells, name = best
        widths[name] += cells
        spare -= cells
    return spare


def _reclaimed(
    shown: Sequence[Column[R]], widths: dict[str, int], wholes: Mapping[str, Sequence[int]]
) -> int:
    """Reclaims what no text of a column needs, so that others can be whole."""
    found = 0
    for column in shown:
        if column.grow and (texts := wholes.get(column.id)):
            needed = max(*texts, len(column.title), column.least)
            found += max(0, widths[column.id] - needed)
            widths[column.id] = min(widths[column.id], needed)
    return found


def _exchange(
    shown: Sequence[Column[R]], widths: dict[str, int], wholes: Mapping[str, Sequence[int]], spare: int
) -> None:
    """Makes a text whole that lacks a few cells, with those of a column whose texts are cut anyway."""
    for column in shown:
        cut = [each - widths[column.id] for each in wholes.get(column.id, ()) if each > widths[column.id]]
        missing = min(cut, default=0) - spare
        if not (column.grow and 0 < missing <= A_FEW and not column.has_names):
            continue
        lenders = [each for each in shown if _is_cut_anyway(each, widths[each.id], wholes, missing)]
        if lender := max(lenders, key=lambda each: widths[each.id], default=None):
            widths[lender.id] -= missing
            widths[column.id] += missing


def _is_cut_anyway(column: Column[R], width: int, wholes: Mapping[str, Sequence[int]], lent: int) -> bool:
    """Whether a column is about as good without so many cells: none of its texts is whole because of them."""
    texts = wholes.get(column.id, ())
    least = max(len(column.title), column.width * 3 // 4)
    return (
        column.middle
        and not column.has_names
        and max(texts, default=0) > width
        and width - lent >= least
        and not any(width - lent < each <= width for each in texts)
    )


def _lengthen(
    shown: Sequence[Column[R]], widths: dict[str, int], wholes: Mapping[str, Sequence[int]], spare: int
) -> int:
    """Cuts less of texts that cannot be whole, most where most are cut; returns the cells that are left."""
    while spare > 0:
        cut = {
            column.id: column.grow * sum(each > widths[column.id] for each in wholes.get(column.id, ()))
            for column in shown
        }
        total = sum(cut.values())
        if not total:
            break
        before = spare
        for name, weight in cut.items():
            missing = max(wholes[name]) - widths[name] if weight else 0
            share = min(max(1, before * weight // total), missing, spare)
            widths[name] += share
            spare -= share
    return spare


def _spread(shown: Sequence[Column[R]], widths: dict[str, int], spare: int) -> None:
    """Gives spare cells to columns that grow, by their shares."""
    while spare > 0:
        growing = [column for column in shown if column.grow and widths[column.id] < column.most]
        if not growing:
            return
        total = sum(column.grow for column in growing)
        before = spare
        for column in growing:
            share = min(max(1, before * column.grow // total), column.most - widths[column.id], spare)
            widths[column.id] += share
            spare -= share


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
