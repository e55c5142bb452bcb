"""What an account file says of IAM Identity Center holds together, and becomes ids, roles and providers."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from sts_tui.account.configuration import configuration_of, model_of
from sts_tui.account.diagnostics.diagnostic import AccountFileError
from sts_tui.account.identity_center import attribute_path, duration_of
from sts_tui.account.loading.load import from_json
from sts_tui.account.permission_set_roles import provisioned_at_load, set_name
from sts_tui.account.writing.export import as_json
from sts_tui.simulation import Simulation
from tests.accounts.landing_zone import MODEL, PROD, LandingZone
from tests.accounts.policies import policy


def changed(*path: Any, to: Any) -> dict[str, Any]:
    whole: Any = deepcopy(MODEL)
    place = whole["IdentityCenter"]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return dict(whole)


def errors_of(model: dict[str, Any]) -> str:
    with pytest.raises(AccountFileError) as caught:
        from_json(model)
    return str(caught.value)


def test_the_model_loads_without_a_warning() -> None:
    assert from_json(MODEL).warnings == ()


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("GroupMemberships", 0, "GroupId"), "developer", 'there is no group "developer"'),
        (("GroupMemberships", 0, "MemberId"), {"UserId": "x"}, 'there is no user "x"'),
        (("PermissionSets", 0, "SessionDuration"), "PT13H", "PT1H to PT12H"),
        (("PermissionSets", 0, "SessionDuration"), "4 hours", "PT1H to PT12H"),
        (("Instances", 0, "PortalSessionDuration"), "P91D", "PT15M to P90D"),
        (("Instances", 0, "OwnerAccountId"), "999999999999", "there is no account 999999999999"),
        (("AccountAssignments", 0, "PermissionSetArn"), "Develop", 'no permission set "Develop"'),
        (("AccountAssignments", 0, "PrincipalId"), "nobody", 'there is no group "nobody"'),
        (("AccountAssignments", 0, "AccountId"), "999999999999", "there is no account 999999999999"),
        (
            ("PermissionSets", 0, "AttachedManagedPolicies"),
            [{"Arn": f"arn:aws:iam::{PROD}:policy/own"}],
            "CustomerManagedPolicyReferences",
        ),
        (("PermissionSets", 0, "CustomerManagedPolicyReferences"), [{"Name": "x"}], "cannot be provisioned"),
    ],
)
def test_what_refers_to_nothing_is_an_error_with_its_place(path: Any, value: Any, said: str) -> None:
    told = errors_of(changed(*path, to=value))
    assert said in told
    assert "IdentityCenter." in told


def test_the_same_assignment_twice_is_an_error() -> None:
    twice = [MODEL["IdentityCenter"]["AccountAssignments"][0]] * 2
    assert "occurs twice" in errors_of(changed("AccountAssignments", to=twice))


def test_attribute_that_is_not_read_is_a_warning() -> None:
    unread = [{"Key": "x", "Value": {"Source": ["${path:addresses[0]}"]}}]
    (warning,) = from_json(changed("Instances", 0, "AccessControlAttributes", to=unread)).warnings
    assert "no session gets the tag x" in warning.message


@pytest.mark.parametrize(
    ("text", "seconds"), [("PT1H", 3600), ("P1DT30M", 88200), ("P", None), ("PT", None), ("1h", None)]
)
def test_durations_are_iso_8601(text: str, seconds: int | None) -> None:
    span = duration_of(text)
    assert (None if span is None else span.total_seconds()) == seconds


def test_paths_of_attributes() -> None:
    assert attribute_path("${path:name.givenName}") == "name.givenName"
    assert attribute_path("${user:email}") is None
    assert attribute_path("${path:enterprise}") is None


def test_permission_sets_become_roles_of_the_accounts_where_someone_has_them() -> None:
    zone = LandingZone()
    roles = [one for one in zone.sim.world.configuration.roles.values() if "aws-reserved" in one.path]
    assert [(set_name(one), one.arn.split(":")[4]) for one in roles] == [("Developer", PROD), ("Audit", PROD)]
    role = roles[0]
    assert role.max_session_duration == 43_200
    assert role.role_policy_list[0].policy_name == "AwsSSOInlinePolicy"
    trust = role.assume_role_policy_document.document
    (provider,) = [arn for arn in zone.sim.world.configuration.saml_providers if PROD in arn]
    assert trust["Statement"][0]["Principal"] == {"Federated": provider}
    assert "AWSSSO_" in provider
    assert provider.endswith("_DO_NOT_DELETE")


def test_roles_of_a_dump_are_taken_as_they_are() -> None:
    dumped = deepcopy(MODEL)
    trust = {
        "Effect": "Allow",
        "Principal": {
            "Federated": f"arn:aws:iam::{PROD}:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE"
        },
        "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"],
    }
    dumped["Accounts"][1]["RoleDetailList"] = [
        {
            "RoleName": "AWSReservedSSO_Developer_0123456789abcdef",
            "Path": "/aws-reserved/sso.amazonaws.com/eu-west-1/",
            "AssumeRolePolicyDocument": policy(trust),
        }
    ]
    zone = LandingZone(dumped)
    assert zone.role_arn().endswith("/eu-west-1/AWSReservedSSO_Developer_0123456789abcdef")
    assert zone.signed_in().issuer_arn == zone.role_arn()


@pytest.mark.parametrize(
    ("region", "path"),
    [("eu-west-1", "eu-west-1/"), ("us-gov-west-1", "us-gov-west-1/"), ("us-east-1", ""), (None, "")],
)
def test_path_of_a_role_names_the_primary_region_except_us_east_1(region: str | None, path: str) -> None:
    instance = {} if region is None else {"PrimaryRegion": region}
    zone = LandingZone(changed("Instances", to=[instance]))
    name = f"role/aws-reserved/sso.amazonaws.com/{path}AWSReservedSSO_Developer_"
    assert zone.role_arn().startswith(f"arn:aws:iam::{PROD}:{name}")
    assert zone.signed_in().issuer_arn == zone.role_arn()
    (listed,) = zone.sim.call("sso:ListInstances", {}, caller="operator")["Instances"]
    assert listed.get("PrimaryRegion") == region


def test_a_malformed_region_is_an_error() -> None:
    assert "PrimaryRegion" in errors_of(changed("Instances", 0, "PrimaryRegion", to="Ireland"))


def test_export_is_what_was_written_and_loads_again() -> None:
    loaded = from_json(MODEL).model
    configuration = configuration_of(loaded)
    assert as_json(model_of(configuration, loaded))["IdentityCenter"] == MODEL["IdentityCenter"]
    exported = as_json(model_of(provisioned_at_load(configuration), loaded))
    again = Simulation.open(exported)
    assert list(again.world.configuration.roles) == list(provisioned_at_load(configuration).roles)


def test_edits_are_exported_with_their_ids() -> None:
    zone = LandingZone()
    zone.admin("identitystore:CreateUser", UserName="eve@acme.example")
    exported = as_json(model_of(zone.sim.world.configuration, zone.sim.model))
    again = LandingZone(exported)
    assert again.user_id("eve@acme.example") == zone.user_id("eve@acme.example")
    assert again.user_id() == zone.user_id()
    assert again.signed_in().name == "ann@acme.example"
