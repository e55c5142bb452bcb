"""A presenter with keys only: forward, back, aside and on again; and what the audience reads meanwhile."""

from __future__ import annotations

from sts_tui.tours.reading.grammar import parse_tour, read_tour
from sts_tui.tui.stage.presentation import present
from tests.support.explorer import SAMPLE, open_explorer, still_app

TOUR = SAMPLE.parent / "revocation.tour"


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


async def test_the_audience_sees_the_step_beside_what_was_expected_of_it() -> None:
    tour = parse_tour("say one\nrevoke App\nexpect ok\n", "short.tour")
    async with open_explorer(seconds=1) as explorer:
        present(explorer.app, tour)
        assert explorer.app.presentation is not None
        explorer.app.presentation.begin()
        await explorer.press("n")
        assert "expect ok  it succeeded  · revoke App" in explorer.status()


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
        assert "b step back" in explorer.screen()
