"""Looking back: the whole screen as it was at an instant, read-only, and forward to now."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from sts_tui.simulation.simulation import Simulation
from sts_tui.tui.keys.actions import ACTIONS, OF_THE_PRESENT
from sts_tui.tui.looking_back import look_back
from sts_tui.tui.main_screen import PANES
from sts_tui.tui.overviews.timeline_screen import TimelineScreen
from tests.support.explorer import SAMPLE, Explorer, open_explorer

PANES_THEN = PANES[:4]


async def timeline(explorer: Explorer) -> TimelineScreen:
    await explorer.press("t")
    for _ in range(3_000):
        if isinstance(explorer.app.screen, TimelineScreen):
            break
        await explorer.pilot.pause(0.05)
    assert isinstance(explorer.app.screen, TimelineScreen)
    return explorer.app.screen


def text_of_panes(explorer: Explorer) -> dict[str, str]:
    """What the panes hold, wherever the cursors are."""
    panes = {name: explorer.app.main.pane(name).as_text() for name in PANES_THEN}
    return {name: "\n".join(lines).replace("chosen: ", "") for name, lines in panes.items()}


async def revoked(explorer: Explorer) -> None:
    """App is revoked at 09:02:00, and a minute goes by."""
    await explorer.wait(120)
    await explorer.press("R", "tab", "enter")
    await explorer.wait(60)


@pytest.mark.parametrize("size", [(80, 24), pytest.param((120, 36), marks=pytest.mark.long)])
async def test_the_screen_shows_a_past_instant_and_forward_to_now(size: tuple[int, int]) -> None:
    async with open_explorer(size=size) as explorer:
        app = explorer.app
        await explorer.wait(90)
        then = text_of_panes(explorer)
        instant = app.simulation.now
        await explorer.wait(30)
        await explorer.press("R", "tab", "enter")
        await explorer.wait(60)
        now = app.simulation
        look_back(app, instant)
        await explorer.pilot.pause()
        shown = text_of_panes(explorer)
        assert shown["sessions"] == then["sessions"]
        assert shown["policies"] == then["policies"]
        assert shown["roles"] == then["roles"]
        assert shown["requests"] == then["requests"]
        assert "AWSRevokeOlderSessions" not in shown["policies"]
        assert "revoked" not in shown["sessions"]
        assert "2026-01-15 09:01:30Z  PAST" in explorer.header()
        assert "PAST 09:01:30, read-only" in explorer.screen()
        assert "esc now" in explorer.screen()
        await explorer.press("escape")
        assert app.simulation is now
        assert "PAST" not in explorer.screen()
        assert "AWSRevokeOlderSessions" in "\n".join(app.main.policies.as_text())


async def test_nothing_can_be_changed_while_looking_back() -> None:
    async with open_explorer() as explorer:
        await revoked(explorer)
        app = explorer.app
        world, events = app.simulation.world, len(app.simulation.events)
        look_back(app, app.simulation.now - timedelta(seconds=30))
        for key in ("R", "a", "u", "space", "plus", "D", "ctrl+s", "E"):
            await explorer.press(key)
            assert "read-only" in explorer.message(), key
        await explorer.press("colon")
        await explorer.type("revoke Deploy")
        await explorer.press("enter")
        assert "read-only" in explorer.message()
        await explorer.wait(60)
        await explorer.press("escape", "escape")
        assert app.looking_back is None
        assert app.simulation.world.configuration is world.configuration
        assert len(app.simulation.events) == events, "the clock was paused"
        await explorer.wait(5)
        assert len(app.simulation.events) > events, "and runs again"


async def test_from_the_timeline_to_an_event_and_on_from_there() -> None:
    async with open_explorer() as explorer:
        await revoked(explorer)
        screen = await timeline(explorer)
        assert "denied and refused" in explorer.screen().splitlines()[3], "under the axis"
        for _ in range(60):
            await explorer.press("comma")
            if screen.cursor.strftime("%H:%M:%S") <= "09:02:00":
                break
        assert "▸ 09:02:00" in explorer.screen(), "the edit at the cursor is marked"
        await explorer.press("enter")
        assert "09:02:00Z  PAST" in explorer.header()
        await explorer.press("full_stop")
        assert explorer.app.simulation.now.strftime("%H:%M:%S") > "09:02:00"
        await explorer.press("comma")
        assert "09:02:00Z  PAST" in explorer.header()
        again = await timeline(explorer)
        assert again.cursor == explorer.app.simulation.now
        assert "┃ now 09:03:00" in explorer.screen(), "the timeline is that of now"
        await explorer.press("escape")
        for _ in range(300):
            await explorer.press("full_stop")
            if explorer.app.looking_back is None:
                break
        assert explorer.app.looking_back is None, "after the last event comes now"


async def test_zoom_and_cursor() -> None:
    async with open_explorer() as explorer:
        await revoked(explorer)
        screen = await timeline(explorer)
        before = screen._shown.end - screen._shown.start
        await explorer.press("right_square_bracket", "right_square_bracket")
        assert (screen._shown.end - screen._shown.start) * 4 == before
        at = screen.cursor
        await explorer.press("right")
        assert screen.cursor > at
        await explorer.press("left", "left")
        assert screen.cursor < at or screen.cursor == screen._whole.start
        await explorer.press(*["left_square_bracket"] * 4)
        assert (screen._shown.end - screen._shown.start) == before, "no wider than everything"


async def test_a_request_that_was_chosen_is_selected_and_explained_as_it_was() -> None:
    async with open_explorer() as explorer:
        await revoked(explorer)
        await timeline(explorer)
        await explorer.press("end", "comma")
        await explorer.press("enter")
        request = explorer.app.selection.request()
        assert request is not None
        assert request.verdict.is_denial
        await explorer.press("x")
        assert "Deny" in explorer.screen() or "No policy" in explorer.screen()


READING = [
    id
    for id, spec in ACTIONS.items()
    if not (
        spec.edits or spec.danger or id in OF_THE_PRESENT or id in ("quit", "back", "next_event", "slower")
    )
]


@pytest.mark.parametrize("ids", [READING[::3], pytest.param(READING, marks=pytest.mark.long)], ids=len)
async def test_everything_that_only_reads_works_on_a_past_instant(ids: list[str]) -> None:
    async with open_explorer() as explorer:
        await revoked(explorer)
        look_back(explorer.app, explorer.app.simulation.now - timedelta(seconds=30))
        past = explorer.app.looking_back
        for id in ids:
            explorer.app.perform(id)
            await explorer.pilot.pause(0.05)
            while explorer.app.screen is not explorer.app.main:
                await explorer.press("escape")
            if explorer.app.main.typing or explorer.app.main.has_class("-full-screen"):
                await explorer.press("escape")
            assert explorer.app.looking_back is past, id
            assert not explorer.app.failures, id


def busy(events: int) -> Simulation:
    sim = Simulation.open(SAMPLE)
    sim.set("RequestLogSize", events)
    while len(sim.events) < events:
        sim.advance(1800)
    return sim


@pytest.mark.long
async def test_looking_back_costs_no_more_with_a_long_log() -> None:
    """Ratios in one run: ten times the log is not ten times the work."""
    from sts_tui.simulation.views.past import as_of

    took = {}
    for size in (2_000, 20_000):
        sim = busy(size)
        at = sim.events[size // 2].at
        best = float("inf")
        for _ in range(5):
            begun = time.perf_counter()
            as_of(sim, at)
            best = min(best, time.perf_counter() - begun)
        took[size] = best
    assert took[20_000] < 8 * took[2_000], took
