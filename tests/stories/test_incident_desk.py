"""The incident desk on the screen: opened from any row, filled in, carried out, proven, undone."""

from __future__ import annotations

import pytest

from sts_tui.tours.claims import cut_matrix
from sts_tui.tours.claims.load import cut_rows
from sts_tui.tui.overviews.incident_desk import IncidentScreen
from sts_tui.tui.widgets.document import Document
from sts_tui.tui.widgets.table import Table
from tests.support.explorer import Explorer, open_explorer


def desk_of(explorer: Explorer) -> IncidentScreen:
    screen = explorer.app.screen
    assert isinstance(screen, IncidentScreen)
    return screen


async def filled(explorer: Explorer) -> IncidentScreen:
    desk = desk_of(explorer)
    for _ in range(3_000):
        if desk.incident is not None:
            await explorer.pilot.pause()
            return desk
        await explorer.pilot.pause(0.05)
    raise AssertionError("the cuts were not tried")


def head(desk: IncidentScreen) -> str:
    return " ".join(" ".join(desk.query_one("#head", Document).dump()).split())


def rows(desk: IncidentScreen) -> list[str]:
    table: Table[object] = desk.query_one("#cuts", Table)
    return table.dump()


async def test_the_desk_of_the_selected_role_from_the_best_cut_to_its_proof() -> None:
    """One explorer for all of it: the desk takes a second of processor time each time it opens."""
    async with open_explorer(seconds=20) as explorer:
        before = explorer.app.simulation.world.configuration
        await explorer.press("D")
        desk = await filled(explorer)
        assert "unknown-laptop" in head(desk)
        assert "copied credentials" in head(desk)
        best = next(row for row in rows(desk) if "best" in row)
        assert "198.51.100.66" in best

        await explorer.press("a")
        assert "put-role-policy" in explorer.text(), "the commands of the selected cut"
        await explorer.press("escape")
        await filled(explorer)
        await explorer.press("m")
        assert "Timeline" in explorer.text(), "the report"
        await explorer.press("escape")

        await filled(explorer)
        await explorer.press("f5", "escape")
        desk = await filled(explorer)
        assert "nothing has been cut yet" in head(desk)
        assert explorer.app.simulation.world.configuration is before

        await explorer.press("f5")
        assert "Deny from 198.51.100.66" in str(explorer.app.screen.query("Dialog").first().border_title)
        await explorer.press("tab", "enter")
        desk = await filled(explorer)
        assert "proof: 2 of 2 denied" in head(desk)
        await explorer.press("u")
        assert "put-role-policy" in explorer.text() or "Undo" in explorer.text()


async def test_a_cut_that_is_refused_stays_on_the_desk_and_says_why() -> None:
    """f5 closed the desk and left the refusal in the status line. Columns that are empty leave."""
    async with open_explorer(seconds=20) as explorer:
        explorer.app.act_as(explorer.app.simulation.resolve("etl"))
        await explorer.press("D")
        desk = await filled(explorer)
        assert all(row.trial.refused for row in desk.incident.rows)  # type: ignore[union-attr]
        assert "every cut is refused" in head(desk)
        heading = rows(desk)[0]
        assert "THIS HOLDER" in heading
        assert not {"SPARES", "BREAKS", "BACK"} & set(heading.split())
        await explorer.press("f5")
        assert explorer.app.screen is desk
        assert "is not authorized to perform: iam:" in explorer.text()
        await explorer.pilot.resize_terminal(60, 15)
        await explorer.pilot.pause()
        assert desk.query_one("#cuts", Table).size.height > 3, "in a low terminal the list keeps its rows"
        await explorer.pilot.resize_terminal(120, 36)
        await explorer.press("home", "enter")
        assert "refused: AccessDenied: User: arn:aws:iam::111122223333:user/service/etl" in explorer.text()
        assert "Breaks" not in explorer.text(), "it was not tried"


