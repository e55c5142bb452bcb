"""Administering identity pools: what is allowed, what changes, and what still works.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncognitoidentity.html
"""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.account.configuration import model_of
from sts_tui.account.writing.export import as_json
from sts_tui.sts.errors import AwsError
from tests.accounts.every_part import model
from tests.accounts.photo_app import PHOTOS, POOL, USER_POOL, App
from tests.accounts.policies import role_arn


def refused(app: App, operation: str, caller: str = "admin", **params: Any) -> AwsError:
    with pytest.raises(AwsError) as caught:
        app.call(operation, caller, **params)
    return caught.value


def test_a_pool_is_described_as_it_is_in_the_file() -> None:
    app = App()
    described = app.call("DescribeIdentityPool", "admin", IdentityPoolId=POOL)
    assert described["AllowUnauthenticatedIdentities"] is True
    assert "AllowClassicFlow" not in described
    assert described["CognitoIdentityProviders"][0]["ProviderName"] == USER_POOL
    roles = app.call("GetIdentityPoolRoles", "admin", IdentityPoolId=POOL)
    assert roles["Roles"] == {"unauthenticated": role_arn("Guest"), "authenticated": role_arn("Member")}


def test_pools_are_created_listed_and_deleted() -> None:
    app = App()
    made = app.call(
        "CreateIdentityPool", "admin", IdentityPoolName="new", AllowUnauthenticatedIdentities=False
    )
    listed = app.call("ListIdentityPools", "admin", MaxResults=60)["IdentityPools"]
    assert [one["IdentityPoolName"] for one in listed] == ["photos", "new"]
    page = app.call("ListIdentityPools", "admin", MaxResults=1)
    rest = app.call("ListIdentityPools", "admin", MaxResults=1, NextToken=page["NextToken"])
    assert rest["IdentityPools"][0]["IdentityPoolId"] == made["IdentityPoolId"]
    app.call("DeleteIdentityPool", "admin", IdentityPoolId=made["IdentityPoolId"])
    gone = refused(app, "DescribeIdentityPool", IdentityPoolId=made["IdentityPoolId"])
    assert gone.code == "ResourceNotFoundException"


def test_an_update_replaces_all_but_the_roles() -> None:
    app = App()
    app.call(
        "UpdateIdentityPool",
        "admin",
        IdentityPoolId=POOL,
        IdentityPoolName="photos",
        AllowUnauthenticatedIdentities=False,
    )
    described = app.call("DescribeIdentityPool", "admin", IdentityPoolId=POOL)
    assert "CognitoIdentityProviders" not in described
    assert app.call("GetIdentityPoolRoles", "admin", IdentityPoolId=POOL)["Roles"]


def test_closing_a_pool_to_guests_leaves_their_credentials_alive() -> None:
    app = App()
    guest = app.identity()
    key = app.call("GetCredentialsForIdentity", IdentityId=guest)["Credentials"]["AccessKeyId"]
    app.call("DeleteIdentityPool", "operator", IdentityPoolId=POOL)
    with pytest.raises(AwsError):
        app.call("GetCredentialsForIdentity", IdentityId=guest)
    app.sim.request("s3:GetObject", f"{PHOTOS}/public/x", caller=key)


def test_handing_a_role_to_a_pool_needs_pass_role() -> None:
    app = App()
    given = {"IdentityPoolId": POOL, "Roles": {"authenticated": role_arn("Guest")}}
    app.call("SetIdentityPoolRoles", "admin", **given)
    denied = refused(app, "SetIdentityPoolRoles", **{**given, "Roles": {"authenticated": role_arn("Admin")}})
    assert "iam:PassRole" in denied.message
    rule = {"Claim": "sub", "MatchType": "Equals", "Value": "x", "RoleARN": role_arn("Admin")}
    mapping = {
        "Type": "Rules",
        "AmbiguousRoleResolution": "Deny",
        "RulesConfiguration": {"Rules": [rule]},
    }
    denied = refused(app, "SetIdentityPoolRoles", **given, RoleMappings={USER_POOL: mapping})
    assert "iam:PassRole" in denied.message


def test_a_pool_has_roles_for_who_is_signed_in_and_for_guests_only() -> None:
    app = App()
    for roles in ({"guest": role_arn("Guest")}, {"authenticated": "Member"}):
        refusal = refused(app, "SetIdentityPoolRoles", IdentityPoolId=POOL, Roles=roles)
        assert refusal.code == "ValidationException"
        assert "at 'roles'" in refusal.message
    assert "guest" not in app.call("GetIdentityPoolRoles", "admin", IdentityPoolId=POOL)["Roles"]


def test_mappings_must_be_complete() -> None:
    app = App()
    given = {"IdentityPoolId": POOL, "Roles": {}}
    for mapping in ({"Type": "Token"}, {"Type": "Rules", "AmbiguousRoleResolution": "Deny"}):
        refusal = refused(app, "SetIdentityPoolRoles", **given, RoleMappings={USER_POOL: mapping})
        assert refusal.code == "InvalidParameterException"


def test_tag_maps_are_set_and_read() -> None:
    app = App()
    named = {"IdentityPoolId": POOL, "IdentityProviderName": USER_POOL}
    app.call("SetPrincipalTagAttributeMap", "admin", **named, PrincipalTags={"dept": "custom:dept"})
    read = app.call("GetPrincipalTagAttributeMap", "admin", **named)
    assert (read["PrincipalTags"], read["UseDefaults"]) == ({"dept": "custom:dept"}, False)
    assert dict(app.session("members/ana").tags) == {"dept": "sales"}


def test_administration_needs_permission() -> None:
    app = App()
    denied = refused(app, "DescribeIdentityPool", "outsider", IdentityPoolId=POOL)
    assert denied.code == "AccessDeniedException"
    assert f"identitypool/{POOL}" in denied.message


def test_identities_are_listed_and_deleted() -> None:
    app = App()
    guest, ana = app.identity(), app.identity("members/ana")
    listed = app.call("ListIdentities", "admin", IdentityPoolId=POOL, MaxResults=60)["Identities"]
    assert [one["IdentityId"] for one in listed] == [guest, ana]
    answer = app.call("DeleteIdentities", "admin", IdentityIdsToDelete=[ana, "us-east-1:0"])
    assert [one["IdentityId"] for one in answer["UnprocessedIdentityIds"]] == ["us-east-1:0"]
    assert app.identity("members/ana") != ana


def test_changed_pools_are_exported() -> None:
    app = App()
    app.call("CreateIdentityPool", "admin", IdentityPoolName="new", AllowUnauthenticatedIdentities=False)
    app.call("SetIdentityPoolRoles", "operator", IdentityPoolId=POOL, Roles={})
    world = app.sim.world
    now = model_of(world.configuration, app.sim.model)
    pools = {one.name: one.identity_pool for one in model(as_json(now)).identity_providers}
    assert pools["photos"] is not None
    assert pools["photos"].roles == {}
    assert pools["new"] is not None
