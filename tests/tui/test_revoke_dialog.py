"""What the dialog that asks before a revocation says of roles with long names."""

from __future__ import annotations

from tests.accounts.policies import trusts
from tests.support.explorer import open_explorer
from tests.support.screens import many_long_names


async def test_long_names_are_whole_in_the_dialog_of_marked_roles() -> None:
    """Cut to the width of a label they all read `platform-che`, `platform-pay` …"""
    async with open_explorer(many_long_names()) as explorer:
        await explorer.press("m", "m", "R")
        for name in ("checkout", "payments"):
            assert f"Role platform-{name}-service-production-execution-role-0" in explorer.text()


async def test_a_long_loop_is_counted() -> None:
    """Thirty names pushed the statement and the command out of the dialog."""
    roles = many_long_names()
    details = roles["Accounts"][0]["RoleDetailList"][:8]
    every = [f"arn:aws:iam::111122223333:role/{role['RoleName']}" for role in details]
    for role in details:
        role["AssumeRolePolicyDocument"] = trusts(*every)
    async with open_explorer(roles) as explorer:
        await explorer.press("R")
        assert "and 5 more can assume each other" in explorer.text()
        assert "mark and revoke the other 7 too" in explorer.text()
