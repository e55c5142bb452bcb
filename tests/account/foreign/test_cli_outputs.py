"""One user, role, group or policy, as the AWS CLI prints it, completes a dump."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sts_tui.account.diagnostics.diagnostic import AccountFileError
from sts_tui.account.diagnostics.source import Source
from sts_tui.account.entities import Account, AccountModel
from sts_tui.account.loading.load import parse
from tests.accounts.every_part import PROD, dump
from tests.accounts.policies import allow, trusts
from tests.accounts.policies import policy as document

USER = {
    "Path": "/",
    "UserName": "ana",
    "UserId": "AIDAEXAMPLEEXAMPLEEXA",
    "Arn": f"arn:aws:iam::{PROD}:user/ana",
}
ROLE = {**dump()["RoleDetailList"][0], "MaxSessionDuration": 43200}
GROUP = {"Path": "/", "GroupName": "dev", "Arn": f"arn:aws:iam::{PROD}:group/dev"}
POLICY = {"PolicyName": "Own", "Arn": f"arn:aws:iam::{PROD}:policy/Own", "DefaultVersionId": "v1"}
SCP = {
    "Id": "p-abcd1234",
    "Arn": f"arn:aws:organizations::{PROD}:policy/o-exampleorgid/service_control_policy/p-abcd1234",
    "Name": "deny",
    "Type": "SERVICE_CONTROL_POLICY",
    "AwsManaged": False,
}


def read(*files: Any) -> AccountModel:
    texts = [json.dumps(file) for file in files]
    return parse([Source(f"{number}.json", text) for number, text in enumerate(texts)]).model


def account(*files: Any) -> Account:
    (only,) = read(*files).accounts
    return only


@pytest.mark.parametrize("output", [{"Role": ROLE}, {"Roles": [ROLE]}, ROLE, [ROLE]])
def test_roles_complete_a_dump(output: Any) -> None:
    for files in ((dump(), output), (output, dump()), (output,)):
        (role,) = account(*files).role_detail_list
        assert role.max_session_duration == 43200


@pytest.mark.parametrize("output", [{"User": USER}, {"Users": [USER]}, USER, [USER]])
def test_users_are_read(output: Any) -> None:
    assert [user.user_name for user in account(output).user_detail_list] == ["ana"]


def test_a_group_comes_with_its_members() -> None:
    found = account({"Group": GROUP, "Users": [USER]})
    assert [group.group_name for group in found.group_detail_list] == ["dev"]
    assert found.user_detail_list[0].group_list == ("dev",)


@pytest.mark.parametrize("output", [{"Policy": POLICY}, {"Policies": [POLICY]}])
def test_policies_are_read(output: Any) -> None:
    assert [policy.policy_name for policy in account(output, dump()).policies] == ["Own"]


def test_identity_providers_and_instance_profiles_are_read() -> None:
    saml = {"SAMLProviderList": [{"Arn": f"arn:aws:iam::{PROD}:saml-provider/sso"}]}
    oidc = {"OpenIDConnectProviderList": [{"Arn": f"arn:aws:iam::{PROD}:oidc-provider/id.example"}]}
    profile = {
        "InstanceProfile": {"InstanceProfileName": "x", "Arn": f"arn:aws:iam::{PROD}:instance-profile/x"}
    }
    found = account(dump(), saml, oidc, profile)
    assert [provider.arn for provider in found.saml_providers] == [f"arn:aws:iam::{PROD}:saml-provider/sso"]
    assert [provider.url for provider in found.open_id_connect_providers] == ["id.example"]
    assert "x" in [one.instance_profile_name for one in found.instance_profiles]


def test_keys_and_devices_belong_to_the_user_that_they_name() -> None:
    keys = {
        "AccessKeyMetadata": [
            {"UserName": "ana", "AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "Status": "Inactive"}
        ]
    }
    devices = {"MFADevices": [{"UserName": "ana", "SerialNumber": f"arn:aws:iam::{PROD}:mfa/ana"}]}
    (user,) = account(keys, dump(), devices).user_detail_list
    assert [(key.access_key_id, key.status) for key in user.access_keys or ()] == [
        ("AKIAIOSFODNN7EXAMPLE", "Inactive")
    ]
    assert [device.serial_number for device in user.mfa_devices or ()] == [f"arn:aws:iam::{PROD}:mfa/ana"]


def test_a_password_and_virtual_devices_belong_to_the_user_that_they_name() -> None:
    """https://docs.aws.amazon.com/cli/latest/reference/iam/list-virtual-mfa-devices.html"""
    password = {"LoginProfile": {"UserName": "ana", "CreateDate": "2026-01-01T00:00:00Z"}}
    serial = f"arn:aws:iam::{PROD}:mfa/phone"
    devices = {
        "VirtualMFADevices": [
            {"SerialNumber": f"arn:aws:iam::{PROD}:mfa/spare"},
            {"SerialNumber": serial, "User": {"Arn": f"arn:aws:iam::{PROD}:user/ana", "UserName": "ana"}},
            {"SerialNumber": f"arn:aws:iam::{PROD}:mfa/root", "User": {"Arn": f"arn:aws:iam::{PROD}:root"}},
        ]
    }
    (user,) = account(password, dump(), devices).user_detail_list
    assert user.login_profile is not None
    assert [device.serial_number for device in user.mfa_devices or ()] == [serial]


