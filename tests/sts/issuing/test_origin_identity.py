"""Trusted identity propagation. https://docs.aws.amazon.com/IAM/latest/APIReference/API_ContextProvider.html"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import jwt
import pytest

from sts_tui.iam import Outcome
from sts_tui.identity_providers.oidc import issue_oidc
from sts_tui.identity_providers.saml import issue_saml
from tests.accounts.organization import GITHUB, GITHUB_ARN, MODEL, SSO_ARN, Desk
from tests.accounts.policies import MAIN, allow, policy, role_arn

CONTEXT = {
    "SubjectSourceKey": "actor",
    "SubjectTypeValue": "user",
    "KeyDefinitionList": [{"SourceKey": "repository", "TargetKey": "repo"}, {"SourceKey": "ref"}],
}
CLAIMS = {"actor": "ana", "repository": "acme/app"}
BUCKET = "arn:aws:s3:::data/x"


def desk_with(context: dict[str, Any] | None = CONTEXT, **settings: Any) -> Desk:
    model = deepcopy(MODEL)
    account = model["Accounts"][0]
    if context is not None:
        account["OpenIDConnectProviders"][0]["ContextProvider"] = context
        account["SAMLProviders"][0]["ContextProvider"] = {
            "SubjectSourceKey": "https://acme.example/person",
            "SubjectTypeSourceKey": "https://acme.example/kind",
        }
    return Desk(model=model, settings=settings)


def by_token(desk: Desk, **claims: Any) -> dict[str, Any]:
    directory = desk.sim.world.identity_providers["github"]
    overrides = {name: value for name, value in {**CLAIMS, **claims}.items() if value is not None}
    token = issue_oidc(directory, directory.users[0], now=desk.now, overrides=overrides)
    return {"RoleArn": role_arn("Build"), "RoleSessionName": "build", "WebIdentityToken": token}


def build(desk: Desk, **claims: Any) -> dict[str, Any]:
    return desk.call("AssumeRoleWithWebIdentity", by="anonymous", **by_token(desk, **claims))


def keys(desk: Desk, answer: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value
        for key, value in desk.session(answer).context.items()
        if key.startswith(("aws:OriginIdentity", "aws:TransactionContext", "aws:IdentityCenter"))
    }


def test_token_sets_the_mapped_keys_and_the_response_repeats_them() -> None:
    desk = desk_with()
    answer = build(desk)
    assert keys(desk, answer) == {
        "aws:OriginIdentity/Subject": "ana",
        "aws:OriginIdentity/SubjectType": "user",
        "aws:OriginIdentity/Issuer": GITHUB,
        "aws:OriginIdentity/FederatedProviderArn": GITHUB_ARN,
        "aws:TransactionContext/IdentityProvider/repo": "acme/app",
    }
    assert answer["TrustedIdentityPropagationContext"] == {
        "OriginIdentity": {
            "Subject": "ana", "SubjectType": "user", "Issuer": GITHUB, "FederatedProviderArn": GITHUB_ARN,
        },
        "TransactionContext": {"IdentityProvider": {"repo": "acme/app"}},
    }  # fmt: skip


def test_without_a_context_provider_there_are_no_keys_and_no_member() -> None:
    desk = desk_with(None)
    answer = build(desk)
    assert keys(desk, answer) == {}
    assert "TrustedIdentityPropagationContext" not in answer


@pytest.mark.parametrize(
    "claims", [{"actor": None}, {"actor": ""}, {"actor": ["ana"]}, {"repository": "x" * 129}]
)
def test_missing_subject_and_long_values_are_refused(claims: dict[str, Any]) -> None:
    desk = desk_with()
    refused = desk.refusal("AssumeRoleWithWebIdentity", by="anonymous", **by_token(desk, **claims))
    assert (refused.code, refused.status) == ("InvalidIdentityToken", 400)


def test_value_of_128_characters_is_carried() -> None:
    desk = desk_with()
    found = keys(desk, build(desk, repository="x" * 128))
    assert found["aws:TransactionContext/IdentityProvider/repo"] == "x" * 128


def test_assertion_sets_them_with_a_hash_of_the_signing_key_as_issuer() -> None:
    desk = desk_with()
    directory = desk.sim.world.identity_providers["sso"]
    overrides = {"https://acme.example/person": "dana", "https://acme.example/kind": "user"}
    assertion = issue_saml(directory, directory.users[0], now=desk.now, overrides=overrides)
    answer = desk.call(
        "AssumeRoleWithSAML",
        by="anonymous",
        RoleArn=role_arn("Staff"),
        PrincipalArn=SSO_ARN,
        SAMLAssertion=assertion,
    )
    origin = answer["TrustedIdentityPropagationContext"]["OriginIdentity"]
    assert (origin["Subject"], origin["SubjectType"], origin["FederatedProviderArn"]) == (
        "dana",
        "user",
        SSO_ARN,
    )
    assert origin["Issuer"] != answer["Issuer"]
    assert len(origin["Issuer"]) == 64


def test_trust_policies_and_identity_policies_see_the_keys() -> None:
    desk = desk_with()
    condition = {"StringEquals": {"aws:OriginIdentity/Subject": "ana"}}
    for name, document in (("work", policy(allow("s3:GetObject", Condition=condition))),):
        desk.sim.call(
            "iam:PutRolePolicy", {"RoleName": "Build", "PolicyName": name, "PolicyDocument": document}
        )
    assert desk.may("s3:GetObject", BUCKET, by=desk.key(build(desk)))
    assert not desk.may("s3:GetObject", BUCKET, by=desk.key(build(desk, actor="bea")))
    trust = policy(
        {
            "Effect": "Allow",
            "Principal": {"Federated": GITHUB_ARN},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {"aws:OriginIdentity/Subject": "ana", f"{GITHUB}:aud": "sts.amazonaws.com"},
                "StringLike": {f"{GITHUB}:sub": "repo:acme/*"},
            },
        }
    )
    desk.sim.call("iam:UpdateAssumeRolePolicy", {"RoleName": "Build", "PolicyDocument": trust})
    assert "Credentials" in build(desk)
    denied = desk.refusal("AssumeRoleWithWebIdentity", by="anonymous", **by_token(desk, actor="bea"))
    assert denied.code == "AccessDenied"


@pytest.mark.parametrize("survives", [True, False])
def test_assume_role_carries_them_unless_the_setting_says_otherwise(survives: bool) -> None:
    desk = desk_with(OriginIdentitySurvivesAssumeRole=survives)
    parent = build(desk)
    child = desk.assume("Plain", by=desk.key(parent))
    assert keys(desk, child) == (keys(desk, parent) if survives else {})


@pytest.mark.parametrize("needed", [False, True])
def test_set_context_is_needed_only_with_the_setting(needed: bool) -> None:
    desk = desk_with(SetContextNeeded=needed)
    if not needed:
        assert "Credentials" in build(desk)
        return
    refused = desk.refusal("AssumeRoleWithWebIdentity", by="anonymous", **by_token(desk))
    assert refused.message == "Not authorized to perform sts:SetContext"


def test_scoped_credentials_and_web_identity_tokens_keep_the_person() -> None:
    desk = desk_with()
    scoped = desk.call("GetScopedCredentials", by=desk.key(build(desk)), DurationSeconds=600)
    assert keys(desk, scoped)["aws:OriginIdentity/Subject"] == "ana"
    token = desk.call(
        "GetWebIdentityToken", by=desk.key(scoped), Audience=["https://api.example.com"],
        SigningAlgorithm="ES384", SubjectMode="OriginIdentity", Scope="read",
    )["WebIdentityToken"]  # fmt: skip
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["sub"], claims["scope"]) == ("ana", "read")
    assert claims["https://sts.amazonaws.com/"]["principal_id"] == f"arn:aws:iam::{MAIN}:role/Build"


@pytest.mark.parametrize("survives", [True, False])
def test_a_session_without_a_person_needs_no_set_context(survives: bool) -> None:
    desk = desk_with(SetContextNeeded=True, OriginIdentitySurvivesAssumeRole=survives)
    assert "Credentials" in desk.assume("Plain")


def test_saml_provider_lists_the_hash_that_conditions_on_the_issuer_need() -> None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_SAMLKeyHashEntry.html"""
    desk = desk_with()
    directory = desk.sim.world.identity_providers["sso"]
    overrides = {"https://acme.example/person": "dana"}
    answer = desk.call(
        "AssumeRoleWithSAML",
        by="anonymous",
        RoleArn=role_arn("Staff"),
        PrincipalArn=SSO_ARN,
        SAMLAssertion=issue_saml(directory, directory.users[0], now=desk.now, overrides=overrides),
    )
    issuer = answer["TrustedIdentityPropagationContext"]["OriginIdentity"]["Issuer"]
    found = desk.sim.call("iam:GetSAMLProvider", {"SAMLProviderArn": SSO_ARN})["SAMLKeyHashes"]
    assert found == [{"IssuerURL": directory.issuer, "KeyHashes": [issuer]}]