async def test_the_desk_of_the_session_at_the_cursor_stops_its_work_when_it_is_closed() -> None:
    async with open_explorer(seconds=20) as explorer:
        await explorer.press("3", "down")
        session = explorer.app.main.sessions.table.cursor_row
        assert session is not None
        await explorer.press("D")
        assert session.label in str(desk_of(explorer).query("Dialog").first().border_title)
        await explorer.press("escape")
        assert explorer.app.screen is explorer.app.main
        assert explorer.app.background.what == "", "closing the desk stops the work in the background"
        assert "esc cancels" not in explorer.screen(), "and its progress leaves the status line"


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_matrix_of_cuts_fits_the_screen(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its cells are those of the claims, which tests/tours/claims/test_cut_matrix.py finds by trials."""
    rows = cut_rows("cuts-and-credentials")
    cells = {(row.cut, column): cell for row in rows for column, cell in row.cells.items()}
    monkeypatch.setattr(cut_matrix, "cut_matrix", lambda: cells)
    async with open_explorer(size=size) as explorer:
        await explorer.press("K")
        for _ in range(3_000):
            if "Which cut ends" in explorer.screen():
                break
            await explorer.pilot.pause(0.05)
        row = next(one for one in explorer.screen().splitlines() if "trust-policy" in one)
        assert row.split() == ["trust-policy", *["new"] * 3, *["on"] * 5, *["new"] * 3, "on"]
        heading = next(one for one in explorer.screen().splitlines() if " ROL " in one).split()
        legend = explorer.text()
        assert all(f"{head}=" in legend for head in heading if head not in ("CUT", "│")), (
            "what a heading means"
        )
        await explorer.press("G")
        assert " ROL " in explorer.screen(), "the headings stay"
        await explorer.pilot.resize_terminal(60, 15)
        await explorer.pilot.pause()
        assert "▸ " in explorer.screen(), "in a low terminal the list keeps its rows"
        await explorer.pilot.resize_terminal(200, 50)
        await explorer.pilot.pause()
        heading = next(one for one in explorer.screen().splitlines() if " CUT " in one)
        assert "AssumeRole WithSAML WithWebIdentity" in heading, "kinds by name where there is room"
        assert "ROL=" not in explorer.screen()


async def opens_a_desk(explorer: Explorer) -> str:
    """The title of the desk that opens."""
    for _ in range(3_000):
        if isinstance(explorer.app.screen, IncidentScreen):
            return str(desk_of(explorer).query("Dialog").first().border_title)
        await explorer.pilot.pause(0.05)
    raise AssertionError(explorer.screen())


async def test_the_command_bar_the_palette_and_the_list_of_identities_open_the_desk_of_anyone() -> None:
    async with open_explorer(seconds=20) as explorer:
        await explorer.press("colon")
        await explorer.type("incident build-812")
        await explorer.press("enter")
        assert "person build-812" in await opens_a_desk(explorer)
        await explorer.press("escape")
        await explorer.find("incident build-812")
        assert "person build-812" in await opens_a_desk(explorer)
        await explorer.press("escape")
        await explorer.press("i")
        await explorer.type("etl")
        await explorer.press("f4")
        assert "etl" in await opens_a_desk(explorer)


async def test_a_hop_of_the_reach_tree_opens_the_desk() -> None:
    async with open_explorer(seconds=20) as explorer:
        await explorer.press("1", "W")
        for _ in range(3_000):
            await explorer.press("D")
            if isinstance(explorer.app.screen, IncidentScreen):
                break
            await explorer.pilot.pause(0.05)
        assert "Incident" in await opens_a_desk(explorer)


async def test_the_timeline_opens_the_desk_of_one_of_its_sessions() -> None:
    async with open_explorer(seconds=20) as explorer:
        await explorer.press("t")
        for _ in range(3_000):
            if "Timeline" in explorer.screen():
                break
            await explorer.pilot.pause(0.05)
        await explorer.press("D")
        await explorer.type("release")
        await explorer.press("enter")
        assert "release-812" in await opens_a_desk(explorer)
