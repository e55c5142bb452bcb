"""GetWebIdentityToken. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html"""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime
from typing import Any

import jwt
import pytest

from sts_tui.identity_providers.outbound import outbound_issuer, outbound_jwks
from tests.accounts.organization import ALICE_MFA, MODEL, Desk, working_user
from tests.accounts.policies import MAIN, role_arn, user_arn

NAMESPACE = "https://sts.amazonaws.com/"


def arguments(**given: Any) -> dict[str, Any]:
    return {"Audience": ["https://api.example.com"], "SigningAlgorithm": "ES384", **given}


def claims(response: dict[str, Any], algorithm: str = "ES384") -> dict[str, Any]:
    """The claims of a token, verified against the published key set."""
    token = response["WebIdentityToken"]
    kid = jwt.get_unverified_header(token)["kid"]
    key = next(key for key in outbound_jwks()["keys"] if key["kid"] == kid)
    options: Any = {"verify_exp": False, "verify_aud": False, "verify_iat": False}
    decoded: dict[str, Any] = jwt.decode(token, jwt.PyJWK(key), algorithms=[algorithm], options=options)
    return decoded


@pytest.mark.parametrize("algorithm", ["RS256", "ES384"])
def test_token_is_signed_and_says_who_calls(desk: Desk, algorithm: str) -> None:
    response = desk.call("GetWebIdentityToken", **arguments(SigningAlgorithm=algorithm))
    said = claims(response, algorithm)
    assert said["iss"] == outbound_issuer(MAIN)
    assert said["aud"] == "https://api.example.com"
    assert said["sub"] == user_arn("alice")
    assert said["exp"] - said["iat"] == 300
    assert said[NAMESPACE]["aws_account"] == MAIN
    assert said[NAMESPACE]["org_id"] == "o-exampleorgid"
    assert response["Expiration"] == "2026-01-15T09:05:00Z"
    assert set(response) == {"WebIdentityToken", "Expiration"}


@pytest.mark.parametrize("algorithm", ["RS256", "ES384"])
def test_same_moment_gives_the_same_token(algorithm: str) -> None:
    first, second = (
        Desk().call("GetWebIdentityToken", **arguments(SigningAlgorithm=algorithm)) for _ in range(2)
    )
    assert first == second


def test_role_session_is_named_by_its_role_and_its_end(desk: Desk) -> None:
    tags = [{"Key": "team", "Value": "web"}]
    key = desk.key(desk.assume("App", Tags=tags, SourceIdentity="alice"))
    said = claims(desk.call("GetWebIdentityToken", by=key, **arguments()))
    assert said["sub"] == role_arn("App")
    own = said[NAMESPACE]
    assert own["original_session_exp"] == "2026-01-15T10:00:00Z"
    assert own["principal_tags"] == {"Heart": "9", "team": "web"}
    assert own["source_identity"] == "alice"


def test_several_audiences_are_a_list(desk: Desk) -> None:
    audiences = ["https://a.example", "https://b.example"]
    assert claims(desk.call("GetWebIdentityToken", **arguments(Audience=audiences)))["aud"] == audiences


def test_tags_become_claims(desk: Desk) -> None:
    tags = [{"Key": "job", "Value": "7"}]
    assert claims(desk.call("GetWebIdentityToken", **arguments(Tags=tags)))[NAMESPACE]["request_tags"] == {
        "job": "7"
    }


def test_account_has_to_enable_it() -> None:
    model = deepcopy(MODEL)
    model["Accounts"][0]["OutboundWebIdentityFederation"] = False
    refused = Desk(model=model).refusal("GetWebIdentityToken", **arguments())
    assert (refused.code, refused.status) == ("OutboundWebIdentityFederationDisabledException", 403)


def test_it_needs_permission_on_self_and_another_for_tags() -> None:
    model = deepcopy(MODEL)
    model["Accounts"][0]["UserDetailList"].append(working_user("tess", "sts:GetWebIdentityToken"))
    desk = Desk(model=model)
    assert "WebIdentityToken" in desk.call("GetWebIdentityToken", by="tess", **arguments())
    tags = [{"Key": "job", "Value": "7"}]
    assert "sts:TagGetWebIdentityToken" in desk.denied(
        "GetWebIdentityToken", by="tess", **arguments(Tags=tags)
    )
    message = desk.denied("GetWebIdentityToken", by="bob", **arguments())
    expected = f"is not authorized to perform: sts:GetWebIdentityToken on resource: arn:aws:sts::{MAIN}:self"
    assert expected in message


