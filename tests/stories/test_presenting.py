"""A presenter with keys only: forward, back, aside and on again; and what the audience reads meanwhile."""

from __future__ import annotations

import pytest

from sts_tui.tours.reading.grammar import parse_tour, read_tour
from sts_tui.tui.dialogs.dialog import Dialog
from sts_tui.tui.main_screen import PANES
from sts_tui.tui.stage.presentation import present
from tests.support.explorer import SAMPLE, open_explorer, still_app

TOUR = SAMPLE.parent / "revocation.tour"


@pytest.mark.long  # tests/stories/test_tour.py steps back in the fast run
async def test_a_step_back_undoes_exactly_what_one_key_did() -> None:
    app = still_app()
    present(app, read_tour(TOUR))
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        assert app.presentation is not None
        positions = [app.presentation.position]
        while not app.presentation.is_over:
            await pilot.press("n")
            positions.append(app.presentation.position)
        for position in positions[-2::-1]:
            await pilot.press("b")
            assert app.presentation.position == position
            scene = app.presentation.script.scene_at(position)
            assert f"{scene.number}/4" in "".join(app.main.caption.dump()), "scenes are counted, not steps"
        await pilot.press("b")
        assert app.presentation.position == 2, "the first scene and its narration stay"


async def test_the_next_step_closes_what_the_presenter_opened() -> None:
    app = still_app()
    present(app, read_tour(TOUR))
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.press("n", "x")
        assert app.screen is not app.main
        await pilot.press("n")
        await pilot.pause()
        assert app.screen is app.main, "the tour does not go on out of sight"


async def test_the_audience_sees_what_a_step_did_and_not_what_was_expected_of_it() -> None:
    tour = parse_tour("say one\nrevoke App\nexpect ok\n", "short.tour")
    async with open_explorer(seconds=1) as explorer:
        present(explorer.app, tour)
        assert explorer.app.presentation is not None
        explorer.app.presentation.begin()
        await explorer.press("n")
        assert "expect" not in explorer.screen()
        assert "App revoked" in explorer.status()


async def test_an_expectation_that_failed_is_not_covered_by_one_that_holds() -> None:
    tour = parse_tour("say one\nrevoke App\nexpect denied\nexpect ok\n", "short.tour")
    async with open_explorer(seconds=1) as explorer:
        present(explorer.app, tour)
        assert explorer.app.presentation is not None
        explorer.app.presentation.begin()
        await explorer.press("n")
        assert "expect denied" in explorer.status()


async def test_a_presenter_sees_the_key_back_and_nobody_else_does() -> None:
    async with open_explorer(seconds=1) as explorer:
        assert "step back" not in explorer.screen()
        present(explorer.app, parse_tour("say one\nsay two\n", "short.tour"))
        assert explorer.app.presentation is not None
        explorer.app.presentation.begin()
        await explorer.pilot.pause()
        assert "n next step  b step back" in explorer.screen()
        await explorer.press("n", "n")
        assert "n next step  b step back" in explorer.screen(), "always, also at the end"


LEAK = """scene The leak
say The thief is at work.
wait 12s
as i-0ab12cd34ef567890@App
request s3:GetObject arn:aws:s3:::acme-orders/export/customers.csv
scene The cut
as alice
revoke App
wait 8s
scene Elsewhere
focus 2
say Done.
"""


@pytest.mark.parametrize("size", [(80, 24), pytest.param((120, 36), marks=pytest.mark.long)])
async def test_what_happens_comes_to_the_front_by_itself(size: tuple[int, int]) -> None:
    async with open_explorer(size=size) as explorer:
        main = explorer.app.main

        def shown() -> list[str]:
            names = [name for name in PANES if main.shows(name)]
            return [*names, *(["statement"] if main.has_class("-spotlight") else [])]

        present(explorer.app, parse_tour(LEAK, "leak.tour")).begin()
        await explorer.pilot.pause()
        assert len(shown()) <= 3
        await explorer.press("n", "n")  # wait, as
        assert "sessions" in shown()
        assert main.sessions.table.cursor_row.label == "i-0ab12cd34ef567890@App"
        await explorer.press("n")
        assert "statement" in shown()
        assert "decided by OrdersReadWrite#Orders" in explorer.screen()
        await explorer.press("n", "n")  # as alice, revoke
        assert "policies" in shown()
        assert "statement" not in shown()
        assert "AWSRevokeOlderSessions" in explorer.pane("policies")
        await explorer.press("n")
        assert "statement" in shown()
        assert "DateLessThan aws:TokenIssueTime" in explorer.text()
        assert "the request has 2026-01-15T09:00:00" in explorer.text()
        await explorer.press("n")
        assert "policies" in shown()
        assert "statement" not in shown(), "a new scene clears the stage"
        assert len(shown()) <= 3


async def test_the_time_left_of_the_revoked_session_is_in_big_digits() -> None:
    async with open_explorer() as explorer:
        presentation = present(explorer.app, parse_tour(LEAK, "leak.tour"))
        presentation.begin()
        await explorer.press(*"nnnnn")
        assert "✖ revoked" in explorer.screen()
        digits = [row for row in explorer.screen().splitlines() if "██████" in row]
        assert len(digits) >= 3
        await explorer.press("escape")
        assert "██████" not in explorer.screen(), "the explorer is as it was"
        assert not explorer.app.main.has_class("-on-stage")


async def test_autoplay_continues_by_itself_and_space_pauses_it() -> None:
    async with open_explorer() as explorer:
        presentation = present(explorer.app, parse_tour(LEAK, "leak.tour"), autoplays=True)
        presentation.begin()
        await explorer.wait(4)
        assert presentation.position == 3
        assert "space pause the tour" in explorer.screen()
        await explorer.press("space")
        await explorer.wait(600)
        assert presentation.position == 3
        assert explorer.app.clock.is_paused, "the clock moves by steps only"
        await explorer.press("space")
        assert presentation.position == 4
        for _ in range(20):
            await explorer.wait(30)
        assert presentation.is_over


async def test_the_key_of_the_next_step_is_shown_on_a_text_that_the_tour_opened() -> None:
    story = "wait 12s\nrequest s3:GetObject arn:aws:s3:::acme-orders/x\npress 4 x\npress escape\n"
    async with open_explorer() as explorer:
        present(explorer.app, parse_tour(story, "story.tour")).begin()
        await explorer.press("n", "n")
        assert explorer.app.screen is not explorer.app.main
        assert "n next step" in str(explorer.app.screen.query_one(Dialog).border_subtitle)
        await explorer.press("n")
        assert explorer.app.screen is explorer.app.main
