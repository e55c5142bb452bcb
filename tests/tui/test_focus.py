"""Whatever has the focus looks like it, and tab stops where something can be done."""

from __future__ import annotations

import pytest

from sts_tui.tui.dialogs.assume_form import FIELDS
from sts_tui.tui.main_screen import PANES
from sts_tui.tui.options import Options
from tests.support.explorer import Explorer, open_explorer
from tests.support.representative import representative

SCREENS: dict[str, tuple[str, ...]] = {
    "main": ("1",),
    "full screen": ("2", "f"),
    "help": ("question_mark",),
    "explanation": ("4", "j", "x"),
    "what if": ("4", "j", "w"),
    "assume role": ("a",),
    "chain": ("3", "c"),
    "act as": ("i",),
    "revoke": ("1", "R"),
    "edit policy": ("1", "e"),
    "whole call": ("1", "e", "ctrl+l"),
    "expiry": ("3", "J"),
    "save": ("ctrl+s",),
    "operations": ("O",),
    "timeline": ("t",),
    "commands": ("L",),
    "messages": ("exclamation_mark",),
    "copy": ("Y",),
    "palette": ("ctrl+p",),
}


async def looks_when_focused(explorer: Explorer, index: int | None) -> str:
    screen = explorer.app.screen
    screen.set_focus(None if index is None else screen.focus_chain[index], scroll_visible=False)
    for _ in range(3):
        await explorer.pilot.pause()
    return explorer.app.export_screenshot(title="focus")


COLORLESS = ("main", "full screen", "help", "assume role", "revoke", "whole call")


@pytest.mark.parametrize(
    ("screen", "no_color"),
    representative(
        [*((screen, False) for screen in SCREENS), *((screen, True) for screen in COLORLESS)],
        ("main", False), ("revoke", False), ("timeline", False), ("palette", False), ("main", True),
    ),
)  # fmt: skip
async def test_what_has_the_focus_looks_different(
    screen: str, no_color: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if no_color:
        monkeypatch.setenv("NO_COLOR", "1")
    async with open_explorer(seconds=20, options=Options(preset="default")) as explorer:
        explorer.app.ticker.set_paused(True)
        await explorer.press(*SCREENS[screen])
        assert screen in ("main", "full screen") or explorer.app.screen is not explorer.app.main
        members = range(len(explorer.app.screen.focus_chain))
        assert members, "something must have the focus"
        nothing = await looks_when_focused(explorer, None)
        looks = [await looks_when_focused(explorer, index) for index in members]
        assert nothing not in looks
        assert len(set(looks)) == len(looks)


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
async def test_tab_stops_once_in_every_pane(size: tuple[int, int]) -> None:
    async with open_explorer(seconds=20, size=size) as explorer:
        main = explorer.app.main
        shown = [name for name in PANES if main.shows(name)]
        stops = []
        for _ in shown:
            stops.append(main.focused_name)
            await explorer.press("tab")
        assert sorted(stops) == sorted(shown)
        assert main.focused_name == stops[0]


async def test_a_filter_that_is_kept_is_no_stop() -> None:
    async with open_explorer(seconds=20) as explorer:
        await explorer.press("slash")
        await explorer.type("a")
        await explorer.press("enter")
        before = len(explorer.app.main.focus_chain)
        await explorer.press("escape")
        assert len(explorer.app.main.focus_chain) == before


async def test_the_assume_form_steps_field_by_field_and_loses_nothing_typed() -> None:
    async with open_explorer() as explorer:
        await explorer.press("a")
        screen = explorer.app.screen
        assert [each.id for each in screen.focus_chain] == [f"field-{id}" for id, _ in FIELDS]
        screen.set_focus(screen.focus_chain[0])
        for _ in FIELDS:
            await explorer.press("end", "q", "tab")
        values = screen.values  # type: ignore[attr-defined]
        assert all(values[id].endswith("q") for id, _ in FIELDS)


async def test_letters_typed_into_a_choice_are_never_lost() -> None:
    async with open_explorer() as explorer:
        await explorer.press("i", "tab", "a", "l", "i")
        assert len(explorer.app.screen.focus_chain) == 1
        assert "alice" in explorer.screen()
        assert "anonymous" not in explorer.screen()
