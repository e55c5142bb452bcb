"""The account password policy: replaced as a whole, deleted, and what it refuses.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.accounts.bench import ACCOUNT, bench, refusal

NONE = ("NoSuchEntity", 404, f"The Password Policy with domain name {ACCOUNT} cannot be found.")


def test_without_a_policy_there_is_nothing_to_read_or_delete() -> None:
    aws = bench()
    assert refusal(aws, "iam:GetAccountPasswordPolicy") == NONE
    assert refusal(aws, "iam:DeleteAccountPasswordPolicy") == NONE


def test_what_a_call_leaves_out_returns_to_its_default() -> None:
    aws = bench()
    aws("iam:UpdateAccountPasswordPolicy", MinimumPasswordLength=14, RequireSymbols=True, MaxPasswordAge=90)
    found = aws("iam:GetAccountPasswordPolicy")["PasswordPolicy"]
    assert (found["MinimumPasswordLength"], found["RequireSymbols"]) == (14, True)
    assert (found["ExpirePasswords"], found["MaxPasswordAge"]) == (True, 90)
    aws("iam:UpdateAccountPasswordPolicy", RequireNumbers=True)
    found = aws("iam:GetAccountPasswordPolicy")["PasswordPolicy"]
    assert (found["MinimumPasswordLength"], found["RequireSymbols"]) == (6, False)
    assert found["ExpirePasswords"] is False
    assert "MaxPasswordAge" not in found
    aws("iam:DeleteAccountPasswordPolicy")
    assert refusal(aws, "iam:GetAccountPasswordPolicy") == NONE


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("MinimumPasswordLength", 6, 128), ("MaxPasswordAge", 1, 1095), ("PasswordReusePrevention", 1, 24)],
)
def test_the_bounds_of_each_number(name: str, least: int, most: int) -> None:
    aws = bench()
    for value in (least, most):
        aws("iam:UpdateAccountPasswordPolicy", **{name: value})
        assert aws("iam:GetAccountPasswordPolicy")["PasswordPolicy"][name] == value
    for value in (least - 1, most + 1):
        code, status, message = refusal(aws, "iam:UpdateAccountPasswordPolicy", **{name: value})
        assert (code, status) == ("ValidationError", 400)
        assert f"at '{name[0].lower()}{name[1:]}' failed to satisfy constraint" in message


@pytest.mark.parametrize(
    ("policy", "password", "is_accepted"),
    [
        ({"MinimumPasswordLength": 10}, "aaaaaaaaa", False),
        ({"MinimumPasswordLength": 10}, "aaaaaaaaaa", True),
        ({"RequireNumbers": True}, "aaaaaa", False),
        ({"RequireNumbers": True}, "aaaaa1", True),
        ({"RequireSymbols": True}, "aaaaaa", False),
        ({"RequireSymbols": True}, "aaaaa'", True),
        ({"RequireUppercaseCharacters": True}, "aaaaaa", False),
        ({"RequireUppercaseCharacters": True}, "aaaaaA", True),
        ({"RequireLowercaseCharacters": True}, "AAAAAA", False),
        ({"RequireLowercaseCharacters": True}, "AAAAAa", True),
    ],
)
def test_each_requirement(policy: dict[str, Any], password: str, is_accepted: bool) -> None:
    aws = bench(UserDetailList=[{"UserName": "ann"}])
    aws("iam:UpdateAccountPasswordPolicy", **policy)
    if is_accepted:
        aws("iam:CreateLoginProfile", UserName="ann", Password=password)
        return
    code, status, message = refusal(aws, "iam:CreateLoginProfile", UserName="ann", Password=password)
    assert (code, status) == ("PasswordPolicyViolation", 400)
    assert message.startswith("Password should have")


def test_nothing_is_named_in_the_request_for_permission() -> None:
    aws = bench()
    aws.denied = ("iam:UpdateAccountPasswordPolicy",)
    assert refusal(aws, "iam:UpdateAccountPasswordPolicy")[2].endswith("on resource: *")
