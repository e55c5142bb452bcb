"""What a workload says in vain is reported: the call for its first hop takes other parameters."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.account.loading.load import from_json
from tests.accounts.workload_identities import ACCOUNT, POD_ROLE, SERVER_ROLE, TARGET_ROLE, model

OTHERS = {
    "ExternalId": "ticket",
    "SourceIdentity": "web",
    "Tags": [{"Key": "team", "Value": "shop"}],
    "TransitiveTagKeys": ["team"],
    "SerialNumber": f"arn:aws:iam::{ACCOUNT}:mfa/web",
    "TokenCode": "123456",
}
POLICIES = {
    "Policy": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]},
    "PolicyArns": [],
}
DURATION = {"DurationSeconds": 3600}
NAME = {"RoleSessionName": "web"}


def warnings(identity: str, *hops: dict[str, Any], **more: Any) -> list[str]:
    raw = model()
    users = [{"Name": "ana"}]
    raw["IdentityProviders"] += [
        {"Name": "okta", "Type": "SAML", "Issuer": "https://okta.example", "Users": users},
        {"Name": "github", "Type": "OIDC", "Issuer": "https://github.example", "Users": users},
        {"Name": "facebook", "Type": "Facebook", "ClientId": "1", "Users": users},
    ]
    raw["Workloads"] = [{"Name": "web", "Identity": identity, "AssumeRoles": list(hops), **more}]
    found = [str(one) for one in from_json(raw).warnings]
    return [one for one in found if "Workloads" in one]


@pytest.mark.parametrize(
    ("identity", "taken", "refused", "operation"),
    [
        ("corp-ca/web-1", NAME | DURATION, POLICIES | OTHERS, "CreateSession"),
        ("pod:prod/shop/web", {}, NAME | DURATION | POLICIES | OTHERS, "AssumeRoleForPodIdentity"),
        ("okta/ana", DURATION | POLICIES, NAME | OTHERS, "AssumeRoleWithSAML"),
        ("github/ana", NAME | DURATION | POLICIES, OTHERS, "AssumeRoleWithWebIdentity"),
        ("facebook/ana", NAME | DURATION | POLICIES, OTHERS, "AssumeRoleWithWebIdentity"),
    ],
)
def test_each_first_call_takes_its_own_parameters(
    identity: str, taken: dict[str, Any], refused: dict[str, Any], operation: str
) -> None:
    hop = {"RoleArn": POD_ROLE if identity.startswith("pod:") else SERVER_ROLE}
    assert warnings(identity, {**hop, **taken, "Context": {"aws:SourceIp": "192.0.2.1"}}) == []
    found = warnings(identity, {**hop, **taken, **refused})
    assert len(found) == len(refused)
    for key in refused:
        assert any(f"{operation} takes no {key}" in one for one in found), key


def test_later_hops_take_what_assume_role_takes() -> None:
    hop = {"RoleArn": TARGET_ROLE, **NAME, **DURATION, **OTHERS}
    assert warnings("pod:prod/shop/web", {"RoleArn": POD_ROLE}, hop) == []
    assert warnings(f"arn:aws:iam::{ACCOUNT}:user/admin", hop) == []
    assert warnings("service:ec2.amazonaws.com", {"RoleArn": POD_ROLE, **NAME}) == []


def test_a_pod_gets_the_role_of_its_association() -> None:
    (found,) = warnings("pod:prod/shop/web/web-7", {"RoleArn": SERVER_ROLE})
    assert POD_ROLE in found
    assert "AssumeRoles[0].RoleArn" in found


@pytest.mark.parametrize("identity", ["pod:prod/shop/web", "corp-ca/web-1", "github/ana", "okta/ana"])
def test_without_a_role_they_get_no_credentials(identity: str) -> None:
    (found,) = warnings(identity)
    assert "AssumeRoles" in found


def test_stolen_credentials_are_not_renewed() -> None:
    raw = model()
    raw["Workloads"] = [
        {"Name": "web", "Identity": "service:ec2.amazonaws.com", "AssumeRoles": [{"RoleArn": POD_ROLE}]},
        {"Name": "thief", "Identity": "workload:web", "Refresh": "sdk"},
        {"Name": "second", "Identity": "workload:web", "Refresh": "never"},
    ]
    (found,) = [str(one) for one in from_json(raw).warnings if "Workloads" in str(one)]
    assert "cannot be renewed" in found
