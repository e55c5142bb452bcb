"""How do columns share the width of their table? Which are shown, and how wide is each?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeVar

from sts_tui.tui.widgets.columns import LESS_WORTH, Column

R = TypeVar("R")

DEAR: Final = 10
"""Cells for one more whole text above which all columns share them instead."""
A_FEW: Final = 4
"""Cells that a column lends so that a text of another is whole."""
BESIDE: Final = 1
"""Cells between the last column and the scrollbar, which columns that are never left out may take."""
SQUEEZED: Final = 4
"""Minimum cells of a column."""
LONG: Final = 30
"""Longest text, in cells, for which a column of counts is left out."""
LITTLE: Final = 6
"""Columns of counts up to this width stay: few texts are whole for their cells."""
ASIDE: Final = 6
"""Columns of this priority and higher are left out so that names can be distinguished."""


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
    A column that is worth its place is as narrow as it can be before it leaves.
    """
    shown = list(columns)
    needs, words, texts = needs or {}, words or {}, wholes or {}
    first_widths = {column.id: _first_width(column, texts.get(column.id, ())) for column in columns}
    _drop_from(ASIDE, shown, first_widths, {**words, **needs}, width)
    _drop_counts(shown, first_widths, words, texts, width)
    _drop_from(1, shown, first_widths, words, width)
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


def _drop_from(
    least: int,
    shown: list[Column[R]],
    first: Mapping[str, int],
    wanted: Mapping[str, int],
    width: int,
) -> None:
    """Leaves out columns of this priority and higher, the highest first, until what is wanted fits."""
    while _total(shown, first, wanted) > width and any(column.priority >= least for column in shown):
        last = max(reversed(shown), key=lambda column: column.priority)
        narrow = {**first, last.id: min(first[last.id], last.least or last.width)}
        if last.priority < LESS_WORTH and _total(shown, narrow, wanted) <= width:
            return
        shown.remove(last)


def _drop_counts(
    shown: list[Column[R]],
    first: Mapping[str, int],
    words: Mapping[str, int],
    texts: Mapping[str, Sequence[int]],
    width: int,
) -> None:
    """Leaves out wide columns of counts that are aside, while texts of others would be cut."""
    wholes = {name: min(max(found, default=0), LONG) for name, found in texts.items()}
    wanted = {name: max(words.get(name, 0), wholes.get(name, 0)) for name in first}
    for column in sorted(shown, key=lambda each: -each.priority):
        is_wide = not column.grow and max(first[column.id], words.get(column.id, 0)) > LITTLE
        if column.priority >= ASIDE and is_wide and _total(shown, first, wanted) > width:
            shown.remove(column)


def _first_width(column: Column[R], texts: Sequence[int]) -> int:
    """Its width, or less where no text needs it: then there may be room for another column."""
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
    """Whether a column loses little by giving up this many cells: they complete no text in it."""
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
