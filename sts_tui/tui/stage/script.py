"""Which parts does a presented tour have? Its scenes, and what one key performs.

A *beat* is what one key performs: a step, the scene, note or focus that introduces it, and what belongs to
it: its expectations, its picture, its note. A tour without scenes has one for each `say`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct

from sts_tui.tours.reading.settings import BEFORE_THE_FIRST_ACTION
from sts_tui.tours.reading.steps import (
    Account,
    Attack,
    Expect,
    Focus,
    Note,
    Say,
    Scene,
    Set,
    Shot,
    Step,
    Tour,
    TourLine,
)
from sts_tui.tui.text.styled_text import Line, Span, one_line

_INTRODUCES: Final = (Scene, Note, Focus)
_FOLLOWS: Final = (Expect, Shot, Attack, Note, Focus)


class Beat(Struct, frozen=True):
    """The lines `begin` to `end` (exclusive) of a script, performed at one key."""

    begin: int
    end: int


class ShownScene(Struct, frozen=True):
    """A scene: its number from 1, its name (empty where the tour names none) and its first line."""

    number: int
    name: str
    begin: int


def is_opening(step: Step) -> bool:
    """What was done before the screen came up: account files, seed, size, theme, start."""
    return isinstance(step, Account) or (isinstance(step, Set) and step.name in BEFORE_THE_FIRST_ACTION)


class Script:
    """The lines of a tour that are presented. A position is the number of lines that were performed."""

    def __init__(self, tour: Tour) -> None:
        self.lines: tuple[TourLine, ...] = tuple(line for line in tour.lines if not is_opening(line.step))
        self.beats: tuple[Beat, ...] = tuple(_beats([line.step for line in self.lines]))
        self.scenes: tuple[ShownScene, ...] = tuple(_scenes(self.lines))
        self._begins = [beat.begin for beat in self.beats]
        self._scene_begins = [scene.begin for scene in self.scenes]

    def beat_from(self, position: int) -> Beat | None:
        """What the next key performs; None at the end."""
        return next((beat for beat in self.beats if beat.begin >= position), None)

    def beat_before(self, position: int) -> Beat | None:
        """What the last key performed; None at the beginning."""
        at = bisect_right(self._begins, position - 1) - 1
        return self.beats[at] if at >= 0 else None

    def scene_at(self, position: int) -> ShownScene | None:
        """The scene of the line that was performed last; None before the first."""
        at = bisect_right(self._scene_begins, position - 1) - 1
        return self.scenes[at] if at >= 0 else None

    def heading(self, position: int) -> Line:
        """`2/5  Revoke active sessions`: the scene, of how many."""
        scene = self.scene_at(position)
        count = f"{scene.number if scene else 0}/{len(self.scenes)}"
        name = one_line(scene.name) if scene else ""
        return (Span(count, "muted"), *((Span(f"  {name}", "title"),) if name else ()))

    def main_line(self, beat: Beat) -> TourLine:
        """The step of a beat: the first line that is more than an introduction."""
        lines = self.lines[beat.begin : beat.end]
        return next((line for line in lines if not isinstance(line.step, _INTRODUCES)), lines[0])

    def note_at(self, position: int) -> tuple[str, ...]:
        """The notes of the beat that was performed last."""
        beat = self.beat_before(position)
        return self._notes(beat) if beat else ()

    def next_note(self, position: int) -> tuple[str, ...]:
        """The notes of the beat that the next key performs."""
        beat = self.beat_from(position)
        return self._notes(beat) if beat else ()

    def _notes(self, beat: Beat) -> tuple[str, ...]:
        steps = (line.step for line in self.lines[beat.begin : beat.end])
        return tuple(step.text for step in steps if isinstance(step, Note))


def _beats(steps: Sequence[Step]) -> Iterator[Beat]:
    position = 0
    while position < len(steps):
        begin = position
        while position < len(steps) and isinstance(steps[position], _INTRODUCES):
            position += 1
        position += 1
        while position < len(steps) and isinstance(steps[position], _FOLLOWS):
            position += 1
        yield Beat(begin, min(position, len(steps)))


def _scenes(lines: Sequence[TourLine]) -> Iterator[ShownScene]:
    named = [(at, line.step.name) for at, line in enumerate(lines) if isinstance(line.step, Scene)]
    said = [(at, "") for at, line in enumerate(lines) if isinstance(line.step, Say)]
    for number, (begin, name) in enumerate(named or said, 1):
        yield ShownScene(number, name, begin)
