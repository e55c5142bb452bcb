"""What can it do: the matrix of a session, role or user, and what an edit or the SCPs change in it."""

from __future__ import annotations

import json

from msgspec.structs import replace

from sts_tui.simulation import Simulation
from sts_tui.tui.overviews.access import Subject
from sts_tui.tui.overviews.access_screen import AccessScreen
from tests.accounts.policies import allow, deny, policy
from tests.support.explorer import SAMPLE, Explorer, open_explorer

APP = "arn:aws:iam::111122223333:role/App"


async def filled(explorer: Explorer, *, compared: bool = False) -> AccessScreen:
    screen = explorer.app.screen
    assert isinstance(screen, AccessScreen)
    for _ in range(3_000):
        if screen.found is not None and (not compared or len(screen.found) > 1):
            break
        await explorer.pilot.pause(0.02)
    await explorer.pilot.pause()
    assert screen.found is not None
    return screen


async def test_a_role_against_services_and_levels_and_a_cell_opens_its_actions() -> None:
    async with open_explorer() as explorer:
        explorer.app.presenter.go_to_role(APP)
        await explorer.press("v")
        await filled(explorer)
        assert "What App can do" in explorer.screen()
        assert "s3" in explorer.screen()
        await explorer.press("right", "enter")
        assert "allowed" in explorer.screen()
        row = next(line for line in explorer.screen().splitlines() if line.lstrip().startswith("GetObject "))
        assert "by OrdersReadWrite#Orders  on arn:aws:s3:::acme-orders/" in row
        await explorer.press("escape")
        await filled(explorer)
        await explorer.press("escape")
        buckets = [f"arn:aws:s3:::z{number}" for number in range(205)]
        statements = allow("s3:DeleteBucket", buckets), deny("s3:DeleteBucket", buckets[:-1])
        document = json.dumps(policy(*statements))
        explorer.app.simulation.call(
            "iam:PutRolePolicy", {"RoleName": "App", "PolicyName": "many", "PolicyDocument": document}
        )
        await explorer.press("v")
        assert "200 of up to 205 resources" in (await filled(explorer)).found["now"].what_was_left_out
        assert "a evaluates all of them" in explorer.text()
        await explorer.press("a")
        screen = await filled(explorer)
        assert "DeleteBucket" in screen.found["now"].rows["s3"]["Write"].allowed
        assert "evaluates all of them" not in explorer.text()


async def test_a_cut_is_compared_with_the_state_before_it() -> None:
    async with open_explorer(seconds=10) as explorer:
        session = next(
            each for each in explorer.app.simulation.world.sessions.values() if each.issuer_arn == APP
        )
        explorer.app.simulation.call(
            "iam:DetachRolePolicy",
            {"RoleName": "App", "PolicyArn": "arn:aws:iam::111122223333:policy/OrdersReadWrite"},
        )
        explorer.app.presenter.go_to_session(session.access_key_id)
        await explorer.press("v")
        await filled(explorer, compared=True)
        await explorer.press("tab")
        assert "before the last edit" in explorer.text()
        assert "-" in next(row for row in explorer.screen().splitlines() if " s3 " in f" {row} ")


async def test_the_command_can_opens_it_for_anyone_and_says_who_is_unknown() -> None:
    async with open_explorer() as explorer:
        await explorer.press("colon")
        await explorer.type("can alice")
        await explorer.press("enter")
        await filled(explorer, compared=True)
        assert "What alice can do" in explorer.screen()
        await explorer.press("tab")
        assert "without SCPs and RCPs" in explorer.text()
        await explorer.press("escape", "colon")
        await explorer.type("can nobody-here")
        await explorer.press("enter")
        assert "nobody" in explorer.screen()


async def test_a_cell_is_opened_by_mouse() -> None:
    async with open_explorer() as explorer:
        explorer.app.presenter.go_to_role(APP)
        await explorer.press("v")
        screen = await filled(explorer)
        table = screen.query_one("#matrix")
        row = next(y for y, text in enumerate(table.dump()) if " s3 " in f" {text} ")  # type: ignore[attr-defined]
        await explorer.press("right")
        await explorer.click("#matrix", offset=(4, row), times=2)
        assert "OrdersReadWrite#Orders" in explorer.screen()


async def test_the_screen_marks_a_cell_as_the_command_line_does() -> None:
    """The screen left out that other actions of the cell are unknown."""
    from sts_tui.simulation.reach.access.access_matrix import Cell
    from sts_tui.tui.overviews.access_screen import Row, _cell

    cell = Cell(of=5, allowed=("GetObject",), unknown=("PutObject",))
    assert cell.mark == "1/5 ?"
    assert "".join(span.text for span in _cell(Row("s3", {"Write": cell}), "Write")) == cell.mark


def test_refused_credentials_can_do_nothing_and_the_screen_says_why() -> None:
    """`sts-tui can` reports the refusal; the screen showed what the session could do before it expired."""
    simulation = Simulation.open(SAMPLE)
    simulation.advance(5)
    session = next(iter(simulation.world.sessions.values()))
    subject = Subject(session.label, session.access_key_id)
    later = replace(simulation.world, now=session.expires_at)
    assert subject.about(simulation.world) == ""
    assert "ExpiredToken" in subject.about(later)
    assert not subject.matrix(later).rows
