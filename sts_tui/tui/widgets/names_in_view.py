"""Which names on the screen would look alike once they are shortened, and what is shown instead?

A name is shortened by itself, so that it looks the same wherever its row is scrolled to. Two names that come
out alike while both are in view are shown by what differs between them, from then on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sts_tui.start_up.named_tuple import NamedTuple
from sts_tui.tui.text.distinct_names import fit_apart, fit_names
from sts_tui.tui.text.styled_text import Line, text_of

_KEPT: Final = 500
"""Names that are shown by their differences; then they are found again."""


class ShortName(NamedTuple):
    """A name that was shortened to fit a column."""

    column: str
    whole: Line
    width: int
    shown: Line
    looks: tuple[str, str]
    """The column and what is shown: equal ones look alike."""
    name: str
    """The whole text."""


class NamesInView:
    """Shortens names for one table."""

    def __init__(self) -> None:
        self.common: frozenset[str] = frozenset()
        """Words that nearly all names of the model have."""
        self._apart: dict[tuple[str, str], Line] = {}
        """(column, whole text) → what is shown, of names that would look like another."""

    def clear(self) -> None:
        """Columns have other widths, or other words are common."""
        self._apart.clear()

    def shorten(self, column: str, whole: Line, width: int) -> ShortName:
        name = text_of(whole)
        shown = self._apart.get((column, name)) or fit_names(whole, width, self.common)
        return ShortName(column, whole, width, shown, (column, text_of(shown)), name)

    def show_differences(self, names: Sequence[ShortName]) -> bool:
        """Finds what to show of names that look alike; whether there are any."""
        first: dict[tuple[str, str], str] = {}
        alike = {each.looks for each in names if first.setdefault(each.looks, each.name) != each.name}
        if len(self._apart) > _KEPT:
            self._apart.clear()
        has_new = False
        for looks in alike:
            members = list({each.name: each for each in names if each.looks == looks}.values())
            if all((each.column, each.name) in self._apart for each in members):
                continue  # their differences are shown already; there is no room for more
            has_new = True
            taken = {shown for _, shown in first}
            lines = fit_apart([each.whole for each in members], members[0].width, taken)
            for each, line in zip(members, lines, strict=True):
                self._apart[each.column, each.name] = line
        return has_new
