"""How many users, groups and roles an account has: one below the quota there is room, at it there is none.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.accounts.bench import ACCOUNT, bench, refusal
from tests.accounts.policies import trusts

TRUST = trusts(ACCOUNT)
KINDS = {
    "User": ("UserDetailList", 5_000, {}),
    "Group": ("GroupDetailList", 300, {}),
    "Role": ("RoleDetailList", 1_000, {"AssumeRolePolicyDocument": TRUST}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_there_is_room_below_the_quota_and_none_at_it(kind: str) -> None:
    table, quota, members = KINDS[kind]
    entities: list[dict[str, Any]] = [{f"{kind}Name": f"n{number}", **members} for number in range(quota - 1)]
    aws = bench(**{table: entities})
    aws(f"iam:Create{kind}", **{f"{kind}Name": "last", **members})
    code, status, message = refusal(aws, f"iam:Create{kind}", **{f"{kind}Name": "more", **members})
    assert (code, status) == ("LimitExceeded", 409)
    assert message == f"Cannot exceed quota for {kind}sPerAccount: {quota}"


@pytest.mark.parametrize("kind", ["User", "Group"])
def test_a_name_that_is_taken_and_the_same_name(kind: str) -> None:
    table, _, members = KINDS[kind]
    aws = bench(**{table: [{f"{kind}Name": "a", **members}, {f"{kind}Name": "b", **members}]})
    taken = {f"{kind}Name": "a", f"New{kind}Name": "b"}
    assert refusal(aws, f"iam:Update{kind}", **taken) == (
        "EntityAlreadyExists",
        409,
        f"{kind} with name b already exists.",
    )
    before = aws.configuration
    aws(f"iam:Update{kind}", **{f"{kind}Name": "a", f"New{kind}Name": "a"})
    assert aws.configuration == before
