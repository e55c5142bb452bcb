"""What do `expect` and `${last:…}` know about the last call?"""

from __future__ import annotations

from msgspec import Struct

from sts_tui.iam import Decision, Outcome
from sts_tui.simulation.authorization.denial_responses import ENCODED_MESSAGE
from sts_tui.simulation.events import RequestAnswered
from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.errors import AwsError


def decision_of(
    error: AwsError | None, event: RequestAnswered | None, simulation: Simulation
) -> Decision | None:
    """The decision on a call, evaluated again from the log; None if no policy was evaluated."""
    if error is not None:
        return error.decision
    return None if event is None else simulation.decision(event)


class LastCall(Struct, frozen=True, kw_only=True):
    """A call and AWS's response. `document` is None if there was no output or the call failed."""

    document: object
    error: AwsError | None
    event: RequestAnswered | None
    decision: Decision | None = None
    """The decision on the call; None if no policy was evaluated."""

    @property
    def readable(self) -> object:
        """What `${last:…}` searches: the output, or the error as SDKs show it, or None. `EncodedMessage` is
        the end of EC2's denials, which DecodeAuthorizationMessage reads.
        """
        if self.error is None:
            return self.document
        encoded = self.error.message.partition(ENCODED_MESSAGE)[2]
        error = {"Code": self.error.code, "Message": self.error.message}
        return {"Error": error | ({"EncodedMessage": encoded} if encoded else {})}

    def explanation(self, simulation: Simulation) -> tuple[str, ...]:
        """The verdict of every policy type, line by line, or why no policy was evaluated.

        Empty if policies allowed the call and AWS refused it for another reason, which the error message
        explains.
        """
        explanation = simulation.explain(self.event) if self.event else None
        if explanation is None:
            return (f"no policy was evaluated: {self.event.decided_by}",) if self.event else ()
        if self.error is not None and explanation.decision.outcome is Outcome.ALLOWED:
            return ()
        writes = simulation.writes_not_in_force(self.event) if self.event else 0
        from sts_tui.simulation.time.propagation import not_in_force

        return (*((not_in_force(writes),) if writes else ()), *explanation.lines())
