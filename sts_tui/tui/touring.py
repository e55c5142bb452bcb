"""A tour presented on the screen, one step at a key; a step back plays it again from its start."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sts_tui.tours.results import StepOutcome, StepResult
from sts_tui.tours.runner import judged
from sts_tui.tours.settings import BEFORE_THE_FIRST_ACTION
from sts_tui.tours.steps import Account, Expect, Press, Say, Set, Shot, Step, Tour, TourLine, Type
from sts_tui.tui.pieces import Line, Piece, Tone, line, one_line

if TYPE_CHECKING:
    from sts_tui.tui.app import StsApp


_SET_OFF = re.compile(r"\*\*(.+?)\*\*|`(.+?)`|\*(.+?)\*")


def narration(text: str) -> Line:
    """A `say` line: what Markdown sets off is set off; everything else is as it is written."""
    pieces: list[Piece] = []
    text, end = one_line(text), 0
    for found in _SET_OFF.finditer(text):
        pieces.append(Piece(text[end : found.start()], "strong"))
        pieces.append(Piece(next(part for part in found.groups() if part), "acting"))
        end = found.end()
    return (
        *(piece for piece in pieces if piece.text),
        *((Piece(text[end:], "strong"),) if text[end:] else ()),
    )


def _is_opening(step: Step) -> bool:
    """What was done before the screen came up: account files, seed, size, theme, start."""
    return isinstance(step, Account) or (isinstance(step, Set) and step.name in BEFORE_THE_FIRST_ACTION)


class Touring:
    """Where one is in a tour."""

    def __init__(self, app: StsApp, tour: Tour) -> None:
        self._app = app
        self._lines: list[TourLine] = [each for each in tour.lines if not _is_opening(each.step)]
        self.position = 0
        """The next line."""
        self._is_replaying = False

    @property
    def is_over(self) -> bool:
        return self.position >= len(self._lines)

    def where(self) -> str:
        return f"tour {self.position}/{len(self._lines)}"

    def begin(self) -> None:
        self._app.main.show_caption(self._hint("the tour begins"))
        self.advance()

    def advance(self) -> None:
        """Everything up to the next narration, or one step where there is none before it."""
        if self.is_over:
            self._app.say(f"The tour is over. {self._app.keymap.first('tour_back')} goes back.")
            return
        self._perform(self._lines[self.position])
        while isinstance(self._following(), Expect | Shot):
            self._perform(self._lines[self.position])

    def back(self) -> None:
        """To before the last step but one, by playing everything before it again."""
        target = max(0, self.position - 2)
        self._app.restart()
        self.position = 0
        self._is_replaying = True
        while self.position < target:
            self._perform(self._lines[self.position])
        self._is_replaying = False
        self._app.say(self.where())

    def _perform(self, current: TourLine) -> None:
        self.position += 1
        step = current.step
        match step:
            case Say(text):
                self._app.main.show_caption((*narration(text), Piece(f"   {self.where()}", "muted")))
            case Press(keys):
                for key in keys:
                    if key != "escape" or self._has_something_to_close():
                        self._app.simulate_key(key)
            case Type(text):
                for char in text:
                    self._app.simulate_key(char)
            case Shot():
                pass
            case _:
                self._show(current, self._played(current, step))
        self._app.view.refresh()

    def _has_something_to_close(self) -> bool:
        """Otherwise the presenter has closed it already, and escape would leave the tour."""
        main = self._app.main
        return (
            self._is_replaying  # keys wait then until everything has been played
            or self._app.screen is not main
            or main.is_drawer_open
            or main.has_class("-full-screen")
            or self._app.situation().is_filtered
        )

    def _played(self, current: TourLine, step: Step) -> StepResult:
        result = self._app.logbook.perform(step, current.text)
        self._app.reanchor()
        return judged(result, self._following(), self._app.logbook.player)

    def _following(self) -> Step | None:
        return None if self.is_over else self._lines[self.position].step

    def _show(self, current: TourLine, result: StepResult) -> None:
        failed = result.outcome is StepOutcome.FAILED
        tone: Tone = "deny" if failed or result.error else "plain"
        said = result.error_text.strip() or result.message
        self._app.say_line(
            line((one_line(current.text), "strong"), (f"  {one_line(said)}" if said else "", tone))
        )

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
        self._app.touring = None
        self._app.say("The tour was left; everything stays as it is.")
