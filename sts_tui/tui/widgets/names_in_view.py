"""Which names on the screen would look alike once they are shortened, and what is shown instead?

A name is shortened by itself, so that it looks the same wherever its row is scrolled to. Two names that come
out alike while both are in view are shown by what differs between them, from then on.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

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
        shown = self._apart.get((column, text_of(whole)))
        return ShortName(column, whole, width, shown or fit_names(whole, width, self.common))

    def show_differences(self, names: Iterable[ShortName]) -> bool:
        """Finds what to show of names that look alike; whether there are any."""
        alike: dict[tuple[str, str], dict[str, ShortName]] = {}
        for name in names:
            group = alike.setdefault((name.column, text_of(name.shown)), {})
            group[text_of(name.whole)] = name
        taken = {shown for _, shown in alike}
        if len(self._apart) > _KEPT:
            self._apart.clear()
        groups = [group for group in alike.values() if len(group) > 1 and not self._are_known(group.values())]
        for group in groups:
            members = list(group.values())
            lines = fit_apart([each.whole for each in members], members[0].width, taken)
            for each, line in zip(members, lines, strict=True):
                self._apart[each.column, text_of(each.whole)] = line
        return bool(groups)

    def _are_known(self, names: Iterable[ShortName]) -> bool:
        """Whether their differences are shown already; there is no room for more."""
        return all((name.column, text_of(name.whole)) in self._apart for name in names)
