"""GetSessionToken. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html"""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.sts.session import SessionKind
from tests.accounts.organization import ALICE_MFA, Desk, one_violation, seconds_of
from tests.accounts.policies import MAIN, policy, role_arn, user_arn

SECONDS = "Member must have value"


def test_session_is_the_user(desk: Desk) -> None:
    response = desk.call("GetSessionToken")
    assert list(response) == ["Credentials", "SessionTokenUtilization", "SessionTokenSize"]
    who = desk.call("GetCallerIdentity", by=desk.key(response))
    assert who == desk.call("GetCallerIdentity")
    assert desk.session(response).kind is SessionKind.USER


def test_no_policy_controls_it(desk: Desk) -> None:
    assert "Credentials" in desk.call("GetSessionToken", by="bob")
    deny = policy({"Effect": "Deny", "Action": "sts:GetSessionToken", "Resource": "*"})
    desk.sim.call("iam:PutUserPolicy", {"UserName": "bob", "PolicyName": "no", "PolicyDocument": deny})
    assert "Credentials" in desk.call("GetSessionToken", by="bob")


@pytest.mark.parametrize(
    ("asked", "granted"),
    [({}, 43_200), ({"DurationSeconds": 900}, 900), ({"DurationSeconds": 129_600}, 129_600)],
)
def test_user_gets_what_was_asked_within_the_bounds(desk: Desk, asked: dict[str, int], granted: int) -> None:
    assert seconds_of(desk, desk.call("GetSessionToken", **asked)) == granted


@pytest.mark.parametrize(
    ("asked", "constraint"),
    [(899, f"{SECONDS} greater than or equal to 900"), (129_601, f"{SECONDS} less than or equal to 129600")],
)
def test_bounds_of_the_duration(desk: Desk, asked: int, constraint: str) -> None:
    message = desk.invalid("GetSessionToken", DurationSeconds=asked)
    assert message == one_violation(str(asked), "durationSeconds", constraint)


@pytest.mark.parametrize(
    ("asked", "granted"), [({}, 3600), ({"DurationSeconds": 129_600}, 3600), ({"DurationSeconds": 900}, 900)]
)
def test_root_users_time_is_cut_to_an_hour_silently(desk: Desk, asked: dict[str, int], granted: int) -> None:
    assert seconds_of(desk, desk.call("GetSessionToken", by=f"root@{MAIN}", **asked)) == granted


def test_session_credentials_cannot_draw_another(desk: Desk) -> None:
    for key in (desk.key(desk.assume("App")), desk.key(desk.call("GetSessionToken"))):
        assert (
            desk.denied("GetSessionToken", by=key) == "Cannot call GetSessionToken with session credentials"
        )


def test_call_without_credentials_gets_none(desk: Desk) -> None:
    assert desk.refusal("GetSessionToken", by="anonymous").code == "MissingAuthenticationToken"


@pytest.mark.parametrize(
    "call",
    ["GetSessionToken", "GetFederationToken", "GetAccessKeyInfo", "DecodeAuthorizationMessage", "AssumeRoot"],
)
def test_other_operations_of_sts_are_closed_to_it(desk: Desk, call: str) -> None:
    key = desk.key(desk.call("GetSessionToken", SerialNumber=ALICE_MFA, TokenCode=desk.mfa_code()))
    parameters: dict[str, dict[str, Any]] = {
        "GetFederationToken": {"Name": "fred"},
        "GetAccessKeyInfo": {"AccessKeyId": key},
        "DecodeAuthorizationMessage": {"EncodedMessage": "x"},
        "AssumeRoot": {
            "TargetPrincipal": MAIN,
            "TaskPolicyArn": {"arn": "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"},
        },
    }
    assert desk.denied(call, by=key, **parameters.get(call, {}))


