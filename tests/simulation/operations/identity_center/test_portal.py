"""The access portal. https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/Welcome.html"""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from sts_tui.identity_providers.sign_in_codes import PORTAL, issue_code
from sts_tui.simulation import AwsError
from tests.accounts.landing_zone import ANN, BEN, MODEL, PROD, LandingZone
from tests.accounts.policies import policy

TOKEN = {"clientId": "cli", "clientSecret": "secret", "grantType": "authorization_code"}


def with_control_policy(kind: str, statement: dict[str, Any]) -> LandingZone:
    model = deepcopy(MODEL)
    named = {"Name": "guard", "Document": policy({"Sid": "Guard", **statement})}
    listed = [named]
    if kind == "ServiceControlPolicies":
        everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        listed = [{"Name": "all", "Document": policy(everything)}, named]
    model["Organization"]["Root"]["Accounts"][1] = {"AccountId": PROD, kind: listed}
    return LandingZone(model)


# signing in


def test_portal_session_lasts_eight_hours_and_issues_no_credentials() -> None:
    zone = LandingZone()
    zone.portal()
    sign_in = next(iter(zone.sim.world.configuration.sign_ins.values()))
    assert (sign_in.kind, sign_in.label) == ("portal", ANN)
    assert sign_in.expires_at - sign_in.issued_at == timedelta(hours=8)
    assert not zone.sim.world.sessions


def test_configured_portal_duration_counts() -> None:
    model = deepcopy(MODEL)
    model["IdentityCenter"]["Instances"][0]["PortalSessionDuration"] = "P1DT12H"
    zone = LandingZone(model)
    zone.portal()
    sign_in = next(iter(zone.sim.world.configuration.sign_ins.values()))
    assert sign_in.expires_at - sign_in.issued_at == timedelta(hours=36)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"grantType": "refresh_token"}, "UnsupportedGrantTypeException"),
        ({"code": "abc"}, "InvalidGrantException"),
        ({"code": ""}, "InvalidRequestException"),
    ],
)
def test_what_is_no_code_of_the_portal_is_refused(change: dict[str, str], code: str) -> None:
    zone = LandingZone()
    given = {**TOKEN, "code": issue_code(PORTAL, zone.user_id(), zone.sim.now), **change}
    with pytest.raises(AwsError) as caught:
        zone.sim.call("sso-oauth:CreateToken", given)
    assert caught.value.code == code


def test_code_expires_and_cannot_be_altered() -> None:
    zone = LandingZone()
    code = issue_code(PORTAL, zone.user_id(), zone.sim.now)
    zone.sim.advance(601)
    with pytest.raises(AwsError, match="ExpiredTokenException"):
        zone.sim.call("sso-oauth:CreateToken", {**TOKEN, "code": code})
    altered = issue_code(PORTAL, zone.user_id(BEN), zone.sim.now).partition(".")[0] + code[code.index(".") :]
    with pytest.raises(AwsError, match="InvalidGrantException"):
        zone.sim.call("sso-oauth:CreateToken", {**TOKEN, "code": altered})


def test_disabled_user_cannot_sign_in() -> None:
    with pytest.raises(AwsError, match="AccessDeniedException"):
        LandingZone().portal("gone@acme.example")


# a session of a role


def test_session_is_of_the_provisioned_role_and_named_after_the_user() -> None:
    zone = LandingZone()
    session = zone.signed_in()
    assert session.issuer_arn == zone.role_arn()
    assert session.issuer_arn.startswith(
        f"arn:aws:iam::{PROD}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Developer_"
    )
    assert session.name == ANN
    assert session.operation == "AssumeRoleWithSAML"
    assert session.expires_at - session.issued_at == timedelta(hours=4), "the permission set's duration"
    assert session.context["identitystore:UserId"] == zone.user_id()


def test_attributes_for_access_control_become_session_tags() -> None:
    assert dict(LandingZone().signed_in().tags) == {"team": "payments", "mail": "ann@mail.example"}


def test_user_without_the_attribute_has_no_tag() -> None:
    assert LandingZone().signed_in(BEN, "Audit").tags == ()


def test_policies_can_name_the_person() -> None:
    zone = LandingZone()
    session = zone.signed_in()
    document = policy(
        {
            "Effect": "Deny",
            "Action": "*",
            "Resource": "*",
            "Condition": {"StringEquals": {"identitystore:userId": zone.user_id()}},
        }
    )
    zone.admin(
        "sso:PutInlinePolicyToPermissionSet",
        PermissionSetArn=zone.set_arn("Developer"),
        InlinePolicy=document,
    )
    assert zone.may("s3:GetObject", session), "a permission set counts once it is provisioned"
    zone.admin(
        "sso:ProvisionPermissionSet",
        PermissionSetArn=zone.set_arn("Developer"),
        TargetType="ALL_PROVISIONED_ACCOUNTS",
    )
    assert not zone.may("s3:GetObject", session)


def test_portal_lists_what_the_user_has_alone_or_through_groups() -> None:
    zone = LandingZone()
    token = zone.portal()
    assert zone.sim.call("sso:ListAccounts", {"accessToken": token})["accountList"] == [
        {"accountId": PROD, "accountName": "prod"}
    ]
    roles = zone.sim.call("sso:ListAccountRoles", {"accessToken": token, "accountId": PROD})
    assert [one["roleName"] for one in roles["roleList"]] == ["Developer"]


