"""What is remembered about a session's access holds for one instant only where a policy asks for the time."""

from __future__ import annotations

from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.simulation.authorization.session_access import _depend_on_clock
from tests.accounts.policies import allows

PLAIN = WrittenPolicy(allows("s3:GetObject"))
TIMED = WrittenPolicy(
    allows("s3:GetObject", Condition={"DateLessThan": {"aws:CurrentTime": "2026-01-15T09:10:00Z"}})
)


def test_one_policy_that_asks_for_the_time_is_enough() -> None:
    assert _depend_on_clock((PLAIN, TIMED))
    assert _depend_on_clock((TIMED,))
    assert not _depend_on_clock((PLAIN, PLAIN, None))
