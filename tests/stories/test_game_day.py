"""A game day on the screen: the player acts freely while the attacker's timetable runs, and is scored."""

from __future__ import annotations

from pathlib import Path

from sts_tui.tours.reading.grammar import read_tour
from sts_tui.tui.dialogs.reading import ReadingScreen
from sts_tui.tui.stage.presentation import present
from tests.stories.test_incident_desk import filled
from tests.support.explorer import Explorer, open_explorer

FOLDER = Path("sample_accounts/gamedays")


async def begin(explorer: Explorer) -> None:
    """The tour, up to the player's turn."""
    present(explorer.app, read_tour(FOLDER / "leaked-instance.tour"))
    await explorer.pilot.pause()
    for _ in range(20):
        if "Your turn" in "\n".join(explorer.app.main.caption.dump()):
            break
        await explorer.press("n")
    await explorer.press("escape")
    assert explorer.app.presentation is None


async def test_the_timetable_is_not_shown() -> None:
    async with open_explorer(FOLDER / "leaked-instance.json") as explorer:
        await begin(explorer)
        assert explorer.app.simulation.game_day is not None
        shown = explorer.screen() + explorer.header() + "\n".join(map(str, explorer.app.command_log.messages))
        assert "attack" not in shown
        assert "198.51.100.66" not in shown


async def test_the_player_acts_freely_and_the_header_counts() -> None:
    async with open_explorer(FOLDER / "leaked-instance.json") as explorer:
        await begin(explorer)
        await explorer.press("space", "+", "+")
        await explorer.wait(6)  # six minutes at x60
        assert "8 got through, " in explorer.header()
        await explorer.press("3", "D")
        await filled(explorer)
        await explorer.press("f5", "tab", "enter")
        await filled(explorer)
        await explorer.press("escape")
        await explorer.press("P")
        assert "time to detect" in explorer.text()
        assert "attacker did is shown when it is over" in explorer.text()


async def test_the_score_opens_at_the_end_with_what_the_attacker_did() -> None:
    async with open_explorer(FOLDER / "leaked-instance.json") as explorer:
        await begin(explorer)
        explorer.app.simulation.advance(2 * 3600)
        await explorer.wait(0.1)
        assert isinstance(explorer.app.screen, ReadingScreen)
        assert "28 of 100" in explorer.text() or "of 100 points" in explorer.text()
        assert "steals" in explorer.text()
        await explorer.press("escape")
        await explorer.wait(0.1)
        assert explorer.app.screen is explorer.app.main, "it opens once"


async def test_without_a_game_day_the_key_says_how_to_begin_one() -> None:
    async with open_explorer() as explorer:
        await explorer.press("P")
        assert "gameday" in explorer.message()
