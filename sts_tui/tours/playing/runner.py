"""Plays a whole tour and judges it: a refusal that nobody expected fails it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepOutcome, StepResult
from sts_tui.tours.reading import steps


class PlayedLine(Struct, frozen=True):
    """A line of a tour and what came of it."""

    line: steps.TourLine
    result: StepResult


def play(tour: steps.Tour, player: Player) -> Iterator[PlayedLine]:
    """Play the lines in order, each when it is asked for.

    A failed expectation does not end a tour, so that all are told at once. A step that could not be carried
    out does: what follows would be played by somebody else, or on something else.
    """
    for position, line in enumerate(tour.lines):
        following = tour.lines[position + 1].step if position + 1 < len(tour.lines) else None
        result = judged(_performed(line.step, player), following, player)
        yield PlayedLine(line, result)
        if result.is_fault and not isinstance(line.step, steps.Expect):
            return


def judged(result: StepResult, following: steps.Step | None, player: Player) -> StepResult:
    """FAILED, with the explanation, where a call was refused and no `expect` or `try` allows for it."""
    if result.error is None or not isinstance(result.step, steps.CallStep):
        return result
    if result.step.may_fail or isinstance(following, steps.Expect):
        return result
    explanation = player.last.explanation(player.simulation) if player.last else ()
    return replace(
        result,
        outcome=StepOutcome.FAILED,
        message="it was refused, and no expect follows",
        explanation=explanation,
    )


def _performed(step: steps.Step, player: Player) -> StepResult:
    if isinstance(step, steps.Account):  # opened already: see `opening`
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
