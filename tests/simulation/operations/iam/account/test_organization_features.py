"""Centralized root access: switched by the management account, read by it and by its delegates.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_EnableOrganizationsRootSessions.html
"""

from __future__ import annotations

import pytest

from sts_tui.iam.caller import Caller, CallerKind
from sts_tui.sts.identity import CallerIdentity
from tests.accounts.bench import ACCOUNT, Bench, bench, bench_of, refusal
from tests.accounts.policies import arn

MANAGEMENT = "999988887777"
PAIRS = (
    ("EnableOrganizationsRootSessions", "DisableOrganizationsRootSessions", "RootSessions"),
    (
        "EnableOrganizationsRootCredentialsManagement",
        "DisableOrganizationsRootCredentialsManagement",
        "RootCredentialsManagement",
    ),
)
EVERY = [name for on, off, _ in PAIRS for name in (on, off)]


def organization(account: str = MANAGEMENT, **more: object) -> Bench:
    root = {"Name": "Root", "Accounts": [MANAGEMENT, ACCOUNT]}
    tree = {"Id": "o-exampleorgid", "ManagementAccountId": MANAGEMENT, "Root": root}
    tree |= {"EnabledServicePrincipals": ["iam.amazonaws.com"], **more}
    aws = bench_of({"Organization": tree, "Accounts": [{"AccountId": ACCOUNT}, {"AccountId": MANAGEMENT}]})
    caller = Caller(kind=CallerKind.USER, account=account, arn=arn("user/admin", account))
    aws.caller = CallerIdentity(caller=caller, label="admin", account=account)
    return aws


@pytest.mark.parametrize(("on", "off", "feature"), PAIRS)
def test_a_switch_and_back_and_twice_is_not_an_error(on: str, off: str, feature: str) -> None:
    aws = organization()
    aws(f"iam:{off}")
    before = aws("iam:ListOrganizationsFeatures")["EnabledFeatures"]
    assert feature not in before
    for _ in range(2):
        answer = aws(f"iam:{on}")
        assert answer == {"OrganizationId": "o-exampleorgid", "EnabledFeatures": [*before, feature]}
    assert aws("iam:ListOrganizationsFeatures") == answer
    for _ in range(2):
        assert aws(f"iam:{off}")["EnabledFeatures"] == before


@pytest.mark.parametrize("operation", EVERY)
def test_members_cannot_switch(operation: str) -> None:
    assert refusal(organization(ACCOUNT), f"iam:{operation}")[:2] == (
        "CallerIsNotManagementAccountException",
        400,
    )


@pytest.mark.parametrize("operation", [*EVERY, "ListOrganizationsFeatures"])
def test_without_an_organization_there_is_nothing_to_switch(operation: str) -> None:
    assert refusal(bench(), f"iam:{operation}")[:2] == ("OrganizationNotFoundException", 400)


def test_members_read_only_as_delegated_administrators() -> None:
    assert refusal(organization(ACCOUNT), "iam:ListOrganizationsFeatures")[0] == (
        "AccountNotManagementOrDelegatedAdministratorException"
    )
    delegated = organization(ACCOUNT, DelegatedAdministrators={"iam.amazonaws.com": [ACCOUNT]})
    assert delegated("iam:ListOrganizationsFeatures")["OrganizationId"] == "o-exampleorgid"


@pytest.mark.parametrize("on", [pair[0] for pair in PAIRS])
def test_trusted_access_comes_first_as_the_page_says(on: str) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-enable-root-access.html"""
    aws = organization(EnabledServicePrincipals=[])
    found = refusal(aws, f"iam:{on}")
    assert found[:2] == ("ServiceAccessNotEnabledException", 400)
    assert "trusted access is not enabled for IAM in Organizations" in found[2]
    aws("organizations:EnableAWSServiceAccess", ServicePrincipal="iam.amazonaws.com")
    assert aws(f"iam:{on}")["EnabledFeatures"]
