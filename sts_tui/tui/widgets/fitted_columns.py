"""Which columns does a table show for its rows, and how wide? They are fitted again when that must change.

Widths follow the first rows. Narrower texts change nothing, because columns would move with every row that
comes and goes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Generic, TypeVar

from sts_tui.tui.text.styled_text import Line
from sts_tui.tui.widgets.column_widths import name_widths, text_widths, wanted_width, word_widths
from sts_tui.tui.widgets.columns import Column, ListRows, Rows, header_line
from sts_tui.tui.widgets.share_width import fit_columns

R = TypeVar("R")

GUTTER: Final = 2
"""Cells before the first column: the cursor and the mark of a row."""
AFTER: Final = 2
"""Cells after the last column: a gap and the scrollbar."""
SAMPLED: Final = 60
"""Rows that are measured to see how wide columns must be."""


class FittedColumns(Generic[R]):
    """The columns of one table. `is_measured`: whether a row has cells; others are one text across all."""

    def __init__(self, columns: Sequence[Column[R]], is_measured: Callable[[R], bool]) -> None:
        self.all = tuple(columns)
        self.common: frozenset[str] = frozenset()
        """Words that nearly all names have."""
        self._is_measured = is_measured
        self._rows: Rows[R] = ListRows((), lambda row: None)
        self._empty: frozenset[str] = frozenset()
        """Columns that are empty in every row."""
        self._fitted: list[tuple[Column[R], int]] = []
        self._widest: dict[str, int] = {}
        """Cells of the widest text of each column that can grow, when the columns were fitted."""
        self._needed: tuple[dict[str, int], dict[str, int]] = ({}, {})
        """What `_needs` was when the columns were fitted."""
        self._titles: tuple[object, object, Line] | None = None

    def replace(self, columns: Sequence[Column[R]]) -> None:
        """Other columns, for other rows."""
        self.all = tuple(columns)
        self._empty = frozenset()
        self.forget()

    def forget(self) -> None:
        """Fits the columns again when they are next asked for."""
        self._fitted = []

    def take(self, rows: Rows[R]) -> None:
        """Takes the rows that the columns are for from now on."""
        self._rows = rows

    def fit(self, width: int) -> list[tuple[Column[R], int]]:
        """Those that are shown, each with its cells, in a table of `width` cells. The same list until they
        are fitted again.
        """
        if not self._fitted:
            self._needed, wholes = self._needs(), self._wholes()
            self._widest = {column: max(texts, default=0) for column, texts in wholes.items()}
            self._fitted = fit_columns(self.filled, width - GUTTER - AFTER, *self._needed, wholes)
        return self._fitted

    def outgrow(self, top: int, height: int) -> bool:
        """Forgets the widths where names of other lengths came, or a text in view (`height` rows from `top`)
        is cut that is wider than all before; whether it did.
        """
        if not self._fitted or (self._needs() == self._needed and not self._has_wider(top, top + height)):
            return False
        self.forget()
        return True

    def note_empty(self) -> bool:
        """Forgets the widths where columns became empty in every row, or no longer are; whether it did."""
        if (empty := self._find_empty()) == self._empty:
            return False
        self._empty = empty
        self.forget()
        return True

    @property
    def filled(self) -> list[Column[R]]:
        """The columns without those that are empty in every row."""
        return [column for column in self.all if column.id not in self._empty]

    def wanted_width(self, whole: bool) -> int:
        """Cells that the table needs, as `wanted_width` of the columns says."""
        gone = {each.id for each in self.all if each.id in self._empty and not each.right}
        columns = [each for each in self.all if each.id not in gone]  # a count is empty only at first
        return GUTTER + AFTER + wanted_width(columns, self._needs(), self._wholes() if whole else None)

    def titles(self, width: int, sort_shown: tuple[str, bool] | None) -> Line:
        """The header, kept while the columns are fitted and sorted as they are."""
        fitted = self.fit(width)
        known = self._titles
        if known is None or known[0] is not fitted or known[1] != sort_shown:
            known = self._titles = (fitted, sort_shown, header_line(fitted, sort_shown, GUTTER))
        return known[2]

    def _has_wider(self, first: int, last: int) -> bool:
        """Whether a text is cut that is wider than those the columns were fitted to."""
        wholes = text_widths(self.filled, self._sampled(first, last))
        return any(
            max(wholes[column.id], default=0) > max(width, self._widest[column.id])
            for column, width in self._fitted
            if column.id in wholes
        )

    def _needs(self) -> tuple[dict[str, int], dict[str, int]]:
        rows = self._sampled()
        return name_widths(self.all, rows, self.common), word_widths(self.all, rows)

    def _wholes(self) -> dict[str, list[int]]:
        return text_widths(self.filled, self._sampled())

    def _sampled(self, first: int = 0, last: int = SAMPLED) -> list[R]:
        """Rows that are measured."""
        rows = self._rows
        found = (rows[index] for index in range(first, min(last, SAMPLED, len(rows))))
        return [row for row in found if self._is_measured(row)]

    def _find_empty(self) -> frozenset[str]:
        if not len(self._rows):
            return frozenset()
        return frozenset(column.id for column in self.all if self._says_nothing(column))

    def _says_nothing(self, column: Column[Any]) -> bool:
        """Whether a column is empty in every row, or the same where another place shows it."""
        rows, indexes = self._rows, range(len(self._rows))
        if column.differs_by is not None:
            first = column.differs_by(rows[0])
            return all(column.differs_by(rows[index]) == first for index in indexes)
        return column.is_empty is not None and all(column.is_empty(rows[index]) for index in indexes)
