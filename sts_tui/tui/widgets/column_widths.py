"""How many cells do the texts of a table's columns need? Widths are measured on sampled rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from sts_tui.tui.text.distinct_names import least_width, width_of_a_word
from sts_tui.tui.text.styled_text import text_of, width_of
from sts_tui.tui.widgets.columns import LESS_WORTH, Column

R = TypeVar("R")

LONGEST_WORD: Final = 24
"""Longest word, in cells, for which other columns are left out; a longer one is cut."""
MOST_WHOLE: Final = 30
"""Longest text, in cells, for which a list is made wider."""


def name_widths(columns: Sequence[Column[R]], rows: Sequence[R], common: frozenset[str]) -> dict[str, int]:
    """By column of names, the cells in which they differ: without words that nearly all names have."""
    return {
        column.id: max((least_width(text_of(column.cell(row)), common) for row in rows), default=0)
        for column in columns
        if column.has_names
    }


def word_widths(columns: Sequence[Column[R]], rows: Sequence[R]) -> dict[str, int]:
    """By column, the cells in which no word is cut and labels are whole."""
    found = {}
    for column in columns:
        widest = 0
        if column.has_names:
            texts = (span.text for row in rows for span in column.cell(row))
            widest = max(map(width_of_a_word, texts), default=0)
        elif column.is_label:
            widest = max((width_of(column.cell(row)) for row in rows), default=0)
        found[column.id] = max(len(column.title), min(widest, LONGEST_WORD))
    return found


def text_widths(columns: Sequence[Column[R]], rows: Sequence[R]) -> dict[str, list[int]]:
    """By column that can grow, the cells that each text needs there; some run over into empty columns."""
    found = {}
    for place, column in enumerate(columns):
        if column.grow:
            after = columns[place + 1 :] if column.runs_over else ()
            found[column.id] = [width_of(column.cell(row)) - _empty_after(after, row) for row in rows]
    return found


def _empty_after(columns: Sequence[Column[R]], row: R) -> int:
    """Cells of the columns that are empty in a row, up to the first that is not."""
    found = 0
    for column in columns:
        if column.cell(row):
            break
        found += column.width + 1
    return found


def wanted_width(
    columns: Sequence[Column[R]],
    needs: tuple[Mapping[str, int], Mapping[str, int]],
    wholes: Mapping[str, Sequence[int]] | None,
) -> int:
    """Cells in which the names of the rows differ, labels are whole, and no column leaves that is worth its
    place. `wholes`: cells of all texts, where there is room for other names and prose too, unless they are
    very long.
    """
    names, words = needs
    total = 0
    for column in columns:
        if wholes is None and column.priority >= LESS_WORTH:
            continue
        needed = 0 if column.priority else names.get(column.id, 0)
        if column.is_label or wholes is not None:
            needed = max(needed, words.get(column.id, 0))
        if wholes is not None:
            needed = max(needed, min(max(wholes.get(column.id, ()), default=0), MOST_WHOLE))
        total += max(column.least or column.width, min(needed, column.most)) + 1
    return total
