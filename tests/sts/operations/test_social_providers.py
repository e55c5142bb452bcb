"""Login with Amazon, Facebook and Google: providers that roles trust by name.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
"""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.sts.errors import AwsError
from sts_tui.tours.playing.values import ValueSource
from sts_tui.tours.reading.substitutions import Substitution
from tests.accounts.organization import Desk, working_role
from tests.accounts.policies import MAIN, allows, role_arn, trust

ACTION = "sts:AssumeRoleWithWebIdentity"
FACEBOOK, AMAZON = "graph.facebook.com", "www.amazon.com"


def _role(name: str, provider: str, **condition: Any) -> dict[str, Any]:
    tests = {f"{provider}:{key}": value for key, value in condition.items()}
    statement = trust({"Federated": provider}, ACTION, Condition={"StringEquals": tests})
    role = working_role(name, statement)
    home = f"arn:aws:s3:::photos/${{{provider}:{'user_id' if provider == AMAZON else 'id'}}}/*"
    role["RolePolicyList"] = [
        {"PolicyName": "own", "PolicyDocument": allows("s3:PutObject", home)},
    ]
    return role


MODEL = {
    "Accounts": [
        {
            "AccountId": MAIN,
            "RoleDetailList": [
                _role("Friends", FACEBOOK, app_id="4711", id="100001"),
                _role("Shoppers", AMAZON, app_id="amzn1.application.web"),
                _role("Players", "accounts.google.com", aud="game.apps.example", sub="2222"),
            ],
        }
    ],
    "IdentityProviders": [
        {
            "Name": "facebook",
            "Type": "Facebook",
            "ClientId": "4711",
            "Users": [{"Name": "ana", "Claims": {"id": "100001"}}, {"Name": "bob"}],
        },
        {
            "Name": "amazon",
            "Type": "Amazon",
            "ClientId": "amzn1.application.web",
            "Users": [{"Name": "carl", "Claims": {"user_id": "amzn1.account.CARL"}}],
        },
        {
            "Name": "google",
            "Type": "Google",
            "ClientId": "game.apps.example",
            "Users": [{"Name": "dora", "Claims": {"sub": "2222"}}],
        },
    ],
}


@pytest.fixture
def desk() -> Desk:
    return Desk(model=MODEL)


def _token(desk: Desk, who: str) -> str:
    kind = "oidc" if who.startswith("google") else "token"
    return ValueSource(desk.sim, MAIN).value(Substitution(kind, who), None)


def _params(desk: Desk, role: str, provider: str, who: str) -> dict[str, Any]:
    params = {
        "by": "anonymous",
        "RoleArn": role_arn(role),
        "RoleSessionName": "web",
        "WebIdentityToken": _token(desk, who),
    }
    return params if who.startswith("google") else {**params, "ProviderId": provider}


def _redeem(desk: Desk, role: str, provider: str, who: str) -> dict[str, Any]:
    return desk.call("AssumeRoleWithWebIdentity", **_params(desk, role, provider, who))


def _refused(desk: Desk, role: str, provider: str, who: str) -> AwsError:
    return desk.refusal("AssumeRoleWithWebIdentity", **_params(desk, role, provider, who))


@pytest.mark.parametrize(
    ("role", "provider", "who", "subject", "audience"),
    [
        ("Friends", FACEBOOK, "facebook/ana", "100001", "4711"),
        ("Shoppers", AMAZON, "amazon/carl", "amzn1.account.CARL", "amzn1.application.web"),
        ("Players", "accounts.google.com", "google/dora", "2222", "game.apps.example"),
    ],
)
def test_the_answer_names_provider_app_and_person(
    desk: Desk, role: str, provider: str, who: str, subject: str, audience: str
) -> None:
    answer = _redeem(desk, role, provider, who)
    assert answer["Provider"] == provider
    assert answer["SubjectFromWebIdentityToken"] == subject
    assert answer["Audience"] == audience
    session = desk.session(answer)
    assert session.context["aws:FederatedProvider"] == provider
    assert session.parent_label == who


def test_the_users_id_stays_a_policy_variable_of_the_session(desk: Desk) -> None:
    for role, provider, who, own in (
        ("Friends", FACEBOOK, "facebook/ana", "100001"),
        ("Shoppers", AMAZON, "amazon/carl", "amzn1.account.CARL"),
    ):
        key = desk.key(_redeem(desk, role, provider, who))
        desk.sim.request("s3:PutObject", f"arn:aws:s3:::photos/{own}/x.jpg", caller=key)
        with pytest.raises(AwsError):
            desk.sim.request("s3:PutObject", "arn:aws:s3:::photos/another/x.jpg", caller=key)
        assert f"{provider}:app_id" not in desk.sim.world.sessions[key].context


def test_another_person_and_another_app_are_denied_by_the_trust_policy(desk: Desk) -> None:
    for who in ("facebook/bob", "facebook/ana?app_id=815"):
        refusal = _refused(desk, "Friends", FACEBOOK, who)
        assert (refusal.code, refusal.status) == ("AccessDenied", 403)
        assert refusal.message == f"Not authorized to perform {ACTION}"


@pytest.mark.parametrize("change", ["exp=-1", "signature=forged", "signature=broken"])
def test_a_token_that_the_provider_does_not_accept_is_a_rejected_claim(desk: Desk, change: str) -> None:
    refusal = _refused(desk, "Friends", FACEBOOK, f"facebook/ana?{change}")
    assert (refusal.code, refusal.status) == ("IDPRejectedClaim", 403)
    assert refusal.message == f"{FACEBOOK}: {FACEBOOK} responded with HTTP/1.1 400 Bad Request"
    assert "facebook" in refusal.hint


def test_tokens_expire_by_the_simulated_clock(desk: Desk) -> None:
    params = _params(desk, "Friends", FACEBOOK, "facebook/ana")
    desk.sim.advance(3599)
    assert "Credentials" in desk.call("AssumeRoleWithWebIdentity", **params)
    desk.sim.advance(1)
    assert desk.refusal("AssumeRoleWithWebIdentity", **params).code == "IDPRejectedClaim"


def test_a_token_of_one_provider_is_nothing_to_another(desk: Desk) -> None:
    params = {**_params(desk, "Shoppers", AMAZON, "amazon/carl"), "ProviderId": FACEBOOK}
    assert desk.refusal("AssumeRoleWithWebIdentity", **params).code == "IDPRejectedClaim"


def test_without_provider_id_an_access_token_is_no_jwt(desk: Desk) -> None:
    params = _params(desk, "Friends", FACEBOOK, "facebook/ana")
    del params["ProviderId"]
    refusal = desk.refusal("AssumeRoleWithWebIdentity", **params)
    assert refusal.code == "InvalidIdentityToken"
    assert "You may see this error if you sent an Access Token" in refusal.message


def test_access_tokens_carry_neither_tags_nor_a_source_identity(desk: Desk) -> None:
    session = desk.session(_redeem(desk, "Friends", FACEBOOK, "facebook/ana"))
    assert session.tags == ()
    assert session.source_identity is None
