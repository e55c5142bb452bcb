"""What came of a step."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any

from msgspec import Struct

from sts_tui.iam import Decision
from sts_tui.simulation.events import RequestAnswered
from sts_tui.sts.errors import AwsError
from sts_tui.tours.playing.last_call import decision_of
from sts_tui.tours.reading.steps import Step


class StepOutcome(Enum):
    """How a step ended. SKIPPED: `press`, `type` and `shot`, which are for the explorer."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


class StepResult(Struct, frozen=True, kw_only=True):
    """What came of one step. A call that AWS refuses has `error` and has not FAILED by itself:
    whether a refusal was expected is for the next step to say.
    """

    step: Step
    outcome: StepOutcome
    at: datetime
    """The simulated clock after the step."""
    acting: str
    """How people call the acting identity after the step."""
    message: str = ""
    """What came of it, in a line."""
    output: str = ""
    """What the AWS CLI would print on stdout."""
    document: Any = None
    """The output as data; None where there is none."""
    error: AwsError | None = None
    error_text: str = ""
    """What the AWS CLI would print on stderr."""
    event: RequestAnswered | None = None
    """The line of the log that a call made."""
    explanation: tuple[str, ...] = ()
    """Why, line by line, where it failed."""
    is_fault: bool = False
    """The step could not be carried out as it is written: nothing was asked of AWS."""

    @property
    def decision(self) -> Decision | None:
        """What policies said to a call, decided again from the log; None where none was asked."""
        return decision_of(self.error, self.event)
