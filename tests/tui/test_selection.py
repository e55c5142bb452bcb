"""One selection: dialogs, other panes and commands name the row under the cursor, however it came there."""

from __future__ import annotations

import pytest

from sts_tui.tui.text.styled_text import text_of
from tests.support.explorer import Explorer, open_explorer
from tests.support.representative import representative


def role_at_cursor(explorer: Explorer) -> str:
    row = explorer.app.main.roles.table.cursor_row
    assert row is not None
    return row.name


async def revoke_title(explorer: Explorer) -> str:
    await explorer.press("R")
    title = str(explorer.app.screen.query("Dialog").first().border_title)
    await explorer.press("escape")
    return title


async def filter_by(explorer: Explorer, text: str) -> None:
    await explorer.press("slash")
    await explorer.type(text)
    await explorer.press("enter")


async def test_revoke_asks_about_the_role_that_the_filter_left() -> None:
    async with open_explorer(seconds=20) as explorer:
        await filter_by(explorer, "Break")
        assert role_at_cursor(explorer) == "BreakGlass"
        assert "BreakGlass" in await revoke_title(explorer)
        assert "BreakGlass" in str(explorer.app.main.policies.border_title)


async def test_assume_fills_in_the_role_that_the_filter_left() -> None:
    async with open_explorer(seconds=20) as explorer:
        await filter_by(explorer, "read")
        name = role_at_cursor(explorer)
        assert name.lower().startswith("read")
        await explorer.press("a")
        assert explorer.app.screen.values["role"] == name  # type: ignore[attr-defined]


async def test_no_role_is_selected_where_the_filter_leaves_none() -> None:
    async with open_explorer(seconds=20) as explorer:
        await filter_by(explorer, "nosuchrole")
        await explorer.press("R")
        assert explorer.app.screen is explorer.app.main, "there is nothing to ask about"
        assert "role" in explorer.message()


async def test_a_filter_of_the_sessions_selects_session_and_role() -> None:
    async with open_explorer(seconds=20) as explorer:
        await explorer.press("3")
        await filter_by(explorer, "deploy")
        row = explorer.app.main.sessions.table.cursor_row
        assert row is not None
        assert row.role_arn is not None
        assert explorer.app.selection.session() is row
        name = row.role_arn.rsplit("/", 1)[-1]
        assert name in await revoke_title(explorer)
        assert role_at_cursor(explorer) == name, "the cursor of the roles goes along"
        await explorer.press("enter")
        assert explorer.app.acting.access_key_id == row.access_key_id


@pytest.mark.parametrize(
    "way", representative(["sort", "click", "palette", "resize", "focus", "undo"], "sort", "palette", "undo")
)
async def test_however_the_cursor_moves_the_dialog_names_its_row(way: str) -> None:
    async with open_explorer(seconds=20) as explorer:
        await explorer.press("j", "j")
        match way:
            case "sort":
                await explorer.press("s", "s", "k")
            case "click":
                await explorer.click("#roles Table", offset=(5, 4))
            case "palette":
                await explorer.press("3")
                await explorer.find("role Deploy")
                assert role_at_cursor(explorer) == "Deploy"
            case "resize":
                await explorer.pilot.resize_terminal(80, 24)
            case "focus":
                await explorer.press("3", "G", "1")
            case "undo":
                await explorer.press("R", "tab", "enter", "z")
        await explorer.pilot.pause()
        assert explorer.app.main.focused_name == "roles"
        name = role_at_cursor(explorer)
        assert name in await revoke_title(explorer)
        assert name in str(explorer.app.main.policies.border_title)


async def test_resizing_keeps_the_pane_that_has_the_focus() -> None:
    async with open_explorer(seconds=20) as explorer:
        await explorer.press("3", "j")
        row = explorer.app.main.sessions.table.cursor_row
        await explorer.pilot.resize_terminal(80, 24)
        await explorer.pilot.pause()
        assert explorer.app.main.focused_name == "sessions"
        assert explorer.app.main.shows("sessions")
        assert explorer.app.selection.session() is row


async def test_the_command_bar_returns_to_the_pane_that_tab_had_reached() -> None:
    async with open_explorer(seconds=20) as explorer:
        await explorer.press("tab", "tab")
        pane = explorer.app.main.focused_name
        await explorer.press("colon", "escape")
        assert explorer.app.main.focused_name == pane


async def test_a_request_that_is_held_selects_its_callers_role() -> None:
    async with open_explorer(seconds=30) as explorer:
        await explorer.press("4", "j", "j")
        event = explorer.app.selection.request()
        assert event is explorer.app.main.requests.table.cursor_row
        assert event is not None
        explained = text_of(explorer.app.main.header.line_at(0))
        assert explained
        assert event.caller.rpartition("@")[2].rsplit("/", 1)[-1] == role_at_cursor(explorer)