def test_an_inline_policy_belongs_to_the_only_role_of_its_name() -> None:
    policy = {"RoleName": "App", "PolicyName": "p", "PolicyDocument": document(allow())}
    (role,) = account(policy, dump()).role_detail_list
    assert [one.policy_name for one in role.role_policy_list] == ["p"]


def test_a_policy_of_the_organization_is_attached_nowhere_until_a_file_says_where() -> None:
    output = {"Policy": {"PolicySummary": SCP, "Content": json.dumps(document(allow("*")))}}
    organization = read(dump(), output).organization
    assert organization is not None
    assert [policy.name for policy in organization.unattached_service_control_policies] == ["deny"]
    tree = {"Id": "o-exampleorgid", "ManagementAccountId": PROD, "Root": {"Name": "r", "Accounts": [PROD]}}
    organization = read(dump(), output, {"Organization": tree}).organization
    assert organization is not None
    assert organization.root.name == "r"


def test_errors_in_a_policy_that_aws_stores_are_warnings() -> None:
    """AWS may have an operator that is not known here. A file of its own is held to the rules."""
    statement = {**allow("*"), "Condition": {"NewOperator": {"aws:SourceIp": "10.0.0.1"}}}
    output = {"Policy": {"PolicySummary": SCP, "Content": json.dumps(document(statement))}}
    organization = read(dump(), output).organization
    assert organization is not None
    assert organization.is_raw_dump
    own = {"Name": "deny", "Document": document(statement)}
    tree = {"Name": "r", "Accounts": [PROD], "ServiceControlPolicies": [own]}
    whole = {"Id": "o-exampleorgid", "ManagementAccountId": PROD, "Root": tree}
    with pytest.raises(AccountFileError, match="NewOperator"):
        read(dump(), {"Organization": whole})
    assert read(dump(), {"Organization": {**whole, "RawDump": True}}).organization is not None


def test_a_policy_that_aws_itself_wrote_adds_nothing() -> None:
    own = {**SCP, "Arn": "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess"}
    assert read(dump(), {"Policy": {"PolicySummary": own, "Content": "{}"}}).organization is None


@pytest.mark.parametrize(
    "key",
    [
        *("Roles", "Users", "Groups", "Policies", "InstanceProfiles"),
        *("SAMLProviderList", "OpenIDConnectProviderList", "AccessKeyMetadata", "MFADevices"),
        "VirtualMFADevices",
        *("GroupMemberships", "AccountAssignments", "Instances"),
        *("trustAnchors", "profiles", "crls", "associations"),
    ],
)
def test_a_list_that_a_command_found_empty_adds_nothing(key: str) -> None:
    alone = repr(account(dump()))
    assert repr(account(dump(), {key: []})) == alone
    assert repr(account({key: []}, dump())) == alone


SDK = {"IsTruncated": False, "ResponseMetadata": {"HTTPStatusCode": 200}}
"""What boto3's answers have besides."""


def test_what_an_sdk_answers_is_read_as_what_the_cli_prints() -> None:
    known = account(dump()).role_detail_list[0]
    role = {
        "RoleName": known.role_name,
        "Arn": known.arn,
        "MaxSessionDuration": 7200,
        "AssumeRolePolicyDocument": trusts(),
    }
    (found,) = account(dump(), {"Roles": [role], **SDK}).role_detail_list
    assert found.max_session_duration == 7200
    (found,) = account(dump(), {"Role": role, "ResponseMetadata": {}}).role_detail_list
    assert found.max_session_duration == 7200
    assert repr(account(dump(), {"Users": [], **SDK})) == repr(account(dump()))


def test_an_empty_list_of_another_kind_is_no_overlay() -> None:
    for output in ({"Pictures": []}, {"crls": [], "nextToken": "more"}, {"crls": {}}):
        with pytest.raises(AccountFileError):
            read(dump(), output)
