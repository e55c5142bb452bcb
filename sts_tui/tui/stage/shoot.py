"""Pictures of a tour, taken from the real screen at given instants: the same input gives the same bytes."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from sts_tui.account.diagnostics.diagnostic import AccountFileError
from sts_tui.account.loading.bounded_file import read_bounded_text
from sts_tui.account.writing.private_file import write_private
from sts_tui.tours.playing.results import StepOutcome
from sts_tui.tours.playing.runner import PlayedLine, play
from sts_tui.tours.reading.preamble import opening_of
from sts_tui.tours.reading.steps import Focus, Press, Say, Shot, Tour, Type
from sts_tui.tui.options import UNUSABLE, Asked, Options
from sts_tui.tui.stage.film import Camera
from sts_tui.tui.stage.frame import frame_of
from sts_tui.tui.text.narration import narration
from sts_tui.tui.text.styled_text import one_line

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from sts_tui.tui.app import StsApp

_TERMINAL = (
    "NO_COLOR",
    "FORCE_COLOR",
    "COLORTERM",
    "COLUMNS",
    "LINES",
    "TERM",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "TERM_PROGRAM",
)
"""Environment variables that change how a screen looks, besides TEXTUAL_…; all are ignored."""


def shoot(tour: Tour, folder: Path, asked: Asked, pictures: Path) -> int:
    """Plays a tour on the screen and writes its pictures; 1 when a step failed, 2 for unusable account
    files.
    """
    with _no_terminal():
        opening = opening_of(
            tour, folder, asked.sample, files=asked.files, seed=asked.seed, start=asked.start
        )
        try:
            simulation = opening.open()
        except AccountFileError as error:
            for problem in error.diagnostics:
                print(f"sts-tui: {one_line(str(problem))}", file=sys.stderr)
            return UNUSABLE
        from sts_tui.tui.app import StsApp

        options = Options(
            theme=asked.theme or opening.theme,
            is_ascii=asked.ascii,
            preset="default",
            keymap=Path(os.devnull),
        )
        options = replace(options, keymap=None)
        app = StsApp(simulation, options, reading=lambda: 0.0, is_ticking=False)
        if unknown := app.unknown_theme():
            print(f"sts-tui: {one_line(unknown)}", file=sys.stderr)
            return UNUSABLE
        app.is_shooting = True
        return asyncio.run(_Session(app, tour, folder, pictures, asked).run(opening.size))


def film_title(tour: Tour, path: Path | None) -> str:
    """The comment that the tour begins with; without one, its name."""
    if path is not None and path.is_file():
        first = read_bounded_text(path, "utf-8-sig").partition("\n")[0]
        if first.startswith("#") and first.strip("# "):
            return one_line(first.strip("# "))
    return Path(tour.name).stem


@contextmanager
def _no_terminal() -> Iterator[None]:
    hidden = {
        name: value for name, value in os.environ.items() if name in _TERMINAL or name.startswith("TEXTUAL")
    }
    for name in hidden:
        del os.environ[name]
    os.environ["TERM"] = "xterm-256color"
    try:
        yield
    finally:
        os.environ.pop("TERM", None)
        os.environ.update(hidden)


class _Session:
    """One run of a tour against the screen."""

    def __init__(
        self, app: StsApp, tour: Tour, folder: Path, pictures: Path, asked: Asked | None = None
    ) -> None:
        self._app = app
        self._tour = tour
        self._pictures = pictures
        self._caption = ""
        self._complaints: list[str] = []
        self._wants_text = getattr(asked, "text", False)
        self._wanted = {kind for kind in ("cast", "html") if getattr(asked, kind, False)}
        self._camera = Camera(tour, film_title(tour, asked.tour if asked else None)) if self._wanted else None
        app.command_log.player.folder = folder

    async def run(self, size: tuple[int, int]) -> int:
        async with self._app.run_test(size=size) as pilot:
            self._app.animation_level = "none"
            await pilot.pause()
            for played in play(self._tour, self._app.command_log.player):
                await self._show(played, pilot)
        if self._camera is not None:
            self._write_film(self._camera)
        for complaint in self._complaints:  # not earlier: a running app captures what is printed
            print(one_line(complaint), file=sys.stderr)
        return 1 if self._complaints else 0

    async def _show(self, played: PlayedLine, pilot: Pilot[Any]) -> None:
        step = played.line.step
        match step:
            case Say(text):
                self._caption = text
                self._app.main.show_caption(narration(text))
            case Press(keys):
                await pilot.press(*keys)
            case Type(text):
                await pilot.press(*text)
            case Focus(pane):
                self._app.main.go_to(pane)
            case Shot(name):
                await self._take(name, pilot)
            case _:
                self._app.command_log.follow_player()
        if played.result.outcome is StepOutcome.FAILED:
            self._complain(played, played.result.message)
        for fault in self._app.take_faults():
            self._complain(played, fault)
        self._app.presenter.refresh()
        await pilot.pause()
        if self._camera is not None:
            self._camera.take(played, frame_of(self._app))

    def _write_film(self, camera: Camera) -> None:
        try:
            film = camera.film()
        except ValueError as error:
            self._complaints.append(f"sts-tui: {self._tour.name}: {error}")
            return
        from sts_tui.tui.stage.cast import cast
        from sts_tui.tui.stage.page import page

        written = {"cast": cast, "html": page}
        for kind in sorted(self._wanted):
            write_private(self._pictures / f"{Path(self._tour.name).stem}.{kind}", written[kind](film))

    async def _take(self, name: str, pilot: Pilot[object]) -> None:
        from sts_tui.tui.stage.svg import picture

        await pilot.pause()
        frame = frame_of(self._app)
        drawn = picture(frame, f"sts-tui: {name}", self._caption or name)
        write_private(self._pictures / f"{name}.svg", drawn)
        if self._wants_text:
            write_private(self._pictures / f"{name}.txt", "\n".join(frame.lines()) + "\n")

    def _complain(self, played: PlayedLine, message: str) -> None:
        where = f"{self._tour.name}:{played.line.number} {played.line.text}"
        self._complaints.append(f"sts-tui: {where}: {message}")
        self._complaints += [f"  {row}" for row in played.result.explanation]
