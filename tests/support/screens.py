"""Compares the screen, cell by cell, with text files that a review can read; `make snapshots` accepts
changes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from textual.pilot import Pilot

from sts_tui.simulation.containment.revocation import revocation_call
from sts_tui.tours.playing.player import Player
from sts_tui.tours.reading.grammar import parse_step
from sts_tui.tui.app import StsApp
from sts_tui.tui.options import Options
from sts_tui.tui.overviews.incident_desk import open_incident
from tests.accounts.policies import allows, trusts
from tests.support.explorer import SAMPLE, still_app

Press: TypeAlias = Callable[[Pilot[Any]], Awaitable[None]]
SMALL, MIDDLE, LARGE = (80, 24), (120, 36), (200, 50)
APP = "arn:aws:iam::111122223333:role/App"
FOLDER = Path(__file__).parents[1] / "tui" / "screens"


def revoked_app(options: Options | None = None) -> StsApp:
    """An app in which App was revoked after twelve seconds, six seconds later."""
    app = still_app(seconds=12, options=options)
    action, params = revocation_call(APP, app.simulation.world)
    app.simulation.call(action, params)
    app.simulation.advance(6)
    app.ticker.reanchor()
    return app


def acting(app: StsApp, who: str) -> StsApp:
    """The same app, acting as `who` from the beginning."""
    app.command_log.acting = app.simulation.resolve(who)
    return app


def keys(*pressed: str) -> Press:
    """Presses keys, and waits for a dialog that is computed in the background."""

    async def press(pilot: Pilot[Any]) -> None:
        await pilot.pause()
        await pilot.press(*pressed)
        await pilot.pause()

    return press


def desk_of(who: str, *pressed: str) -> Press:
    """Opens the incident desk of WHO, waits until every cut was tried, then presses keys."""

    async def press(pilot: Pilot[Any]) -> None:
        app = pilot.app
        assert isinstance(app, StsApp)
        await pilot.pause()
        open_incident(app, who)
        await pilot.pause()
        for _ in range(3_000):
            if not app.background.what:
                break
            await pilot.pause(0.01)
        await pilot.press(*pressed)
        await pilot.pause()

    return press


def many_long_names() -> dict[str, Any]:
    """Sixty roles with long names that have most words in common, and a user who can become each."""
    account, words = "111122223333", ("checkout", "payments", "search", "reporting", "inventory")
    roles = [
        {
            "RoleName": f"platform-{words[number % 5]}-service-production-execution-role-{number:02}",
            "AssumeRolePolicyDocument": trusts(f"arn:aws:iam::{account}:root"),
            "RolePolicyList": [{"PolicyName": "work", "PolicyDocument": allows("s3:GetObject")}],
        }
        for number in range(60)
    ]
    user = {
        "UserName": "platform-release-automation-production-deployment-robot",
        "AccessKeys": [{"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "Status": "Active"}],
        "UserPolicyList": [{"PolicyName": "go", "PolicyDocument": allows("sts:AssumeRole")}],
    }
    return {
        "Name": "sixty",
        "StartTime": "2026-01-15T09:00:00Z",
        "Accounts": [{"AccountId": account, "RoleDetailList": roles, "UserDetailList": [user]}],
    }


def game_day_app(seconds: float) -> StsApp:
    """An app this many seconds into the game day of the leaked instance credentials, with no action taken."""
    folder = SAMPLE.parent / "gamedays"
    app = still_app(folder / "leaked-instance.json")
    player = Player(app.simulation)
    for text in (folder / "leaked-instance.tour").read_text("utf-8").splitlines():
        if text.startswith(("gameday", "attack")):
            player.perform(parse_step(text))
    app.simulation.advance(seconds)
    app.ticker.reanchor()
    return app


def lines_of(app: StsApp) -> list[str]:
    """The cells of the whole screen, a line each, as a terminal without color shows them."""
    strips = app.screen._compositor.render_strips(app.size)
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


async def screen_text(app: StsApp, size: tuple[int, int], press: Press) -> str:
    """Runs the app, presses the keys, and returns the screen."""
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        await press(pilot)
        await pilot.pause()
        return "\n".join(lines_of(app)) + "\n"


def compare(name: str, text: str, request: pytest.FixtureRequest) -> None:
    """Compares a text with `tests/tui/screens/NAME.txt`; with `--snapshot-update`, writes that file."""
    file = FOLDER / f"{name}.txt"
    if request.config.getoption("update_snapshots", False):
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert file.exists(), f"{file.name} is missing: look at the screen, then `make snapshots`"
    assert text.splitlines() == file.read_text(encoding="utf-8").splitlines()
