"""Drives the real app in tests: takes keys and clicks, returns what is on the screen. Only `wait` advances
the clock.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from textual.command import CommandList
from textual.events import Key
from textual.pilot import Pilot

from sts_tui.simulation.simulation import Simulation
from sts_tui.tui.app import StsApp
from sts_tui.tui.options import Options
from sts_tui.tui.text.styled_text import text_of
from sts_tui.tui.widgets.lines import LineView
from tests.support import settling

settling.install()

SAMPLE = Path(__file__).parents[2] / "sample_accounts" / "acme.json"
SIZE = (120, 36)


class WallClock:
    """A clock in seconds that only a test advances."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Explorer:
    """The explorer, operated by a test."""

    def __init__(self, app: StsApp, pilot: Pilot[int], wall: WallClock) -> None:
        self.app = app
        self.pilot = pilot
        self._wall = wall

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """The first character may open the field for the others, which arrive together."""
        first, rest = text[:1], text[1:]
        await self.press(_KEYS.get(first, first))
        driver = self.app._driver
        assert driver is not None
        for char in rest:
            key = Key(_KEYS.get(char, char), char)
            key.set_sender(self.app)
            driver.send_message(key)
        await self.pilot.pause()

    async def fast(self, *keys: str) -> None:
        """Presses keys faster than they are handled, as on a busy machine."""
        for key in keys:
            self.app.simulate_key(_KEYS.get(key, key))
        for _ in range(4):  # from the app to the widget, and back to the screen
            await self.pilot.pause()

    async def wait(self, seconds: float) -> None:
        """Advances wall-clock time, in ticks of the app's length."""
        self._wall.seconds += seconds
        self.app.tick()
        await self.pilot.pause()

    async def click(self, selector: str, offset: tuple[int, int] = (1, 0), times: int = 1) -> None:
        await self.pilot.click(selector, offset=offset, times=times)
        await self.pilot.pause()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Waits until `holds` is true because of another thread or a timer; fails after a minute or more."""
        for _ in range(6_000):
            if holds():
                return
            await self.pilot.pause(0.01)
        raise AssertionError(self.screen())

    async def find(self, text: str) -> None:
        """Searches in the palette and chooses the first hit once the search has ended."""
        await self.press("ctrl+p")
        await self.type(text)
        palette = self.app.screen
        await self.until(lambda: all(one.is_finished for one in self.app.workers if one.node is palette))
        await self.until(lambda: bool(self.hits()))
        await self.press("enter")
        await self.until(lambda: self.app.screen is not palette)
        await self.pilot.pause()

    def hits(self) -> list[str]:
        """What the palette lists."""
        return [str(each.prompt) for each in self.app.screen.query_one(CommandList).options]

    def pane(self, name: str) -> str:
        """What a pane holds, as text."""
        return "\n".join(self.app.main.pane(name).dump())

    def screen(self) -> str:
        """The text of every line view of the topmost screen, titles of boxes included."""
        parts = [str(widget.border_title) for widget in self.app.screen.query("*") if widget.border_title]
        parts += ["\n".join(view.dump()) for view in self.app.screen.query(LineView)]
        return "\n".join(parts)

    def text(self) -> str:
        """The screen with its lines joined, for texts that may be wrapped."""
        return " ".join(self.screen().split())

    def status(self) -> str:
        return "\n".join(self.app.main.status.dump())

    def header(self) -> str:
        return "\n".join(self.app.main.header.dump())

    def message(self) -> str:
        """The last message."""
        return text_of(self.app.command_log.status)


_KEYS = {
    " ": "space",
    "-": "minus",
    ":": "colon",
    "/": "slash",
    ".": "full_stop",
    ",": "comma",
    "=": "equals_sign",
    "*": "asterisk",
    "@": "at",
    "!": "exclamation_mark",
    "_": "underscore",
    "[": "left_square_bracket",
    "]": "right_square_bracket",
    "{": "left_curly_bracket",
    "}": "right_curly_bracket",
    '"': "quotation_mark",
}


@asynccontextmanager
async def open_explorer(
    files: str | Path | Mapping[str, Any] = SAMPLE,
    *,
    size: tuple[int, int] = SIZE,
    options: Options | None = None,
    seconds: float = 0,
) -> AsyncIterator[Explorer]:
    """The explorer on account files, after `seconds` of simulated time."""
    wall = WallClock()
    app = still_app(files, options, wall)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        explorer = Explorer(app, pilot, wall)
        if seconds:
            await explorer.wait(seconds)
        yield explorer
        for _, error in app.failures:
            raise error


def still_app(
    files: str | Path | Mapping[str, Any] = SAMPLE,
    options: Options | None = None,
    wall: WallClock | None = None,
    seconds: float = 0,
) -> StsApp:
    """An app with a clock that only the test advances and the default keymap, after `seconds` of simulated
    time.
    """
    simulation = Simulation.open(files)
    if seconds:
        simulation.advance(seconds)
    app = StsApp(
        simulation, options or Options(preset="default"), reading=wall or WallClock(), is_ticking=False
    )
    app.animation_level = "none"
    return app
