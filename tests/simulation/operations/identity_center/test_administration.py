"""Permission sets, assignments and the directory.

https://docs.aws.amazon.com/singlesignon/latest/APIReference/welcome.html
"""

from __future__ import annotations

from copy import deepcopy

import pytest

from sts_tui.simulation import AwsError
from sts_tui.simulation.authorization.session_state import SessionState, state_of
from tests.accounts.landing_zone import ADMIN, ANN, BEN, MANAGEMENT, MODEL, PROD, LandingZone
from tests.accounts.policies import allow, policy

# who administers


def test_management_account_and_delegated_administrator_administer() -> None:
    zone = LandingZone()
    for account in (MANAGEMENT, ADMIN):
        found = zone.admin("sso:ListPermissionSets", caller=f"root@{account}")
        assert len(found["PermissionSets"]) == 2


def test_other_accounts_do_not() -> None:
    refused = LandingZone().refusal("sso:ListPermissionSets", caller=f"root@{PROD}")
    assert refused.code == "AccessDeniedException"


def test_delegated_administrator_cannot_give_access_to_the_management_account() -> None:
    """https://docs.aws.amazon.com/singlesignon/latest/userguide/delegated-admin.html"""
    zone = LandingZone()
    given = zone.assignment(user=BEN, account=MANAGEMENT)
    refused = zone.refusal("sso:CreateAccountAssignment", caller=f"root@{ADMIN}", **given)
    assert refused.code == "AccessDeniedException"
    zone.admin("sso:CreateAccountAssignment", **given)


def test_administrator_needs_the_action_on_set_account_and_instance() -> None:
    model = deepcopy(MODEL)
    model["Accounts"][0]["UserDetailList"] = [
        {
            "UserName": "eve",
            "UserPolicyList": [
                {"PolicyName": "p", "PolicyDocument": policy(allow("sso:*", "arn:aws:sso:::instance/*"))}
            ],
        }
    ]
    zone = LandingZone(model)
    refused = zone.refusal("sso:CreateAccountAssignment", caller="eve", **zone.assignment(user=BEN))
    assert refused.decision is not None
    assert "permissionSet/" in refused.message


# permission sets


def test_new_permission_set_is_provisioned_with_its_first_assignment() -> None:
    zone = LandingZone()
    made = zone.admin("sso:CreatePermissionSet", Name="Ops", SessionDuration="PT2H")["PermissionSet"]
    arn = made["PermissionSetArn"]
    zone.admin(
        "sso:PutInlinePolicyToPermissionSet",
        PermissionSetArn=arn,
        InlinePolicy=policy(allow("s3:GetObject")),
    )
    assert zone.role_arn("Ops") == ""
    answer = zone.admin("sso:CreateAccountAssignment", **zone.assignment("Ops", BEN))
    assert answer["AccountAssignmentCreationStatus"]["Status"] == "SUCCEEDED"
    assert zone.role_arn("Ops")
    session = zone.signed_in(BEN, "Ops")
    assert (session.expires_at - session.issued_at).total_seconds() == 7200
    assert zone.may("s3:GetObject", session)


def test_name_is_taken_once_and_durations_are_bounded() -> None:
    zone = LandingZone()
    assert zone.refusal("sso:CreatePermissionSet", Name="Developer").code == "ConflictException"
    for text in ("PT59M", "PT13H", "P2D"):
        refused = zone.refusal("sso:CreatePermissionSet", Name="Other", SessionDuration=text)
        assert refused.code == "ValidationException", text


def test_set_in_use_cannot_be_deleted() -> None:
    zone = LandingZone()
    arn = zone.set_arn("Developer")
    assert zone.refusal("sso:DeletePermissionSet", PermissionSetArn=arn).code == "ConflictException"


def test_set_that_names_a_policy_which_the_account_lacks_is_not_provisioned() -> None:
    model = deepcopy(MODEL)
    model["IdentityCenter"]["PermissionSets"].append(
        {"Name": "Own", "CustomerManagedPolicyReferences": [{"Name": "missing"}]}
    )
    zone = LandingZone(model)
    answer = zone.admin("sso:CreateAccountAssignment", **zone.assignment("Own", BEN))
    status = answer["AccountAssignmentCreationStatus"]
    assert status["Status"] == "FAILED"
    assert "policy/missing" in status["FailureReason"]
    assert zone.role_arn("Own") == ""


