"""What comes from AWS is never refused: whatever is odd in it is a warning, and nothing of it is lost."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

import pytest

from sts_tui.account.configuration import configuration_of
from sts_tui.account.entities import AccountModel
from sts_tui.account.loading.raw_dump import is_raw_dump
from sts_tui.account.writing.export import export
from tests.accounts.every_part import DEV, PROD, changed, dump, errors, loaded, model
from tests.accounts.policies import allow, trusts
from tests.accounts.policies import policy as document

ROLE = "RoleDetailList.0"


def warnings(*files: Any) -> str:
    return "\n".join(str(diagnostic) for diagnostic in loaded(*files).warnings)


def test_a_raw_dump_is_already_an_account_file() -> None:
    (account,) = model(dump()).accounts
    assert (account.account_id, account.is_raw_dump) == (PROD, True)
    assert account.role_detail_list[0].role_id == "AROAEXAMPLEEXAMPLEEXA"
    assert account.instance_profiles[0].roles == (f"arn:aws:iam::{PROD}:role/app/App",)
    group = account.group_detail_list[0]
    assert group.create_date is not None
    assert group.create_date.isoformat() == "2025-01-01T00:00:00+00:00"


@pytest.mark.parametrize("only", ["UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"])
def test_one_list_is_enough_to_know_a_dump(only: str) -> None:
    assert is_raw_dump({only: []})
    assert not is_raw_dump({only: [], "Accounts": []})


def test_keys_that_aws_adds_later_are_kept_and_reported_once() -> None:
    value = dump()
    value["RoleDetailList"].append(
        {**value["RoleDetailList"][0], "RoleName": "B", "RoleId": "AROAB" + "B" * 16}
    )
    value["RoleDetailList"][1]["Arn"] = f"arn:aws:iam::{PROD}:role/app/B"
    value["RoleDetailList"][1].pop("InstanceProfileList")
    value["TopOfTomorrow"] = 1
    told = [diagnostic for diagnostic in loaded(value).warnings if "KeyOfTomorrow" in diagnostic.message]
    (diagnostic,) = told
    assert "1 more place" in diagnostic.message
    (account,) = model(value).accounts
    assert account.extra == {"TopOfTomorrow": 1}
    assert account.role_detail_list[0].extra == {"KeyOfTomorrow": {"a": [1, 2]}}


@pytest.mark.parametrize(
    "written",
    [
        lambda text: json.loads(text),
        lambda text: text,
        lambda text: quote(text, safe=""),
        lambda text: quote(text, safe="~()*!.'"),
    ],
    ids=["object", "string", "percent-encoded", "percent-encoded as some SDKs do"],
)
def test_policy_documents_are_read_in_every_encoding(written: Any) -> None:
    wanted = trusts({"Service": "ec2.amazonaws.com"}, Sid="Ec2")
    value = changed(dump(), f"{ROLE}.AssumeRolePolicyDocument", written(json.dumps(wanted, indent=1)))
    role = model(value).accounts[0].role_detail_list[0]
    assert role.assume_role_policy_document.document == wanted


@pytest.mark.parametrize(
    ("where", "value", "message"),
    [
        (f"{ROLE}.AssumeRolePolicyDocument", "{", "not a policy document"),
        (f"{ROLE}.AssumeRolePolicyDocument", 5, "not a policy document"),
        (f"{ROLE}.AssumeRolePolicyDocument", ..., "has no AssumeRolePolicyDocument"),
        (
            f"{ROLE}.AssumeRolePolicyDocument",
            trusts(Condition={"StringFoo": {"aws:userid": "x"}}),
            "Unknown condition operator",
        ),
        (
            f"{ROLE}.AssumeRolePolicyDocument",
            trusts({"AWS": "AROADELETEDDELETEDDEL"}),
            "deleted user or role",
        ),
        (
            f"{ROLE}.AssumeRolePolicyDocument",
            trusts({"AWS": f"arn:aws:iam::{PROD}:role/Gone"}),
            "Invalid principal",
        ),
        (
            f"{ROLE}.AssumeRolePolicyDocument",
            trusts({"Federated": f"arn:aws:iam::{PROD}:saml-provider/x"}),
            "no identity providers",
        ),
        (f"{ROLE}.MaxSessionDuration", "long", "is not an integer"),
        (f"{ROLE}.CreateDate", "then", "is not a time"),
        (f"{ROLE}.RoleId", "?", "does not match"),
        (f"{ROLE}.Tags", {}, "is not a list"),
        (f"{ROLE}.Arn", ..., ""),
        (f"{ROLE}.RoleName", 5, "5 is not text"),
        (ROLE, 5, "5 is not an object"),
        ("RoleDetailList", 5, "5 is not a list"),
        ("UserDetailList.0.GroupList.0", "missing", "there is no group"),
        ("UserDetailList.0.AttachedManagedPolicies.0", {}, "has no PolicyArn"),
        ("GroupDetailList.1", dump()["GroupDetailList"][0], "twice"),
        ("IsTruncated", "maybe", "is not true or false"),
        (
            "Policies.0",
            {
                "Arn": f"arn:aws:iam::{PROD}:policy/Any",
                "PolicyVersionList": [{"VersionId": "v3", "Document": document()}, {"VersionId": "v2"}],
            },
            'no version is marked as the default one: "v3" is taken',
        ),
    ],
)
def test_oddities_of_a_dump_are_warnings(where: str, value: Any, message: str) -> None:
    file = changed(dump(), where, value)
    assert errors(file) == ()
    assert message in warnings(file)


@pytest.mark.parametrize(
    ("where", "value", "message"),
    [
        ("UserDetailList.0.Arn", f"arn:aws:iam:::{PROD}:user/ana", "is not the ARN of a user"),
        ("UserDetailList.0.Arn", "arn:aws:iam::XXXXXXXXXXXX:user/ana", "is not the ARN of a user"),
        ("UserDetailList.0.Arn", f"arn:aws:iam:eu-west-1:{PROD}:user/ana", "is not the ARN of a user"),
        ("UserDetailList.0.Arn", "arn:aws:iam::aws:user/ana", "is not the ARN of a user"),
        ("GroupDetailList.0.Arn", f"arn:aws:iam::{PROD}:role/dev", "is not the ARN of a group"),
        (f"{ROLE}.Arn", f"arn:aws:iamx::{PROD}:role/app/App", "is not the ARN of a role"),
        (f"{ROLE}.Arn", 5, "5 is not an ARN"),
        (f"{ROLE}.Arn", "App", '"App" is not an ARN'),
        (
            f"{ROLE}.InstanceProfileList.0.Arn",
            f"arn:aws:iam::{PROD}:x/App",
            "is not the ARN of an instance-profile",
        ),
    ],
)
def test_an_invalid_arn_is_an_error_in_a_dump_too(where: str, value: Any, message: str) -> None:
    """AWS writes no such ARN, and entities are identified by their ARNs: a guess could be another entity."""
    found = errors(changed(dump(), where, value))
    assert [diagnostic.path for diagnostic in found] == [re.sub(r"\.(\d+)", r"[\1]", where)]
    assert message in found[0].message
    assert found[0].line


def test_the_arn_that_was_probably_meant_is_suggested() -> None:
    (diagnostic,) = errors(changed(dump(), f"{ROLE}.Arn", "arn:aws:iam::1:role/App"))
    assert diagnostic.hint == "like arn:aws:iam::ACCOUNT:role/app/App"


@pytest.mark.parametrize(("key", "value"), [("Path", "app"), ("RoleName", "a:b")])
def test_what_has_no_arn_is_known_by_a_name_and_path_that_are_right(key: str, value: str) -> None:
    file = changed(dump(), f"{ROLE}.{key}", value)
    assert f"{key}: " in warnings(file)
    (diagnostic,) = errors(changed(file, f"{ROLE}.Arn", ...))
    assert diagnostic.message == f'has no Arn, and none can be derived from "{value}"'


def test_an_entity_in_the_account_of_another_is_an_error_in_a_dump_too() -> None:
    account = {"AccountId": DEV, "RawDump": True, "UserDetailList": dump()["UserDetailList"]}
    (diagnostic,) = errors({"Accounts": [account]})
    assert diagnostic.message == f"belongs to account {PROD}, but is listed in {DEV}"


def test_aws_managed_policies_without_document_grant_nothing_and_a_warning_reports_it() -> None:
    assert "ReadOnlyAccess: no file has its document, so what it grants is unknown" in warnings(dump())
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    version = {"VersionId": "v9", "IsDefaultVersion": True, "Document": document(allow("s3:Get*"))}
    value = changed(
        dump(), "Policies.0", {"PolicyName": "ReadOnlyAccess", "Arn": arn, "PolicyVersionList": [version]}
    )
    assert "ReadOnlyAccess" not in warnings(value)


def test_two_documents_for_one_aws_managed_policy_are_reported() -> None:
    """One AWS managed policy is the same in every account: dumps of different days disagree."""

    def dumped(account: str, version: str, action: str) -> dict[str, Any]:
        role = {
            "Arn": f"arn:aws:iam::{account}:role/Any",
            "AssumeRolePolicyDocument": trusts({"AWS": account}),
        }
        told = {"VersionId": version, "IsDefaultVersion": True, "Document": document(allow(action))}
        policy = {"Arn": "arn:aws:iam::aws:policy/Theirs", "PolicyVersionList": [told]}
        return {"RoleDetailList": [role], "Policies": [policy]}

    newer, older = dumped(PROD, "v7", "s3:Get*"), dumped(DEV, "v6", "s3:*")
    assert "1.json" in warnings(newer, older)
    assert "arn:aws:iam::aws:policy/Theirs has another document at 0.json" in warnings(newer, older)
    used = configuration_of(model(newer, older)).policies["arn:aws:iam::aws:policy/Theirs"].default_document
    assert used is not None
    assert used.document == document(allow("s3:Get*"))
    assert warnings(newer, dumped(DEV, "v7", "s3:Get*")) == ""


def test_pages_of_one_dump_are_one_account() -> None:
    first = {**dump(), "RoleDetailList": [], "IsTruncated": True, "Marker": "next"}
    second = {"RoleDetailList": dump()["RoleDetailList"], "IsTruncated": False}
    (account,) = model(first, second).accounts
    assert (len(account.user_detail_list), len(account.role_detail_list)) == (1, 1)
    assert account.extra is None


def test_a_page_of_nothing_but_aws_managed_policies_belongs_to_the_other_pages() -> None:
    """The last page of a dump is often such a one, and has no account id in it."""
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    version = {"VersionId": "v9", "IsDefaultVersion": True, "Document": document(allow("s3:Get*"))}
    policy = {"PolicyName": "ReadOnlyAccess", "Arn": arn, "PolicyVersionList": [version]}
    first = {**dump(), "IsTruncated": True, "Marker": "next"}
    last = {"RoleDetailList": [], "Policies": [policy], "IsTruncated": False}
    for files in ((first, last), (last, first)):
        (account,) = model(*files).accounts
        assert [entry.arn for entry in account.policies] == [arn]
        assert "ReadOnlyAccess" not in warnings(*files)
    whole = {**dump(), "Policies": [policy]}
    assert export(model(first, last)) == export(model(whole))
    assert "no ARN in it names the account" in warnings(last)


def test_entities_of_an_unknown_account_are_an_error() -> None:
    value = {"RoleDetailList": [{"RoleName": "Elsewhere", "AssumeRolePolicyDocument": trusts()}]}
    (diagnostic,) = errors(value, dump())
    assert (diagnostic.file, diagnostic.path) == ("0.json", "RoleDetailList[0]")
    assert diagnostic.message == "no Arn in this file names the account"
    assert "Accounts" in diagnostic.hint


def test_a_dump_without_its_last_page_is_reported() -> None:
    assert "more pages" in warnings({**dump(), "IsTruncated": True, "Marker": "next"})
    assert "more pages" not in warnings(
        {**dump(), "IsTruncated": True}, {"RoleDetailList": [], "IsTruncated": False}
    )


def test_pages_of_the_aws_cli_are_known_by_its_token() -> None:
    """`--max-items` prints a NextToken, and no IsTruncated; the last page has neither."""
    whole = {key: value for key, value in dump().items() if key != "IsTruncated"}
    page = {**whole, "RoleDetailList": [], "NextToken": "eyJNYXJrZXIiOiBudWxsfQ=="}
    assert "NextToken: this is not the last page" in warnings(page)
    last = {"RoleDetailList": dump()["RoleDetailList"]}
    told = warnings(page, last)
    assert "last page" not in told
    assert "NextToken" not in told
    assert model(page, last).accounts[0].extra is None


def test_session_lengths_inside_instance_profiles_are_used() -> None:
    path = f"{ROLE}.InstanceProfileList.0.Roles.0.MaxSessionDuration"
    assert model(changed(dump(), path, 7200)).accounts[0].role_detail_list[0].max_session_duration == 7200


def test_another_partition_keeps_its_arns() -> None:
    value = json.loads(json.dumps(dump()).replace("arn:aws:", "arn:aws-cn:"))
    value["RoleDetailList"][0].pop("Arn")
    assert model(value).accounts[0].role_detail_list[0].arn == f"arn:aws-cn:iam::{PROD}:role/app/App"


def test_our_own_parts_beside_a_dump_are_read_strictly() -> None:
    workload = {"Name": "w", "Identity": f"arn:aws:iam::{PROD}:user/ana", "Refresh": "sdkk"}
    (diagnostic,) = errors({**dump(), "Workloads": [workload]})
    assert diagnostic.path == "Workloads[0].Refresh"
    workload["Refresh"] = "sdk"
    assert model({**dump(), "Workloads": [workload]}).workloads[0].name == "w"


def test_lists_of_a_dump_beside_accounts_are_a_mistake() -> None:
    assert [diagnostic.path for diagnostic in errors({"Accounts": [], "RoleDetailList": []})] == [
        "RoleDetailList"
    ]


def test_an_empty_dump_names_no_account() -> None:
    value = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}
    assert model(value) == AccountModel()
    assert "no ARN in it names the account" in warnings(value)


def test_a_dump_of_several_accounts_is_several_accounts() -> None:
    other = {
        **dump()["RoleDetailList"][0],
        "Arn": f"arn:aws:iam::{DEV}:role/app/App",
        "RoleId": "AROAB" + "B" * 16,
    }
    other.pop("InstanceProfileList")
    accounts = model(changed(dump(), "RoleDetailList.1", other)).accounts
    assert [account.account_id for account in accounts] == [PROD, DEV]
    assert all(account.is_raw_dump for account in accounts)


def test_an_entity_without_an_arn_in_a_dump_of_several_accounts_is_an_error() -> None:
    other = {
        **dump()["GroupDetailList"][0],
        "Arn": f"arn:aws:iam::{DEV}:group/dev",
        "GroupId": "AGPA" + "B" * 17,
    }
    value = changed(changed(dump(), "GroupDetailList.1", other), "UserDetailList.0.Arn", ...)
    (diagnostic,) = errors(value)
    assert (diagnostic.path, diagnostic.message) == (
        "UserDetailList[0]",
        "without an Arn it is unknown to which of the file's accounts it belongs",
    )


def test_a_raw_dump_inside_accounts_may_be_marked_as_one() -> None:
    account = {"AccountId": PROD, **{key: value for key, value in dump().items() if key != "IsTruncated"}}
    assert errors({"Accounts": [account]})
    assert errors({"Accounts": [{**account, "RawDump": True}]}) == ()


def test_unknown_keys_of_an_exported_dump_are_still_reported() -> None:
    text = export(model(dump()))
    assert "KeyOfTomorrow" in warnings(text)
    assert model(text).accounts[0].role_detail_list[0].extra == {"KeyOfTomorrow": {"a": [1, 2]}}
