"""How does a container draw itself at the cost of three lines?

Textual asks every container behind a change for all of its lines, most of which are then covered. Between its
first and its last line, where borders and titles are, they are all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from textual.geometry import Region
from textual.strip import Strip

if TYPE_CHECKING:
    from textual.widget import Widget as Drawn
else:  # Textual takes the default styles of the first base that is a widget: the container
    Drawn = object

_INSIDE = 1
"""The row that represents all between the first and the last."""


class Backdrop(Drawn):
    """A mixin for containers that show nothing but a background and a border.

    A line is kept until it is refreshed. Textual refreshes a widget whose style, or that of what is behind
    it, changed.
    """

    _kept: dict[int, Strip] | None = None
    """Row → how it was drawn."""
    _kept_for: tuple[object, ...] = ()
    """Size, theme and columns of what is kept."""

    def render_lines(self, crop: Region) -> list[Strip]:
        x, y, width, height = crop
        last = self.outer_size.height - 1
        kept_for = (self.outer_size, self.app.theme, x, width)
        if self._kept is None or self._kept_for != kept_for:
            self._kept, self._kept_for = {}, kept_for
        strips = []
        for row in range(y, y + height):
            row = row if row >= last else min(row, _INSIDE)
            strip = self._kept.get(row)
            if strip is None:
                (strip,) = super().render_lines(Region(x, row, width, 1))
                self._kept[row] = strip
            strips.append(strip)
        return strips

    def refresh(
        self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False
    ) -> Self:
        if self._kept:
            if regions:
                self._forget(regions)
            else:
                self._kept.clear()
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def _forget(self, regions: tuple[Region, ...]) -> None:
        """Lines that are refreshed; regions are counted from the content."""
        assert self._kept is not None
        top, last = self.gutter.top, self.outer_size.height - 1
        for region in regions:
            for row in region.line_range:
                self._kept.pop(row + top if row + top >= last else min(row + top, _INSIDE), None)
