"""Members that IAM gained in November 2026: sign-in durations and trusted identity propagation."""

from __future__ import annotations

from typing import Any

import pytest

from tests.accounts.bench import Bench, bench, refusal
from tests.accounts.policies import arn, trusts

EC2 = trusts({"Service": "ec2.amazonaws.com"})
METADATA = f"<EntityDescriptor entityID='https://sso.acme.example/idp'>{' ' * 1000}</EntityDescriptor>"
INSTANCE = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
CONTEXT: dict[str, Any] = {
    "SubjectSourceKey": "sub",
    "SubjectTypeValue": "user",
    "KeyDefinitionList": [{"SourceKey": "cost center", "TargetKey": "CostCenter"}],
}
OIDC = arn("oidc-provider/idp.example.com")
SAML = arn("saml-provider/sso")


def providers(**members: Any) -> Bench:
    aws = bench()
    aws("iam:CreateSAMLProvider", Name="sso", SAMLMetadataDocument=METADATA, **members)
    aws("iam:CreateOpenIDConnectProvider", Url="https://idp.example.com", **members)
    return aws


def found(aws: Bench, kind: str) -> dict[str, Any]:
    name = {"SAMLProviderArn": SAML} if kind == "SAML" else {"OpenIDConnectProviderArn": OIDC}
    return aws(f"iam:Get{kind}Provider", **name)


def update(aws: Bench, kind: str, **members: Any) -> None:
    name = {"SAMLProviderArn": SAML} if kind == "SAML" else {"OpenIDConnectProviderArn": OIDC}
    aws(f"iam:Update{kind}Provider", **name, **members)


KINDS = ("SAML", "OpenIDConnect")


@pytest.mark.parametrize("seconds", [3600, 7_776_000])
def test_sign_in_duration_of_a_role_is_set_shown_and_reset(seconds: int) -> None:
    aws = bench()
    aws("iam:CreateRole", RoleName="Ops", AssumeRolePolicyDocument=EC2)
    assert "MaxSigninSessionDuration" not in aws("iam:GetRole", RoleName="Ops")["Role"]
    aws("iam:UpdateRole", RoleName="Ops", MaxSigninSessionDuration=seconds)
    assert aws("iam:GetRole", RoleName="Ops")["Role"]["MaxSigninSessionDuration"] == seconds
    aws("iam:UpdateRole", RoleName="Ops", Description="kept")
    assert aws("iam:GetRole", RoleName="Ops")["Role"]["MaxSigninSessionDuration"] == seconds
    aws("iam:UpdateRole", RoleName="Ops", ResetMaxSigninSessionDuration=True)
    assert "MaxSigninSessionDuration" not in aws("iam:GetRole", RoleName="Ops")["Role"]


@pytest.mark.parametrize(
    ("seconds", "bound"), [(3599, "greater than or equal to 3600"), (7_776_001, "7776000")]
)
def test_sign_in_duration_has_bounds(seconds: int, bound: str) -> None:
    aws = bench()
    code, _, message = refusal(
        aws,
        "iam:CreateRole",
        RoleName="Ops",
        AssumeRolePolicyDocument=EC2,
        MaxSigninSessionDuration=seconds,
    )
    assert code == "ValidationError"
    assert bound in message


def test_sign_in_duration_is_not_set_and_reset_together() -> None:
    aws = bench()
    aws("iam:CreateRole", RoleName="Ops", AssumeRolePolicyDocument=EC2, MaxSigninSessionDuration=7200)
    both = {"MaxSigninSessionDuration": 3600, "ResetMaxSigninSessionDuration": True}
    assert refusal(aws, "iam:UpdateRole", RoleName="Ops", **both)[0] == "InvalidInput"


