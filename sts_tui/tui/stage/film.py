"""What does a film of a tour hold? A picture for each step, with its narration, result and expectations.

Casts and pages are made of it. Its time is the simulated clock; where several steps happen at one instant
each is shown for as long as it takes to read, so the same tour always makes the same film.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.tours.playing.results import StepOutcome
from sts_tui.tours.playing.runner import PlayedLine
from sts_tui.tours.reading.steps import Expect, Note, Press, Say, Scene, Shot, Tour, Type
from sts_tui.tui.stage.frame import Frame
from sts_tui.tui.stage.script import is_opening
from sts_tui.tui.text.styled_text import one_line

_LEAST: Final = 2.0
"""Seconds that every picture is shown."""
_WORDS_PER_SECOND: Final = 3.0


class Shown(Struct, frozen=True, kw_only=True):
    """One picture of a film, and the text beside it."""

    at: datetime
    """The simulated clock."""
    scene: str
    """The scene it belongs to; empty before the first and where the tour names none."""
    begins_scene: bool
    narration: str
    """The last `say`, Markdown."""
    step: str
    """The step as written; empty for narration."""
    result: str = ""
    is_failed: bool = False
    checks: tuple[str, ...] = ()
    """The expectations after the step, as written."""
    is_picture: bool = False
    """A `shot` asks for this picture."""
    frame: Frame

    @property
    def seconds(self) -> float:
        """How long it takes to read."""
        text = " ".join((self.step or self.narration, self.result, *self.checks))
        return round(max(_LEAST, 1 + len(text.split()) / _WORDS_PER_SECOND), 1)


class Film(Struct, frozen=True, kw_only=True):
    """A whole film."""

    title: str
    width: int
    height: int
    pictures: tuple[Shown, ...]


class Camera:
    """Takes a picture after each step that the audience sees."""

    def __init__(self, tour: Tour, title: str) -> None:
        self._tour = tour
        self._title = title
        self._shown: list[Shown] = []
        self._scene, self._narration, self._begins_scene = "", "", False

    def take(self, played: PlayedLine, frame: Frame) -> None:
        """After a line was played and the screen has been drawn."""
        step, result = played.line.step, played.result
        if is_opening(step) or isinstance(step, Note):
            return
        if isinstance(step, Scene):
            self._scene, self._begins_scene = step.name, True
            return
        if isinstance(step, Expect | Shot) and self._shown:
            self._belongs(played, frame)
            return
        if isinstance(step, Say):
            self._narration = step.text
        self._shown.append(
            Shown(
                at=result.at,
                scene=self._scene,
                begins_scene=self._begins_scene,
                narration=self._narration,
                step="" if isinstance(step, Say) else played.line.text,
                result="" if isinstance(step, Say | Press | Type) else _result(played),
                is_failed=result.outcome is StepOutcome.FAILED,
                is_picture=isinstance(step, Shot),
                frame=frame,
            )
        )
        self._begins_scene = False

    def _belongs(self, played: PlayedLine, frame: Frame) -> None:
        """An expectation or a `shot` belongs to the step before it."""
        last = self._shown[-1]
        if isinstance(played.line.step, Shot):
            self._shown[-1] = replace(last, is_picture=True, frame=frame)
            return
        failed = played.result.outcome is StepOutcome.FAILED
        self._shown[-1] = replace(
            last, checks=(*last.checks, played.line.text), is_failed=last.is_failed or failed, frame=frame
        )

    def film(self) -> Film:
        """What was taken. Raises ValueError where no step was shown."""
        if not self._shown:
            raise ValueError("the tour shows nothing")
        first = self._shown[0].frame
        return Film(title=self._title, width=first.width, height=first.height, pictures=tuple(self._shown))


def _result(played: PlayedLine) -> str:
    result = played.result
    return one_line(result.error_text.strip() or result.message)
