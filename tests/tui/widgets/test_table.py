"""The table: the cursor belongs to a row, and whatever changes, the row stays where it is on the screen."""

from __future__ import annotations

from textual.app import App, ComposeResult

from sts_tui.tui.text.styled_text import line
from sts_tui.tui.text.theme import THEMES
from sts_tui.tui.widgets.columns import Column, ListRows
from sts_tui.tui.widgets.table import Table

COLUMNS: tuple[Column[int], ...] = (
    Column(id="number", title="NUMBER", width=8, cell=lambda row: line(str(row)), sort_by=lambda row: row),
    Column(id="text", title="TEXT", width=20, cell=lambda row: line(f"row {row}"), priority=1, grow=1),
    Column(id="rest", title="REST", width=10, cell=lambda row: line("-"), priority=2),
)


class Bench(App[None]):
    def __init__(self, follow: bool = False) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name
        self.table: Table[int] = Table(COLUMNS, follow=follow)

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        self.table.focus()

    def show(self, rows: list[int]) -> None:
        self.table.show(ListRows(rows, lambda row: row))

    def at_screen(self) -> int:
        return self.table.cursor - self.table.scroll_offset.y


async def test_rows_coming_above_move_neither_cursor_nor_what_one_sees() -> None:
    app = Bench()
    async with app.run_test(size=(40, 10)) as pilot:
        app.show(list(range(100)))
        await pilot.pause()
        app.table.choose(50)
        await pilot.pause()
        before = app.at_screen()
        app.show([-2, -1, *range(100)])
        await pilot.pause()
        assert app.table.cursor_row == 50
        assert app.at_screen() == before


async def test_sorting_keeps_the_row_under_the_cursor_and_one_that_goes_its_place() -> None:
    app = Bench()
    async with app.run_test(size=(40, 10)) as pilot:
        app.show(list(range(100)))
        app.table.choose(3)
        app.show(list(reversed(range(100))))
        await pilot.pause()
        assert app.table.cursor_row == 3
        app.show(list(range(10)))
        app.table.choose(4)
        app.show([row for row in range(10) if row != 4])
        await pilot.pause()
        assert app.table.cursor == 4
        app.show([])
        await pilot.pause()
        assert app.table.cursor_row is None


async def test_a_followed_table_stays_on_what_comes_first() -> None:
    app = Bench(follow=True)
    async with app.run_test(size=(40, 10)) as pilot:
        app.show([1, 0])
        await pilot.pause()
        app.show([2, 1, 0])
        assert app.table.cursor_row == 2
        await pilot.press("j")
        app.show([3, 2, 1, 0])
        await pilot.pause()
        assert app.table.cursor_row == 1, "away from the first row it follows no more"


async def test_vim_keys_and_pages_move_and_never_leave_the_table() -> None:
    app = Bench()
    async with app.run_test(size=(40, 11)) as pilot:
        app.show(list(range(100)))
        await pilot.pause()
        for keys, expected in (
            ("j", 1),
            ("k", 0),
            ("G", 99),
            ("g", 0),
            ("ctrl+d", 5),
            ("ctrl+u", 0),
            ("pagedown", 10),
            ("pageup", 0),
            ("end", 99),
            ("home", 0),
            ("k", 0),
        ):
            await pilot.press(keys)
            assert app.table.cursor == expected, keys
            assert 0 <= app.at_screen() < 10


async def test_only_visible_rows_are_ever_asked_for_their_cells() -> None:
    asked: list[int] = []
    column: Column[int] = Column(
        id="n", title="N", width=8, cell=lambda row: asked.append(row) or line(str(row))
    )  # type: ignore[func-returns-value]
    app = Bench()
    async with app.run_test(size=(40, 10)) as pilot:
        app.table.set_columns((column,))
        app.show(list(range(10_000)))
        await pilot.pause()
        assert 0 < len(set(asked)) <= 10


async def test_columns_move_for_a_text_that_is_cut_and_for_no_other() -> None:
    app = Bench()
    columns: tuple[Column[int], ...] = (
        Column(id="left", title="L", width=4, cell=lambda row: line("x" * row), grow=1),
        Column(id="right", title="R", width=4, cell=lambda row: line("y" * 8), grow=1),
    )
    async with app.run_test(size=(40, 10)) as pilot:
        app.table.set_columns(columns)
        app.show([10])
        await pilot.pause()
        before = {column.id: width for column, width in app.table._fit()}
        app.show([10, 4])
        assert {column.id: width for column, width in app.table._fit()} == before
        app.show([2])
        assert {column.id: width for column, width in app.table._fit()} == before
        app.show([24, 2])
        assert {column.id: width for column, width in app.table._fit()}["left"] >= 24
