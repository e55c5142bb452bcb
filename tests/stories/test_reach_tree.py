"""Reach as a tree: it opens at once, is walked hop by hop, and says what each hop takes."""

from __future__ import annotations

import re
from typing import Any

from sts_tui.tui.dialogs.dialog import Dialog
from sts_tui.tui.overviews.reach.reach_screen import ReachScreen
from sts_tui.tui.widgets.document import Document
from tests.accounts.entities import role
from tests.accounts.policies import policy
from tests.support.explorer import Explorer, open_explorer

ACCOUNT = "111122223333"


def statement(principal: object, **more: object) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}


def trusting(name: str, *statements: dict[str, Any], allowed: object = None) -> dict[str, Any]:
    """A role that these statements of its trust policy let in."""
    own = [("p", {"Version": "2012-10-17", "Statement": allowed})] if allowed else []
    return role(name, policy(*statements), *own, Arn=f"arn:aws:iam::{ACCOUNT}:role/{name}")


def loop_dump() -> dict[str, Any]:
    """u gets to A; A and B trust each other; B can write its own policies; `Later` asks for MFA."""

    def arn(name: str) -> str:
        return f"arn:aws:iam::{ACCOUNT}:role/{name}"

    mfa = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    account = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    assume = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
    write = {"Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": arn("B")}
    return {
        "UserDetailList": [
            {
                "UserName": "u",
                "Arn": f"arn:aws:iam::{ACCOUNT}:user/u",
                "UserPolicyList": [
                    {"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [assume]}}
                ],
            }
        ],
        "RoleDetailList": [
            trusting("A", statement({"AWS": f"arn:aws:iam::{ACCOUNT}:user/u"}), statement({"AWS": arn("B")})),
            trusting("B", statement({"AWS": arn("A")}), allowed=[write]),
            trusting("Later", statement(account, Condition=mfa)),
            trusting("Outside", statement({"AWS": "arn:aws:iam::999988887777:root"})),
        ],
        "GroupDetailList": [],
        "Policies": [],
    }


async def opened(explorer: Explorer) -> ReachScreen:
    await explorer.press("W")
    screen = explorer.app.screen
    assert isinstance(screen, ReachScreen)
    for _ in range(3_000):
        if screen.found is not None:
            break
        await explorer.pilot.pause(0.02)
    await explorer.pilot.pause()
    return screen


async def test_the_tree_of_a_user_unfolds_marks_administrators_loops_and_what_is_unknown() -> None:
    async with open_explorer(loop_dump()) as explorer:
        explorer.app.act_as(explorer.app.simulation.resolve("u"))
        await opened(explorer)
        assert "from u" in explorer.text()
        text = explorer.screen()
        assert "A" in text
        assert "+ now" in text
        assert "? whether the caller has MFA" in text, "a dump does not list MFA devices"
        await explorer.press("down", "right")
        assert "ADMIN" in explorer.screen()
        assert "(chaining)" in explorer.screen()
        await explorer.fast("down", "right")
        assert "loop" in explorer.screen(), "→ acts on the row that ↓ chose"
        assert "revoke these together" in explorer.text()


async def test_into_a_role_names_who_gets_in_from_outside() -> None:
    async with open_explorer(loop_dump()) as explorer:
        explorer.app.presenter.go_to_role(f"arn:aws:iam::{ACCOUNT}:role/Outside")
        screen = await opened(explorer)
        assert screen.mode == "into", "its own sessions lead nowhere"
        assert "account 999988887777" in explorer.screen()


async def test_between_shows_the_shortest_chain_and_enter_walks_it() -> None:
    async with open_explorer(loop_dump()) as explorer:
        explorer.app.act_as(explorer.app.simulation.resolve("u"))
        explorer.app.presenter.go_to_role(f"arn:aws:iam::{ACCOUNT}:role/B")
        await opened(explorer)
        await explorer.press("tab", "tab")
        assert "between u and B" in explorer.text()
        await explorer.press("G", "enter")
        await explorer.pilot.pause(0.1)
        assert explorer.app.acting.arn is not None
        assert ":assumed-role/B/" in explorer.app.acting.arn
        labels = [row.label for row in explorer.app.row_cache.sessions()]
        assert len(labels) == 2, "each hop was a call"


async def test_cut_marks_what_ends_and_find_unfolds_the_way() -> None:
    async with open_explorer(loop_dump()) as explorer:
        explorer.app.act_as(explorer.app.simulation.resolve("u"))
        await opened(explorer)
        await explorer.press("slash")
        await explorer.type("B")
        await explorer.press("enter")
        row = explorer.app.screen._row()  # type: ignore[attr-defined]
        assert row.label == "B"
        await explorer.press("up", "R")
        assert explorer.screen().count("ends") == 2, "A, and B which is reached through it alone"


async def test_x_explains_a_hop_and_leads_back_to_it() -> None:
    async with open_explorer(loop_dump()) as explorer:
        explorer.app.act_as(explorer.app.simulation.resolve("u"))
        await opened(explorer)
        await explorer.press("down", "x")
        assert "u › A by AssumeRole" in explorer.screen()
        assert "trust policy" in explorer.screen()
        await explorer.press("escape")
        assert isinstance(explorer.app.screen, ReachScreen)


async def test_the_loop_is_revoked_together() -> None:
    async with open_explorer(loop_dump()) as explorer:
        explorer.app.act_as(explorer.app.simulation.resolve("u"))
        await opened(explorer)
        await explorer.press("down", "V")
        title = str(explorer.app.screen.query("Dialog").first().border_title)
        assert "2 roles" in title


async def test_what_follows_a_long_name_is_not_cut_off_at_80_columns() -> None:
    names = [f"platform-checkout-service-production-execution-role-{number:02}" for number in range(6)]
    assume = [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]
    before = [f"arn:aws:iam::{ACCOUNT}:role/{names[number - 1]}" for number in range(6)]
    roles = [
        trusting(name, statement({"AWS": who}), allowed=assume)
        for name, who in zip(names, before, strict=True)
    ]
    dump = {"UserDetailList": [], "GroupDetailList": [], "Policies": [], "RoleDetailList": roles}
    async with open_explorer(dump, size=(80, 24)) as explorer:
        await opened(explorer)
        shown = explorer.screen()
        assert "1h (chaining)" in shown
        assert "Loop of 6 roles" in shown
        assert "revoke these together" in " ".join(shown.split())
        rows = [line for line in shown.splitlines() if "(chaining)" in line]
        assert all("01" in line for line in rows), "the part of the name that differs"
        await explorer.press("down")
        whole = " ".join(explorer.app.screen.query_one("#whole", Document).dump())
        assert f"{names[1]} " in whole, "the row under the cursor in full, below the tree"


def ring_of_long_names(count: int) -> dict[str, Any]:
    """Each role trusts the one before it, and the first the last."""
    names = [f"platform-checkout-service-production-execution-role-{number:02}" for number in range(count)]
    assume = [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]
    roles = [
        trusting(name, statement({"AWS": f"arn:aws:iam::{ACCOUNT}:role/{names[number - 1]}"}), allowed=assume)
        for number, name in enumerate(names)
    ]
    return {"UserDetailList": [], "GroupDetailList": [], "Policies": [], "RoleDetailList": roles}


async def test_at_80_columns_a_cut_shows_what_ends_and_the_edge_its_keys() -> None:
    async with open_explorer(ring_of_long_names(30), size=(80, 24)) as explorer:
        screen = await opened(explorer)
        await explorer.press("right", "down", "R")
        assert "ends" in explorer.screen()
        for key in ("x explain", "R cut", "V loop", "esc close"):
            assert key in str(screen.query_one(Dialog).border_subtitle)
        assert re.search(r"role-\d\d and \d+ more", " ".join(explorer.screen().split())), "names are readable"
        screen._origin = f"arn:aws:iam::{ACCOUNT}:role/platform-checkout-service-production-execution-role-03"
        screen._modes = ["from", "into", "between", "outside"]
        screen._say_head()
        await explorer.pilot.pause()
        first = next(row for row in explorer.screen().splitlines() if "from outside" in row)
        assert "[" in first, "the tree that is shown, without colors too"
        assert "between the two" in first, "the names of the trees are in one row"


async def test_a_long_loop_names_a_few_roles_and_counts_the_others() -> None:
    """Thirty names took ten rows from the tree; V names them all."""
    async with open_explorer(ring_of_long_names(30), size=(120, 36)) as explorer:
        await opened(explorer)
        assert " ‹› " in explorer.screen()
        assert "and 26 more" in explorer.screen()


async def test_a_name_that_is_not_in_the_tree_is_reported() -> None:
    async with open_explorer(loop_dump()) as explorer:
        await explorer.press("W")
        await explorer.pilot.pause(0.2)
        await explorer.press("slash")
        await explorer.type("nobody-of-this-name")
        await explorer.press("enter")
        assert "Nothing here is called nobody-of-this-name." in explorer.text()


async def test_a_way_that_takes_a_tag_is_walked_with_it() -> None:
    """u tags the session of First, which Middle inherits; Last asks for the tag."""

    def arn(name: str) -> str:
        return f"arn:aws:iam::{ACCOUNT}:role/{name}"

    both = ["sts:AssumeRole", "sts:TagSession"]
    untagged = {"Null": {"aws:RequestTag/team": "true"}}
    red = {"StringEquals": {"aws:PrincipalTag/team": "red"}}
    allowed = [{"Effect": "Allow", "Action": "sts:*", "Resource": "*"}]
    user = f"arn:aws:iam::{ACCOUNT}:user/u"
    dump = {
        "UserDetailList": [{"UserName": "u", "Arn": user}],
        "RoleDetailList": [
            trusting("First", statement({"AWS": user}) | {"Action": both}, allowed=allowed),
            trusting(
                "Middle",
                statement({"AWS": arn("First")}, Condition=untagged) | {"Action": both},
                allowed=allowed,
            ),
            trusting("Last", statement({"AWS": arn("Middle")}, Condition=red | untagged) | {"Action": both}),
        ],
    }
    async with open_explorer(dump) as explorer:
        explorer.app.act_as(explorer.app.simulation.resolve("u"))
        await explorer.press("N")
        await explorer.type("users")
        await explorer.press("enter", "W")
        await explorer.pilot.pause(0.2)
        assert "through First, Middle, transitive tag team=red" in explorer.text()
        await explorer.press("slash")
        await explorer.type("Last")
        await explorer.press("enter", "enter")
        session = explorer.app.simulation.world.sessions[explorer.app.acting.access_key_id or ""]
        assert session.issuer_arn == arn("Last")
        assert session.tags == (("team", "red"),)
