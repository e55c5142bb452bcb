"""How is a whole tour played and checked? An unexpected refusal or denial fails it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepOutcome, StepResult
from sts_tui.tours.reading import steps


class PlayedLine(Struct, frozen=True):
    """A line of a tour and its result."""

    line: steps.TourLine
    result: StepResult


def play(tour: steps.Tour, player: Player) -> Iterator[PlayedLine]:
    """Play the lines in order, each when the caller requests the next result. A failed expectation does not
    end a tour, so that all of them are reported. A step that could not be performed ends it, because later
    steps would run as another identity or in another state.
    """
    for position, line in enumerate(tour.lines):
        following = tour.lines[position + 1].step if position + 1 < len(tour.lines) else None
        result = judged(_performed(line.step, player), following, player)
        yield PlayedLine(line, result)
        if result.is_invalid and not isinstance(line.step, steps.Expect):
            return


def judged(result: StepResult, following: steps.Step | None, player: Player) -> StepResult:
    """The result; FAILED with the explanation if a call failed without an `expect` after it or a `try` before
    it.
    """
    if result.error is None or not isinstance(result.step, steps.CallStep):
        return result
    if result.step.may_fail or isinstance(following, steps.Expect):
        return result
    explanation = player.last.explanation(player.simulation) if player.last else ()
    return replace(
        result,
        outcome=StepOutcome.FAILED,
        message="the call failed, and no expect follows",
        explanation=explanation,
    )


def _performed(step: steps.Step, player: Player) -> StepResult:
    if isinstance(step, steps.Account):  # already opened: see `preamble`
        model = player.simulation.model
        names = ", ".join(account.name or account.account_id for account in model.accounts)
        return StepResult(
            step=step,
            outcome=StepOutcome.PASSED,
            at=player.simulation.now,
            acting=player.acting.label,
            message=names,
        )
    return player.perform(step)
