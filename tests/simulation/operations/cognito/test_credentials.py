"""The enhanced flow of identity pools: GetId, then GetCredentialsForIdentity.

https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flow.html
https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sts_tui.iam import Outcome
from sts_tui.simulation.operations.cognito.guest_policies import GUEST_POLICIES, MANAGED
from sts_tui.sts.errors import AwsError
from tests.accounts.photo_app import COGNITO, FACEBOOK, PHOTOS, POOL, SECRET, USER_POOL, App
from tests.accounts.policies import role_arn

BAD_ROLES = "Invalid identity pool configuration. Check assigned IAM roles for this pool."


def refused(app: App, operation: str, **params: Any) -> AwsError:
    with pytest.raises(AwsError) as caught:
        app.call(operation, **params)
    return caught.value


def test_a_guest_gets_the_unauthenticated_role_for_an_hour() -> None:
    app = App()
    answer = app.credentials()
    session = app.sim.world.sessions[answer["Credentials"]["AccessKeyId"]]
    assert answer["IdentityId"].startswith("us-east-1:")
    assert session.arn.endswith(":assumed-role/Guest/CognitoIdentityCredentials")
    assert (session.expires_at - session.issued_at).total_seconds() == 3600
    assert session.context[f"{COGNITO}:amr"] == ["unauthenticated"]
    assert session.context[f"{COGNITO}:sub"] == answer["IdentityId"]
    assert session.context[f"{COGNITO}:aud"] == POOL
    assert session.parent_label.startswith("photos/guest-")


def test_people_who_signed_in_get_the_authenticated_role_and_their_own_folder() -> None:
    app = App()
    key = app.key("members/ana")
    session = app.sim.world.sessions[key]
    assert session.role_name == "Member"
    assert session.parent_label == "photos/ana"
    assert session.context[f"{COGNITO}:amr"] == [
        "authenticated",
        USER_POOL,
        f"{USER_POOL}:CognitoSignIn:sub-ana",
    ]
    own = session.context[f"{COGNITO}:sub"]
    app.sim.request("s3:PutObject", f"{PHOTOS}/{own}/cat.jpg", caller=key)
    with pytest.raises(AwsError):
        app.sim.request("s3:PutObject", f"{PHOTOS}/another/cat.jpg", caller=key)


def test_two_session_policies_narrow_guests_and_nobody_else() -> None:
    app = App()
    guest, member = (app.session(*users) for users in ((), ("members/ana",)))
    assert guest.session_policy_arns == (MANAGED,)
    assert guest.session_policies == GUEST_POLICIES.documents
    assert not member.has_session_policy
    app.sim.request("s3:GetObject", f"{PHOTOS}/public/x", caller=guest.access_key_id)
    with pytest.raises(AwsError) as denied:
        app.sim.request("secretsmanager:GetSecretValue", SECRET, caller=guest.access_key_id)
    assert "no session policy allows" in denied.value.message


ANY_ACTION = st.sampled_from(
    [
        *("s3:GetObject", "s3:PutObject", "sts:AssumeRole", "iam:CreateUser", "ec2:RunInstances"),
        *("secretsmanager:GetSecretValue", "kms:Decrypt", "kms:ScheduleKeyDeletion", "rum:PutRumEvents"),
        *("dynamodb:GetItem", "logs:PutLogEvents", "bedrock:InvokeModel", "textract:AnalyzeDocument"),
        *("textract:GetDocumentAnalysis", "sagemaker:InvokeEndpoint", "sagemaker:CreateModel"),
    ]
)
ALLOWED_TO_GUESTS = {
    *("s3:GetObject", "s3:PutObject", "kms:Decrypt", "rum:PutRumEvents", "dynamodb:GetItem"),
    *("logs:PutLogEvents", "textract:AnalyzeDocument", "sagemaker:InvokeEndpoint"),
}


@given(action=ANY_ACTION)
@settings(max_examples=15)
def test_a_guest_never_has_more_than_the_policies_that_narrow_it(action: str) -> None:
    """Even with an administrator's role."""
    admin = {
        "unauthenticated": role_arn("Open"),
        "authenticated": role_arn("Member"),
    }
    app = _open_app(admin)
    decisions = app.sim.request([(action, "*")], caller=app.key(), each=True)
    assert (decisions[0].outcome is Outcome.ALLOWED) == (action in ALLOWED_TO_GUESTS)


