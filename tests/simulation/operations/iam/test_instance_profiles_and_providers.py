"""Instance profiles and identity providers: what AWS answers, refuses, and leaves behind."""

from __future__ import annotations

from typing import Any

import pytest

from tests.accounts.bench import ACCOUNT, bench, bench_of, refusal
from tests.accounts.policies import arn, trusts

OPS = {
    "RoleName": "Ops",
    "AssumeRolePolicyDocument": trusts({"Service": "ec2.amazonaws.com"}),
    "MaxSessionDuration": 3600,
}
GITHUB = "token.actions.githubusercontent.com"
GITHUB_ARN = arn(f"oidc-provider/{GITHUB}")
SIGNERS = [
    {"Name": "github", "Type": "OIDC", "Issuer": f"https://{GITHUB}"},
    {"Name": "acme-sso", "Type": "SAML", "Issuer": "https://sso.acme.example/idp"},
]
METADATA = f"<EntityDescriptor entityID='https://sso.acme.example/idp'>{' ' * 1000}</EntityDescriptor>"


def test_instance_profile_takes_one_role_and_needs_pass_role() -> None:
    aws = bench(RoleDetailList=[OPS, {**OPS, "RoleName": "Other"}])
    made = aws("iam:CreateInstanceProfile", InstanceProfileName="web", Path="/x/")["InstanceProfile"]
    assert (made["Arn"], made["Roles"]) == (arn("instance-profile/x/web"), [])
    assert made["InstanceProfileId"].startswith("AIPA")
    aws("iam:AddRoleToInstanceProfile", InstanceProfileName="web", RoleName="Ops")
    assert [(one.action, one.resource) for one in aws.asked] == [
        ("iam:AddRoleToInstanceProfile", arn("instance-profile/x/web")),
        ("iam:PassRole", arn("role/Ops")),
    ]
    assert aws.asked[1].context["iam:PassedToService"] == "ec2.amazonaws.com"
    found = aws("iam:GetInstanceProfile", InstanceProfileName="web")["InstanceProfile"]
    assert [role["RoleName"] for role in found["Roles"]] == ["Ops"]
    assert sorted(found["Roles"][0]) == [
        "Arn", "AssumeRolePolicyDocument", "CreateDate", "Path", "RoleId", "RoleName",
    ]  # fmt: skip
    assert found["Tags"] == []  # always there; lists leave it out
    listed = {name: value for name, value in found.items() if name != "Tags"}
    assert aws("iam:ListInstanceProfilesForRole", RoleName="Ops")["InstanceProfiles"] == [listed]
    assert aws("iam:ListInstanceProfiles")["InstanceProfiles"] == [listed]
    full = refusal(aws, "iam:AddRoleToInstanceProfile", InstanceProfileName="web", RoleName="Other")
    assert full == ("LimitExceeded", 409, "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1")


def test_instance_profile_with_a_role_is_not_deleted() -> None:
    aws = bench(RoleDetailList=[{**OPS, "InstanceProfileList": [{"InstanceProfileName": "web"}]}])
    assert refusal(aws, "iam:DeleteInstanceProfile", InstanceProfileName="web") == (
        "DeleteConflict",
        409,
        "Cannot delete entity, must remove roles from instance profile first.",
    )
    aws("iam:RemoveRoleFromInstanceProfile", InstanceProfileName="web", RoleName="Ops")
    aws("iam:DeleteInstanceProfile", InstanceProfileName="web")
    assert refusal(aws, "iam:GetInstanceProfile", InstanceProfileName="web") == (
        "NoSuchEntity",
        404,
        "Instance Profile web cannot be found.",
    )
    aws("iam:DeleteRole", RoleName="Ops")


def test_instance_profile_refuses_namesakes_missing_and_service_linked_roles() -> None:
    linked = {**OPS, "RoleName": "AWSServiceRoleForX", "Path": "/aws-service-role/x.amazonaws.com/"}
    aws = bench(RoleDetailList=[linked], InstanceProfiles=[{"InstanceProfileName": "web"}])
    expected = ("EntityAlreadyExists", 409, "Instance Profile WEB already exists.")
    assert refusal(aws, "iam:CreateInstanceProfile", InstanceProfileName="WEB") == expected
    expected = ("NoSuchEntity", 404, "The role with name no cannot be found.")
    assert refusal(aws, "iam:AddRoleToInstanceProfile", InstanceProfileName="web", RoleName="no") == expected
    code, status, _ = refusal(
        aws, "iam:AddRoleToInstanceProfile", InstanceProfileName="web", RoleName="AWSServiceRoleForX"
    )
    assert (code, status) == ("UnmodifiableEntity", 400)


