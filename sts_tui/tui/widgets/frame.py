"""What goes to the terminal for one frame: the cells that changed, and nothing else.

Textual's compositor takes the smallest rectangle around everything that changed, asks every widget in it for
all of its lines, and cuts each line at every edge of every widget. On a screen of 200x50 a cursor that moves
by one row, with the policies that hang on it, costs some fifteen milliseconds in that way. Here widgets
are asked front to back, each only for the lines on which it is seen in something that changed, and whoever
is covered is not asked at all. What is drawn is the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, RenderResult
from rich.control import Control
from rich.segment import Segment
from textual._compositor import Compositor, CompositorUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from sts_tui.tui.widgets.lines import LineView

Holes = dict[int, list[tuple[int, int]]]
"""Line of the screen → (first cell, cell after the last) of what is still to be drawn on it."""
Part = tuple[int, int, Strip]
"""(line, first cell, what stands there)"""


class FrameUpdate(CompositorUpdate):
    """Parts of lines, ready for the terminal."""

    def __init__(self, parts: list[Part]) -> None:
        self.parts = parts

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for y, x, strip in self.parts:
            yield Control.move_to(x, y).segment
            yield from strip
        yield Segment("")

    def render_segments(self, console: Console) -> str:
        written: list[str] = []
        at = (-1, -1)
        for y, x, strip in self.parts:
            if at != (y, x):
                written.append(f"\x1b[{y + 1};{x + 1}H")
            written.append(strip.render(console))
            at = (y, x + strip.cell_length)
        return "".join(written)


class FrameCompositor(Compositor):
    """Textual's, but for frames in which nothing moves."""

    def render_full_update(self, simplify: bool = False) -> LayoutUpdate:
        screen = self.size.region
        if simplify or not screen:
            return super().render_full_update(simplify)
        self._dirty_regions = {screen}
        lines: list[list[Strip]] = [[] for _ in range(screen.height)]
        frame = self.render_partial_update()
        for y, _, strip in frame.parts if frame else ():
            lines[y].append(strip)
        return LayoutUpdate([*lines], screen)

    def render_partial_update(self) -> FrameUpdate | None:  # type: ignore[override]
        screen = self.size.region
        regions = {region.intersection(screen) for region in self._dirty_regions}
        self._dirty_regions.clear()
        holes: Holes = {}
        for y, first, last in self._regions_to_spans(region for region in regions if region):
            holes.setdefault(y, []).append((first, last))
        if not holes:
            return None
        parts: list[Part] = []
        for widget, (region, clip) in self.visible_widgets.items():
            parts += self._parts_of(widget, region, region.intersection(clip), holes)
            if not holes:
                break
        parts.sort(key=lambda part: part[:2])
        return FrameUpdate(parts)

    def _parts_of(self, widget: Widget, region: Region, seen: Region, holes: Holes) -> Iterator[Part]:
        """What the widget has for the holes; they are filled then."""
        first, last = seen.column_span
        lines = [
            y
            for y in range(seen.y, seen.bottom)
            if (spans := holes.get(y)) and any(start < last and first < end for start, end in spans)
        ]
        draw = widget.render_lines
        if isinstance(widget, LineView) and lines:
            widget.note_looks()
            draw = widget.draw_lines
        for top, bottom in _runs(lines):
            strips = draw(Region(0, top - region.y, region.width, bottom - top))
            for y, strip in zip(range(top, bottom), strips, strict=False):
                left = []
                for start, end in holes[y]:
                    begin, stop = max(start, first), min(end, last)
                    if begin >= stop:
                        left.append((start, end))
                        continue
                    yield y, begin, strip.crop(begin - region.x, stop - region.x)
                    left += [span for span in ((start, begin), (stop, end)) if span[0] < span[1]]
                if left:
                    holes[y] = left
                else:
                    del holes[y]


def _runs(lines: list[int]) -> Iterator[tuple[int, int]]:
    """(first, after the last) of lines that follow each other."""
    start = 0
    for position in range(1, len(lines) + 1):
        if position == len(lines) or lines[position] != lines[position - 1] + 1:
            yield lines[start], lines[position - 1] + 1
            start = position
