"""What if, who can become whom with a way out, what happened out of sight, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.notifications import Notification

from sts_tui.simulation.containment.revocation import revocation_call
from sts_tui.simulation.events import RequestAnswered
from sts_tui.simulation.simulation import Simulation
from sts_tui.tui.offscreen_denials import grouped
from sts_tui.tui.options import Options
from sts_tui.tui.overviews.reach import reaching
from sts_tui.tui.overviews.reach.reach_screen import ReachScreen
from sts_tui.tui.text.styled_text import text_of
from sts_tui.tui.widgets.table import Table
from tests.support.explorer import Explorer, open_explorer

APP = "arn:aws:iam::111122223333:role/App"


def revoke_app(explorer: Explorer) -> None:
    explorer.app.simulation.call(*revocation_call(APP, explorer.app.simulation.world))


def toasts(explorer: Explorer) -> list[Notification]:
    return list(explorer.app._notifications)  # Textual has no other way to see them


async def test_what_if_leaves_layers_out_says_which_and_changes_nothing() -> None:
    async with open_explorer(seconds=10) as explorer:
        revoke_app(explorer)
        await explorer.wait(4)
        world, events = explorer.app.simulation.world, len(explorer.app.simulation.events)
        await explorer.press("w")
        assert "was ✖ DENY! App/AWSRevokeOlderSessions#1" in explorer.text()
        explorer.app.screen.query_one(Table).choose("IDENTITY")
        await explorer.press("enter")
        text = explorer.text()
        assert "left out: identity-based policy" in text
        assert "no identity-based policy allows" in text
        await explorer.press("enter")
        assert "left out: identity-based policy, " in explorer.text(), "one more was left out"
        await explorer.type("every statement")
        await explorer.press("enter")
        assert "identity-based policy, " in explorer.text()
        await explorer.press("escape")
        assert explorer.app.screen is explorer.app.main
        assert explorer.app.simulation.world is world
        assert len(explorer.app.simulation.events) == events


async def test_what_if_tries_a_fix_without_making_it() -> None:
    async with open_explorer(seconds=10) as explorer:
        revoke_app(explorer)
        await explorer.wait(4)
        done = len(explorer.app.simulation.history.done)
        await explorer.press("w")
        await explorer.type("remove")
        await explorer.press("enter")
        assert "aws iam delete-role-policy" in explorer.text()
        assert "+ ALLOW" in explorer.text()
        assert len(explorer.app.simulation.history.done) == done
        assert any("AWSRevoke" in row.name for row in explorer.app.row_cache.policies("roles", APP))


async def test_what_if_without_a_request_says_why_not() -> None:
    async with open_explorer() as explorer:
        await explorer.press("w")
        assert "No requests yet" in explorer.message()


async def test_escape_stops_the_search_for_chains(monkeypatch: pytest.MonkeyPatch) -> None:
    from threading import Event

    reached, go_on = Event(), Event()

    def slowly(
        simulation: Simulation,
        progress: Callable[[int, int], None],
        *,
        with_outside: bool,
        with_escalation: bool,
    ) -> tuple[()]:
        reached.set()
        assert go_on.wait(10)
        progress(1, 2)
        raise AssertionError("no longer asked for")

    monkeypatch.setattr(reaching, "reach_of", slowly)
    async with open_explorer(seconds=5) as explorer:
        await explorer.press("W")
        assert isinstance(explorer.app.screen, ReachScreen), "it opens at once"
        while not reached.is_set():
            await explorer.pilot.pause(0.01)
        await explorer.press("escape")
        go_on.set()
        assert not explorer.app.background.what
        await explorer.pilot.pause(0.1)
        assert explorer.app.screen is explorer.app.main


def test_the_search_for_chains_tells_how_far_it_is() -> None:
    from sts_tui.simulation.reach.reach import hops
    from tests.support.explorer import SAMPLE

    told: list[tuple[int, int]] = []
    hops(Simulation.open(SAMPLE), lambda done, of: told.append((done, of)))
    assert told == [(number, 8) for number in range(8)]


async def test_offscreen_denials_are_reported_in_groups_and_kept() -> None:
    async with open_explorer(seconds=10) as explorer:
        revoke_app(explorer)
        await explorer.wait(1)
        assert not toasts(explorer), "the stream shows them"
        await explorer.press("f")
        await explorer.wait(6)
        assert explorer.app.main.focused_name == "roles"
        told = [each.message for each in toasts(explorer)]
        assert any(text.endswith(", App") for text in told)
        await explorer.wait(5)
        assert [each.message for each in toasts(explorer)] == told, "not more often than every ten seconds"
        assert all(not each.markup for each in toasts(explorer))
        kept = [text_of(said.spans) for said in explorer.app.command_log.messages]
        assert set(told) <= set(kept)


async def test_calm_mode_keeps_denials_for_the_list_of_messages() -> None:
    async with open_explorer(seconds=10, options=Options(preset="default", is_calm=True)) as explorer:
        revoke_app(explorer)
        await explorer.press("f")
        await explorer.wait(6)
        assert not toasts(explorer)
        assert any("App" in text_of(said.spans) for said in explorer.app.command_log.messages)


def test_at_most_three_lines_are_shown_at_once() -> None:
    assert grouped({"A": 1, "B": 3}) == ["3 denials, B", "1 denial, A"]
    many = grouped({name: number for number, name in enumerate("ABCDE", 1)})
    assert many == ["5 denials, E", "4 denials, D", "6 denials, 3 others"]


async def test_minus_goes_back_to_the_pane_before() -> None:
    async with open_explorer(seconds=5) as explorer:
        await explorer.press("3", "4", "minus")
        assert explorer.app.main.focused_name == "sessions"
        await explorer.press("minus")
        assert explorer.app.main.focused_name == "requests"


async def test_acting_as_a_session_can_have_a_key_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "keymap.json"
    file.write_text('{"keys": {"act_as": "f6"}}')
    async with open_explorer(seconds=5, options=Options(keymap=file)) as explorer:
        await explorer.press("3", "enter")
        assert explorer.app.acting.label == "operator", "enter was given away"
        await explorer.press("f6")
        assert "@" in explorer.app.acting.label


async def test_enter_on_a_request_explains_it() -> None:
    async with open_explorer(seconds=5) as explorer:
        await explorer.press("4", "enter")
        event = explorer.app.selection.request()
        assert isinstance(event, RequestAnswered)
        assert f"Explain request #{event.number}" in explorer.screen()
