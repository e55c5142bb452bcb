"""What is on the screen, cell by cell, as text that a review can read; accepted by `make snapshots`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from textual.pilot import Pilot

from sts_tui.simulation.containment.revocation import revocation_call
from sts_tui.tui.app import StsApp
from sts_tui.tui.options import Options
from tests.support.explorer import still_app

Press: TypeAlias = Callable[[Pilot[Any]], Awaitable[None]]
SMALL, MIDDLE, LARGE = (80, 24), (120, 36), (200, 50)
APP = "arn:aws:iam::111122223333:role/App"
FOLDER = Path(__file__).parents[1] / "tui" / "screens"


def revoked_app(options: Options | None = None) -> StsApp:
    """Twelve seconds in, App was revoked; six seconds later."""
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


def lines_of(app: StsApp) -> list[str]:
    """The cells of the whole screen, a line each, as a terminal without colour shows them."""
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
    """Against `tests/tui/screens/NAME.txt`; with `--snapshot-update` that file is written."""
    file = FOLDER / f"{name}.txt"
    if request.config.getoption("update_snapshots", False):
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert file.exists(), f"{file.name} is missing: look at the screen, then `make snapshots`"
    assert text.splitlines() == file.read_text(encoding="utf-8").splitlines()
