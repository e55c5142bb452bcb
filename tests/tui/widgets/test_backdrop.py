"""A container draws the same lines as Textual's own would, and asks for three of them at any height."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from sts_tui.tui.widgets.backdrop import Backdrop


class Box(Backdrop, Vertical):
    pass


class Boxes(App[None]):
    CSS: ClassVar[str] = """
    #plain { height: 12; background: #123456; }
    #framed { height: 12; border: round red; border-title-align: left; padding: 1 2; }
    """

    def compose(self) -> ComposeResult:
        yield Box(Static("inside"), id="plain")
        framed = Box(Static("inside"), id="framed")
        framed.border_title = "Title"
        framed.border_subtitle = "Hint"
        yield framed


def crops(width: int, height: int) -> list[Region]:
    rows = [(y, rows) for y in range(height) for rows in range(1, height - y + 1)]
    return [Region(0, y, width, rows) for y, rows in rows] + [Region(5, y, 9, rows) for y, rows in rows]


def cells(strips: Iterable[Strip]) -> list[list[object]]:
    """What is seen: the color of a blank is not, nor what the mouse would need to find text."""
    return [
        [
            (cell, part.style and part.style.bgcolor, part.style and cell.strip() and part.style.color)
            for part in strip
            for cell in part.text
        ]
        for strip in strips
    ]


@pytest.mark.parametrize("name", ["plain", "framed"])
async def test_it_draws_what_textual_draws(name: str) -> None:
    app = Boxes()
    async with app.run_test(size=(40, 30)):
        box = app.query_one(f"#{name}", Box)
        for crop in crops(*box.outer_size):
            assert cells(box.render_lines(crop)) == cells(Widget.render_lines(box, crop)), crop


@pytest.mark.parametrize("height", [5, 300])
async def test_a_taller_one_asks_for_no_more_lines(height: int, monkeypatch: pytest.MonkeyPatch) -> None:
    app = Boxes()
    async with app.run_test(size=(40, 600)) as pilot:
        box = app.query_one("#framed", Box)
        box.styles.height = height
        await pilot.pause()
        asked = 0
        render_lines = Widget.render_lines

        def counting(widget: Widget, crop: Region) -> Any:
            nonlocal asked
            asked += crop.height
            return render_lines(widget, crop)

        monkeypatch.setattr(Widget, "render_lines", counting)
        everything = Region(0, 0, 40, height)
        for refreshed, of_these in (((), 3), ((Region(0, -2, 40, 1),), 1), ((Region(0, 0, 40, 1),), 1)):
            box.refresh(*refreshed)
            asked = 0
            assert len(box.render_lines(everything)) == len(box.render_lines(everything)) == height
            assert asked == of_these, refreshed


async def test_a_line_is_kept_no_longer_than_it_looks_the_same() -> None:
    app = Boxes()
    async with app.run_test(size=(40, 30)) as pilot:
        box = app.query_one("#framed", Box)
        everything = Region(0, 0, *box.outer_size)
        for change in (
            lambda: setattr(box, "border_title", "Another"),
            lambda: setattr(box, "border_subtitle", "Other"),
            lambda: setattr(box.styles, "background", "green"),
            lambda: setattr(box.styles, "border", ("heavy", "blue")),
            lambda: setattr(app.screen.styles, "background", "yellow"),
            lambda: setattr(app, "theme", "nord"),
            lambda: setattr(box.styles, "height", 9),
        ):
            change()
            await pilot.pause()
            drawn = cells(box.render_lines(everything))
            assert drawn == cells(Widget.render_lines(box, everything))
