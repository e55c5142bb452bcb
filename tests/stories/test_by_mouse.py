"""What keys do, the mouse does too: verdicts, states, what if, the palette."""

from __future__ import annotations

from typing import Any

import pytest

from tests.accounts.policies import denies
from tests.support.explorer import Explorer, open_explorer

DEPLOY = "arn:aws:iam::111122223333:role/Deploy"
SHOP = "i-0ab12cd34ef567890@App"


async def click_on(explorer: Explorer, selector: str, text: str, times: int = 1, top: int = 0) -> None:
    """Clicks where a widget shows a text; `top`: its rows of border."""
    widget: Any = explorer.app.screen.query_one(selector)
    rows = [(y, "".join(span.text for span in widget.line_at(y))) for y in range(widget.line_count())]
    y, x = next((y, row.index(text)) for y, row in rows if text in row)
    await explorer.click(selector, offset=(x + 1, y + top), times=times)


async def test_the_identity_that_could_is_acted_as_by_a_click() -> None:
    async with open_explorer(seconds=5) as explorer:
        explorer.app.presenter.go_to_role(DEPLOY)
        await explorer.press("a")
        await click_on(explorer, "#verdict", "f3", top=1)
        assert explorer.app.acting.label == "shop-build-812@CI"
        assert "+ AWS would allow it" in explorer.text()


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_a_request_of_the_operator_continues_as_someone_else_by_a_click(size: tuple[int, int]) -> None:
    async with open_explorer(seconds=5, size=size) as explorer:
        await explorer.press("r")
        await click_on(explorer, "#verdict", "f3", top=1)
        assert explorer.app.acting.label != "operator"


async def test_a_cut_session_is_acted_as_by_a_double_click_and_the_header_says_what_cut_it() -> None:
    async with open_explorer(seconds=12) as explorer:
        document = {"RoleName": "App", "PolicyName": "stop", "PolicyDocument": denies("*")}
        explorer.app.call("iam:PutRolePolicy", document)
        await explorer.pilot.pause()
        row = next(y for y, text in enumerate(explorer.app.main.sessions.table.dump()) if SHOP in text)
        await explorer.click("#sessions Table", offset=(6, row), times=2)
        assert explorer.app.acting.label == SHOP
        assert "App/stop#1" in explorer.header()


async def test_a_row_of_what_if_is_chosen_by_mouse() -> None:
    async with open_explorer(seconds=10) as explorer:
        await explorer.press("4", "w")
        table: Any = explorer.app.screen.query_one("Table")
        row = next(y for y, text in enumerate(table.dump()) if "show the whole explanation" in text)
        await explorer.click("Table", offset=(6, row), times=2)
        assert "Policy types" in explorer.text()
