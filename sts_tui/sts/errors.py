"""Refusals that AWS would send back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sts_tui.iam.decision import Decision  # pragma: no cover


class AwsError(Exception):
    """A refusal as the service would send it: shown to the person, never a bug of ours.

    `code`, `message` and `status` are AWS's (`AccessDenied`, the sentence, 403). `decision` carries our own
    reason where a policy decided, because AWS's text is terse for some operations.
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
