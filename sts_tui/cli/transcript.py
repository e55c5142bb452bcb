"""What does `run` print? The steps, their results and a summary; or one JSON object per step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sts_tui.account.diagnostics.printable import many_lines
from sts_tui.cli.console import Paint
from sts_tui.tours.playing.results import StepOutcome, StepResult
from sts_tui.tours.playing.runner import PlayedLine
from sts_tui.tours.reading import steps


def heading(tour: steps.Tour, paint: Paint) -> str:
    """The line above a tour's transcript."""
    return paint.strong(f"== {many_lines(tour.name)} ==")


def lines(tour: steps.Tour, played: PlayedLine, paint: Paint) -> Iterator[str]:
    """One step and its result."""
    line, result = played.line, played.result
    if isinstance(line.step, steps.Say):
        yield f"\n{many_lines(line.step.text)}"
        return
    if isinstance(line.step, steps.Scene):
        yield paint.strong(f"\n-- {many_lines(line.step.name)} --")
        return
    if result.outcome is StepOutcome.SKIPPED:
        return
    yield paint.dim("> ") + many_lines(line.text)
    for text in _body(result, paint):
        yield from (f"  {row}" for row in text.split("\n"))
    if result.outcome is StepOutcome.FAILED:
        yield paint.bad(f"FAILED {many_lines(tour.name)}:{line.number}: {many_lines(line.text)}")
        yield from (f"  {row}" for text in _reasons(result) for row in many_lines(text).split("\n"))


def _body(result: StepResult, paint: Paint) -> Iterator[str]:
    if result.output:
        yield many_lines(result.output)
    if result.error_text:
        yield paint.bad(many_lines(result.error_text))
    if result.outcome is not StepOutcome.FAILED and result.message and not result.output:
        yield paint.good(many_lines(result.message))
    for warning in result.warnings:
        yield paint.dim(f"warning: {many_lines(warning)}")


def _reasons(result: StepResult) -> Iterator[str]:
    if result.message:
        yield result.message
    yield from result.explanation


def as_json_line(tour: steps.Tour, played: PlayedLine) -> str:
    """A step as a JSON object on one line."""
    import json

    from sts_tui.tours.playing.step_object import step_object  # imported on first use

    return json.dumps(step_object(tour.name, played), ensure_ascii=False)


def summary(counts: Counter[StepOutcome], not_played: int) -> str:
    """`12 steps passed, 0 failed`."""
    passed, failed = counts[StepOutcome.PASSED], counts[StepOutcome.FAILED]
    text = f"{passed} {'step' if passed == 1 else 'steps'} passed, {failed} failed"
    return f"{text}, {not_played} not played" if not_played else text