INSTANCE = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
OF_THE_STORE = {"StringLike": {"aws:IdentityStoreArn": "arn:aws:identitystore::*:identitystore/d-1234567890"}}


def attached_to_an_instance(**more: Any) -> Desk:
    model = deepcopy(MODEL) | more
    account = model["Accounts"][0]
    account["OpenIDConnectProviders"][0] |= {
        "ContextProvider": CONTEXT,
        "IdentityCenterInstanceArn": INSTANCE,
    }
    build = next(one for one in account["RoleDetailList"] if one["RoleName"] == "Build")
    statement = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*", "Condition": OF_THE_STORE}
    build["RolePolicyList"] = [{"PolicyName": "p", "PolicyDocument": policy(allow("s3:*"), statement)}]
    return Desk(model=model)


def test_session_of_a_provider_with_an_instance_names_its_identity_store() -> None:
    instance = {"InstanceArn": INSTANCE, "IdentityStoreId": "d-1234567890", "OwnerAccountId": MAIN}
    desk = attached_to_an_instance(IdentityCenter={"Instances": [instance]})
    store = f"arn:aws:identitystore::{MAIN}:identitystore/d-1234567890"
    answer = build(desk)
    assert desk.session(answer).context["aws:IdentityStoreArn"] == store
    (decision,) = desk.sim.request([("s3:GetObject", BUCKET)], caller=desk.key(answer), each=True)
    assert decision.outcome is Outcome.EXPLICIT_DENY
    arguments = {"OpenIDConnectProviderArn": GITHUB_ARN}
    found = desk.sim.call("iam:GetOpenIDConnectProvider", arguments)
    assert (found["IdentityCenterInstanceArn"], found["IdentityStoreArn"]) == (INSTANCE, store)


def test_store_of_an_instance_outside_the_files_is_unknown_not_absent() -> None:
    desk = attached_to_an_instance()
    (decision,) = desk.sim.request([("s3:GetObject", BUCKET)], caller=desk.key(build(desk)), each=True)
    assert decision.outcome is Outcome.UNDECIDED
    assert "aws:IdentityStoreArn" in decision.reason
