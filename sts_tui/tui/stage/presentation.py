"""A tour presented on the screen, one step at a key; a step back plays it again from its start."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sts_tui.account.diagnostics.diagnostic import AccountFileError
from sts_tui.simulation.authorization.context import iso
from sts_tui.simulation.simulation import Simulation
from sts_tui.tours.playing.results import StepOutcome, StepResult
from sts_tui.tours.playing.runner import judged
from sts_tui.tours.reading.errors import TourError
from sts_tui.tours.reading.steps import (
    Attack,
    Expect,
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
    Wait,
)
from sts_tui.tui.dialogs.dialog import Question
from sts_tui.tui.long_waits import LongWait, words_of_long_wait
from sts_tui.tui.stage.autoplay import Autoplay
from sts_tui.tui.stage.direction import front_after
from sts_tui.tui.stage.front_stage import FrontStage
from sts_tui.tui.stage.notes_channel import NotesPage, NotesServer
from sts_tui.tui.stage.script import Beat, Script
from sts_tui.tui.stage.tour_file import TourFile, same_position
from sts_tui.tui.text.instants import clock_time
from sts_tui.tui.text.narration import narration
from sts_tui.tui.text.styled_text import Line, Style, line, one_line, shorten

if TYPE_CHECKING:
    from sts_tui.tui.app import StsApp

SHORTEST: Final = 24
"""Minimum cells of a step in the bottom line beside its result."""


def present(
    app: StsApp,
    tour: Tour,
    folder: Path = Path(),
    *,
    autoplays: bool = False,
    file: TourFile | None = None,
    notes: NotesServer | None = None,
) -> TourPresentation:
    """Shows a tour, from its beginning, once the screen is there. `folder`: what its paths are relative to;
    `autoplays`: step follows step by itself; `file`: reloaded when it is saved; `notes`: who hands the
    speaker's notes on.

    Time moves by its steps only, so that it shows the same instants as `run` and `shoot`.
    """
    app.presentation = presentation = TourPresentation(app, tour, folder, autoplays, file, notes)
    app.when_mounted.append(partial(app.call_after_refresh, presentation.begin))
    presentation.hold_clock()
    return presentation


class TourPresentation:
    """Where one is in a tour."""

    def __init__(
        self,
        app: StsApp,
        tour: Tour,
        folder: Path,
        autoplays: bool,
        file: TourFile | None,
        notes: NotesServer | None,
    ) -> None:
        self._app = app
        self._folder = folder
        self._file = file
        self._notes = notes
        self.script = Script(tour)
        self.stage = FrontStage(app)
        self.autoplay = Autoplay(is_on=autoplays)
        self.position = 0
        """The next line."""
        self._said = ""
        """The narration, as written."""
        self._last = self._failed = ""
        """The last step as written, and why it did not go as the tour expects."""
        self._is_replaying = False
        self._held_keys: list[str] = []
        """Keys that the tour presses once everything has been played again."""
        self._waiting_for: Step | None = None
        """A long wait that was announced, and begins once the screen shows it, or passes."""

    @property
    def is_waiting(self) -> bool:
        """Whether a long wait was announced or passes."""
        return self._waiting_for is not None

    @property
    def is_over(self) -> bool:
        return self.position >= len(self.script.lines)

    @property
    def autoplay_key(self) -> str:
        """What the pause key does to a tour that plays by itself: `pause`, `play`; empty for others."""
        if not self.autoplay.is_on:
            return ""
        return "play" if self.autoplay.is_paused else "pause"

    def hold_clock(self) -> None:
        """Pauses at the instant of the model, not at that of the clock since the last tick."""
        self._app.ticker.set_paused(True)
        self._app.ticker.reanchor()

    # Moving ----------------------------------------------------------------------------------------------

    def begin(self) -> None:
        self.stage.enter()
        self._said = ""
        self.advance()
        if self.autoplay.is_on:
            return
        self._app.say_line(self._keys())

    def advance(self) -> None:
        """One beat: a step, and what is expected of it. A game day begins with all of its timetable."""
        if self.is_waiting:
            return
        beat = self.script.beat_from(self.position)
        if beat is None:
            self._app.say(f"End of the tour. {self._app.keymap.first('tour_back')} goes back one step.")
            return
        if not self._opened_something():
            self._close()  # else the tour would continue unseen
        self.hold_clock()
        if not self._passes_slowly(beat, partial(self._advance, beat)):
            self._advance(beat)

    def _advance(self, beat: Beat) -> None:
        self._perform_beat(beat)
        self.autoplay.showing(self.script, beat, self._app.reading())
        self._app.presenter.refresh()

    def _passes_slowly(self, beat: Beat, then: Callable[[], object]) -> bool:
        """Whether a beat has a long wait. It is announced and passes in slices; then `then` follows."""
        player = self._app.command_log.player
        for each in self.script.lines[beat.begin : beat.end]:
            said = words_of_long_wait(each.step, each.text, player)
            if said and isinstance(each.step, Wait):
                self._waiting_for = each.step
                self._app.show_progress(said)
                self._app.call_after_refresh(self._let_pass, each.step, said, then)
                return True
        return False

    def _let_pass(self, step: Wait, said: str, then: Callable[[], object]) -> None:
        def arrived() -> None:
            self._waiting_for = None
            then()

        if self._waiting_for is not step:
            return  # the tour went back meanwhile, or ended
        self._app.command_log.player.folder = self._folder
        until = self._app.command_log.begin_wait(step)
        if until is None:
            arrived()
        else:
            LongWait(self._app, said, until, arrived, self._stopped).begin()

    def _stopped(self) -> None:
        """The tour is before the step that waits; the next key continues it."""
        self._waiting_for = None
        self.autoplay.pause()
        self._end_replay()
        continues = self._app.keymap.first("tour_next")
        self._app.say(f"Stopped at {clock_time(self._app.simulation.now)}. {continues} continues the wait.")
        self._app.presenter.refresh()

    def back(self) -> None:
        """Goes back to before the last key, by playing everything before it again."""
        self.autoplay.pause()
        beat = self.script.beat_before(self.position)
        self._go_to(beat.begin if beat else 0)

    def _go_to(
        self, target: int, simulation: Simulation | None = None, then: Callable[[], object] | None = None
    ) -> None:
        """Plays everything before `target` again, in a new model. `simulation`: that of another file; `then`
        follows.
        """
        self._close()
        self._waiting_for = None
        self._held_keys.clear()
        if self._app.looking_back is not None:
            self._app.looking_back.end()
        self._app.restart(simulation)
        self.stage.restart()
        self.position = 0
        if target:
            self._is_replaying = True
            self._replay(target, then)
            return
        self._is_replaying = False
        self.begin()
        if then is not None:
            then()

    def _replay(self, target: int, then: Callable[[], object] | None) -> None:
        """Beats before `target`; while a long wait of one passes keys are handled."""
        is_still = self._app.background.is_still
        while (beat := self.script.beat_from(self.position)) is not None and beat.begin < target:
            if not is_still and self._passes_slowly(beat, partial(self._replay, target, then)):
                return
            self._perform_beat(beat)
        self._end_replay()
        self._app.clear_status()
        self._app.presenter.refresh()
        if then is not None:
            then()

    def _end_replay(self) -> None:
        self._is_replaying = False
        keys, self._held_keys = self._held_keys, []
        for key in keys:
            self._app.simulate_key(key)
        self._show_notes()

    def tick(self) -> None:
        """The wall clock moved: a saved tour is read again, and autoplay performs what is due."""
        file = None if self.is_waiting else self._file
        if file is not None and file.was_saved(self._app.reading()):
            self._reload(file)
        if self.autoplay.is_due(self._app.reading()) and not self.is_over:
            self.advance()

    def _reload(self, file: TourFile) -> None:
        """Takes the tour as it is saved now, at the same step; one with errors is reported and not taken."""
        try:
            tour, simulation = file.read()
        except (TourError, AccountFileError) as error:
            self._app.say(f"Not reloaded: {error.diagnostics[0]}", "warning")
            return
        before, self.script = self.script, Script(tour)
        target = same_position(before.lines, self.script.lines, self.position)
        said = f"{file.path.name} was saved and is reloaded."
        self._go_to(target, simulation, partial(self._app.say, said))

    def toggle_autoplay(self) -> None:
        """Pauses autoplay, or continues with the next step at once."""
        if self.autoplay.is_paused:
            self.autoplay.resume()
            self.advance()
        else:
            self.autoplay.pause()
            self._app.say("Autoplay paused.")

    def close(self) -> None:
        """The explorer ends, or the tour."""
        if self._notes is not None:
            self._notes.end()

    def stop(self) -> None:
        if self._app.long_wait is not None:
            self._app.long_wait.drop()
        self._waiting_for = None
        self.close()
        self._app.main.show_caption()
        self.stage.leave()
        self._app.presentation = None
        self._app.say("Tour stopped; the model keeps its state.")

    # Performing ------------------------------------------------------------------------------------------

    def _opened_something(self) -> bool:
        """Whether the tour opened what covers the screen: a step of its own closes that."""
        pressed = [
            each.step.keys for each in self.script.lines[: self.position] if isinstance(each.step, Press)
        ]
        return bool(pressed) and pressed[-1][-1:] != ("escape",)

    def _close(self) -> None:
        """Closes what covers the screen."""
        if isinstance(self._app.screen, Question):
            self._app.screen.dismiss(None)

    def _perform_beat(self, beat: Beat) -> None:
        is_as_expected, self._last, self._failed = True, "", ""
        for current in self.script.lines[beat.begin : beat.end]:
            is_as_expected = self._perform(current, is_shown=is_as_expected) and is_as_expected
        self._show_notes()

    def _perform(self, current: TourLine, *, is_shown: bool) -> bool:
        """Performs a line; whether it went as the tour expects. The audience sees an expectation only where
        it fails.
        """
        self.position += 1
        step, is_as_expected = current.step, True
        events = self._app.simulation.events
        before = events.last_number
        match step:
            case Say(text):
                self._said = text
                self._app.clear_status()
            case Scene():
                self._said = ""
                self.stage.clear()
            case Press() | Type():
                self._enter_keys(step)
            case Shot() | Note() | Focus():
                pass
            case _:
                result = self._played(current, step)
                is_as_expected = result.outcome is not StepOutcome.FAILED
                self._last = self._last or current.text
                if not is_as_expected:
                    self._failed = f"{current.text}: {result.message}"
                if is_shown and not (is_as_expected and isinstance(step, Attack | Expect)):
                    self._show(current, result)
        self._app.main.show_caption(self.script.heading(self.position), narration(self._said))
        front = front_after(step, events.since(before), self._app.acting)
        if front is not None and self._app.screen is self._app.main:
            self._app.presenter.refresh()
            self.stage.bring(front)
        return is_as_expected

    def _enter_keys(self, step: Press | Type) -> None:
        self.stage.clear()
        for key in step.keys if isinstance(step, Press) else step.text:
            if self._is_replaying:  # keys wait until everything has been played
                self._held_keys.append(key)
            elif key != "escape" or self._has_something_to_close():
                self._app.simulate_key(key)

    def _has_something_to_close(self) -> bool:
        """Otherwise the presenter has closed it already, and escape would leave the tour."""
        main = self._app.main
        return (
            self._app.screen is not main
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

    def _show_notes(self) -> None:
        if self._notes is None or self._is_replaying:
            return
        scene = self.script.scene_at(self.position)
        following = self.script.beat_from(self.position)
        page = NotesPage(
            scene=scene.number if scene else 0,
            scenes=len(self.script.scenes),
            scene_name=scene.name if scene else "",
            clock=iso(self._app.simulation.now),
            acting=self._app.acting.label,
            said=self._said,
            step=self._last,
            failed=self._failed,
            notes=self.script.note_at(self.position),
            following=self.script.main_line(following).text if following else "",
            following_notes=self.script.next_note(self.position),
        )
        self._notes.show(page)

    # What the bottom line says ---------------------------------------------------------------------------

    def _show(self, current: TourLine, result: StepResult) -> None:
        failed = result.outcome is StepOutcome.FAILED
        style: Style = "deny" if failed or result.error else "plain"
        said = result.error_text.strip() or result.message
        text = one_line(current.text)
        if said:  # both are seen, however long the step is
            text = shorten(text, max(SHORTEST, self._app.size.width // 2))
        self._app.say_line(line((text, "strong"), (f"  {one_line(said)}" if said else "", style)))

    def _keys(self) -> Line:
        keys = self._app.keymap
        return line(
            (keys.first("tour_next"), "key"),
            (" next step, ", "muted"),
            (keys.first("tour_back"), "key"),
            (" back, esc ends the tour", "muted"),
        )
