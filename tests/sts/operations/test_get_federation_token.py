"""GetFederationToken. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html"""

from __future__ import annotations

import json
from typing import Any

import pytest

from sts_tui.sts.session import SessionKind
from tests.accounts.organization import Desk, one_violation, seconds_of
from tests.accounts.policies import MAIN, allow, policy, role_arn, user_arn

FRED = f"arn:aws:sts::{MAIN}:federated-user/fred"
EVERYTHING = json.dumps(policy(allow("*")))
OBJECT = "arn:aws:s3:::data/x"


def federated(desk: Desk, **given: Any) -> dict[str, Any]:
    return desk.call("GetFederationToken", **{"by": "broker", "Name": "fred", **given})


def test_response_names_the_federated_user(desk: Desk) -> None:
    response = federated(desk)
    assert response["FederatedUser"] == {"FederatedUserId": f"{MAIN}:fred", "Arn": FRED}
    assert response["PackedPolicySize"] == 0
    assert desk.session(response).kind is SessionKind.FEDERATED_USER
    assert desk.call("GetCallerIdentity", by=desk.key(response)) == {
        "UserId": f"{MAIN}:fred",
        "Account": MAIN,
        "Arn": FRED,
    }


def test_without_a_session_policy_it_can_do_nothing(desk: Desk) -> None:
    assert not desk.may("s3:GetObject", OBJECT, by=desk.key(federated(desk)))


def test_with_a_session_policy_it_can_do_what_both_allow(desk: Desk) -> None:
    key = desk.key(federated(desk, Policy=EVERYTHING))
    assert desk.may("s3:GetObject", OBJECT, by=key)
    assert not desk.may("s3:PutObject", OBJECT, by=key)


def test_resource_policy_that_names_it_is_enough(desk: Desk) -> None:
    statement = {"Effect": "Allow", "Principal": {"AWS": FRED}, "Action": "s3:GetObject", "Resource": OBJECT}
    desk.sim.call("s3:PutBucketPolicy", {"Bucket": "data", "Policy": json.dumps(policy(statement))})
    assert desk.may("s3:GetObject", OBJECT, by=desk.key(federated(desk)))


def test_root_users_federated_user_has_what_the_session_policy_allows(desk: Desk) -> None:
    response = federated(desk, by=f"root@{MAIN}", Policy=EVERYTHING)
    assert desk.may("ec2:RunInstances", by=desk.key(response))
    assert not desk.may("ec2:RunInstances", by=desk.key(federated(desk, by=f"root@{MAIN}")))


def test_it_needs_permission(desk: Desk) -> None:
    refused = desk.refusal("GetFederationToken", by="bob", Name="fred")
    assert (refused.code, refused.status) == ("AccessDenied", 403)
    assert refused.message == (
        f"User: {user_arn('bob')} is not authorized to perform: sts:GetFederationToken on resource: {FRED} "
        "because no identity-based policy allows the sts:GetFederationToken action"
    )


def test_tags_need_tag_session_of_the_user(desk: Desk) -> None:
    tags = [{"Key": "team", "Value": "b"}]
    refused = desk.refusal("GetFederationToken", by="broker", Name="fred", Tags=tags)
    assert refused.code == "AccessDenied"
    assert "sts:TagSession" in refused.message
    response = federated(desk, by="alice", Tags=tags)
    assert response["PackedPolicySize"] > 0
    assert desk.session(response).tags == (("team", "b"),)
    assert desk.session(response).transitive_tag_keys == ()


@pytest.mark.parametrize(
    ("asked", "granted"),
    [({}, 43_200), ({"DurationSeconds": 900}, 900), ({"DurationSeconds": 129_600}, 129_600)],
)
def test_user_gets_what_was_asked_within_the_bounds(desk: Desk, asked: dict[str, int], granted: int) -> None:
    assert seconds_of(desk, federated(desk, **asked)) == granted


def test_root_users_time_is_cut_to_an_hour_silently(desk: Desk) -> None:
    assert seconds_of(desk, federated(desk, by=f"root@{MAIN}", DurationSeconds=129_600)) == 3600
    assert seconds_of(desk, federated(desk, by=f"root@{MAIN}")) == 3600


@pytest.mark.parametrize(
    ("name", "bad", "constraint"),
    [
        ("Name", "a", "Member must have length greater than or equal to 2"),
        ("Name", "n" * 33, "Member must have length less than or equal to 32"),
        ("Name", "a b", r"Member must satisfy regular expression pattern: [\w+=,.@-]*"),
        ("DurationSeconds", 899, "Member must have value greater than or equal to 900"),
        ("DurationSeconds", 129_601, "Member must have value less than or equal to 129600"),
    ],
)
def test_bounds_of_the_parameters(desk: Desk, name: str, bad: Any, constraint: str) -> None:
    message = desk.invalid("GetFederationToken", by="broker", **{"Name": "fred", name: bad})
    assert message == one_violation(str(bad), name[0].lower() + name[1:], constraint)


def test_longest_name_and_policy_pass(desk: Desk) -> None:
    assert "Credentials" in federated(desk, Name="n" * 32, Policy=EVERYTHING + " " * (2048 - len(EVERYTHING)))
    assert "at 'policy'" in desk.invalid(
        "GetFederationToken", by="broker", Name="fred", Policy=EVERYTHING + " " * (2049 - len(EVERYTHING))
    )


def test_session_credentials_cannot_get_one(desk: Desk) -> None:
    for key in (desk.key(desk.assume("App")), desk.key(desk.call("GetSessionToken"))):
        message = desk.denied("GetFederationToken", by=key, Name="fred")
        assert message == "Cannot call GetFederationToken with session credentials"


@pytest.mark.parametrize(
    ("operation", "given"),
    [
        ("AssumeRole", {"RoleArn": role_arn("App"), "RoleSessionName": "ab"}),
        ("GetAccessKeyInfo", {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE"}),
        ("GetWebIdentityToken", {"Audience": ["a"], "SigningAlgorithm": "RS256"}),
    ],
)
def test_it_cannot_call_most_operations_of_sts(desk: Desk, operation: str, given: dict[str, Any]) -> None:
    key = desk.key(federated(desk, by="alice", Policy=EVERYTHING))
    assert f"User: {FRED} is not authorized to perform: sts:{operation}" in desk.denied(
        operation, by=key, **given
    )


def test_it_cannot_call_iam(desk: Desk) -> None:
    key = desk.key(federated(desk, by="alice", Policy=EVERYTHING))
    assert desk.refusal("iam:GetUser", by=key, UserName="alice").code == "InvalidClientTokenId"
