"""The first minute with your own dump: who can get in, what happens after a cut, and why."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.tui.overviews.reach.reach_screen import ReachScreen
from sts_tui.tui.overviews.reach.reach_tree import ReachTree
from tests.accounts.dumps import GITHUB, dump_with_trusts
from tests.accounts.entities import role, user
from tests.accounts.policies import OTHER, allows, policy, role_arn, trust, trusts, user_arn
from tests.support.explorer import Explorer, open_explorer
from tests.support.representative import one_in

SIZES = [(80, 24), (120, 36), (200, 50)]
TEAMS = ("checkout", "payments", "search", "identity", "reporting", "warehouse")


def sixty() -> dict[str, Any]:
    """Sixty roles with long names: a third for Lambda, two for others outside the account, the rest for its
    own principals.
    """
    dump = dump_with_trusts()
    for number in range(58):
        name = f"platform-{TEAMS[number % 6]}-service-production-execution-role-{number:02d}"
        principal: Any = {"Service": "lambda.amazonaws.com"} if number % 3 == 0 else {"AWS": OTHER}
        trusting = trusts(principal) if number % 3 == 0 or number == 1 else trusts()
        dump["RoleDetailList"].append(role(name, trusting, ("work", allows()), Arn=role_arn(name)))
    return dump


async def looked(explorer: Explorer, *keys: str) -> ReachScreen:
    await explorer.press("W")
    screen = explorer.app.screen
    assert isinstance(screen, ReachScreen)
    for _ in range(3_000):
        if screen.found is not None:
            break
        await explorer.pilot.pause(0.02)
    await explorer.press(*keys)
    return screen


@pytest.mark.parametrize("size", one_in(3, SIZES))
async def test_reach_says_who_gets_in_from_outside(size: tuple[int, int]) -> None:
    async with open_explorer(sixty(), size=size) as explorer:
        screen = await looked(explorer)
        while screen.mode != "outside":
            await explorer.press("tab")
        assert f"account {OTHER}" in explorer.text()
        assert f"tokens of {GITHUB}" in explorer.text()
        assert "service:lambda.amazonaws.com (20)" in explorer.text()
        await explorer.press("slash")
        await explorer.type("role-01")
        await explorer.press("enter")
        row = explorer.app.screen.query_one("#tree").cursor_row  # type: ignore[attr-defined]
        assert row.path[1:] == (f"account {OTHER}", role_arn(row.label))


@pytest.mark.parametrize("size", one_in(3, SIZES))
async def test_two_keys_are_a_rehearsal_and_the_denial_explains_itself(size: tuple[int, int]) -> None:
    async with open_explorer(sixty(), size=size) as explorer:
        assert "E invents sessions" in explorer.text()
        await explorer.press("E")
        await explorer.wait(15)
        selected = explorer.app.selection.role_arn
        sessions = explorer.app.simulation.world.sessions.values()
        assert any(session.issuer_arn == selected for session in sessions), "the selected role acts"
        await explorer.press("R")
        assert "Denied now" in explorer.text()
        assert "no active sessions" not in explorer.text()
        await explorer.press("tab", "enter")
        await explorer.wait(15)
        await explorer.press("x")
        assert "AWSRevokeOlderSessions" in explorer.text()
        assert "aws:TokenIssueTime" in explorer.text()


async def test_walking_in_from_outside_acts_as_the_other_account() -> None:
    async with open_explorer(sixty()) as explorer:
        screen = await looked(explorer)
        while screen.mode != "outside":
            await explorer.press("tab")
        await explorer.press("slash")
        await explorer.type("role-01")
        await explorer.press("enter", "enter")
        assert "role-01" in explorer.app.acting.label, explorer.message()
        assert explorer.app.acting.account == "111122223333"


async def test_a_user_of_a_provider_is_walked_in_by_signing_in() -> None:
    async with open_explorer(sixty()) as explorer:
        screen = await looked(explorer)
        while screen.mode != "outside":
            await explorer.press("tab")
        await explorer.press("slash")
        await explorer.type("deploy")
        await explorer.press("enter", "enter")
        assert explorer.app.acting.label == "repo-acme-any@deploy"


async def test_what_ends_is_asked_once_for_a_cut_and_not_for_every_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    survivors = ReachTree.survivors

    def counted(tree: ReachTree, without: str) -> frozenset[str]:
        asked.append(without)
        return survivors(tree, without)

    monkeypatch.setattr(ReachTree, "survivors", counted)
    async with open_explorer(sixty()) as explorer:
        screen = await looked(explorer)
        while screen.mode != "outside":
            await explorer.press("tab")
        await explorer.press("right", "down", "right", "down", "R")
        assert "ends" in explorer.text()
        assert len(asked) == 1
        await explorer.press("R")
        assert "ends" not in explorer.text()


async def test_walking_a_chain_sets_the_tag_that_a_later_hop_asks_for() -> None:
    red = {"StringEquals": {"aws:PrincipalTag/team": "red"}}
    ann = {"AWS": user_arn("ann")}
    middle = role(
        "Middle",
        policy(trust(ann, "sts:AssumeRole", "sts:TagSession")),
        ("p", allows("sts:AssumeRole")),
        Arn=role_arn("Middle"),
    )
    last = role("Last", policy(trust(role_arn("Middle"), Condition=red)), Arn=role_arn("Last"))
    dump = {"UserDetailList": [user("ann", Arn=user_arn("ann"))], "RoleDetailList": [middle, last]}
    async with open_explorer(dump) as explorer:
        explorer.app.act_as(explorer.app.simulation.resolve("ann"))
        await looked(explorer, "slash")
        await explorer.type("Last")
        await explorer.press("enter")
        assert "which ann can set" in explorer.text()
        await explorer.press("enter")
        assert "@Last" in explorer.app.acting.label, explorer.message()


async def test_enter_unfolds_who_comes_in_and_only_roles_are_revoked() -> None:
    async with open_explorer(sixty()) as explorer:
        screen = await looked(explorer)
        while screen.mode != "outside":
            await explorer.press("tab")
        await explorer.press("down", "V")
        assert explorer.app.screen is screen
        assert "by WebIdentity" not in explorer.screen()
        await explorer.press("enter")
        assert "by WebIdentity" in explorer.screen()
