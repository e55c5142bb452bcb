"""A model becomes a file again, and nothing of it is lost on the way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from msgspec.structs import replace

from sts_tui.account.configuration import configuration_of, model_of
from sts_tui.account.loading.load import load
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.account.writing.export import as_json, export
from tests.accounts.every_part import PROD, changed, dump, model, own_file
from tests.accounts.policies import allow, trusts
from tests.accounts.policies import policy as document

SAMPLE = Path(__file__).parents[3] / "sample_accounts" / "acme.json"


def test_a_file_written_by_hand_comes_back_as_it_was() -> None:
    value = own_file()
    role = value["Accounts"][0]["RoleDetailList"][0]
    profile = role.pop("InstanceProfileList")[0]
    value["Accounts"][0]["InstanceProfiles"] = [{**profile, "Roles": [f"arn:aws:iam::{PROD}:role/app/App"]}]
    provider = value["Accounts"][0]["OpenIDConnectProviders"][0]
    provider["IdentityProvider"] = "github"
    assert as_json(model(value)) == value


@pytest.mark.parametrize(
    "files", [[own_file()], [dump()], [own_file(), dump()], [SAMPLE]], ids=["own", "dump", "both", "sample"]
)
def test_export_loads_as_the_same_model(files: list[Any]) -> None:
    if files == [own_file(), dump()]:
        files = [own_file(), changed(dump(), "RoleDetailList", [])]
    read = load(files).model if isinstance(files[0], Path) else model(*files)
    text = export(read)
    again = model(text)
    assert export(again) == text
    assert replace(again, accounts=()).name == read.name
    assert [account.account_id for account in again.accounts] == [
        account.account_id for account in read.accounts
    ]
    for before, after in zip(read.accounts, again.accounts, strict=True):
        assert [user.user_id for user in before.user_detail_list] == [
            user.user_id for user in after.user_detail_list
        ]
        assert [user.access_keys for user in before.user_detail_list] == [
            user.access_keys for user in after.user_detail_list
        ]
        assert [role.arn for role in before.role_detail_list] == [role.arn for role in after.role_detail_list]


def test_unknown_keys_of_a_dump_come_back() -> None:
    (account,) = as_json(model({**dump(), "TopOfTomorrow": [1]}))["Accounts"]
    assert account["TopOfTomorrow"] == [1]
    assert account["RoleDetailList"][0]["KeyOfTomorrow"] == {"a": [1, 2]}
    assert account["RoleDetailList"][0]["RoleLastUsed"] == dump()["RoleDetailList"][0]["RoleLastUsed"]
    assert account["RawDump"] is True


@pytest.mark.parametrize(
    "written",
    [json.dumps(trusts(), indent=3), quote(json.dumps(trusts()), safe=""), "not a policy", 5],
    ids=["string", "percent-encoded", "unreadable", "number"],
)
def test_documents_come_back_in_the_encoding_they_had(written: Any) -> None:
    value = as_json(model(changed(dump(), "RoleDetailList.0.AssumeRolePolicyDocument", written)))
    assert value["Accounts"][0]["RoleDetailList"][0]["AssumeRolePolicyDocument"] == written


def test_edits_are_in_the_export() -> None:
    read = model(dump())
    configuration = configuration_of(read)
    arn = f"arn:aws:iam::{PROD}:role/app/App"
    edited = replace(
        configuration.roles[arn],
        max_session_duration=7200,
        assume_role_policy_document=WrittenPolicy(trusts({"Service": "ec2.amazonaws.com"})),
    )
    after = model_of(replace(configuration, roles={**configuration.roles, arn: edited}), read)
    (role,) = as_json(after)["Accounts"][0]["RoleDetailList"]
    assert role["MaxSessionDuration"] == 7200
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": "ec2.amazonaws.com"}
    assert role["RoleId"] == "AROAEXAMPLEEXAMPLEEXA"


def test_a_new_value_wins_over_an_unusable_one_of_the_dump() -> None:
    read = model(changed(dump(), "RoleDetailList.0.MaxSessionDuration", "long"))
    assert as_json(read)["Accounts"][0]["RoleDetailList"][0]["MaxSessionDuration"] == "long"
    configuration = configuration_of(read)
    arn = f"arn:aws:iam::{PROD}:role/app/App"
    edited = replace(configuration.roles[arn], max_session_duration=7200)
    after = model_of(replace(configuration, roles={arn: edited}), read)
    assert as_json(after)["Accounts"][0]["RoleDetailList"][0]["MaxSessionDuration"] == 7200


def test_users_without_keys_stay_without_and_derived_keys_are_left_out() -> None:
    users = as_json(model(own_file()))["Accounts"][0]["UserDetailList"]
    assert "AccessKeys" not in users[0]
    assert users[1]["AccessKeys"] == []


def test_policies_stay_in_the_order_of_the_dump_and_new_ones_come_last() -> None:
    version = {"VersionId": "v1", "IsDefaultVersion": True, "Document": document(allow())}
    names = ["aws:policy/A", f"{PROD}:policy/B", "aws:policy/C", f"{PROD}:policy/D"]
    policies = [{"Arn": f"arn:aws:iam::{name}", "PolicyVersionList": [version]} for name in names]
    read = model({**dump(), "Policies": policies})
    configuration = configuration_of(read)
    assert model_of(configuration, read) == read
    kept = {arn: policy for arn, policy in configuration.policies.items() if not arn.endswith("policy/B")}
    new = replace(kept[f"arn:aws:iam::{PROD}:policy/D"], arn=f"arn:aws:iam::{PROD}:policy/E")
    after = model_of(replace(configuration, policies={new.arn: new, **kept}), read)
    assert [policy.arn[-1] for policy in after.accounts[0].policies] == ["A", "C", "D", "E"]


def test_a_default_version_that_does_not_exist_is_written_too() -> None:
    policy = {
        "Arn": f"arn:aws:iam::{PROD}:policy/Any",
        "DefaultVersionId": "v1",
        "PolicyVersionList": [{"VersionId": "v3", "Document": document(allow())}],
    }
    read = model({**dump(), "Policies": [policy]})
    assert read.accounts[0].policies[0].default_document is None
    assert as_json(model(export(read))) == as_json(read)
    assert as_json(read)["Accounts"][0]["Policies"][0]["DefaultVersionId"] == "v1"


def test_access_keys_of_an_overlay_replace_the_derived_one_of_an_exported_dump() -> None:
    key = {"AccessKeyId": "AKIAQQQQQQQQQQQQQQQQ", "Status": "Active"}
    overlay = {
        "Accounts": [{"AccountId": PROD, "UserDetailList": [{"UserName": "ana", "AccessKeys": [key]}]}]
    }
    for dumped in (dump(), json.loads(export(model(dump())))):
        (user,) = model(dumped, overlay).accounts[0].user_detail_list
        assert user.access_keys is not None
        assert [key.access_key_id for key in user.access_keys] == ["AKIAQQQQQQQQQQQQQQQQ"]


def test_the_text_is_utf_8_and_ends_a_line() -> None:
    text = export(model({"Name": "Größe"}))
    assert text == '{\n  "Name": "Größe"\n}\n'


def test_aws_managed_policies_of_a_dump_come_back_once_in_each_account() -> None:
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    version = {"VersionId": "v9", "IsDefaultVersion": True, "Document": document(allow("s3:Get*"))}
    policy = {
        "PolicyName": "ReadOnlyAccess",
        "Arn": arn,
        "DefaultVersionId": "v9",
        "PolicyVersionList": [version],
    }
    read = model(changed(dump(), "Policies.0", policy))
    after = model_of(configuration_of(read), read)
    assert [entry["Arn"] for entry in as_json(after)["Accounts"][0]["Policies"]] == [arn]