def _open_app(roles: dict[str, str]) -> App:
    app = App()
    document = app.sim.world.configuration.roles[role_arn("Guest")].assume_role_policy_document.document
    app.sim.call("iam:CreateRole", {"RoleName": "Open", "AssumeRolePolicyDocument": document}, "operator")
    app.sim.call(
        "iam:AttachRolePolicy",
        {"RoleName": "Open", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
        "operator",
    )
    app.call("SetIdentityPoolRoles", "operator", IdentityPoolId=POOL, Roles=roles)
    return app


def test_a_trust_policy_that_lets_nobody_in_is_a_bad_configuration() -> None:
    app = App(Roles={"unauthenticated": role_arn("Member"), "authenticated": role_arn("Guest")})
    for users in ((), ("members/ana",)):
        with pytest.raises(AwsError) as refusal:
            app.credentials(*users)
        assert refusal.value.code == "InvalidIdentityPoolConfigurationException"
        assert refusal.value.message == BAD_ROLES
        assert refusal.value.decision is not None


def test_a_pool_without_a_role_for_it_is_a_bad_configuration() -> None:
    app = App(Roles={})
    with pytest.raises(AwsError) as refusal:
        app.credentials()
    assert (refusal.value.code, refusal.value.message) == (
        "InvalidIdentityPoolConfigurationException",
        BAD_ROLES,
    )
    assert "unauthenticated role" in refusal.value.hint


def test_a_pool_without_guests_refuses_them() -> None:
    app = App(AllowUnauthenticatedIdentities=False)
    refusal = refused(app, "GetId", IdentityPoolId=POOL)
    assert refusal.code == "NotAuthorizedException"
    assert refusal.message == "Unauthenticated access is not supported for this identity pool."


@pytest.mark.parametrize(
    ("user", "change", "message"),
    [
        ("members/ana", {"exp": -1}, "Invalid login token. Token expired: "),
        ("members/ana", {"signature": "forged"}, "Invalid login token. Couldn't verify signed token."),
        ("members/ana", {"aud": "another"}, "Token is not from a supported provider of this identity pool."),
        (
            "members/ana",
            {"iss": "https://x.example"},
            "Invalid login token. Issuer doesn't match providerName",
        ),
        ("members/ana", {"aud": ""}, "Invalid login token. Missing a required claim: aud"),
        ("facebook/fay", {"app_id": "1"}, "Token is not from a supported provider of this identity pool."),
        ("facebook/fay", {"exp": -1}, "Invalid login token."),
        ("facebook/fay", {"signature": "broken"}, "Invalid login token."),
    ],
)
def test_bad_logins(user: str, change: dict[str, Any], message: str) -> None:
    app = App()
    refusal = refused(app, "GetId", IdentityPoolId=POOL, Logins=app.logins(user, **change))
    assert refusal.code == "NotAuthorizedException"
    assert refusal.message.startswith(message)


def test_a_login_of_a_provider_that_the_pool_does_not_have() -> None:
    app = App()
    refusal = refused(app, "GetId", IdentityPoolId=POOL, Logins={"www.amazon.com": "Atza|x"})
    assert refusal.message == "Token is not from a supported provider of this identity pool."
    assert FACEBOOK in refusal.hint
    refusal = refused(app, "GetId", IdentityPoolId=POOL, Logins={USER_POOL: "no token"})
    assert refusal.message == "Invalid login token. Not a valid OpenId Connect identity token."


def test_unknown_pools_and_identities() -> None:
    app = App()
    other = "us-east-1:00000000-0000-4000-8000-000000000000"
    assert refused(app, "GetId", IdentityPoolId=other).message == f"IdentityPool '{other}' not found."
    refusal = refused(app, "GetCredentialsForIdentity", IdentityId=other)
    assert (refusal.code, refusal.message) == ("ResourceNotFoundException", f"Identity '{other}' not found.")


@pytest.mark.parametrize("host", ["www.amazon.com", "accounts.google.com"])
def test_a_login_provider_that_the_model_lacks_does_not_respond(host: str) -> None:
    app = App(SupportedLoginProviders={host: "app"})
    token = app.token("members/ana", iss=f"https://{host}", aud="app")
    refusal = refused(app, "GetId", IdentityPoolId=POOL, Logins={host: token})
    assert refusal.code == "ExternalServiceException"
    assert host in refusal.hint


# roles by token and by rules


def _token_mapping(resolution: str) -> dict[str, Any]:
    return {f"{USER_POOL}:7photosclient": {"Type": "Token", "AmbiguousRoleResolution": resolution}}


def _role(app: App, *users: str, **params: Any) -> str:
    return str(app.session(*users, **params).role_name)


def test_the_token_chooses_its_preferred_role() -> None:
    app = App(RoleMappings=_token_mapping("Deny"))
    assert _role(app, "members/ben") == "Editor"
    assert _role(app, "members/ben", CustomRoleArn=role_arn("Admin")) == "Admin"
    with pytest.raises(AwsError) as denied:
        app.credentials("members/ben", CustomRoleArn=role_arn("Member"))
    assert denied.value.code == "NotAuthorizedException"


def test_several_roles_without_a_preferred_one_are_ambiguous() -> None:
    assert _role(App(RoleMappings=_token_mapping("AuthenticatedRole")), "members/cleo") == "Member"
    app = App(RoleMappings=_token_mapping("Deny"))
    with pytest.raises(AwsError) as denied:
        app.credentials("members/cleo")
    assert denied.value.code == "NotAuthorizedException"
    assert "AmbiguousRoleResolution" in denied.value.hint
    assert _role(app, "members/cleo", CustomRoleArn=role_arn("Editor")) == "Editor"


@pytest.mark.parametrize(
    ("kind", "claim", "value", "role"),
    [
        ("Equals", "custom:dept", "sales", "Editor"),
        ("Equals", "custom:dept", "sale", "Member"),
        ("StartsWith", "custom:dept", "sa", "Editor"),
        ("Contains", "email", "@x.", "Editor"),
        ("NotEqual", "custom:dept", "finance", "Editor"),
        ("NotEqual", "custom:absent", "finance", "Member"),
    ],
)
def test_the_first_rule_that_matches_chooses(kind: str, claim: str, value: str, role: str) -> None:
    rules = [
        {"Claim": claim, "MatchType": kind, "Value": value, "RoleARN": role_arn("Editor")},
        {"Claim": "custom:none", "MatchType": "Equals", "Value": "x", "RoleARN": role_arn("Admin")},
    ]
    mapping = {
        "Type": "Rules",
        "AmbiguousRoleResolution": "AuthenticatedRole",
        "RulesConfiguration": {"Rules": rules},
    }
    assert _role(App(RoleMappings={f"{USER_POOL}:7photosclient": mapping}), "members/ana") == role


def test_rules_of_facebook_know_app_and_user() -> None:
    rule = {"Claim": "sub", "MatchType": "Equals", "Value": "100001", "RoleARN": role_arn("FacebookOnly")}
    mapping = {
        "Type": "Rules",
        "AmbiguousRoleResolution": "Deny",
        "RulesConfiguration": {"Rules": [rule]},
    }
    app = App(RoleMappings={FACEBOOK: mapping})
    session = app.session("facebook/fay")
    assert session.role_name == "FacebookOnly"  # whose trust policy asks for Facebook in amr
    assert session.context[f"{COGNITO}:amr"] == ["authenticated", FACEBOOK]


def test_a_role_that_no_mapping_offers_cannot_be_asked_for() -> None:
    app = App()
    assert _role(app, "members/ana", CustomRoleArn=role_arn("Member")) == "Member"
    with pytest.raises(AwsError) as denied:
        app.credentials("members/ana", CustomRoleArn=role_arn("Admin"))
    assert denied.value.code == "NotAuthorizedException"


# principal tags


def test_claims_become_principal_tags() -> None:
    tags = {USER_POOL: {"PrincipalTags": {"department": "custom:dept", "missing": "custom:none"}}}
    app = App(PrincipalTags=tags)
    assert app.session("members/ana").tags == (("department", "sales"),)
    app = App(PrincipalTags={USER_POOL: {"UseDefaults": True}})
    session = app.session("members/ana")
    assert dict(session.tags) == {"client": "7photosclient", "username": "sub-ana"}


def test_principal_tags_need_tag_session_in_the_trust_policy() -> None:
    tags = {USER_POOL: {"PrincipalTags": {"department": "custom:dept"}}}
    roles = {"unauthenticated": role_arn("Guest"), "authenticated": role_arn("Editor")}
    app = App(PrincipalTags=tags, Roles=roles)
    with pytest.raises(AwsError) as refusal:
        app.credentials("members/ana")
    assert refusal.value.message == BAD_ROLES
    assert "sts:TagSession" in refusal.value.hint


# over undo


def test_undo_takes_identity_and_credentials_back() -> None:
    app = App()
    identity = app.identity()
    key = app.call("GetCredentialsForIdentity", IdentityId=identity)["Credentials"]["AccessKeyId"]
    app.sim.undo()
    assert key not in app.sim.world.sessions
    app.sim.undo()
    assert refused(app, "GetCredentialsForIdentity", IdentityId=identity).code == "ResourceNotFoundException"
