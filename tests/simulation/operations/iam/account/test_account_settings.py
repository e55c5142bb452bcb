"""GetAccountSummary counts what the model holds; SetSecurityTokenServicePreferences changes one setting.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html
"""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.sts.issuing.mfa import code_at
from tests.accounts.bench import ACCOUNT, NOW, bench, refusal
from tests.accounts.entities import user
from tests.accounts.policies import allows, arn, trusts

MODEL: dict[str, Any] = {
    "UserDetailList": [user("ann"), user("bob")],
    "GroupDetailList": [{"GroupName": "dev"}],
    "RoleDetailList": [{"RoleName": "App", "AssumeRolePolicyDocument": trusts(ACCOUNT)}],
    "Policies": [
        {
            "PolicyName": "edge",
            "PolicyVersionList": [
                {"VersionId": "v1", "Document": allows()},
                {"VersionId": "v2", "Document": allows(), "IsDefaultVersion": True},
            ],
        }
    ],
    "InstanceProfiles": [{"InstanceProfileName": "App"}],
}


def summary(aws: Any) -> dict[str, int]:
    found: dict[str, int] = aws("iam:GetAccountSummary")["SummaryMap"]
    return found


def test_entities_are_counted() -> None:
    found = summary(bench(**MODEL))
    counted = {
        "Users": 2,
        "Groups": 1,
        "Roles": 1,
        "Policies": 1,
        "PolicyVersionsInUse": 2,
        "InstanceProfiles": 1,
    }
    assert {name: found[name] for name in counted} == counted
    assert (found["Providers"], found["MFADevices"], found["ServerCertificates"]) == (0, 0, 0)
    assert (found["UsersQuota"], found["RolesQuota"], found["AccessKeysPerUserQuota"]) == (5000, 1000, 2)


def test_a_device_counts_from_its_creation_and_is_in_use_once_it_is_enabled() -> None:
    aws = bench(**MODEL)
    aws("iam:CreateVirtualMFADevice", VirtualMFADeviceName="phone")
    assert (summary(aws)["MFADevices"], summary(aws)["MFADevicesInUse"]) == (1, 0)
    serial, step = arn("mfa/phone"), int(NOW.timestamp()) // 30
    first, second = code_at(serial, step), code_at(serial, step + 1)
    aws(
        "iam:EnableMFADevice",
        UserName="ann",
        SerialNumber=serial,
        AuthenticationCode1=first,
        AuthenticationCode2=second,
    )
    assert (summary(aws)["MFADevices"], summary(aws)["MFADevicesInUse"]) == (1, 1)


def test_the_version_of_tokens_is_the_setting() -> None:
    aws = bench(**MODEL)
    assert summary(aws)["GlobalEndpointTokenVersion"] == 1
    aws("iam:SetSecurityTokenServicePreferences", GlobalEndpointTokenVersion="v2Token")
    assert summary(aws)["GlobalEndpointTokenVersion"] == 2
    assert aws.configuration.accounts[ACCOUNT].global_endpoint_token_version == "v2Token"


@pytest.mark.parametrize("version", ["v3Token", "", "V1TOKEN"])
def test_there_are_two_versions(version: str) -> None:
    aws = bench(**MODEL)
    found = refusal(aws, "iam:SetSecurityTokenServicePreferences", GlobalEndpointTokenVersion=version)
    assert found[:2] == ("ValidationError", 400)


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("iam:GetAccountSummary", {}),
        ("iam:SetSecurityTokenServicePreferences", {"GlobalEndpointTokenVersion": "v2Token"}),
    ],
)
def test_each_asks_for_permission(operation: str, params: dict[str, str]) -> None:
    aws = bench(**MODEL)
    aws.denied = (operation,)
    assert refusal(aws, operation, **params)[0] == "AccessDenied"
