"""How does a container draw itself at the cost of three lines?

Textual asks every container behind a change for all of its lines, most of which are then covered. Between its
first and its last line, where borders and titles are, they are all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Region
from textual.strip import Strip

if TYPE_CHECKING:
    from textual.widget import Widget as Drawn
else:  # Textual takes the default styles of the first base that is a widget: the container
    Drawn = object


class Backdrop(Drawn):
    """A mixin for containers that show nothing but a background and a border."""

    def render_lines(self, crop: Region) -> list[Strip]:
        x, y, width, height = crop
        last = self.outer_size.height - 1
        first_inside, end_inside = max(y, 1), min(y + height, last)
        if end_inside - first_inside < 2:
            return super().render_lines(crop)
        strips = super().render_lines(Region(x, 0, width, 1)) if y == 0 else []
        strips += super().render_lines(Region(x, first_inside, width, 1)) * (end_inside - first_inside)
        if y + height > last:
            strips += super().render_lines(Region(x, last, width, 1))
        return strips
