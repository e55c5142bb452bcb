"""What is the result of a step?"""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from msgspec import Struct

from sts_tui.account.json_value import Json
from sts_tui.iam import Decision
from sts_tui.simulation.events import RequestAnswered
from sts_tui.sts.errors import AwsError
from sts_tui.tours.reading.steps import Step


class StepOutcome(Enum):
    """How a step ended. SKIPPED: `press`, `type`, `shot`, `note` and `focus`, which only the explorer
    performs.
    """

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


class StepResult(Struct, frozen=True, kw_only=True):
    """The result of one step. A call that AWS refuses or denies has `error` but is not FAILED: the next step
    decides whether it was expected.
    """

    step: Step
    outcome: StepOutcome
    at: datetime
    """The simulated time after the step."""
    acting: str
    """The label of the acting identity after the step."""
    message: str = ""
    """The result, in one line."""
    output: str = ""
    """What the AWS CLI would print on stdout."""
    document: Json = None
    """The output as data; None if there is none."""
    error: AwsError | None = None
    error_text: str = ""
    """What the AWS CLI would print on stderr."""
    event: RequestAnswered | None = None
    """The event that a call added to the log."""
    decision: Decision | None = None
    """The decision on a call; None if no policy was evaluated."""
    explanation: tuple[str, ...] = ()
    """Why the step failed, line by line."""
    warnings: tuple[str, ...] = ()
    """Warnings of `validate` about the policy that the step wrote or passed."""
    is_invalid: bool = False
    """Whether the step is invalid as written and was not performed, so that AWS was not called."""
