"""Several files are one model: by ARN, members united, no scalar twice with two values."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.accounts.every_part import DEV, PROD, changed, dump, errors, model, own_file
from tests.accounts.policies import allow, trusts
from tests.accounts.policies import policy as document


def overlay(**account: Any) -> dict[str, Any]:
    return {"Accounts": [{"AccountId": PROD, **account}]}


APP = f"arn:aws:iam::{PROD}:role/app/App"


@pytest.mark.parametrize("named", [{"Arn": APP}, {"RoleName": "App", "Path": "/app/"}, {"RoleName": "App"}])
def test_an_overlay_adds_to_a_dump_what_it_lacks(named: dict[str, str]) -> None:
    extra = overlay(
        RoleDetailList=[{**named, "MaxSessionDuration": 7200}], Resources=[{"Arn": "arn:aws:s3:::x"}]
    )
    for files in ([dump(), extra], [extra, dump()]):
        (account,) = model(*files).accounts
        (role,) = account.role_detail_list
        assert (role.arn, role.max_session_duration) == (APP, 7200)
        assert role.role_id == "AROAEXAMPLEEXAMPLEEXA"
        assert account.resources[0].account == PROD
        assert account.is_raw_dump


def test_an_overlay_adds_organization_providers_and_workloads() -> None:
    extra = own_file()
    for account in extra["Accounts"]:
        for key in [key for key in account if key not in ("AccountId", "Name")]:
            del account[key]
    extra["Workloads"][0]["Identity"] = f"arn:aws:iam::{PROD}:user/ana"
    read = model(dump(), extra)
    assert read.organization is not None
    assert [provider.name for provider in read.identity_providers] == ["sso", "github"]
    assert [account.account_id for account in read.accounts] == [PROD, DEV]


def test_two_values_for_one_scalar_are_an_error_that_names_both_places() -> None:
    first = overlay(RoleDetailList=[{"Arn": APP, "MaxSessionDuration": 3600}])
    second = overlay(RoleDetailList=[{"Arn": APP, "MaxSessionDuration": 7200}])
    (diagnostic,) = errors(dump(), first, second)
    assert diagnostic.file == "2.json"
    assert diagnostic.path == "Accounts[0].RoleDetailList[0].MaxSessionDuration"
    assert diagnostic.message == (
        "7200 here, but 3600 at 1.json:8 Accounts[0].RoleDetailList[0].MaxSessionDuration"
    )


def test_the_same_value_twice_is_not_an_error() -> None:
    assert errors(own_file(), own_file()) == ()
    assert len(model(own_file(), own_file()).accounts[0].role_detail_list) == 2


def test_equal_moments_written_differently_are_one_value() -> None:
    again = changed(dump(), "RoleDetailList.0.CreateDate", 1735689600)
    assert errors(dump(), again) == ()


def test_what_aws_counts_itself_may_differ_between_dumps() -> None:
    again = changed(dump(), "RoleDetailList.0.RoleLastUsed", {"Region": "us-east-1"})
    assert errors(dump(), again) == ()


def test_documents_are_compared_by_what_they_say() -> None:
    as_text = changed(dump(), "RoleDetailList.0.AssumeRolePolicyDocument", json.dumps(trusts(), indent=3))
    assert errors(dump(), as_text) == ()
    other = changed(dump(), "RoleDetailList.0.AssumeRolePolicyDocument", trusts({"AWS": DEV}))
    (diagnostic,) = errors(dump(), other)
    assert "another policy here, but another policy at 0.json" in diagnostic.message


def test_members_of_lists_are_united_by_what_names_them() -> None:
    policy = {"PolicyName": "more", "PolicyDocument": document(allow("sqs:*"))}
    again = {"PolicyName": "work", "PolicyDocument": document(allow())}
    extra = overlay(
        RoleDetailList=[
            {"Arn": APP, "RolePolicyList": [policy, again], "Tags": [{"Key": "a", "Value": "b"}]}
        ],
        UserDetailList=[{"UserName": "alice", "GroupList": ["Team", "More"]}],
        GroupDetailList=[{"GroupName": "More"}],
    )
    account = model(own_file(), extra).accounts[0]
    assert [entry.policy_name for entry in account.role_detail_list[0].role_policy_list] == ["work", "more"]
    assert account.user_detail_list[0].group_list == ("Team", "More")


def test_organizations_are_united_unit_by_unit() -> None:
    first = own_file()
    second = {
        "Organization": {
            "Root": {
                "Name": "Root",
                "OrganizationalUnits": [{"Name": "Workloads", "Accounts": ["777788889999"]}, {"Name": "New"}],
            }
        },
        "Accounts": [{"AccountId": "777788889999"}],
    }
    organization = model(first, second).organization
    assert organization is not None
    workloads, new = organization.root.organizational_units
    assert [account.account_id for account in workloads.accounts] == [DEV, "777788889999"]
    assert new.name == "New"


def test_what_no_file_completes_is_reported_at_its_first_place() -> None:
    (diagnostic,) = errors(dump(), overlay(RoleDetailList=[{"RoleName": "Ap", "MaxSessionDuration": 3600}]))
    assert (diagnostic.file, diagnostic.path) == ("1.json", "Accounts[0].RoleDetailList[0]")
    assert "has no AssumeRolePolicyDocument" in diagnostic.message


def test_names_clash_across_files_too() -> None:
    extra = overlay(RoleDetailList=[{"RoleName": "APP", "AssumeRolePolicyDocument": trusts()}])
    (diagnostic,) = errors(dump(), extra)
    assert "already used, ignoring case: see 0.json" in diagnostic.message


def test_references_may_lead_into_another_file() -> None:
    extra = overlay(GroupDetailList=[{"GroupName": "Later"}])
    user = overlay(UserDetailList=[{"UserName": "new", "GroupList": ["Later"]}])
    assert errors(user, extra) == ()
    assert errors(user)


def test_an_account_has_one_place_in_the_organization_across_files() -> None:
    unit = {"Name": "Elsewhere", "Accounts": [DEV]}
    second = {"Organization": {"Root": {"Name": "Root", "OrganizationalUnits": [unit]}}}
    (diagnostic,) = errors(own_file(), second)
    assert (diagnostic.file, diagnostic.path) == (
        "1.json",
        "Organization.Root.OrganizationalUnits[0].Accounts[0]",
    )
    assert "occurs twice in the organization: see 0.json" in diagnostic.message


def test_a_part_of_an_organization_may_be_in_a_file_of_its_own() -> None:
    whole = own_file()
    delegated = whole["Organization"].pop("DelegatedAdministrators")
    part = {"Organization": {"DelegatedAdministrators": delegated, "ManagementAccountId": PROD}}
    assert errors(whole, part) == ()
    organization = model(whole, part).organization
    assert organization is not None
    assert organization.delegated_administrators == {"iam.amazonaws.com": (DEV,)}
