"""Delegated administrators: registered by the management account, effective at once, listed in pages.

https://docs.aws.amazon.com/organizations/latest/APIReference/API_RegisterDelegatedAdministrator.html
"""

from __future__ import annotations

import pytest

from sts_tui.iam.caller import Caller, CallerKind
from sts_tui.sts.identity import CallerIdentity
from tests.accounts.bench import ACCOUNT, Bench, refusal
from tests.simulation.operations.organizations.test_policies import MANAGEMENT, organization

IAM, CENTER = "iam.amazonaws.com", "sso.amazonaws.com"
REGISTER, DEREGISTER = (
    "organizations:RegisterDelegatedAdministrator",
    "organizations:DeregisterDelegatedAdministrator",
)
ENABLE = "organizations:EnableAWSServiceAccess"
LIST, SERVICES = "organizations:ListDelegatedAdministrators", "organizations:ListDelegatedServicesForAccount"


def registered(*services: str) -> Bench:
    aws = organization()
    for service in services:
        aws(ENABLE, ServicePrincipal=service)
        aws(REGISTER, AccountId=ACCOUNT, ServicePrincipal=service)
    return aws


def member(aws: Bench) -> Bench:
    caller = Caller(kind=CallerKind.USER, account=ACCOUNT, arn=f"arn:aws:iam::{ACCOUNT}:user/ana")
    aws.caller = CallerIdentity(caller=caller, label="ana", account=ACCOUNT)
    return aws


def test_a_registered_account_is_listed_with_its_services() -> None:
    aws = registered(IAM, CENTER)
    (found,) = aws(LIST)["DelegatedAdministrators"]
    assert (found["Id"], found["Status"]) == (ACCOUNT, "ACTIVE")
    assert found["Arn"] == f"arn:aws:organizations::{MANAGEMENT}:account/o-exampleorgid/{ACCOUNT}"
    assert aws(SERVICES, AccountId=ACCOUNT)["DelegatedServices"] == [
        {"ServicePrincipal": IAM},
        {"ServicePrincipal": CENTER},
    ]
    assert aws(LIST, ServicePrincipal="config.amazonaws.com") == {"DelegatedAdministrators": []}


def test_a_delegated_administrator_may_read_the_organization_and_no_longer_once_it_is_deregistered() -> None:
    aws = registered(IAM)
    assert member(aws)("organizations:ListAccounts")["Accounts"]
    aws.caller = organization().caller
    aws(DEREGISTER, AccountId=ACCOUNT, ServicePrincipal=IAM)
    assert refusal(member(aws), "organizations:ListAccounts")[0] == "AccessDeniedException"
    assert aws.configuration.organization is not None
    assert aws.configuration.organization.delegated_administrators == {}


def test_each_call_is_authorized_on_the_account_with_the_service_as_context() -> None:
    aws = organization()
    aws(ENABLE, ServicePrincipal=IAM)
    aws(REGISTER, AccountId=ACCOUNT, ServicePrincipal=IAM)
    *_, asked = aws.asked
    assert asked.resource.endswith(f"/{ACCOUNT}")
    assert asked.context["organizations:ServicePrincipal"] == IAM


@pytest.mark.parametrize(
    ("operation", "params", "code", "text"),
    [
        (REGISTER, {"AccountId": ACCOUNT, "ServicePrincipal": IAM}, "AccountAlreadyRegistered", "already"),
        (
            REGISTER,
            {"AccountId": MANAGEMENT, "ServicePrincipal": IAM},
            "ConstraintViolation",
            "management account",
        ),
        (
            REGISTER,
            {"AccountId": ACCOUNT, "ServicePrincipal": CENTER},
            "ConstraintViolation",
            "service access",
        ),
        (REGISTER, {"AccountId": "999900001111", "ServicePrincipal": IAM}, "AccountNotFound", "can't find"),
        (REGISTER, {"AccountId": "12", "ServicePrincipal": IAM}, "InvalidInput", ""),
        (REGISTER, {"AccountId": ACCOUNT, "ServicePrincipal": ""}, "InvalidInput", ""),
        (DEREGISTER, {"AccountId": ACCOUNT, "ServicePrincipal": CENTER}, "AccountNotRegistered", "not a"),
        (DEREGISTER, {"AccountId": "999900001111", "ServicePrincipal": IAM}, "AccountNotFound", "can't find"),
        (SERVICES, {"AccountId": MANAGEMENT}, "AccountNotRegistered", "any"),
        (SERVICES, {"AccountId": "999900001111"}, "AccountNotFound", "can't find"),
        (LIST, {"NextToken": "x"}, "InvalidInput", "NextToken"),
    ],
)
def test_refusals(operation: str, params: dict[str, str], code: str, text: str) -> None:
    found = refusal(registered(IAM), operation, **params)
    assert found[:2] == (f"{code}Exception", 400)
    assert text in found[2]


@pytest.mark.parametrize("operation", [REGISTER, DEREGISTER])
def test_only_the_management_account_registers(operation: str) -> None:
    aws = member(registered(IAM))
    found = refusal(aws, operation, AccountId=ACCOUNT, ServicePrincipal=CENTER)
    assert found[0] == "AccessDeniedException"


def test_services_come_in_pages() -> None:
    aws = registered(IAM, CENTER, "config.amazonaws.com")
    first = aws(SERVICES, AccountId=ACCOUNT, MaxResults=2)
    rest = aws(SERVICES, AccountId=ACCOUNT, MaxResults=2, NextToken=first["NextToken"])
    assert [len(first["DelegatedServices"]), len(rest["DelegatedServices"])] == [2, 1]
    assert "NextToken" not in rest
