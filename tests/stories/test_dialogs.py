"""Dialogs on the smallest usual terminal: nothing is cut without a way to see it, nothing typed is lost."""

from __future__ import annotations

import pytest
from textual.widgets import Input, TextArea

from sts_tui.simulation.events import RequestAnswered
from sts_tui.tui.dialogs.dialog import Dialog
from sts_tui.tui.dialogs.help import with_keys
from sts_tui.tui.keys.keymap import keymap
from sts_tui.tui.options import Options
from sts_tui.tui.text.styled_text import text_of
from sts_tui.tui.widgets.document import Document
from tests.support.explorer import Explorer, open_explorer

SMALL = (80, 24)


def hint(explorer: Explorer) -> str:
    return str(explorer.app.screen.query_one(Dialog).border_subtitle)


async def test_the_call_below_a_long_policy_can_be_read_to_its_end_at_80_columns() -> None:
    async with open_explorer(size=SMALL) as explorer:
        await explorer.press("down", "2", "]", "e")
        call = explorer.app.screen.query_one(Document)
        assert call.line_count() > call.size.height, "it is cut while one edits"
        assert "^l " in hint(explorer)
        before = call.size.height
        await explorer.press("ctrl+l", "G")
        assert call.size.height > before
        assert call.scroll_offset.y + call.size.height >= call.line_count(), "its end is in view"
        assert "role/BreakGlass" in "".join(line.strip() for line in call.dump())
        await explorer.press("escape")
        assert isinstance(explorer.app.focused, TextArea), "escape leads back to the policy first"
        await explorer.press("ctrl+y")
        assert explorer.app.clipboard.startswith("aws iam put-role-policy --role-name Deploy")


async def test_one_escape_never_loses_an_edit() -> None:
    async with open_explorer(size=SMALL) as explorer:
        await explorer.press("2", "]", "e")
        await explorer.type(" ")
        await explorer.press("escape")
        assert "unsaved" in hint(explorer)
        await explorer.type(" ")
        assert "unsaved" not in hint(explorer)
        await explorer.press("escape", "escape")
        assert explorer.app.screen is explorer.app.main
        await explorer.press("e", "escape")
        assert explorer.app.screen is explorer.app.main, "what was not changed is left at once"


async def test_what_is_chosen_is_seen_whole_below_a_what_if() -> None:
    async with open_explorer(size=SMALL, seconds=2) as explorer:
        await explorer.press("R", "tab", "enter")
        await explorer.wait(4)
        await explorer.press("4", "w")
        await explorer.type("without service")
        await explorer.press("enter")
        box = explorer.app.screen.query_one(Dialog).content_region
        whole = explorer.app.screen.query_one("#whole", Document).region
        assert whole.height >= 2
        assert box.contains_region(whole)
        assert "also without" in explorer.screen()


async def test_a_line_that_is_no_request_explains_the_request_that_it_tells_of() -> None:
    async with open_explorer(seconds=0.5) as explorer:
        await explorer.press("4", "g")
        first, second = (explorer.app.main.requests.table.rows[index] for index in (0, 1))
        assert not isinstance(first, RequestAnswered)
        assert isinstance(second, RequestAnswered)
        await explorer.press("x")
        assert f"Explain request #{second.number}" in explorer.screen()


async def test_a_revoked_session_is_reported_as_revoked_when_asked_whether_it_lasts() -> None:
    async with open_explorer(seconds=5) as explorer:
        await explorer.press("R", "tab", "enter")
        row = next(row for row in explorer.app.row_cache.sessions() if row.label.startswith("i-"))
        explorer.app.presenter.go_to_session(row.access_key_id)
        await explorer.press("J")
        assert "is revoked" in explorer.text()
        assert "left" not in explorer.app.screen.query_one(Document).dump()[0]


