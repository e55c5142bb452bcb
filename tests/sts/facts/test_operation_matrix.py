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