def test_managed_policies_attach_and_detach() -> None:
    zone = LandingZone()
    arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    named = {"PermissionSetArn": zone.set_arn("Audit")}
    zone.admin("sso:AttachManagedPolicyToPermissionSet", ManagedPolicyArn=arn, **named)
    again = zone.refusal("sso:AttachManagedPolicyToPermissionSet", ManagedPolicyArn=arn, **named)
    assert again.code == "ConflictException"
    listed = zone.admin("sso:ListManagedPoliciesInPermissionSet", **named)
    assert listed["AttachedManagedPolicies"] == [{"Name": "AmazonS3ReadOnlyAccess", "Arn": arn}]
    zone.admin("sso:ProvisionPermissionSet", TargetType="AWS_ACCOUNT", TargetId=PROD, **named)
    assert zone.may("s3:GetObject", zone.signed_in(BEN, "Audit"))
    zone.admin("sso:DetachManagedPolicyFromPermissionSet", ManagedPolicyArn=arn, **named)
    assert zone.refusal("sso:DetachManagedPolicyFromPermissionSet", ManagedPolicyArn=arn, **named).code == (
        "ResourceNotFoundException"
    )


def test_policy_that_iam_would_refuse_is_refused() -> None:
    zone = LandingZone()
    refused = zone.refusal(
        "sso:PutInlinePolicyToPermissionSet",
        PermissionSetArn=zone.set_arn("Audit"),
        InlinePolicy='{"Version": "2012-10-17"}',
    )
    assert refused.code == "ValidationException"


def test_iam_refuses_to_edit_the_role() -> None:
    zone = LandingZone()
    name = zone.role_arn().rpartition("/")[2]
    with pytest.raises(AwsError, match="UnmodifiableEntity"):
        zone.sim.call(
            "iam:PutRolePolicy",
            {"RoleName": name, "PolicyName": "x", "PolicyDocument": policy(allow("*"))},
            caller=zone.sim.resolve(f"root@{PROD}"),
        )


# assignments


def test_deleted_assignment_leaves_sessions_while_others_have_the_set() -> None:
    """https://docs.aws.amazon.com/singlesignon/latest/userguide/authconcept-revoke-access.html"""
    zone = LandingZone()
    zone.admin("sso:CreateAccountAssignment", **zone.assignment(user=BEN))
    token = zone.portal()
    session = zone.role(token)
    zone.admin("sso:DeleteAccountAssignment", **zone.assignment())
    zone.has_no_access(token)
    assert zone.may("s3:GetObject", session)


def test_last_assignment_takes_the_role_and_its_sessions_along() -> None:
    """https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html"""
    zone = LandingZone()
    before = zone.role_arn()
    session = zone.signed_in()
    zone.admin("sso:DeleteAccountAssignment", **zone.assignment())
    assert zone.role_arn() == ""
    assert state_of(session, zone.sim.world) is SessionState.ORPHANED
    zone.admin("sso:CreateAccountAssignment", **zone.assignment())
    assert zone.role_arn() not in ("", before), "a new role has another name"


def test_setting_keeps_the_role_without_assignments() -> None:
    zone = LandingZone(LastAssignmentDeletesRole=False)
    session = zone.signed_in()
    zone.admin("sso:DeleteAccountAssignment", **zone.assignment())
    assert zone.may("s3:GetObject", session)


def test_assignments_are_listed_by_set_and_account() -> None:
    zone = LandingZone()
    listed = zone.admin("sso:ListAccountAssignments", AccountId=PROD, PermissionSetArn=zone.set_arn("Audit"))
    assert [one["PrincipalId"] for one in listed["AccountAssignments"]] == [zone.user_id(BEN)]
    refused = zone.refusal("sso:DeleteAccountAssignment", **zone.assignment("Audit", ANN))
    assert refused.code == "ResourceNotFoundException"


# the directory


def test_new_user_gets_access_through_a_group() -> None:
    zone = LandingZone()
    made = zone.admin("identitystore:CreateUser", UserName="eve@acme.example", DisplayName="Eve")
    group = zone.admin("identitystore:ListGroups")["Groups"][0]["GroupId"]
    member = {"GroupId": group, "MemberId": {"UserId": made["UserId"]}}
    zone.admin("identitystore:CreateGroupMembership", **member)
    assert zone.refusal("identitystore:CreateGroupMembership", **member).code == "ConflictException"
    assert zone.signed_in("eve@acme.example").name == "eve@acme.example"
    listed = zone.admin("identitystore:ListGroupMemberships", GroupId=group)
    assert {"UserId": made["UserId"]} in [one["MemberId"] for one in listed["GroupMemberships"]]


def test_users_are_found_by_name_and_id() -> None:
    zone = LandingZone()
    named = {"UniqueAttribute": {"AttributePath": "userName", "AttributeValue": ANN}}
    found = zone.admin("identitystore:GetUserId", AlternateIdentifier=named)
    shown = zone.admin("identitystore:DescribeUser", UserId=found["UserId"])
    assert (shown["UserName"], shown["UserStatus"]) == (ANN, "ENABLED")
    assert zone.refusal("identitystore:CreateUser", UserName=ANN.upper()).code == "ConflictException"
    unknown = "11111111-1111-1111-1111-111111111111"
    assert zone.refusal("identitystore:DeleteUser", UserId=unknown).code == "ResourceNotFoundException"
