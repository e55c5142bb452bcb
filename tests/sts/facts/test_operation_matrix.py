"""The comparison of operations says what AWS's own shapes say.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html
"""

from __future__ import annotations

import pytest

from sts_tui.sts import OPERATIONS
from sts_tui.sts.facts.operation_matrix import OPERATION_ROWS
from sts_tui.sts.shapes import sts_shapes

DEFAULTS = {
    "AssumeRole": 3600,
    "AssumeRoleWithSAML": 3600,
    "AssumeRoleWithWebIdentity": 3600,
    "AssumeRoot": 900,
    "GetFederationToken": 43_200,
    "GetSessionToken": 43_200,
    "GetWebIdentityToken": 300,
}
"""In seconds, from the API reference of each operation."""


def test_every_operation_has_its_row() -> None:
    assert {f"sts:{name}" for name in OPERATION_ROWS} == set(OPERATIONS)


@pytest.mark.parametrize("operation", sorted(OPERATION_ROWS))
def test_durations_are_those_of_the_shapes(operation: str) -> None:
    row = OPERATION_ROWS[operation]
    seconds = sts_shapes().request(operation).members.get("DurationSeconds")
    bounds = (seconds.minimum, seconds.maximum) if seconds is not None else (None, None)
    assert (row.shortest_seconds, row.longest_seconds) == bounds
    assert row.default_seconds == DEFAULTS.get(operation)


@pytest.mark.parametrize("operation", sorted(OPERATION_ROWS))
def test_what_can_be_passed_is_what_the_shapes_have(operation: str) -> None:
    row, members = OPERATION_ROWS[operation], sts_shapes().request(operation).members
    assert row.takes_mfa is ("TokenCode" in members)
    assert row.takes_tags is ("Tags" in members)
    assert row.takes_session_policies is ("PolicyArns" in members)
    assert row.takes_scope_down_policy is (operation == "GetScopedCredentials")


def test_who_may_call_an_operation_in_words() -> None:
    words = {name: row.callers_in_words for name, row in OPERATION_ROWS.items()}
    assert words["AssumeRoleWithSAML"] == "anyone with the token or assertion; not signed"
    assert words["GetCallerIdentity"] == "anyone"
    assert words["GetSessionToken"] == "IAM user, root user"
    assert not OPERATION_ROWS["AssumeRoleWithWebIdentity"].is_signed
    assert OPERATION_ROWS["AssumeRole"].is_signed


def test_the_hour_of_role_chaining_is_one_hour_in_words() -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining"""
    assert "1 hour" in OPERATION_ROWS["AssumeRole"].also_capped_by
