"""GetAccessKeyInfo. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html"""

from __future__ import annotations

import pytest

from tests.accounts.organization import Desk
from tests.accounts.policies import MAIN, OTHER, role_arn, user_arn


def test_key_of_a_user_of_any_account(desk: Desk) -> None:
    for account, name in ((MAIN, "bob"), (OTHER, "olga")):
        key = desk.sim.access_key(user_arn(name, account))
        assert desk.call("GetAccessKeyInfo", AccessKeyId=key) == {"Account": account}


def test_state_of_the_key_does_not_matter(desk: Desk) -> None:
    key = desk.key(desk.assume(role_arn("Cross", OTHER), DurationSeconds=900))
    desk.sim.advance(10_000)
    assert desk.call("GetAccessKeyInfo", AccessKeyId=key) == {"Account": OTHER}


def test_published_example_of_a_key_and_its_account(desk: Desk) -> None:
    """https://awsteele.com/blog/2020/09/26/aws-access-key-format.html"""
    assert desk.call("GetAccessKeyInfo", AccessKeyId="ASIAY34FZKBOKMUTVV7A") == {"Account": "609629065308"}


def test_key_that_carries_no_account_is_unknown(desk: Desk) -> None:
    for key in ("AKIA0000000000000000", "AROAIOSFODNN7EXAMPLE", "x" * 128):
        assert desk.refusal("GetAccessKeyInfo", AccessKeyId=key).code == "InvalidClientTokenId"


def test_it_needs_permission(desk: Desk) -> None:
    message = desk.denied("GetAccessKeyInfo", by="bob", AccessKeyId="AKIAIOSFODNN7EXAMPLE")
    assert message.startswith(f"User: {user_arn('bob')} is not authorized to perform: sts:GetAccessKeyInfo")


@pytest.mark.parametrize(
    ("key", "constraint"),
    [
        ("A" * 15, "Member must have length greater than or equal to 16"),
        ("A" * 129, "Member must have length less than or equal to 128"),
        ("AKIA-OSFODNN7EXAMPLE", r"Member must satisfy regular expression pattern: [\w]*"),
    ],
)
def test_bounds_of_the_key(desk: Desk, key: str, constraint: str) -> None:
    assert desk.invalid("GetAccessKeyInfo", AccessKeyId=key).endswith(constraint)
