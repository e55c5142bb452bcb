"""Why did a statement not match? An explanation names it, nearest first, with its distance."""

from __future__ import annotations

import json
from datetime import timedelta

from sts_tui.simulation.authorization.context import iso
from sts_tui.simulation.events import RequestAnswered
from tests.support.explorer import Explorer, open_explorer

APP = "arn:aws:iam::111122223333:role/App"


def deny_older(explorer: Explorer, key: str, seconds: float) -> None:
    """A Deny like that of a revocation, for sessions issued before now minus `seconds`."""
    simulation = explorer.app.simulation
    cutoff = iso(simulation.now - timedelta(seconds=seconds))
    statement = {
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": {"DateLessThan": {key: cutoff}},
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    simulation.call(
        "iam:PutRolePolicy", {"RoleName": "App", "PolicyName": "Cutoff", "PolicyDocument": document}
    )


def newest_of_app(explorer: Explorer) -> int:
    """The line in pane 4 of the newest request by a session of App."""
    table = explorer.app.main.requests.table
    rows = range(len(table.rows))
    return next(
        at
        for at in rows
        if isinstance(row := table.rows[at], RequestAnswered) and row.caller.endswith("@App")
    )


async def test_session_that_survives_a_revocation_explains_itself_by_keys() -> None:
    async with open_explorer(seconds=10) as explorer:
        deny_older(explorer, "aws:TokenIssueTime", 3600)
        await explorer.wait(20)
        await explorer.press("4", "slash")
        await explorer.type("App")
        await explorer.press("enter", "home", "x")
        text = explorer.text()
        assert "Evaluated, did not match (nearest first)" in text
        assert text.index("App/Cutoff#1 Deny aws:TokenIssueTime") < text.index("OtherRegions")
        assert "too late)" in text


async def test_misspelled_key_explains_itself_by_mouse() -> None:
    async with open_explorer(seconds=10) as explorer:
        deny_older(explorer, "aws:TokeIssueTime", -60)
        await explorer.wait(20)
        row = newest_of_app(explorer)
        await explorer.click("#requests Table", offset=(4, row + 1), times=2)
        assert 'did you mean "aws:TokenIssueTime"?' in explorer.text()
