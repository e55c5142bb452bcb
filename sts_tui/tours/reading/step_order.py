"""Which order must steps have: which precede the first action, which follow a call?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sts_tui.tours.reading import steps
from sts_tui.tours.reading.errors import StepError
from sts_tui.tours.reading.settings import BEFORE_THE_FIRST_ACTION

_OF_THE_STATE: Final = (steps.ExpectSession, steps.ExpectIncident, steps.ExpectScore)
"""Expectations about something other than the last call."""


def is_preparation(step: steps.Step) -> bool:
    """Whether the step may precede the first action without being one."""
    return isinstance(step, steps.Account | steps.Set | steps.Narration | steps.Note)


def errors_of_order(lines: Sequence[steps.TourLine], is_whole: bool) -> Iterator[tuple[int, StepError]]:
    """(line, error) of every misplaced step. `is_whole`: False if some lines could not be read: then an
    `expect` without a call before it is not reported.
    """
    has_begun = has_called = has_incident = has_game = False
    pictures: set[str] = set()
    for line in lines:
        step = line.step
        if has_begun and isinstance(step, steps.Account):
            yield line.number, StepError("account must precede the first action")
        if has_begun and isinstance(step, steps.Set) and step.name in BEFORE_THE_FIRST_ACTION:
            yield line.number, StepError(f"set {step.name} must precede the first action")
        if is_whole and not has_called and _is_about_a_call(step):
            yield line.number, StepError("there is no aws, request, revoke or cut before this expect")
        if is_whole and not has_incident and isinstance(step, steps.ExpectIncident):
            yield line.number, StepError("there is no incident before this expect")
        if is_whole and not has_game and isinstance(step, steps.Attack | steps.ShowScore | steps.ExpectScore):
            yield line.number, StepError("there is no gameday before this step")
        if isinstance(step, steps.Shot):
            if step.name in pictures:
                yield line.number, StepError(f"two pictures are named {step.name!r}")
            pictures.add(step.name)
        has_begun = has_begun or not is_preparation(step)
        has_called = has_called or isinstance(step, steps.CallStep)
        has_incident = has_incident or isinstance(step, steps.Incident)
        has_game = has_game or isinstance(step, steps.GameDay)


def _is_about_a_call(step: steps.Step) -> bool:
    return isinstance(step, steps.Expect) and not isinstance(step, _OF_THE_STATE)
