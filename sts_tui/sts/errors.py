"""How is an error that AWS returns represented?"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sts_tui.iam.decision import Decision  # pragma: no cover


class AwsError(Exception):
    """A denial or refusal that the simulated service returns; never an error of this program.

    `code`, `message` and `status` are AWS's (`AccessDenied`, the message, 403). AWS's message gives no reason
    for some operations: `decision` has the reason if a policy decided, `hint` has other reasons. A `message`
    that is expensive to generate is passed as a function, which is called when the message is first read: the
    incident desk tries thousands of requests and reads only their verdicts.
    """

    def __init__(
        self, code: str, message: str | Callable[[], str], status: int = 400, *,
        decision: Decision | None = None, hint: str = "",
    ) -> None:  # fmt: skip
        super().__init__(code)
        self.code = code
        self._message = message
        self.status = status
        self.decision = decision
        self.hint = hint

    @property
    def message(self) -> str:
        """AWS's message."""
        if not isinstance(self._message, str):
            self._message = self._message()
        return self._message

    @message.setter
    def message(self, text: str) -> None:
        self._message = text

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"