@pytest.mark.parametrize("kind", KINDS)
def test_context_provider_is_kept_listed_replaced_and_removed(kind: str) -> None:
    aws = providers(ContextProvider=CONTEXT, IdentityCenterInstanceArn=INSTANCE)
    assert found(aws, kind)["ContextProvider"] == CONTEXT
    assert found(aws, kind)["IdentityCenterInstanceArn"] == INSTANCE
    listed = aws(f"iam:List{kind}Providers")[f"{kind}ProviderList"]
    assert [one["IsTrustedIdentityPropagationEnabled"] for one in listed] == [True]
    update(aws, kind, ContextProvider={"SubjectSourceKey": "email"})
    assert found(aws, kind)["ContextProvider"] == {"SubjectSourceKey": "email"}
    update(aws, kind, RemoveContextProvider=True, RemoveIdentityCenterInstance=True)
    assert not {"ContextProvider", "IdentityCenterInstanceArn"} & set(found(aws, kind))
    assert (
        "IsTrustedIdentityPropagationEnabled" not in aws(f"iam:List{kind}Providers")[f"{kind}ProviderList"][0]
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "members",
    [
        {"IdentityCenterInstanceArn": INSTANCE},
        {"ContextProvider": CONTEXT, "IdentityCenterInstanceArn": "arn:aws:sso:::instance/other"},
        {"ContextProvider": {**CONTEXT, "SubjectTypeSourceKey": "type"}},
        {"ContextProvider": {"SubjectSourceKey": " sub"}},
        {"ContextProvider": {"SubjectSourceKey": "two  spaces"}},
        {"ContextProvider": {"SubjectSourceKey": "sub", "KeyDefinitionList": [{"SourceKey": "ü"}]}},
        {"ContextProvider": CONTEXT, "RemoveContextProvider": True},
        {"IdentityCenterInstanceArn": INSTANCE, "RemoveIdentityCenterInstance": True},
    ],
)
def test_context_providers_that_contradict_themselves_are_refused(kind: str, members: dict[str, Any]) -> None:
    aws = providers()
    name = {"SAMLProviderArn": SAML} if kind == "SAML" else {"OpenIDConnectProviderArn": OIDC}
    assert refusal(aws, f"iam:Update{kind}Provider", **name, **members)[:2] == ("InvalidInput", 400)


@pytest.mark.parametrize("kind", KINDS)
def test_context_provider_maps_ten_keys_at_most(kind: str) -> None:
    aws = providers()
    keys = [{"SourceKey": f"k{number}"} for number in range(10)]
    update(aws, kind, ContextProvider={"SubjectSourceKey": "sub", "KeyDefinitionList": keys})
    name = {"SAMLProviderArn": SAML} if kind == "SAML" else {"OpenIDConnectProviderArn": OIDC}
    eleven = {"SubjectSourceKey": "sub", "KeyDefinitionList": [*keys, {"SourceKey": "k10"}]}
    assert refusal(aws, f"iam:Update{kind}Provider", **name, ContextProvider=eleven)[0] == "ValidationError"


def test_updated_metadata_exchanges_the_issuer() -> None:
    aws = providers()
    other = METADATA.replace("sso.acme.example", "new.acme.example")
    update(aws, "SAML", SAMLMetadataDocument=other)
    assert found(aws, "SAML")["SAMLMetadataDocument"] == other
    assert refusal(aws, "iam:UpdateSAMLProvider", SAMLProviderArn=SAML, SAMLMetadataDocument="x" * 1000) == (
        "InvalidInput",
        400,
        "Could not parse metadata",
    )


def test_members_of_answers_about_providers() -> None:
    aws = providers()
    assert sorted(found(aws, "SAML")) == [
        "AssertionEncryptionMode", "CreateDate", "PrivateKeyList", "SAMLMetadataDocument",
        "SAMLProviderUUID", "Tags", "ValidUntil",
    ]  # fmt: skip
    assert sorted(found(aws, "OpenIDConnect")) == [
        "ClientIDList",
        "CreateDate",
        "Tags",
        "ThumbprintList",
        "Url",
    ]
    assert sorted(aws("iam:ListSAMLProviders")["SAMLProviderList"][0]) == ["Arn", "CreateDate", "ValidUntil"]
    assert aws("iam:ListOpenIDConnectProviders")["OpenIDConnectProviderList"] == [{"Arn": OIDC}]