def test_permission_set_of_others_gives_no_access() -> None:
    zone = LandingZone()
    assert "has no permission set Audit" in zone.has_no_access(zone.portal(), "Audit").hint


def test_assuming_a_role_from_it_is_role_chaining() -> None:
    model = deepcopy(MODEL)
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{PROD}:root"}, "Action": "sts:AssumeRole"}
    model["Accounts"][1]["RoleDetailList"] = [
        {"RoleName": "Next", "MaxSessionDuration": 43200, "AssumeRolePolicyDocument": policy(trust)}
    ]
    zone = LandingZone(model)
    session = zone.signed_in()
    asked = {"RoleArn": f"arn:aws:iam::{PROD}:role/Next", "RoleSessionName": "next"}
    with pytest.raises(AwsError, match="role chaining"):
        zone.sim.call("sts:AssumeRole", {**asked, "DurationSeconds": 7200}, caller=session.access_key_id)
    answer = zone.sim.call("sts:AssumeRole", asked, caller=session.access_key_id)
    chained = zone.sim.world.sessions[answer["Credentials"]["AccessKeyId"]]
    assert "identitystore:UserId" not in chained.context, "the person does not survive AssumeRole"


def test_user_cannot_make_the_call_that_identity_center_makes() -> None:
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html"""
    zone = LandingZone()
    provider = next(iter(zone.sim.world.configuration.saml_providers))
    assert "/AWSSSO_" in provider
    with pytest.raises(AwsError):
        zone.sim.call(
            "sts:AssumeRoleWithSAML",
            {"RoleArn": zone.role_arn(), "PrincipalArn": provider, "SAMLAssertion": "PHg+PC94Pg=="},
        )


# guardrails


LOCKOUT = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "sts:*",
    "Resource": "*",
    "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-exampleorgid"}},
}


def test_perimeter_that_asks_for_the_organization_locks_everyone_out() -> None:
    """While someone federates aws:PrincipalOrgID is absent.
    https://github.com/aws/lza-universal-configuration/issues/25"""
    zone = with_control_policy("ResourceControlPolicies", LOCKOUT)
    refused = zone.has_no_access(zone.portal())
    assert refused.decision is not None
    event = [one for one in zone.sim.events if getattr(one, "code", "") == "ForbiddenException"][-1]
    assert event.decided_by == "guard#Guard"
    assert zone.sim.explain(event) is not None


def test_live_sessions_do_not_notice_the_lockout() -> None:
    zone = LandingZone()
    session = zone.signed_in()
    assert zone.may("s3:GetObject", session)


def test_service_control_policy_binds_the_session_and_not_the_sign_in() -> None:
    zone = with_control_policy(
        "ServiceControlPolicies", {"Effect": "Deny", "Action": ["sts:*", "s3:GetObject"], "Resource": "*"}
    )
    session = zone.signed_in()
    assert not zone.may("s3:GetObject", session)


# what ends it


def test_ended_portal_session_issues_nothing_and_leaves_the_credentials() -> None:
    """https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_Logout.html"""
    zone = LandingZone()
    token = zone.portal()
    session = zone.role(token)
    zone.sim.call("sso:Logout", {"accessToken": token})
    with pytest.raises(AwsError) as caught:
        zone.role(token)
    assert (caught.value.code, caught.value.status) == ("UnauthorizedException", 401)
    assert zone.may("s3:GetObject", session)


def test_expired_portal_session_issues_nothing() -> None:
    zone = LandingZone()
    token = zone.portal()
    zone.sim.advance(8 * 3600)
    with pytest.raises(AwsError, match="UnauthorizedException"):
        zone.role(token)


def test_deleted_user_is_signed_out_and_keeps_live_credentials() -> None:
    zone = LandingZone()
    token = zone.portal()
    session = zone.role(token)
    zone.admin("identitystore:DeleteUser", UserId=zone.user_id())
    with pytest.raises(AwsError, match="UnauthorizedException"):
        zone.role(token)
    assert zone.may("s3:GetObject", session)


def test_member_who_leaves_the_group_keeps_live_credentials() -> None:
    zone = LandingZone()
    token = zone.portal()
    session = zone.role(token)
    membership = next(iter(zone.sim.world.configuration.group_memberships))
    zone.admin("identitystore:DeleteGroupMembership", MembershipId=membership)
    zone.has_no_access(token)
    assert zone.may("s3:GetObject", session)


def test_sign_in_is_undone_with_its_session_and_survives_a_checkpoint() -> None:
    zone = LandingZone()
    token = zone.portal()
    zone.role(token)
    zone.sim.undo()
    assert not zone.sim.world.sessions
    zone.sim.undo()
    assert not zone.sim.world.configuration.sign_ins
    zone.sim.redo()
    again = LandingZone()
    again.sim.restore(zone.sim.checkpoint())
    assert again.role(token).name == ANN


def test_sign_in_does_not_wait_for_propagation() -> None:
    zone = LandingZone(PropagationSeconds=60)
    assert zone.role(zone.portal()).name == ANN
