"""Whole stories without a key: focus, forms, warnings, reading, editor, palette. Only text is typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sts_tui.sts.errors import AwsError
from sts_tui.tui.dialogs.dialog import AFTER_HINT, Dialog
from sts_tui.tui.main_screen import PANES
from sts_tui.tui.start.file_warnings import report_all_warnings
from sts_tui.tui.text.styled_text import cells
from sts_tui.tui.widgets.document import Document
from tests.stories.test_by_mouse import click_on
from tests.stories.test_warnings import MEANT, said
from tests.support.explorer import SAMPLE, Explorer, open_explorer


async def click_hint(explorer: Explorer, words: str) -> None:
    """Clicks on words of the keys at the lower edge of the topmost box."""
    box = explorer.app.screen.query(Dialog).first()
    hint = str(box.border_subtitle)
    left = box.outer_size.width - AFTER_HINT - cells(hint)
    await explorer.click("Dialog", offset=(left + hint.index(words), box.outer_size.height - 1))


async def click_footer(explorer: Explorer, words: str) -> None:
    await explorer.click("#footer", offset=(explorer.app.main.key_line.dump()[0].index(words), 0))


async def test_a_click_on_a_row_selects_it_for_every_action() -> None:
    async with open_explorer(seconds=5) as explorer:
        await click_on(explorer, "#roles Table", "BreakGlass")
        assert explorer.app.selection.role_arn.endswith("/BreakGlass")
        await click_footer(explorer, "revoke")
        assert "Revoke active sessions of BreakGlass?" in explorer.screen()
        await click_hint(explorer, "cancel")
        await click_on(explorer, "#sessions Table", "release-812")
        assert explorer.app.selection.role_arn.endswith("/Deploy")
        await click_footer(explorer, "revoke")
        assert "Revoke active sessions of Deploy?" in explorer.screen()


async def test_a_click_gives_the_focus_to_a_pane_and_it_looks_focused() -> None:
    async with open_explorer(seconds=5, size=(200, 50)) as explorer:
        main = explorer.app.main
        looks = set()
        for name in PANES:
            pane = main.pane(name)
            await explorer.pilot.click(main.pane(name).main_widget(), offset=(3, 1))
            await explorer.pilot.pause()
            assert main.focused_name == name
            assert explorer.app.focused in pane.walk_children(with_self=True)
            looks.add(explorer.app.export_screenshot(title="focus"))
        assert len(looks) == len(PANES)


async def test_fields_of_a_form_are_filled_in_after_clicks_and_nothing_typed_is_lost() -> None:
    async with open_explorer(seconds=5) as explorer:
        await click_on(explorer, "#roles Table", "Deploy")
        await click_footer(explorer, "assume")
        for field, text in (("name", "x1"), ("duration", "900"), ("source_identity", "eve")):
            await explorer.click(f"#field-{field}", offset=(3, 0))
            assert explorer.app.focused is explorer.app.screen.query_one(f"#field-{field}")
            await explorer.press("end")
            await explorer.type(text)
        values: Any = explorer.app.screen
        assert values.values["name"].endswith("x1")
        assert values.values["duration"] == "900"
        assert values.values["source_identity"] == "eve"
        await click_hint(explorer, "cancel")
        assert explorer.app.screen is explorer.app.main


async def test_a_warning_of_the_file_and_one_of_the_editor_are_read(tmp_path: Path) -> None:
    misspelled = tmp_path / "account.json"
    text = SAMPLE.read_text(encoding="utf-8").replace('"aws:SecureTransport"', '"aws:SecureTransprt"')
    misspelled.write_text(text, encoding="utf-8")
    async with open_explorer(misspelled) as explorer:
        report_all_warnings(explorer.app, (misspelled,))
        assert await said(explorer, "1 warning in the account file. Press ! to see it.")
        await click_on(explorer, "#status", "Press !")
        assert 'did you mean "aws:SecureTransport"?' in explorer.text()
        await click_hint(explorer, "close")
        await explorer.click("#policy", offset=(5, 3))
        await click_footer(explorer, "e edit")
        area: Any = explorer.app.screen.query_one("TextArea")
        document = json.loads(area.text)
        document["Statement"][0]["Condition"] = {"DateLessThan": {"aws:TokeIssueTime": "2030-01-01"}}
        area.text = json.dumps(document, indent=2)
        await explorer.pilot.pause()
        assert MEANT in explorer.text(), "before it is saved"
        await click_hint(explorer, "save")
        assert explorer.app.screen is explorer.app.main
        await click_on(explorer, "#status", "saved")
        assert MEANT in explorer.text(), "the list of messages keeps it"


async def test_help_is_searched_operations_open_a_form() -> None:
    async with open_explorer(seconds=10, size=(120, 36)) as explorer:
        await click_footer(explorer, "help")
        await click_hint(explorer, "search")
        await explorer.type("session")
        await explorer.click("Document", offset=(2, 2))
        hint = str(explorer.app.screen.query(Dialog).first().border_subtitle)
        assert hint.startswith("match 1 of ")
        await click_hint(explorer, "next")
        assert str(explorer.app.screen.query(Dialog).first().border_subtitle).startswith("match 2 of ")
        await click_hint(explorer, "esc clears")
        await click_hint(explorer, "close")
        explorer.app.perform("operations")
        await explorer.pilot.pause()
        row = next(
            y
            for y, line in enumerate(explorer.app.screen.query_one("Table").dump())  # type: ignore[attr-defined]
            if "GetCallerIdentity" in line
        )
        await explorer.click("OperationsScreen Table", offset=(4, row), times=2)
        assert "sts:GetCallerIdentity as operator" in explorer.text()
        await click_hint(explorer, "cancel")


async def test_what_if_leads_to_the_editor_with_the_fix_applied() -> None:
    async with open_explorer(seconds=10) as explorer:
        simulation = explorer.app.simulation
        dana = simulation.resolve("dana@acme.example@ReadOnly")
        with pytest.raises(AwsError):
            simulation.request("s3:GetObject", "arn:aws:s3:::acme-orders/x", caller=dana)
        await explorer.wait(0.1)
        await click_on(explorer, "#requests StreamTable", "DENY", times=2)
        await click_hint(explorer, "close")
        explorer.app.perform("what_if")
        await explorer.pilot.pause()
        await explorer.click("Table", offset=(6, 1), times=2)
        await click_hint(explorer, "edit the policy")
        assert "with the fix applied" in explorer.screen()
        assert "acme-orders" in explorer.app.screen.query_one("TextArea").text  # type: ignore[attr-defined]


async def test_the_palette_is_opened_and_an_entry_chosen() -> None:
    async with open_explorer(seconds=5, size=(200, 50)) as explorer:
        await click_footer(explorer, "palette")
        await explorer.type("role Deploy")
        await explorer.pilot.pause(0.5)
        await explorer.click("CommandList", offset=(4, 1))
        await explorer.pilot.pause(0.3)
        assert explorer.app.selection.role_arn.endswith("/Deploy")


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
async def test_every_key_of_a_hint_is_where_it_is_drawn(size: tuple[int, int]) -> None:
    async with open_explorer(seconds=5, size=size) as explorer:
        await explorer.press("question_mark")
        before = explorer.app.screen.query_one(Document).scroll_offset.y
        await click_hint(explorer, "scroll")
        assert explorer.app.screen.query_one(Document).scroll_offset.y <= before + 1
        await click_hint(explorer, "esc")
        assert explorer.app.screen is explorer.app.main
