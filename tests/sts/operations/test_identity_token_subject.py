"""SubjectMode and Scope. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html"""

from __future__ import annotations

from typing import Any

import jwt
import pytest
from msgspec.structs import replace

from sts_tui.account.entities import Settings
from sts_tui.sts.errors import AwsError
from sts_tui.sts.identity import CallerIdentity, session_identity
from sts_tui.sts.ids import IdSource
from sts_tui.sts.operation import Call
from sts_tui.sts.operations.get_web_identity_token import get_web_identity_token
from sts_tui.sts.operations.identity_token_subject import principal_arn, subject
from tests.accounts.organization import Desk
from tests.accounts.policies import MAIN, allow, policy, role_arn

AUDIENCE = ["https://api.example.com"]
ISSUER = {"aws:OriginIdentity/Issuer": "idp.example.com"}
NAMESPACE = "https://sts.amazonaws.com/"


def arguments(**given: Any) -> dict[str, Any]:
    return {"Audience": AUDIENCE, "SigningAlgorithm": "ES384", **given}


def caller_with(context: dict[str, str]) -> CallerIdentity:
    desk = Desk()
    return session_identity(replace(desk.session(desk.assume("App")), context=context))


def originating(name: str) -> CallerIdentity:
    return caller_with({"aws:OriginIdentity/Subject": name, **ISSUER})


def claims_of(caller: CallerIdentity, asked: dict[str, Any] | None = None, **params: Any) -> dict[str, Any]:
    """The claims of a token; `asked` collects the actions that were authorized, with their condition keys."""
    desk = Desk()
    seen = asked if asked is not None else {}

    def authorize(action: str, resource: str = "*", **more: Any) -> Any:
        seen[action] = more["context"]

    call = Call(
        operation="sts:GetWebIdentityToken", params=arguments(**params), caller=caller, account=MAIN,
        configuration=desk.sim.world.configuration, sessions={}, settings=Settings(), identity_providers={},
        now=desk.now, region="us-east-1", ids=IdSource(1), authorize=authorize,
    )  # fmt: skip
    token = get_web_identity_token(call).response["WebIdentityToken"]
    decoded: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return decoded


def test_aws_identity_is_the_default_and_names_the_principal() -> None:
    caller = originating("ana@acme.example")
    claims = claims_of(caller)
    assert claims["sub"] == principal_arn(caller) == role_arn("App")
    assert "subject_mode" not in claims[NAMESPACE]
    assert "scope" not in claims


def test_origin_identity_names_the_person_and_principal_id_still_names_the_role() -> None:
    claims = claims_of(originating("ana@acme.example"), SubjectMode="OriginIdentity", Scope="read write:all")
    assert claims["sub"] == "ana@acme.example"
    assert claims["scope"] == "read write:all"
    assert claims[NAMESPACE]["subject_mode"] == "OriginIdentity"
    assert claims[NAMESPACE]["principal_id"] == role_arn("App")


def test_scope_needs_a_permission_of_its_own_and_sets_condition_keys() -> None:
    asked: dict[str, Any] = {}
    claims_of(originating("ana"), asked, SubjectMode="OriginIdentity", Scope="read write")
    assert list(asked) == ["sts:GetWebIdentityToken", "sts:SetWebIdentityTokenScope"]
    for context in asked.values():
        assert context["sts:SubjectMode"] == "OriginIdentity"
        assert context["sts:IdentityTokenScope"] == ["read", "write"]


def test_provider_arn_stands_in_for_the_issuer() -> None:
    context = {
        "aws:OriginIdentity/Subject": "ana",
        "aws:OriginIdentity/FederatedProviderArn": "arn:aws:iam::1:x",
    }
    assert subject(caller_with(context), "OriginIdentity") == "ana"


@pytest.mark.parametrize(
    "context",
    [{}, ISSUER, {"aws:OriginIdentity/Subject": "ana"}, {"aws:OriginIdentity/Subject": "  ", **ISSUER}],
)
def test_without_subject_or_provider_it_is_a_validation_error(context: dict[str, str]) -> None:
    with pytest.raises(AwsError) as refusal:
        subject(caller_with(context), "OriginIdentity")
    assert (refusal.value.code, refusal.value.status) == ("ValidationError", 400)


@pytest.mark.parametrize(
    "name", ["arn:aws:iam::1:role/x", "ARN:x", " ana", "ana ", "a\u200bna", "a\u2028na", "a\tb"]
)
def test_misleading_subjects_are_denied(name: str) -> None:
    with pytest.raises(AwsError) as refusal:
        subject(originating(name), "OriginIdentity")
    assert (refusal.value.code, refusal.value.status) == ("AccessDenied", 403)


@pytest.mark.parametrize("name", ["ana maria", "ana/arn:x", "bjørn@acme.example"])
def test_ordinary_subjects_are_accepted(name: str) -> None:
    assert subject(originating(name), "OriginIdentity") == name


@pytest.mark.parametrize(
    ("given", "term"),
    [
        ({"Scope": "read"}, "SubjectMode"),
        ({"Scope": "read", "SubjectMode": "AWSIdentity"}, "SubjectMode"),
        ({"Scope": "read", "SubjectMode": "OriginIdentity", "Audience": ["a", "b"]}, "audience"),
        ({"Scope": "read read", "SubjectMode": "OriginIdentity"}, "repeated"),
        ({"Scope": "read ", "SubjectMode": "OriginIdentity"}, "pattern"),
        ({"Scope": 'read"', "SubjectMode": "OriginIdentity"}, "pattern"),
        ({"Scope": "r" * 257, "SubjectMode": "OriginIdentity"}, "256"),
        ({"SubjectMode": "Somebody"}, "enum"),
        ({"SubjectMode": "OriginIdentity"}, "origin identity"),
    ],
)
def test_scope_and_subject_mode_that_sts_refuses(desk: Desk, given: dict[str, Any], term: str) -> None:
    assert term in desk.invalid("GetWebIdentityToken", **arguments(**given))


def test_values_of_a_scope_are_case_sensitive() -> None:
    claims = claims_of(originating("ana"), SubjectMode="OriginIdentity", Scope="read READ")
    assert claims["scope"] == "read READ"


@pytest.mark.parametrize(("mode", "allowed"), [("AWSIdentity", True), ("OriginIdentity", False)])
def test_policies_can_ask_for_the_subject_mode(desk: Desk, mode: str, allowed: bool) -> None:
    condition = {"StringEquals": {"sts:SubjectMode": mode}}
    document = policy(allow("sts:GetWebIdentityToken", Condition=condition))
    desk.sim.call("iam:PutUserPolicy", {"UserName": "bob", "PolicyName": "mode", "PolicyDocument": document})
    if allowed:
        assert "WebIdentityToken" in desk.call("GetWebIdentityToken", by="bob", **arguments())
    else:
        assert desk.denied("GetWebIdentityToken", by="bob", **arguments())
