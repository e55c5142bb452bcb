"""The explorer on a trail, for tests of stories and screens."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any, cast

from sts_tui.tours.reading.preamble import Opening
from sts_tui.trail.opened import OpenedTrail
from sts_tui.tui.app import StsApp
from sts_tui.tui.options import Asked, Options
from sts_tui.tui.start.open_trail import greet, opened_trail
from tests.support.explorer import SAMPLE, Explorer, WallClock


@contextmanager
def written_trail(events: list[dict[str, Any]]) -> Iterator[Path]:
    """The events in a file of their own."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "trail.json"
        path.write_text(json.dumps({"Records": events}))
        yield path


@contextmanager
def trail_of(
    events: list[dict[str, Any]], files: tuple[Path, ...] = (SAMPLE,), *, is_model_before: bool = False
) -> Iterator[OpenedTrail]:
    """A trail on the model of account files, or on a derived model if there are none."""
    with written_trail(events) as path:
        asked = SimpleNamespace(trail=(path,), files=files, model_before=is_model_before)
        with opened_trail(cast("Asked", asked), Opening(files=files or (SAMPLE,))) as found:
            yield found


def trail_app(found: OpenedTrail, wall: WallClock | None = None) -> StsApp:
    """The app that a trail opens in; its clock is paused."""
    options = Options(preset="default", is_paused=True, files=(str(SAMPLE),))
    app = StsApp(found.simulation, options, reading=wall or WallClock(), is_ticking=False)
    app.animation_level = "none"
    app.when_mounted.append(lambda: greet(app, found))
    return app


@asynccontextmanager
async def open_trail(
    events: list[dict[str, Any]], *, size: tuple[int, int] = (120, 36), **options: Any
) -> AsyncIterator[Explorer]:
    """The explorer on a trail."""
    wall = WallClock()
    with trail_of(events, **options) as found:
        app = trail_app(found, wall)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            yield Explorer(app, pilot, wall)
            for _, error in app.failures:
                raise error
