"""Which error does AWS return?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sts_tui.iam.decision import Decision  # pragma: no cover


class AwsError(Exception):
    """A denial or refusal as the service returns it; never an error of this program.

    `code`, `message` and `status` are AWS's (`AccessDenied`, the sentence, 403). `decision` has our own
    reason if a policy decided, because AWS's sentence is terse for some operations; `hint` has other reasons.
    """

    def __init__(
        self, code: str, message: str, status: int = 400, *, decision: Decision | None = None, hint: str = ""
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.decision = decision
        self.hint = hint
