"""Login profiles: created once, changed, deleted; passwords that the account's policy refuses.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateLoginProfile.html
"""

from __future__ import annotations

import pytest

from sts_tui.iam.caller import Caller, CallerKind
from sts_tui.sts.identity import CallerIdentity
from tests.accounts.bench import ACCOUNT, Bench, bench, refusal
from tests.accounts.policies import arn

STRONG = "Corr3ct-horse"
NEW = "An0ther-horse"


def with_profile() -> Bench:
    aws = bench(UserDetailList=[{"UserName": "ann"}, {"UserName": "bob"}])
    aws("iam:CreateLoginProfile", UserName="ann", Password=STRONG)
    return aws


def as_user(aws: Bench, name: str) -> None:
    caller = Caller(kind=CallerKind.USER, account=ACCOUNT, arn=arn(f"user/{name}"))
    aws.caller = CallerIdentity(
        caller=caller, label=name, account=ACCOUNT, arn=caller.arn, user_arn=caller.arn
    )


def test_created_profile_is_answered_and_read_again() -> None:
    aws = bench(UserDetailList=[{"UserName": "ann"}])
    made = aws("iam:CreateLoginProfile", UserName="ann", Password=STRONG, PasswordResetRequired=True)
    assert made["LoginProfile"]["UserName"] == "ann"
    assert made["LoginProfile"]["PasswordResetRequired"] is True
    assert aws("iam:GetLoginProfile", UserName="ann") == made
    assert aws.asked[0].resource == arn("user/ann")


def test_a_user_has_one_profile() -> None:
    assert refusal(with_profile(), "iam:CreateLoginProfile", UserName="ann", Password=STRONG) == (
        "EntityAlreadyExists",
        409,
        "Login Profile for user ann already exists.",
    )


def test_a_profile_that_is_updated_keeps_what_the_call_leaves_out() -> None:
    aws = with_profile()
    aws("iam:UpdateLoginProfile", UserName="ann", PasswordResetRequired=True)
    aws("iam:UpdateLoginProfile", UserName="ann", Password=NEW)
    assert aws("iam:GetLoginProfile", UserName="ann")["LoginProfile"]["PasswordResetRequired"] is True


def test_a_deleted_profile_is_gone_and_can_be_created_again() -> None:
    aws = with_profile()
    aws("iam:DeleteLoginProfile", UserName="ann")
    for operation in ("GetLoginProfile", "UpdateLoginProfile", "DeleteLoginProfile"):
        assert refusal(aws, f"iam:{operation}", UserName="ann") == (
            "NoSuchEntity",
            404,
            "Login Profile for User ann cannot be found.",
        )
    aws("iam:CreateLoginProfile", UserName="ann", Password=STRONG)


@pytest.mark.parametrize(
    "operation", ["CreateLoginProfile", "GetLoginProfile", "UpdateLoginProfile", "DeleteLoginProfile"]
)
def test_a_user_that_does_not_exist(operation: str) -> None:
    params = {"UserName": "eve"} | ({"Password": STRONG} if operation == "CreateLoginProfile" else {})
    assert refusal(with_profile(), f"iam:{operation}", **params) == (
        "NoSuchEntity",
        404,
        "The user with name eve cannot be found.",
    )


@pytest.mark.parametrize(
    ("seconds", "is_accepted"), [(3599, False), (3600, True), (7776000, True), (7776001, False)]
)
def test_the_bounds_of_a_sign_in(seconds: int, is_accepted: bool) -> None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateLoginProfile.html"""
    aws = with_profile()
    given = {"UserName": "ann", "MaxSigninSessionDuration": seconds}
    if is_accepted:
        aws("iam:UpdateLoginProfile", **given)
        found = aws("iam:GetLoginProfile", UserName="ann")["LoginProfile"]
        assert found["MaxSigninSessionDuration"] == seconds
    else:
        assert refusal(aws, "iam:UpdateLoginProfile", **given)[0] == "ValidationError"


@pytest.mark.parametrize(
    ("password", "is_accepted"),
    [("Abcdef1", False), ("Abcdefg1", True), ("abcdefg1", False), ("abcdefg-1", True), ("ABCDEFGH", False)],
)
def test_the_default_policy_wants_eight_characters_of_three_kinds(password: str, is_accepted: bool) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html"""
    aws = bench(UserDetailList=[{"UserName": "ann"}])
    if is_accepted:
        aws("iam:CreateLoginProfile", UserName="ann", Password=password)
    else:
        assert refusal(aws, "iam:CreateLoginProfile", UserName="ann", Password=password)[:2] == (
            "PasswordPolicyViolation",
            400,
        )


def test_users_change_their_own_password_and_nobody_elses() -> None:
    aws = with_profile()
    as_user(aws, "ann")
    given = {"OldPassword": STRONG, "NewPassword": NEW}
    aws("iam:ChangePassword", **given)
    assert [one.resource for one in aws.asked] == [arn("user/ann")]
    as_user(aws, "bob")
    assert refusal(aws, "iam:ChangePassword", **given)[2] == "Login Profile for User bob cannot be found."
    as_user(aws, "nobody")
    assert refusal(aws, "iam:ChangePassword", **given)[0] == "InvalidUserType"


def test_the_password_policy_can_let_all_users_change_their_own_password() -> None:
    aws = with_profile()
    aws("iam:UpdateAccountPasswordPolicy", AllowUsersToChangePassword=True)
    aws.denied = ("iam:ChangePassword",)
    as_user(aws, "ann")
    aws("iam:ChangePassword", OldPassword=STRONG, NewPassword=NEW)
    assert aws.asked == []
