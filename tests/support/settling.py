"""When has the explorer dealt with a key? When its loop has nothing ready and no processor time is used.

Textual's pilot asks that only every fiftieth of a second, two to four times for each key, and its screens are
drawn at most sixty times a second. Tests press thousands of keys: here both happen every few milliseconds.
And each app parses the same style sheets: here that is done once in a process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic, process_time
from typing import Any

import textual.app
import textual.css.stylesheet
import textual.pilot
import textual.screen

STEP = 0.004
"""Seconds between two looks."""
BUSY = STEP / 8
"""Processor seconds in one step from which the process is at work, threads included."""


async def settle(min_sleep: float = STEP, max_sleep: float = 1) -> None:
    """Returns once nothing is ready to run; after `max_sleep` seconds in any case, as Textual's own does."""
    loop = asyncio.get_running_loop()
    began = monotonic()
    while (elapsed := monotonic() - began) < max_sleep:
        used = process_time()
        await asyncio.sleep(STEP)
        is_busy = process_time() - used > BUSY or bool(loop._ready)  # type: ignore[attr-defined]
        if not is_busy and elapsed + STEP > min_sleep:
            return


def parsed_once(parse: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    """Keeps the rules by text, place and variables, as each style sheet does for itself."""
    kept: dict[tuple[Any, ...], list[Any]] = {}

    def parse_rules(self: Any, css: str, *place: Any, **options: Any) -> list[Any]:
        key = (css, place, tuple(options.items()), frozenset(self._variables.items()))
        if key not in kept:
            kept[key] = parse(self, css, *place, **options)
        return kept[key]

    return parse_rules


def install() -> None:
    """For every app that this process runs."""
    sheet = textual.css.stylesheet.Stylesheet
    sheet._parse_rules = parsed_once(sheet._parse_rules)  # type: ignore[method-assign]
    textual.app.wait_for_idle = settle  # type: ignore[attr-defined]
    textual.pilot.wait_for_idle = settle  # type: ignore[attr-defined]
    textual.screen.UPDATE_PERIOD = STEP / 2  # type: ignore[misc]
