"""Trusted access: enabled and disabled by the management account, listed in pages.

https://docs.aws.amazon.com/organizations/latest/APIReference/API_EnableAWSServiceAccess.html
"""

from __future__ import annotations

import pytest

from sts_tui.iam.caller import Caller, CallerKind
from sts_tui.sts.identity import CallerIdentity
from tests.accounts.bench import ACCOUNT, Bench, bench, refusal
from tests.simulation.operations.organizations.test_policies import organization

ENABLE, DISABLE, LIST = (
    "organizations:EnableAWSServiceAccess",
    "organizations:DisableAWSServiceAccess",
    "organizations:ListAWSServiceAccessForOrganization",
)
IAM, CENTER, CONFIG = "iam.amazonaws.com", "sso.amazonaws.com", "config.amazonaws.com"


def listed(aws: Bench) -> list[str]:
    return [one["ServicePrincipal"] for one in aws(LIST)["EnabledServicePrincipals"]]


def member(aws: Bench) -> Bench:
    caller = Caller(kind=CallerKind.USER, account=ACCOUNT, arn=f"arn:aws:iam::{ACCOUNT}:user/ana")
    aws.caller = CallerIdentity(caller=caller, label="ana", account=ACCOUNT)
    return aws


def test_a_service_is_enabled_listed_and_disabled_also_twice() -> None:
    aws = organization()
    assert listed(aws) == []
    for _ in range(2):
        assert aws(ENABLE, ServicePrincipal=CENTER) == {}
        assert listed(aws) == [CENTER]
    aws(ENABLE, ServicePrincipal=IAM)
    for _ in range(2):
        aws(DISABLE, ServicePrincipal=CENTER)
        assert listed(aws) == [IAM]


def test_what_is_in_use_has_access_where_the_file_does_not_say() -> None:
    aws = organization()
    aws(ENABLE, ServicePrincipal=CONFIG)
    aws("organizations:RegisterDelegatedAdministrator", AccountId=ACCOUNT, ServicePrincipal=CONFIG)
    assert listed(aws) == [CONFIG]


def test_services_come_in_pages() -> None:
    aws = organization()
    for service in (IAM, CENTER, CONFIG):
        aws(ENABLE, ServicePrincipal=service)
    first = aws(LIST, MaxResults=2)
    rest = aws(LIST, MaxResults=2, NextToken=first["NextToken"])
    assert [len(page["EnabledServicePrincipals"]) for page in (first, rest)] == [2, 1]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"ServicePrincipal": ""}, "InvalidInputException"),
        ({"ServicePrincipal": "x" * 129}, "InvalidInputException"),
        ({"ServicePrincipal": "a b"}, "InvalidInputException"),
    ],
)
def test_the_name_has_bounds(params: dict[str, str], code: str) -> None:
    assert organization()(ENABLE, ServicePrincipal="x" * 128) == {}
    assert refusal(organization(), ENABLE, **params)[0] == code


@pytest.mark.parametrize("operation", [ENABLE, DISABLE])
def test_only_the_management_account_switches(operation: str) -> None:
    assert refusal(member(organization()), operation, ServicePrincipal=IAM)[0] == "AccessDeniedException"
    assert refusal(bench(), operation, ServicePrincipal=IAM)[0] == "AWSOrganizationsNotInUseException"


def test_a_delegated_administrator_reads_the_list_and_another_member_does_not() -> None:
    aws = organization()
    assert refusal(member(aws), LIST)[0] == "AccessDeniedException"
    aws.caller = organization().caller
    aws(ENABLE, ServicePrincipal=IAM)
    aws("organizations:RegisterDelegatedAdministrator", AccountId=ACCOUNT, ServicePrincipal=IAM)
    assert listed(member(aws)) == [IAM]
