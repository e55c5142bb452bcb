"""Screens to read are searched; operations are a table with forms; what-if leads to the edit."""

from __future__ import annotations

import pytest

from sts_tui.simulation.containment.revocation import revocation_call
from sts_tui.tui.widgets.document import Document
from tests.support.explorer import Explorer, open_explorer
from tests.support.representative import representative

APP = "arn:aws:iam::111122223333:role/App"


def subtitle(explorer: Explorer) -> str:
    return str(explorer.app.screen.query("Dialog").first().border_subtitle)


@pytest.mark.parametrize(
    ("keys", "word"),
    representative(
        [
            (("question_mark",), "session"),
            (("O", "tab"), "session"),
            (("4", "x"), "policy"),
            (("L",), "call"),
            (("exclamation_mark",), "message"),
            (("ctrl+o",), "role"),
            (("t",), "pipeline"),
        ],
        (("question_mark",), "session"),
        (("L",), "call"),
        (("t",), "pipeline"),
    ),
)
async def test_reading_screens_are_searched(keys: tuple[str, ...], word: str) -> None:
    async with open_explorer(seconds=20) as explorer:
        await explorer.press(*keys, "slash")
        await explorer.type(word)
        assert subtitle(explorer).startswith("match 1 of ")
        count = int(subtitle(explorer).split(" of ")[1].split()[0])
        await explorer.press("enter", "n")
        assert subtitle(explorer).startswith(f"match {1 % count + 1} of")
        await explorer.press("N")
        assert subtitle(explorer).startswith("match 1 of")
        await explorer.press("escape")
        assert "match" not in subtitle(explorer)
        await explorer.press("escape")
        assert explorer.app.screen is explorer.app.main


async def test_a_match_is_scrolled_into_view_and_marked() -> None:
    async with open_explorer(size=(80, 24)) as explorer:
        await explorer.press("question_mark", "slash")
        await explorer.type("request undecided")
        document = explorer.app.screen.query_one(Document)
        shown = range(int(document.scroll_offset.y), int(document.scroll_offset.y) + document.size.height)
        styles = [span.style for y in shown for span in document.line_at(y)]
        assert "found" in styles


async def test_operations_show_what_the_acting_identity_could_call_and_open_a_form() -> None:
    async with open_explorer(size=(200, 50), seconds=5) as explorer:
        explorer.app.act_as(explorer.app.simulation.resolve("etl"))
        await explorer.press("O")
        text = explorer.text()
        assert "AS etl" in text
        assert "allowed for 1 of" in text, "etl may assume Pipeline"
        assert "SHORTEST/DEFAULT/LONGEST" in text
        await explorer.click("OperationsScreen Table", offset=(4, 7))
        await explorer.press("enter")
        assert "sts:GetCallerIdentity as etl" in explorer.text()
        await explorer.press("enter")
        assert "user/service/etl" in explorer.text()


async def test_operation_form_is_checked_at_every_key() -> None:
    async with open_explorer(seconds=5) as explorer:
        explorer.app.act_as(explorer.app.simulation.resolve("etl"))
        await explorer.press("O", *["down"] * 10, "enter")
        assert "sts:GetSessionToken as etl" in explorer.text()
        await explorer.type("90")
        assert "AWS would refuse it" in explorer.text()
        await explorer.type("0")
        assert "--duration-seconds 900" in explorer.text()
        assert "AWS would allow it" in explorer.text()


async def test_what_if_lists_what_changes_the_verdict_first_and_edits_with_the_fix_applied() -> None:
    async with open_explorer(seconds=10) as explorer:
        explorer.app.simulation.call(*revocation_call(APP, explorer.app.simulation.world))
        await explorer.wait(4)
        await explorer.press("w")
        rows = [line for line in explorer.screen().splitlines() if "denied" in line or "allowed" in line]
        verdicts = ["allowed  " in row for row in rows[1:]]
        assert verdicts == sorted(verdicts, reverse=True)
        await explorer.press("escape", "colon")
        await explorer.type("as dana@acme.example@ReadOnly")
        await explorer.press("enter", "colon")
        await explorer.type("request s3:GetObject arn:aws:s3:::acme-orders/x")
        await explorer.press("enter", "escape", "4", "home", "w", "enter")
        assert "e edit the policy" in subtitle(explorer)
        await explorer.press("e")
        assert "with the fix applied" in explorer.screen()
        assert "acme-orders" in explorer.app.screen.query_one("TextArea").text  # type: ignore[attr-defined]
