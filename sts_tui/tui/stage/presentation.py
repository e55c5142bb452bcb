"""A tour presented on the screen, one step at a key; a step back plays it again from its start."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sts_tui.tours.playing.results import StepOutcome, StepResult
from sts_tui.tours.playing.runner import judged
from sts_tui.tours.reading.steps import (
    Attack,
    Focus,
    Note,
    Press,
    Say,
    Scene,
    Shot,
    Step,
    Tour,
    TourLine,
    Type,
)
from sts_tui.tui.dialogs.dialog import Question
from sts_tui.tui.stage.script import Script
from sts_tui.tui.text.narration import narration
from sts_tui.tui.text.styled_text import Line, Span, Style, cells, line, one_line, shorten, width_of

if TYPE_CHECKING:
    from sts_tui.tui.app import StsApp


BESIDES: Final = 22
"""Cells of the bottom line beside the step: the key of the next step, and what is between."""
LEAST: Final = 40
"""Fewer cells of a step say nothing."""


def present(app: StsApp, tour: Tour, folder: Path = Path()) -> TourPresentation:
    """Shows a tour, from its beginning, once the screen is there. `folder`: what its paths are relative to.

    Time moves by its steps only, so that it shows the same instants as `run` and `shoot`.
    """
    app.presentation = presentation = TourPresentation(app, tour, folder)
    app.when_mounted.append(partial(app.call_after_refresh, presentation.begin))
    presentation.hold_clock()
    return presentation


class TourPresentation:
    """Where one is in a tour."""

    def __init__(self, app: StsApp, tour: Tour, folder: Path) -> None:
        self._app = app
        self._folder = folder
        self.script = Script(tour)
        self.position = 0
        """The next line."""
        self._narration: Line = ()
        self._is_replaying = False

    @property
    def is_over(self) -> bool:
        return self.position >= len(self.script.lines)

    def _where(self) -> str:
        """`2/5`: the scene, of how many."""
        scene = self.script.scene_at(self.position)
        return f"{scene.number if scene else 0}/{len(self.script.scenes)}"

    def hold_clock(self) -> None:
        """Pauses where the model is, not where the clock face has come to since the last tick."""
        self._app.ticker.set_paused(True)
        self._app.ticker.reanchor()

    def begin(self) -> None:
        self._narration = self._hint("the tour begins")
        self.advance()

    def advance(self) -> None:
        """One beat: a step, and what is expected of it. A game day begins with all of its timetable."""
        beat = self.script.beat_from(self.position)
        if beat is None:
            self._app.say(f"End of the tour. {self._app.keymap.first('tour_back')} goes back one step.")
            return
        if not self._opened_something():
            self._close()  # or the tour would continue unseen
        self.hold_clock()
        begun, is_as_expected = "", True
        for current in self.script.lines[beat.begin : beat.end]:
            is_as_expected = self._perform(current, of=begun, is_shown=is_as_expected) and is_as_expected
            if not isinstance(current.step, Scene | Note | Focus):
                begun = begun or current.text

    def back(self) -> None:
        """To before what the last key did, by playing everything before it again."""
        beat = self.script.beat_before(self.position)
        target = beat.begin if beat else 0
        self._close()
        self._app.restart()
        self.position = 0
        if target == 0:
            self.begin()
            return
        self._is_replaying = True
        while self.position < target:
            self._perform(self.script.lines[self.position])
        self._is_replaying = False
        self._app.say(f"Back to {self._where()}.")

    def _opened_something(self) -> bool:
        """Whether the tour opened what covers the screen: a step of its own closes that."""
        pressed = [
            each.step.keys for each in self.script.lines[: self.position] if isinstance(each.step, Press)
        ]
        return bool(pressed) and pressed[-1][-1:] != ("escape",)

    def _close(self) -> None:
        """What covers the screen."""
        if isinstance(self._app.screen, Question):
            self._app.screen.dismiss(None)

    def _perform(self, current: TourLine, *, of: str = "", is_shown: bool = True) -> bool:
        """Whether it went as the tour says. `of`: the step whose expectation this is."""
        self.position += 1
        step, is_as_expected = current.step, True
        match step:
            case Say(text):
                self._narration = narration(text)
            case Press(keys):
                for key in keys:
                    if key != "escape" or self._has_something_to_close():
                        self._app.simulate_key(key)
            case Type(text):
                for char in text:
                    self._app.simulate_key(char)
            case Focus(pane):
                self._app.main.go_to(pane)
            case Shot() | Note() | Scene():
                pass
            case _:
                result = self._played(current, step)
                is_as_expected = result.outcome is not StepOutcome.FAILED
                if is_shown and not (is_as_expected and isinstance(step, Attack)):
                    self._show(current, result, of)
        self._app.main.show_caption((Span(f"{self._where()}  ", "muted"), *self._narration))
        self._app.presenter.refresh()
        return is_as_expected

    def _has_something_to_close(self) -> bool:
        """Otherwise the presenter has closed it already, and escape would leave the tour."""
        main = self._app.main
        return (
            self._is_replaying  # keys wait then until everything has been played
            or self._app.screen is not main
            or main.is_drawer_open
            or main.has_class("-full-screen")
            or self._app.presenter.action_context().is_filtered
        )

    def _played(self, current: TourLine, step: Step) -> StepResult:
        self._app.command_log.player.folder = self._folder
        result = self._app.command_log.perform(step, current.text)
        self._app.ticker.reanchor()
        return judged(result, self._following(), self._app.command_log.player)

    def _following(self) -> Step | None:
        return None if self.is_over else self.script.lines[self.position].step

    def _show(self, current: TourLine, result: StepResult, of: str) -> None:
        failed = result.outcome is StepOutcome.FAILED
        style: Style = "deny" if failed or result.error else "plain"
        said = result.error_text.strip() or result.message
        told = line((one_line(current.text), "strong"), (f"  {one_line(said)}" if said else "", style))
        room = self._app.size.width - width_of(told) - BESIDES
        if of and room >= min(LEAST, cells(of)):
            told = (*told, Span(f"  · {shorten(one_line(of), room)}", "muted"))
        self._app.say_line(told)

    def _hint(self, text: str) -> Line:
        keys = self._app.keymap
        return line(
            (f"{text}: ", "muted"),
            (keys.first("tour_next"), "key"),
            (" next step, ", "muted"),
            (keys.first("tour_back"), "key"),
            (" back, esc ends it", "muted"),
        )

    def stop(self) -> None:
        self._app.main.show_caption(())
        self._app.presentation = None
        self._app.say("Tour stopped; the model keeps its state.")
