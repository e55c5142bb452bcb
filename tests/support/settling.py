"""When has the explorer handled a key? When its loop has nothing ready and nothing due soon and, if it has
threads, no processor time is used.

Textual's pilot checks that only every fiftieth of a second, two to four times for each key, and its screens
are drawn at most sixty times a second, however little has happened. Tests press thousands of keys: here a
frame is laid out and drawn as soon as there is nothing else to do. Every app also parses the same style
sheets: here that is done once in a process.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from math import inf
from pathlib import Path
from time import monotonic, process_time
from typing import Any
from weakref import WeakSet

import textual.app
import textual.css.stylesheet
import textual.pilot
import textual.screen
from textual._context import active_app

STEP = 0.004
"""Seconds between two checks."""
SOON = 0.01
"""What is due within this many seconds is waited for: Textual resizes a screen after a 120th of a second."""
MOST_TIMERS = 25
"""The most timers that are waited for: timers of a screen whose app has ended never stop."""
SELDOM = 10.0
"""Seconds between two frames that no test waits for."""
BUSY = STEP / 8
"""A process that uses this many processor seconds in one step is busy, threads included."""


async def settle(min_sleep: float = STEP, max_sleep: float = 1) -> None:
    """Returns once nothing is ready to run; after `max_sleep` seconds of processor time in any case.

    Textual's own function gives up after a second of wall-clock time, in which a busy machine may do nothing.
    """
    loop = asyncio.get_running_loop()
    began, begun_at, timers = process_time(), monotonic(), 0
    while process_time() - began < max_sleep:
        if threading.active_count() == 1:  # nobody else can make work: there is no need to wait for it
            await asyncio.sleep(0)
            if loop._ready or lay_out():  # type: ignore[attr-defined]
                continue
            if (left := next_timer(loop) - loop.time()) > SOON or timers == MOST_TIMERS:
                return
            timers += 1
            await asyncio.sleep(max(0.0, left))
            continue
        used = process_time()
        await asyncio.sleep(STEP)
        is_busy = process_time() - used > BUSY or bool(loop._ready)  # type: ignore[attr-defined]
        if not is_busy and monotonic() - begun_at > min_sleep and not a_thread_waits() and not lay_out():
            return


def lay_out() -> bool:
    """Updates the screens that wait for the tick of their timer; returns whether there were any."""
    app = active_app.get(None) if _is_lazy else None
    waiting = [each for each in app.screen_stack if each._update_timer._active.is_set()] if app else []
    for screen in waiting:
        with screen._context():
            screen._on_timer_update()  # which pauses the timer
    return bool(waiting)


_refresh: Any = getattr(textual.screen.Screen, "_compositor_refresh", None)
_is_lazy = True
_undrawn: WeakSet[textual.screen.Screen[Any]] = WeakSet()


def draw_later(screen: textual.screen.Screen[Any]) -> None:
    """Where nothing is written to a terminal, a frame that no test looks at need not be drawn."""
    if not _is_lazy or not screen.app.is_headless or screen is not screen.app.screen:
        _refresh(screen)
        return
    _undrawn.add(screen)  # what has changed is kept in its compositor
    screen._dirty_widgets.clear()
    screen.app._update_mouse_over(screen)


def draw(screen: textual.screen.Screen[Any]) -> bool:
    """Draws the screen if it has changed; returns whether it has."""
    if screen not in _undrawn:
        return False
    _undrawn.discard(screen)
    with screen._context():
        _refresh(screen)
    return True


@contextmanager
def every_frame() -> Iterator[None]:
    """Apps that open within this context draw at each tick of a fast timer: for tests of the frames
    themselves.
    """
    global _is_lazy
    was, textual.screen.UPDATE_PERIOD, _is_lazy = textual.screen.UPDATE_PERIOD, STEP / 2, False
    try:
        yield
    finally:
        textual.screen.UPDATE_PERIOD, _is_lazy = was, True


def next_timer(loop: asyncio.AbstractEventLoop) -> float:
    """When the loop's next timer is due (inf: it has none); screens are drawn at ticks of their timers."""
    return min((each.when() for each in loop._scheduled), default=inf)  # type: ignore[attr-defined]


def a_thread_waits() -> bool:
    """Whether another thread of this process has work and waits for a processor (Linux)."""
    own = threading.get_native_id()
    for thread in threading.enumerate():
        if thread.native_id not in (own, None):
            with suppress(OSError):  # it has ended, or this is no Linux
                state = Path(f"/proc/self/task/{thread.native_id}/stat").read_text().rpartition(")")[2]
                if state.split()[0] == "R":
                    return True
    return False


async def pause(self: textual.pilot.Pilot[Any], delay: float | None = None) -> None:
    """Sleeps and then settles: on a busy machine little is done in a second."""
    await asyncio.sleep(delay or 0)
    await show(self.app)


async def press(self: textual.pilot.Pilot[Any], *keys: str) -> None:
    """Presses keys without Textual's check of every widget after each, which takes longer than most keys."""
    await self.app._press_keys(keys)
    if self.app._running:
        await show(self.app)


async def show(app: textual.app.App[Any]) -> None:
    """Settles and draws, and again if drawing changes what is to be drawn, such as a border's text."""
    for _ in range(3):
        await settle(0)
        app.screen._on_timer_update()
        if not draw(app.screen):
            return


def parsed_once(parse: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    """Caches the rules by text, place and variables, as each style sheet does for itself."""
    kept: dict[tuple[Any, ...], list[Any]] = {}

    def parse_rules(self: Any, css: str, *place: Any, **options: Any) -> list[Any]:
        key = (css, place, tuple(options.items()), frozenset(self._variables.items()))
        if key not in kept:
            kept[key] = parse(self, css, *place, **options)
        return kept[key]

    return parse_rules


def install() -> None:
    """Replaces Textual's functions for every app that this process runs."""
    sheet = textual.css.stylesheet.Stylesheet
    sheet._parse_rules = parsed_once(sheet._parse_rules)  # type: ignore[method-assign]
    textual.app.wait_for_idle = settle  # type: ignore[attr-defined]
    textual.pilot.wait_for_idle = settle  # type: ignore[attr-defined]
    textual.pilot.Pilot.press = press  # type: ignore[method-assign]
    textual.pilot.Pilot.pause = pause  # type: ignore[method-assign]
    if _refresh is not None:
        textual.screen.Screen._compositor_refresh = draw_later  # type: ignore[method-assign]
    textual.screen.UPDATE_PERIOD = SELDOM  # type: ignore[misc]
