"""The users of an app in the explorer: who can come in through its identity pool, and acting as one."""

from __future__ import annotations

from copy import deepcopy

import pytest

from tests.accounts.photo_app import MODEL, role
from tests.accounts.policies import MAIN, trusts
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


async def test_a_chain_that_a_limited_session_could_not_make_is_walked_by_the_other_flow() -> None:
    """Guest gets Deploy only with a session of the basic flow, which no session policies limit."""
    model = deepcopy(MODEL)
    model["IdentityProviders"][0]["IdentityPool"]["AllowClassicFlow"] = True
    model["Accounts"][0]["RoleDetailList"].append(role("Deploy", trusts(f"arn:aws:iam::{MAIN}:root")))
    async with open_explorer(model) as explorer:
        screen = await looked(explorer)
        while screen.mode != "outside":
            await explorer.press("tab")
        await explorer.press("slash")
        await explorer.type("guests of photos")
        await explorer.press("enter")
        assert "▸ Guest" in str(explorer.screen()), "a session, not a write to IAM"
        await explorer.press("right", "down", "enter")
        assert ":assumed-role/Deploy/" in str(explorer.app.acting.arn), explorer.message()
