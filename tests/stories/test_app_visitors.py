"""The users of an app in the explorer: who can come in through its identity pool, and acting as one."""

from __future__ import annotations

import pytest

from tests.stories.test_newcomer import looked
from tests.support.explorer import open_explorer

SAMPLE = "sample_accounts/scenarios/photo-app.json"


@pytest.mark.parametrize(
    ("search", "acting"), [("every guest", "guest@Guest"), ("people who sign in", "fay@Member")]
)
async def test_a_visitor_of_an_app_is_walked_in(search: str, acting: str) -> None:
    async with open_explorer(SAMPLE, seconds=20) as explorer:
        screen = await looked(explorer)
        while screen.mode != "outside":
            await explorer.press("tab")
        await explorer.press("slash")
        await explorer.type(search)
        await explorer.press("enter", "enter")
        assert explorer.app.acting.label == acting, explorer.message()
