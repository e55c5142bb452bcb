"""The scrollbar looks like Textual's and is moved like it; text beside it is selected, it is not."""

from __future__ import annotations

import pytest
from rich.color import Color
from textual.app import App, ComposeResult
from textual.events import MouseScrollDown
from textual.scrollbar import ScrollBarRender

from sts_tui.tui.text.styled_text import line
from sts_tui.tui.text.theme import THEMES
from sts_tui.tui.widgets.document import Document
from sts_tui.tui.widgets.scrollbar import Scrollbar

LINES = 100
SIZE = (40, 10)
BAR = SIZE[0] - 1


class Bench(App[None]):
    def __init__(self) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name
        self.document = Document()

    def compose(self) -> ComposeResult:
        yield self.document

    def on_mount(self) -> None:
        self.document.styles.height = "1fr"
        self.document.show([line(f"line {number}") for number in range(LINES)])


@pytest.mark.parametrize("height", [1, 2, 5, 22, 50])
@pytest.mark.parametrize("more", [1, 7, 100, 99_999])
def test_it_looks_like_textuals(height: int, more: int) -> None:
    lines = height + more
    back, thumb = Color.parse("black"), Color.parse("white")
    for offset in {0, 1, more // 3, more // 2, more - 1, more}:
        theirs = [
            (
                segment.text,
                bool(segment.style and segment.style.reverse),
                segment.style and segment.style.color,
            )
            for segment in ScrollBarRender.render_bar(
                size=height,
                virtual_size=lines,
                window_size=height,
                position=offset,
                back_color=back,
                bar_color=thumb,
            ).segments
        ]
        cells = [Scrollbar().cell(row, height, lines, offset) for row in range(height)]
        ours = [
            (cell.glyph, cell.is_reversed, thumb if cell.is_thumb else None)
            for cell in cells
            if cell is not None
        ]
        assert ours == theirs, offset


def test_there_is_none_where_everything_fits() -> None:
    assert Scrollbar().cell(0, 10, 10, 0) is None


async def test_a_click_below_the_thumb_is_a_page() -> None:
    app = Bench()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await pilot.click(offset=(BAR, 9))
        assert app.document.scroll_offset.y == SIZE[1]
        await pilot.click(offset=(BAR, 0))
        assert app.document.scroll_offset.y == 0


async def test_the_thumb_is_dragged_and_selects_no_text() -> None:
    app = Bench()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await pilot.mouse_down(offset=(BAR, 0))
        await pilot.hover(offset=(BAR, 5))
        assert app.document.scroll_offset.y == 5 * LINES // SIZE[1]
        await pilot.hover(offset=(3, 1))  # also where the mouse leaves it
        assert app.document.scroll_offset.y == LINES // SIZE[1]
        await pilot.mouse_up(offset=(3, 1))
        await pilot.hover(offset=(3, 8))
        assert app.document.scroll_offset.y == LINES // SIZE[1]
        assert app.screen.get_selected_text() is None


async def test_text_is_selected_by_the_mouse() -> None:
    app = Bench()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await pilot.mouse_down(offset=(0, 1))
        await pilot.hover(offset=(6, 2))
        await pilot.mouse_up(offset=(6, 2))
        assert app.screen.get_selected_text() == "line 1\nline 2"


async def test_the_wheel_scrolls() -> None:
    app = Bench()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.document.post_message(MouseScrollDown(app.document, 3, 3, 0, 1, 0, False, False, False))
        await pilot.pause()
        assert app.document.scroll_offset.y > 0


async def test_keys_scroll_to_the_end_and_no_further() -> None:
    app = Bench()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        app.document.focus()
        await pilot.press("G", "j", "pagedown")
        await pilot.pause()
        assert app.document.scroll_offset.y == LINES - SIZE[1]
        app.document.show([line("short")])
        await pilot.pause()
        assert app.document.scroll_offset.y == 0
        assert not app.document.has_bar
