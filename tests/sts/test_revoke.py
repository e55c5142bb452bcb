"""https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sts_tui.sts.revoke import POLICY_NAME, condition_blocks, revocation_policy
from tests.accounts.organization import Desk

CUTOFF = datetime(2026, 1, 31, 23, 47, 0, 123_456, tzinfo=UTC)


def test_policy_is_the_consoles() -> None:
    assert POLICY_NAME == "AWSRevokeOlderSessions"
    assert revocation_policy(CUTOFF) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Action": ["*"],
                "Resource": ["*"],
                "Condition": {"DateLessThan": {"aws:TokenIssueTime": "2026-01-31T23:47:00.123Z"}},
            }
        ],
    }


def test_whole_seconds_have_milliseconds_too() -> None:
    document = revocation_policy(CUTOFF.replace(microsecond=0))
    assert document["Statement"][0]["Condition"]["DateLessThan"]["aws:TokenIssueTime"].endswith("00.000Z")


@pytest.mark.parametrize("listed", [lambda one: one, lambda one: [one], lambda one: (one,)])
def test_condition_blocks_are_found_in_one_statement_and_in_a_list(listed: Any) -> None:
    block = {"aws:TokenIssueTime": "2026-01-15T09:00:00Z"}
    statement = {"Effect": "Deny", "Condition": {"DateLessThan": block, "Null": {"aws:x": "true"}}}
    assert list(condition_blocks({"Statement": listed(statement)})) == [block, {"aws:x": "true"}]


@pytest.mark.parametrize("document", [{}, {"Statement": "x"}, {"Statement": [1, {"Condition": "y"}]},
                                      {"Statement": {"Condition": {"Bool": 1}}}])  # fmt: skip
def test_what_is_no_condition_has_no_blocks(document: dict[str, Any]) -> None:
    assert list(condition_blocks(document)) == []


def revoke(desk: Desk, seconds: int = 0) -> None:
    document = revocation_policy(desk.now + timedelta(seconds=seconds))
    parameters = {"RoleName": "App", "PolicyName": POLICY_NAME, "PolicyDocument": document}
    desk.sim.call("iam:PutRolePolicy", parameters)


def reads(desk: Desk, key: str) -> bool:
    return desk.may("s3:GetObject", "arn:aws:s3:::data/x", by=key)


def test_older_sessions_are_denied_and_those_from_the_cutoff_on_live(desk: Desk) -> None:
    before = desk.key(desk.assume("App"))
    desk.sim.advance(10)
    at_cutoff = desk.key(desk.assume("App"))
    revoke(desk)
    assert not reads(desk, before)
    assert reads(desk, at_cutoff)


def test_chained_session_of_another_role_still_works(desk: Desk) -> None:
    first = desk.key(desk.assume("App"))
    second = desk.key(desk.assume("Deep", by=first))
    desk.sim.advance(1)
    revoke(desk)
    assert not reads(desk, first)
    assert reads(desk, second)


def test_trusted_caller_assumes_the_role_again(desk: Desk) -> None:
    desk.sim.advance(1)
    revoke(desk)
    assert reads(desk, desk.key(desk.assume("App")))


def test_the_last_millisecond_of_a_second_is_kept() -> None:
    (statement,) = revocation_policy(CUTOFF.replace(microsecond=999_999))["Statement"]
    assert statement["Condition"]["DateLessThan"]["aws:TokenIssueTime"].endswith("00.999Z")