@pytest.mark.parametrize(
    ("condition", "allowed"),
    [
        ({"ForAllValues:StringEquals": {"sts:IdentityTokenAudience": "https://api.example.com"}}, True),
        ({"ForAllValues:StringEquals": {"sts:IdentityTokenAudience": "https://other.example"}}, False),
        ({"StringEquals": {"sts:SigningAlgorithm": "ES384"}}, True),
        ({"StringEquals": {"sts:SigningAlgorithm": "RS256"}}, False),
        ({"NumericLessThanEquals": {"sts:DurationSeconds": "300"}}, True),
        ({"NumericLessThanEquals": {"sts:DurationSeconds": "299"}}, False),
    ],
)
def test_policies_can_ask_for_audience_algorithm_and_duration(
    condition: dict[str, Any], allowed: bool
) -> None:
    model = deepcopy(MODEL)
    statement = {
        "Effect": "Allow",
        "Action": "sts:GetWebIdentityToken",
        "Resource": "*",
        "Condition": condition,
    }
    inline = [{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}]
    model["Accounts"][0]["UserDetailList"].append({"UserName": "tess", "UserPolicyList": inline})
    desk = Desk(model=model)
    if allowed:
        assert "WebIdentityToken" in desk.call("GetWebIdentityToken", by="tess", **arguments())
    else:
        assert desk.denied("GetWebIdentityToken", by="tess", **arguments())


def test_token_cannot_outlive_the_calling_session(desk: Desk) -> None:
    key = desk.key(desk.assume("App", DurationSeconds=900))
    assert "Expiration" in desk.call("GetWebIdentityToken", by=key, **arguments(DurationSeconds=900))
    refused = desk.refusal("GetWebIdentityToken", by=key, **arguments(DurationSeconds=901))
    assert (refused.code, refused.status) == ("SessionDurationEscalationException", 403)
    desk.sim.advance(601)
    assert (
        desk.refusal("GetWebIdentityToken", by=key, **arguments()).code
        == "SessionDurationEscalationException"
    )


def test_session_of_get_session_token_can_call_it(desk: Desk) -> None:
    key = desk.key(desk.call("GetSessionToken", SerialNumber=ALICE_MFA, TokenCode=desk.mfa_code()))
    assert claims(desk.call("GetWebIdentityToken", by=key, **arguments()))["sub"] == user_arn("alice")


def test_federated_user_cannot_call_it(desk: Desk) -> None:
    federated = desk.key(desk.call("GetFederationToken", Name="fred"))
    message = desk.denied("GetWebIdentityToken", by=federated, **arguments())
    assert message == (
        f"User: arn:aws:sts::{MAIN}:federated-user/fred is not authorized to perform: "
        f"sts:GetWebIdentityToken on resource: arn:aws:sts::{MAIN}:self"
    )


def test_payload_has_a_limit(desk: Desk) -> None:
    def tags(number: int) -> list[dict[str, str]]:
        return [{"Key": f"k{index:02}", "Value": "v" * 256} for index in range(number)]

    assert "WebIdentityToken" in desk.call("GetWebIdentityToken", **arguments(Tags=tags(40)))
    refused = desk.refusal(
        "GetWebIdentityToken", **arguments(Tags=[{**tag, "Key": tag["Key"] * 40} for tag in tags(50)])
    )
    assert (refused.code, refused.status) == ("JWTPayloadSizeExceededException", 400)


def test_global_endpoint_does_not_know_it(desk: Desk) -> None:
    assert desk.refusal("GetWebIdentityToken", region="aws-global", **arguments()).code == "InvalidAction"


@pytest.mark.parametrize(
    ("name", "good", "bad", "constraint"),
    [
        ("DurationSeconds", 60, 59, "Member must have value greater than or equal to 60"),
        ("DurationSeconds", 3600, 3601, "Member must have value less than or equal to 3600"),
        ("Audience", ["a"] * 10, ["a"] * 11, "Member must have length less than or equal to 10"),
        ("Audience", ["a"], [], "Member must have length greater than or equal to 1"),
        ("Audience", ["a" * 1000], ["a" * 1001], "greater than or equal to 1]"),
        ("SigningAlgorithm", "RS256", "HS256", "Member must satisfy enum value set: [ES384, RS256]"),
    ],
)
def test_bounds_of_the_parameters(desk: Desk, name: str, good: Any, bad: Any, constraint: str) -> None:
    assert "WebIdentityToken" in desk.call("GetWebIdentityToken", **arguments(**{name: good}))
    assert desk.invalid("GetWebIdentityToken", **arguments(**{name: bad})).endswith(constraint)


def test_expiration_is_what_the_token_says(desk: Desk) -> None:
    response = desk.call("GetWebIdentityToken", **arguments(DurationSeconds=61))
    assert datetime.fromisoformat(response["Expiration"]).timestamp() == claims(response)["exp"]
