"""What a screen costs until it is seen: each style is looked up once, and few layouts are made."""

from __future__ import annotations

from collections import Counter

import pytest
from textual._compositor import Compositor
from textual.css.stylesheet import Stylesheet

from sts_tui.tui.text import theme
from sts_tui.tui.text.parts import Part
from sts_tui.tui.text.styled_text import line
from tests.support.explorer import open_explorer


async def test_styles_are_looked_up_once_and_two_layouts_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    applied: Counter[int] = Counter()
    widgets: list[object] = []
    layouts: list[object] = []
    apply, reflow = Stylesheet.apply, Compositor.reflow

    def counted_apply(self: Stylesheet, node: object, **options: object) -> None:
        applied[id(node)] += 1
        widgets.append(node)  # so that no other has its id
        apply(self, node, **options)  # type: ignore[arg-type]

    def counted_reflow(self: Compositor, *given: object) -> object:
        layouts.append(given)
        return reflow(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Stylesheet, "apply", counted_apply)
    monkeypatch.setattr(Compositor, "reflow", counted_reflow)
    async with open_explorer() as explorer:
        # The focus, and what the first row has, change a few of them once more.
        again = [each for each in set(widgets) if applied[id(each)] > 1]
        assert len(again) <= len(set(widgets)) // 3, again
        assert len(layouts) <= 3, len(layouts)
        before = len(widgets)
        await explorer.press("question_mark")
        opened = set(explorer.app.screen.query("*"))
        twice = [each for each in opened if Counter(map(id, widgets[before:]))[id(each)] > 1]
        assert len(twice) <= 2, twice


async def test_what_is_not_shown_is_mounted_later_and_in_its_place() -> None:
    """The line of a past instant, tabs, the panel of output, a caption, and what a small terminal shows."""
    async with open_explorer(size=(200, 50)) as explorer:
        main = explorer.app.main
        assert all(each.display for each in main.query("*"))
        await explorer.pilot.resize_terminal(50, 14)
        await explorer.pilot.resize_terminal(80, 24)
        main.show_caption(line("caption"))
        main.show_output([(line("output"), 0)])
        main.open_command_line()
        main.show_past(([Part(line("past"))], ()))
        await explorer.pilot.pause()
        order = (
            main.header, main.past, main.tabs, main.top, main.lists, main.too_small, main.drawer,
            main.command_line, main.caption, main.status, main.key_line,
        )  # fmt: skip
        assert [each for each in main.children if each in order] == list(order)
        assert not main.too_small.display
        seen = [each.region.y for each in order if each.display]
        assert seen == sorted(set(seen))


async def test_styles_are_what_textual_makes_of_them() -> None:
    """Parsed by rich, in a tenth of the time."""
    async with open_explorer() as explorer:
        app = explorer.app
        for style in {*theme.STYLES.values(), *theme.WITHOUT_COLOR.values()} - {""}:
            assert theme.style_of(app, style) == app.stylesheet.parse_style(style).rich_style, style
