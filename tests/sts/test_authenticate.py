"""Authentication, in its order. https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html"""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from sts_tui.account.identifiers import account_of_access_key_id, derive_access_key_id
from sts_tui.simulation import AwsError
from sts_tui.sts.authenticate import access_keys
from sts_tui.sts.ids import long_term_secret
from tests.accounts.organization import Desk
from tests.accounts.policies import MAIN, user_arn

INVALID = "The security token included in the request is invalid."
EXPIRED = "The security token included in the request is expired"
UNKNOWN_TO_S3 = "The AWS Access Key Id you provided does not exist in our records."


def refusal(desk: Desk, caller: Any, action: str = "sts:GetCallerIdentity") -> tuple[str, int, str]:
    params = {"Resource": "arn:aws:s3:::data/x"} if action.startswith("s3:") else {}
    with pytest.raises(AwsError) as refused:
        desk.sim.call(action, params, caller=caller)
    return refused.value.code, refused.value.status, refused.value.message


def changed(credentials: dict[str, str], **members: str | None) -> dict[str, Any]:
    return {**credentials, **members}


def test_whole_credentials_authenticate(desk: Desk) -> None:
    credentials = desk.assume("App")["Credentials"]
    assert desk.sim.call("sts:GetCallerIdentity", {}, caller=credentials)["Arn"].endswith("/App/demo")


def test_long_term_key_and_its_secret_authenticate(desk: Desk) -> None:
    key = desk.sim.access_key(user_arn("alice"))
    caller = {"AccessKeyId": key, "SecretAccessKey": long_term_secret(key)}
    assert desk.sim.call("sts:GetCallerIdentity", {}, caller=caller)["Arn"] == user_arn("alice")
    assert account_of_access_key_id(key) == MAIN


@pytest.mark.parametrize("key", ["AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE", "", "AKIAX"])
def test_unknown_key(desk: Desk, key: str) -> None:
    assert refusal(desk, key) == ("InvalidClientTokenId", 403, INVALID)
    assert refusal(desk, key, "s3:GetObject") == ("InvalidAccessKeyId", 403, UNKNOWN_TO_S3)


def test_temporary_key_without_its_token_is_unknown(desk: Desk) -> None:
    credentials = changed(desk.assume("App")["Credentials"], SessionToken=None)
    assert refusal(desk, credentials) == ("InvalidClientTokenId", 403, INVALID)
    assert refusal(desk, credentials, "s3:GetObject") == ("InvalidAccessKeyId", 403, UNKNOWN_TO_S3)


def test_token_of_another_key_is_refused(desk: Desk) -> None:
    other = desk.assume("App")["Credentials"]["SessionToken"]
    credentials = changed(desk.assume("App")["Credentials"], SessionToken=other)
    assert refusal(desk, credentials) == ("InvalidClientTokenId", 403, INVALID)
    assert refusal(desk, credentials, "s3:GetObject") == ("InvalidAccessKeyId", 403, UNKNOWN_TO_S3)


def test_only_s3_distinguishes_a_malformed_token(desk: Desk) -> None:
    credentials = changed(desk.assume("App")["Credentials"], SessionToken="nonsense")
    assert refusal(desk, credentials) == ("InvalidClientTokenId", 403, INVALID)
    malformed = "The provided token is malformed or otherwise invalid."
    assert refusal(desk, credentials, "s3:GetObject") == ("InvalidToken", 400, malformed)


def test_expiry_is_at_the_instant(desk: Desk) -> None:
    key = desk.key(desk.assume("App", DurationSeconds=900))
    desk.sim.advance(899)
    assert "Arn" in desk.call("GetCallerIdentity", by=key)
    desk.sim.advance(1)
    assert refusal(desk, key) == ("ExpiredToken", 403, EXPIRED)
    assert refusal(desk, key, "s3:GetObject") == ("ExpiredToken", 400, "The provided token has expired.")


def test_expired_session_with_a_wrong_secret_gets_expired_token(desk: Desk) -> None:
    credentials = changed(desk.assume("App")["Credentials"], SecretAccessKey="wrong")
    desk.sim.advance(3600)
    assert refusal(desk, credentials)[0] == "ExpiredToken"


def test_expired_session_with_another_token_gets_invalid_token(desk: Desk) -> None:
    credentials = changed(desk.assume("App")["Credentials"], SessionToken="nonsense")
    desk.sim.advance(3600)
    assert refusal(desk, credentials)[0] == "InvalidClientTokenId"


@pytest.mark.parametrize("action", ["sts:GetCallerIdentity", "s3:GetObject"])
def test_wrong_secret(desk: Desk, action: str) -> None:
    key = desk.sim.access_key(user_arn("alice"))
    for credentials in (
        changed(desk.assume("App")["Credentials"], SecretAccessKey="wrong"),
        {"AccessKeyId": key, "SecretAccessKey": "wrong"},
    ):
        code, status, message = refusal(desk, credentials, action)
        assert (code, status) == ("SignatureDoesNotMatch", 403)
        assert message.startswith(
            "The request signature we calculated does not match the signature you provided."
        )


def test_session_dies_with_its_role_and_a_namesake_does_not_revive_it(desk: Desk) -> None:
    key = desk.key(desk.assume("Plain"))
    trust = desk.sim.call("iam:GetRole", {"RoleName": "Plain"})["Role"]["AssumeRolePolicyDocument"]
    desk.sim.call("iam:DeleteRolePolicy", {"RoleName": "Plain", "PolicyName": "work"})
    desk.sim.call("iam:DeleteRole", {"RoleName": "Plain"})
    assert refusal(desk, key) == ("InvalidClientTokenId", 403, INVALID)
    assert refusal(desk, key, "s3:GetObject") == ("InvalidAccessKeyId", 403, UNKNOWN_TO_S3)
    desk.sim.call("iam:CreateRole", {"RoleName": "Plain", "AssumeRolePolicyDocument": trust})
    assert refusal(desk, key)[0] == "InvalidClientTokenId"


def test_token_with_a_long_term_key_is_refused(desk: Desk) -> None:
    key = desk.sim.access_key(user_arn("alice"))
    caller = {"AccessKeyId": key, "SecretAccessKey": long_term_secret(key), "SessionToken": "SIMULATED/x"}
    assert refusal(desk, caller)[0] == "InvalidClientTokenId"


def test_a_user_without_listed_keys_has_one_active_key_that_derives_from_its_arn() -> None:
    users = Desk().sim.world.configuration.users
    bob = replace(users[user_arn("bob")], access_keys=None)
    [(key, is_active)] = access_keys(bob).items()
    assert is_active
    assert key == derive_access_key_id(MAIN, bob.arn)
