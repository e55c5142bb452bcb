"""What was drawn bit by bit is what a drawing of everything would show; and a key is one frame."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from rich.style import Style
from textual._compositor import ChopsUpdate
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from sts_tui.tui.app import StsApp
from sts_tui.tui.widgets.lines import LineView
from sts_tui.tui.widgets.table import Table
from tests.support.explorer import Explorer, open_explorer
from tests.support.settling import every_frame

Cell = tuple[str, tuple[object, ...]]
KEYS = (
    *("j", "k", "pagedown", "pageup", "G", "g", "ctrl+d", "ctrl+u", "tab", "1", "2", "3", "4", "5"),
    *("left_square_bracket", "right_square_bracket", "s", "S", "f", "r", "space", "full_stop", "T", "u"),
    *("slash", "a", "escape", "enter", "escape", "escape"),
)


def looks(style: Style | None) -> tuple[object, ...]:
    style = style or Style()
    return (style.color, style.bgcolor, style.bold, style.dim, style.reverse, style.underline)


def cells_of(strip: Strip) -> list[Cell]:
    return [(char, looks(segment.style)) for segment in strip for char in segment.text]


class Glass:
    """What the terminal shows, if it shows what it was sent."""

    def __init__(self, app: StsApp, monkeypatch: pytest.MonkeyPatch) -> None:
        self.app = app
        self.lines: list[list[Cell]] = []
        self.frames = 0
        self.cells_sent = 0
        original = app._display

        def display(screen: Screen[Any], update: Any) -> None:
            self._take(update)
            original(screen, update)

        monkeypatch.setattr(app, "_display", display)

    def _take(self, update: object) -> None:
        if update is None:
            return
        self.frames += 1
        if not isinstance(update, ChopsUpdate) or not self.lines:
            self.lines = self.whole()
            return
        for y, first, last in update.spans:
            for x, strip in update.chops[y].items():
                for at, cell in enumerate(cells_of(strip) if strip else (), x):
                    if first <= at < last:
                        self.cells_sent += 1
                        self.lines[y][at] = cell

    def whole(self) -> list[list[Cell]]:
        """Everything drawn again, as though nothing had been drawn before."""
        screen = self.app.screen
        for widget in screen.query("*"):
            widget._styles_cache.clear()
            if isinstance(widget, LineView):
                widget._kept.clear()
                widget._strips.clear()
                widget._current.clear()
        return [cells_of(strip) for strip in screen._compositor.render_strips()]


def difference(one: list[list[Cell]], other: list[list[Cell]]) -> list[object]:
    return [
        (y, x, here, there)
        for y, (mine, yours) in enumerate(zip(one, other, strict=True))
        for x, (here, there) in enumerate(zip(mine, yours, strict=True))
        if here != there
    ]


@pytest.mark.parametrize(
    ("size", "seed"),
    [pytest.param((200, 50), 1, id="200x50", marks=pytest.mark.long), pytest.param((120, 36), 2, id="120x36")]
    + [pytest.param((80, 24), seed, id=f"80x24-{seed}", marks=pytest.mark.long) for seed in range(3, 13)],
)
async def test_frames_add_up_to_the_screen(
    size: tuple[int, int], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(seed)
    async with open_explorer(size=size, seconds=12) as explorer:
        glass = Glass(explorer.app, monkeypatch)
        explorer.app.refresh()
        for _ in range(35):
            key = dice.choice(KEYS)
            await explorer.press(key)
            if dice.random() < 0.2:
                await explorer.wait(dice.choice((0.5, 1, 2)))
            await settled(explorer)
            if explorer.app.screen is explorer.app.main:
                assert difference(glass.lines, glass.whole())[:5] == [], key


@pytest.fixture(autouse=True)
def _frames_are_drawn_as_they_come() -> Iterator[None]:
    with every_frame():
        yield


async def settled(explorer: Explorer) -> None:
    """Nothing is left to be drawn."""
    screen = explorer.app.screen
    for _ in range(20):
        await explorer.pilot.pause()
        if not (screen._dirty_widgets or screen._layout_required or screen._scroll_required):
            return


@pytest.mark.parametrize("pane", ["1", "3", "4"])
async def test_a_key_in_a_list_is_one_frame_of_a_few_lines(
    pane: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_explorer(size=(200, 50), seconds=12) as explorer:
        await explorer.press(pane)
        await settled(explorer)
        glass = Glass(explorer.app, monkeypatch)
        glass.lines = glass.whole()
        for key in ("j", "j", "k"):
            glass.frames = glass.cells_sent = 0
            await explorer.press(key)
            await settled(explorer)
            assert glass.frames == 1
            assert glass.cells_sent < 200 * 50 / 2


async def test_a_key_looks_at_each_row_of_a_list_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are compared when the key is handled; drawing the frame does not ask for them again."""
    async with open_explorer(size=(200, 50)) as explorer:
        table = explorer.app.query(Table).first()
        table.focus()
        await settled(explorer)
        asked: list[int] = []
        line_at = table.line_at

        def counting(y: int) -> Any:
            asked.append(y)
            return line_at(y)

        monkeypatch.setattr(table, "line_at", counting)
        await explorer.press("j")
        await settled(explorer)
        assert max(asked.count(y) for y in asked) == 1


async def test_time_that_changes_nothing_seen_draws_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_explorer(size=(200, 50), seconds=12) as explorer:
        await settled(explorer)
        glass = Glass(explorer.app, monkeypatch)
        await explorer.wait(0.2)
        await settled(explorer)
        assert glass.frames == 0
        await explorer.wait(0.8)
        await settled(explorer)
        assert glass.frames == 1


async def test_a_frame_asks_no_widget_that_is_covered_or_unchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_explorer(size=(200, 50), seconds=12) as explorer:
        main = explorer.app.main
        await explorer.press("3", "1")
        await settled(explorer)
        lines_asked: dict[Widget, int] = {}

        def counted(widget: Widget) -> None:
            render_lines = widget.render_lines

            def counting(crop: Region) -> list[Strip]:
                lines_asked[widget] = lines_asked.get(widget, 0) + crop.height
                return render_lines(crop)

            monkeypatch.setattr(widget, "render_lines", counting)

        for widget in (main, *main.query("*").results(Widget)):
            counted(widget)
        await explorer.press("j")
        await settled(explorer)
        assert lines_asked[main.roles.table] <= 3  # the rows that the cursor left and came to
        assert not {main, main.top, main.header, main.sessions, main.sessions.table} & lines_asked.keys()