async def test_the_box_that_writes_a_file_says_which_key_writes() -> None:
    async with open_explorer() as explorer:
        await explorer.press("ctrl+s")
        assert isinstance(explorer.app.focused, Input)
        assert "enter save" in hint(explorer)
        assert "esc cancel" in hint(explorer)


@pytest.mark.parametrize("key", ["R", "ctrl+x"])
def test_the_help_of_a_pane_names_the_keys_of_ones_own_keymap(key: str) -> None:
    keys = keymap("default", {"revoke": key})
    assert text_of(with_keys("`R` revokes, `enter` opens", keys)) == (
        "R revokes, enter opens" if key == "R" else "^x revokes, enter opens"
    )


async def test_read_only_never_names_a_denial_that_was_not() -> None:
    async with open_explorer(options=Options(preset="default", is_readonly=True), seconds=1) as explorer:
        assert "why was it denied" not in explorer.status()
        assert "x explain" in explorer.status()


async def test_a_message_that_is_cut_can_be_read_whole() -> None:
    async with open_explorer(size=SMALL, seconds=2) as explorer:
        await explorer.press("R", "tab", "enter", "u", "enter")
        assert explorer.status().endswith("! show the whole message")
        await explorer.press("!")
        assert "aws:TokenIssueTime" in "".join(explorer.text().split())


async def test_full_screen_names_the_way_out() -> None:
    async with open_explorer(size=SMALL, seconds=2) as explorer:
        await explorer.press("f")
        assert "esc leave full screen" in explorer.status()
        await explorer.press("escape")
        assert "full screen" not in explorer.status()


async def test_the_screen_as_text_holds_all_policies_and_no_drawing() -> None:
    async with open_explorer(size=SMALL, seconds=2) as explorer:
        await explorer.press("R", "tab", "enter")
        text = "\n".join(explorer.app.main.as_text())
    assert (
        "▸AWSRevokeOlderSessions  OrdersReadWrite  SCP FullAWSAccess Root  RCP only-our-organization" in text
    )
    assert '   "Condition": {"DateLessThan": {"aws:TokenIssueTime": "2026-01-15T09:00:32.000Z"}}}]}' in text
    assert "━" not in text, "a bar says nothing that is not said in words"
    assert "─" not in text.replace("  ── App revoked", "")


async def test_on_a_wide_screen_every_line_of_the_stream_begins_with_its_number() -> None:
    async with open_explorer(size=(200, 50), seconds=4) as explorer:
        numbers = [line[2:9].strip() for line in explorer.pane("requests").splitlines()[3:]]
        assert len(numbers) > 10
        assert all(number.isdigit() for number in numbers)
        assert numbers == sorted(numbers, key=int, reverse=True)


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_the_acting_identity_is_on_the_screen_however_long_the_chain(width: int) -> None:
    async with open_explorer(size=(width, 24), seconds=2) as explorer:
        row = next(row for row in explorer.app.row_cache.sessions() if row.label == "release-812@Deploy")
        explorer.app.act_as(explorer.app.simulation.resolve(row.access_key_id))
        explorer.app.presenter.refresh()
        await explorer.pilot.pause()
        second = explorer.app.main.header.dump()[1]
        begins = (
            " as … › release-812@" if width < 120 else " as github/main › shop-build-812@CI › release-812"
        )
        assert second.startswith(begins)
        assert "left" in second


async def test_what_to_press_after_assuming_is_the_first_hint() -> None:
    async with open_explorer(size=SMALL, seconds=2) as explorer:
        await explorer.press("a", "enter")
        assert "issued: enter acts as it, c chains" in explorer.status()


async def test_where_sessions_are_out_of_sight_the_chosen_roles_is_meant() -> None:
    async with open_explorer(size=SMALL, seconds=2) as explorer:
        await explorer.press("down", "J")
        assert "Will it last? release-812@Deploy" in explorer.screen()
        await explorer.press("escape")
        await explorer.press("G", "J")
        assert "Select a session first (pane 3)" in explorer.message(), "Auditor has none"