@pytest.mark.parametrize(
    ("setting", "without_mfa", "with_mfa"),
    [("AssumeRole", True, True), ("WithMfa", False, True), ("Never", False, False)],
)
def test_whether_it_can_assume_roles_is_a_setting(setting: str, without_mfa: bool, with_mfa: bool) -> None:
    desk = Desk(settings={"UserSessionsCallSts": setting})
    plain = desk.key(desk.call("GetSessionToken"))
    secured = desk.key(desk.call("GetSessionToken", SerialNumber=ALICE_MFA, TokenCode=desk.mfa_code()))
    for key, is_open in ((plain, without_mfa), (secured, with_mfa)):
        if is_open:
            assert "Credentials" in desk.assume("App", by=key)
        else:
            assert desk.denied("AssumeRole", by=key, RoleArn=role_arn("App"), RoleSessionName="ab")
        assert "Arn" in desk.call("GetCallerIdentity", by=key)


def test_iam_is_closed_without_mfa_and_open_with_it(desk: Desk) -> None:
    plain = desk.key(desk.call("GetSessionToken"))
    refused = desk.refusal("iam:GetUser", by=plain, UserName="alice")
    assert (refused.code, refused.status) == ("InvalidClientTokenId", 403)
    assert refused.message == "The security token included in the request is invalid."
    secured = desk.key(desk.call("GetSessionToken", SerialNumber=ALICE_MFA, TokenCode=desk.mfa_code()))
    assert desk.call("iam:GetUser", by=secured, UserName="alice")["User"]["Arn"] == user_arn("alice")


def test_session_has_the_users_present_permissions(desk: Desk) -> None:
    key = desk.key(desk.call("GetSessionToken"))
    assert desk.may("s3:GetObject", "arn:aws:s3:::data/x", by=key)
    desk.sim.call("iam:DeleteUserPolicy", {"UserName": "alice", "PolicyName": "own"})
    assert not desk.may("s3:GetObject", "arn:aws:s3:::data/x", by=key)


def test_session_dies_with_its_user(desk: Desk) -> None:
    key = desk.key(desk.call("GetSessionToken", by="bob"))
    for access_key in desk.sim.call("iam:ListAccessKeys", {"UserName": "bob"})["AccessKeyMetadata"]:
        desk.sim.call("iam:DeleteAccessKey", {"UserName": "bob", "AccessKeyId": access_key["AccessKeyId"]})
    assert "Arn" in desk.call("GetCallerIdentity", by=key)
    desk.sim.call("iam:DeleteUser", {"UserName": "bob"})
    desk.sim.call("iam:CreateUser", {"UserName": "bob"})
    assert desk.refusal("GetCallerIdentity", by=key).code == "InvalidClientTokenId"


@pytest.mark.parametrize(("dies", "code"), [(True, "InvalidClientTokenId"), (False, "")])
def test_whether_it_dies_with_the_access_key_is_a_setting(dies: bool, code: str) -> None:
    desk = Desk(settings={"SessionsDieWithAccessKey": dies})
    access_key = desk.sim.access_key(user_arn("alice"))
    key = desk.key(desk.call("GetSessionToken"))
    role_key = desk.key(desk.assume("App"))
    desk.sim.call(
        "iam:UpdateAccessKey", {"UserName": "alice", "AccessKeyId": access_key, "Status": "Inactive"}
    )
    assert desk.refusal("GetCallerIdentity", by=access_key).code == "InvalidClientTokenId"
    if code:
        assert desk.refusal("GetCallerIdentity", by=key).code == code
    else:
        assert "Arn" in desk.call("GetCallerIdentity", by=key)
    assert "Arn" in desk.call("GetCallerIdentity", by=role_key)


def test_the_session_is_named_for_its_user_and_that_of_root_for_root(desk: Desk) -> None:
    user = desk.session(desk.call("GetSessionToken", by="alice"))
    assert (user.name, user.is_chained) == ("alice-session", False)
    root = desk.session(desk.call("GetSessionToken", by=f"root@{MAIN}"))
    assert root.name == "root-session"


def test_it_is_not_role_chaining(desk: Desk) -> None:
    assert not desk.session(desk.call("GetSessionToken")).is_chained