def test_oidc_provider_is_known_by_its_url_without_scheme() -> None:
    aws = bench_of({"Accounts": [{"AccountId": ACCOUNT}], "IdentityProviders": SIGNERS})
    made = aws(
        "iam:CreateOpenIDConnectProvider",
        Url=f"https://{GITHUB}",
        ClientIDList=["sts.amazonaws.com"],
        Tags=[{"Key": "a", "Value": "b"}],
    )
    assert made == {"OpenIDConnectProviderArn": GITHUB_ARN, "Tags": [{"Key": "a", "Value": "b"}]}
    assert [one.action for one in aws.asked] == [
        "iam:CreateOpenIDConnectProvider",
        "iam:TagOpenIDConnectProvider",
    ]
    assert aws.configuration.oidc_providers[GITHUB_ARN].identity_provider == "github"
    assert aws("iam:GetOpenIDConnectProvider", OpenIDConnectProviderArn=GITHUB_ARN) == {
        "CreateDate": "2026-01-15T10:00:00Z",
        "Url": GITHUB,
        "ClientIDList": ["sts.amazonaws.com"],
        "ThumbprintList": [],
        "Tags": [{"Key": "a", "Value": "b"}],
    }
    assert aws("iam:ListOpenIDConnectProviders") == {"OpenIDConnectProviderList": [{"Arn": GITHUB_ARN}]}
    assert refusal(aws, "iam:CreateOpenIDConnectProvider", Url=f"https://{GITHUB}") == (
        "EntityAlreadyExists",
        409,
        f"Provider with url https://{GITHUB} already exists.",
    )
    expected = ("ValidationError", 400, "Invalid Open ID Connect Provider URL")
    for url in ("http://plain.example", "https://a.example:8443", "https://a.example/?tenant=1", "a.example"):
        assert refusal(aws, "iam:CreateOpenIDConnectProvider", Url=url) == expected, url


def test_oidc_client_ids_are_added_and_removed_and_deleting_twice_is_refused() -> None:
    aws = bench(OpenIDConnectProviders=[{"Url": GITHUB, "ClientIDList": ["a"]}])
    name = {"OpenIDConnectProviderArn": GITHUB_ARN}

    def client_ids() -> Any:
        return aws("iam:GetOpenIDConnectProvider", **name)["ClientIDList"]

    for _ in range(2):
        aws("iam:AddClientIDToOpenIDConnectProvider", **name, ClientID="b")
    assert client_ids() == ["a", "b"]
    for _ in range(2):
        aws("iam:RemoveClientIDFromOpenIDConnectProvider", **name, ClientID="a")
    assert client_ids() == ["b"]
    thumbprint = "0" * 40
    aws("iam:UpdateOpenIDConnectProviderThumbprint", **name, ThumbprintList=[thumbprint])
    assert aws("iam:GetOpenIDConnectProvider", **name)["ThumbprintList"] == [thumbprint]
    assert aws.answer("iam:DeleteOpenIDConnectProvider", **name).configuration is not None
    assert refusal(aws, "iam:DeleteOpenIDConnectProvider", **name) == (
        "NoSuchEntity",
        404,
        "OpenId connect Provider ARN cannot be found.",
    )
    assert refusal(aws, "iam:GetOpenIDConnectProvider", **name) == (
        "NoSuchEntity",
        404,
        f"OpenIDConnect Provider not found for arn {GITHUB_ARN}",
    )


def test_oidc_provider_has_a_hundred_client_ids_and_five_thumbprints_at_most() -> None:
    aws = bench()
    many = [f"client{number}" for number in range(101)]
    assert refusal(aws, "iam:CreateOpenIDConnectProvider", Url="https://a.example", ClientIDList=many) == (
        "LimitExceeded",
        409,
        "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100",
    )
    thumbprints = [f"{number:040}" for number in range(6)]
    refused = refusal(
        aws, "iam:CreateOpenIDConnectProvider", Url="https://a.example", ThumbprintList=thumbprints
    )
    assert refused == ("InvalidInput", 400, "Thumbprint list must contain fewer than 5 entries.")


def test_a_thumbprint_is_hexadecimal() -> None:
    aws = bench()
    given = {"Url": "https://a.example", "ThumbprintList": ["z" * 40]}
    assert refusal(aws, "iam:CreateOpenIDConnectProvider", **given)[:2] == ("InvalidInput", 400)
    assert aws("iam:CreateOpenIDConnectProvider", **{**given, "ThumbprintList": ["aF" * 20]})


