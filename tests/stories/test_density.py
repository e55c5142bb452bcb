"""What is shown where room is short: tabs are counted, empty columns leave, names stay apart."""

from __future__ import annotations

from tests.support.explorer import Explorer, open_explorer

BIG, MIDDLE = (200, 50), (120, 36)


def tabs(explorer: Explorer) -> str:
    return "\n".join(explorer.app.main.policies.tabs.dump())


async def test_tabs_that_do_not_fit_are_counted_and_what_restricts_stays() -> None:
    async with open_explorer(size=MIDDLE) as explorer:
        rows = explorer.app.row_cache.policies("roles", explorer.app.selection.role_arn)
        text = tabs(explorer)
        assert "OrdersReadWrite" in text
        shown = sum(
            row.name in text or row.kind == "trust policy" for row in rows if "FullAWS" not in row.name
        )
        assert shown
        assert "+" in text
        await explorer.press("2", *["right_square_bracket"] * (len(rows) - 1))
        assert "\u25b8" in tabs(explorer), "the tab in view is always shown"


async def test_columns_that_are_empty_in_every_row_are_not_shown() -> None:
    async with open_explorer(size=BIG, seconds=5) as explorer:
        assert "SESSION POLICY" not in explorer.pane("sessions")
        assert "TAGS" in explorer.pane("sessions")
        role = "arn:aws:iam::111122223333:role/Pipeline"
        policy = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
        params = {"RoleArn": role, "RoleSessionName": "again", "Policy": policy}
        simulation = explorer.app.simulation
        simulation.call("sts:AssumeRole", params, caller=simulation.resolve("etl"))
        await explorer.wait(1)
        assert "SESSION POLICY" in explorer.pane("sessions")