def test_saml_provider_is_found_by_the_issuer_in_its_metadata() -> None:
    aws = bench_of({"Accounts": [{"AccountId": ACCOUNT}], "IdentityProviders": SIGNERS})
    made = aws("iam:CreateSAMLProvider", Name="sso", SAMLMetadataDocument=METADATA)
    assert made == {"SAMLProviderArn": arn("saml-provider/sso")}
    assert aws.configuration.saml_providers[arn("saml-provider/sso")].identity_provider == "acme-sso"
    assert [one["Arn"] for one in aws("iam:ListSAMLProviders")["SAMLProviderList"]] == [
        arn("saml-provider/sso")
    ]
    assert refusal(aws, "iam:CreateSAMLProvider", Name="sso", SAMLMetadataDocument=METADATA)[:2] == (
        "EntityAlreadyExists",
        409,
    )
    aws("iam:DeleteSAMLProvider", SAMLProviderArn=arn("saml-provider/sso"))
    assert refusal(aws, "iam:GetSAMLProvider", SAMLProviderArn=arn("saml-provider/sso")) == (
        "NoSuchEntity",
        404,
        f"Manifest not found for arn {arn('saml-provider/sso')}",
    )
    refused = refusal(aws, "iam:CreateSAMLProvider", Name="x", SAMLMetadataDocument="<x/>" + " " * 1000)
    assert refused == ("InvalidInput", 400, "Could not parse metadata")


@pytest.mark.parametrize(
    ("noun", "key", "members"),
    [
        (
            "InstanceProfile",
            {"InstanceProfileName": "web"},
            {"InstanceProfiles": [{"InstanceProfileName": "web"}]},
        ),
        ("SAMLProvider", {"SAMLProviderArn": arn("saml-provider/sso")}, {"SAMLProviders": [{"Name": "sso"}]}),
        (
            "OpenIDConnectProvider",
            {"OpenIDConnectProviderArn": GITHUB_ARN},
            {"OpenIDConnectProviders": [{"Url": GITHUB}]},
        ),
    ],
)
def test_everything_else_can_be_tagged_too(noun: str, key: dict[str, str], members: dict[str, Any]) -> None:
    aws = bench(**members)
    aws(f"iam:Tag{noun}", **key, Tags=[{"Key": "a", "Value": "b"}, {"Key": "A", "Value": "c"}][:1])
    aws(f"iam:Tag{noun}", **key, Tags=[{"Key": "A", "Value": "c"}])
    assert [one["Key"] for one in aws(f"iam:List{noun}Tags", **key)["Tags"]] == ["A", "a"]
    assert aws.asked[0].context == {"aws:ResourceTag/a": "b", "aws:ResourceTag/A": "c"}
    aws(f"iam:Untag{noun}", **key, TagKeys=["a"])
    assert [one["Key"] for one in aws(f"iam:List{noun}Tags", **key)["Tags"]] == ["A"]


def test_outbound_federation_is_switched_once() -> None:
    aws = bench()
    expected = ("FeatureDisabled", 404)
    assert refusal(aws, "iam:GetOutboundWebIdentityFederationInfo")[:2] == expected
    issuer = aws("iam:EnableOutboundWebIdentityFederation")["IssuerIdentifier"]
    assert issuer.startswith("https://")
    assert aws.configuration.accounts[ACCOUNT].outbound_web_identity_federation
    assert aws("iam:GetOutboundWebIdentityFederationInfo") == {
        "IssuerIdentifier": issuer,
        "JwtVendingEnabled": True,
    }
    assert refusal(aws, "iam:EnableOutboundWebIdentityFederation")[:2] == ("FeatureEnabled", 409)
    aws("iam:DisableOutboundWebIdentityFederation")
    assert refusal(aws, "iam:DisableOutboundWebIdentityFederation")[:2] == expected


@pytest.mark.parametrize(
    "params",
    [
        {"AddPrivateKey": "-----BEGIN PRIVATE KEY-----"},
        {"AssertionEncryptionMode": "Required"},
    ],
)
def test_encrypted_assertions_are_refused_as_not_simulated(params: dict[str, str]) -> None:
    aws = bench()
    code, _, message = refusal(
        aws, "iam:CreateSAMLProvider", Name="sso", SAMLMetadataDocument=METADATA, **params
    )
    assert (code, "not simulated" in message) == ("InvalidInput", True)
    made = aws("iam:CreateSAMLProvider", Name="sso", SAMLMetadataDocument=METADATA)["SAMLProviderArn"]
    message = refusal(aws, "iam:UpdateSAMLProvider", SAMLProviderArn=made, **params)[2]
    assert "not simulated" in message
