"""Who can come in from outside the files: every principal that a trust policy names and no file holds."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.simulation import Simulation
from sts_tui.simulation.reach.outside import Entry, entries
from sts_tui.simulation.reach.reach import reach_of
from tests.accounts.entities import role
from tests.accounts.policies import MAIN, OTHER, policy, role_arn, trust, trusts

GITHUB = "token.actions.githubusercontent.com"


def found(*trusting: dict[str, Any], **more: Any) -> list[Entry]:
    return list(entries(opened(*trusting, **more).world))


def opened(*trusting: dict[str, Any], **more: Any) -> Simulation:
    """One role for each of these trust policies: R0, R1 …"""
    roles = [role(f"R{number}", each) for number, each in enumerate(trusting)]
    return Simulation.open({"Accounts": [{"AccountId": MAIN, "RoleDetailList": roles, **more}]})


def test_another_account_comes_in_if_its_own_policies_allow_it() -> None:
    (entry,) = found(trusts(f"arn:aws:iam::{OTHER}:root"))
    assert (entry.kind, entry.who, entry.is_open) == ("account", f"account {OTHER}", True)
    assert "allow the call" in entry.assumed


def test_an_account_of_the_files_is_not_outside() -> None:
    assert found(trusts(MAIN)) == []


def test_everyone_is_an_entry_with_what_limits_it() -> None:
    anyone, organization = found(
        trusts("*"), trusts({"AWS": "*"}, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-exampleorg1"}})
    )
    assert (anyone.who, anyone.conditions, anyone.is_open) == ("any AWS principal", (), True)
    assert organization.conditions == ("aws:PrincipalOrgID o-exampleorg1",)
    assert organization.is_open


def test_what_a_caller_has_to_bring_is_part_of_the_entry() -> None:
    (entry,) = found(trusts({"AWS": OTHER}, Condition={"StringEquals": {"sts:ExternalId": "acme-7"}}))
    assert (entry.conditions, entry.is_open) == (("sts:ExternalId acme-7",), True)


def test_a_deny_keeps_an_entry_shut_and_it_is_still_counted() -> None:
    denied = trust("*") | {"Effect": "Deny"}
    (entry,) = found(policy(trust(OTHER), denied))
    assert not entry.is_open
    assert "explicit deny" in entry.kept_out


def test_a_deny_with_a_condition_may_spare_someone_who_was_not_tried() -> None:
    denied = trust("*", Condition={"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorg1"}})
    (entry,) = found(policy(trust(OTHER), denied | {"Effect": "Deny"}))
    assert entry.is_untried


def test_web_identity_subjects_are_named_by_their_pattern() -> None:
    provider = f"arn:aws:iam::{MAIN}:oidc-provider/{GITHUB}"
    conditions = {
        "StringLike": {f"{GITHUB}:sub": "repo:acme/*"},
        "StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"},
    }
    (entry,) = found(
        policy(trust({"Federated": provider}, "sts:AssumeRoleWithWebIdentity", Condition=conditions)),
        OpenIDConnectProviders=[{"Url": GITHUB, "ClientIDList": ["sts.amazonaws.com"]}],
    )
    assert (entry.kind, entry.who, entry.is_open) == ("oidc", f"tokens of {GITHUB}", True)
    assert "sub repo:acme/*" in entry.conditions


def test_identity_center_is_recognized_by_its_provider() -> None:
    provider = f"arn:aws:iam::{MAIN}:saml-provider/AWSSSO_0123456789abcdef_DO_NOT_DELETE"
    aud = {"SAML:aud": "https://signin.aws.amazon.com/saml"}
    (entry,) = found(
        policy(trust({"Federated": provider}, "sts:AssumeRoleWithSAML", Condition={"StringEquals": aud})),
        SAMLProviders=[{"Name": "AWSSSO_0123456789abcdef_DO_NOT_DELETE"}],
    )
    assert (entry.who, entry.operation, entry.is_open) == ("IAM Identity Center", "AssumeRoleWithSAML", True)


def test_services_are_named() -> None:
    (entry,) = found(trusts({"Service": "ec2.amazonaws.com"}))
    assert (entry.who, entry.is_open) == ("service ec2.amazonaws.com", True)


def test_chains_can_begin_outside() -> None:
    first = trusts(OTHER)
    second = trusts(role_arn("R0"))
    graph = reach_of(opened(first, second), with_outside=True)
    (chain,) = graph.chains_from(f"account {OTHER}", f"arn:aws:iam::{MAIN}:role/R1")
    assert [hop.target_label for hop in chain.hops] == ["R0", "R1"]


@pytest.mark.parametrize(
    ("condition", "shown"),
    [
        ({"StringNotEquals": {"sts:ExternalId": "dd-1"}}, ("sts:ExternalId dd-1",)),
        ({"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}}, ("aws:SourceIp 198.51.100.0",)),
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}}, None),
        ({"StringNotEquals": {"aws:ResourceTag/open": "yes"}}, None),
    ],
)
def test_an_outsider_is_tried_with_what_avoids_a_deny(
    condition: dict[str, Any], shown: tuple[str, ...] | None
) -> None:
    guard = trust("*", Condition=condition) | {"Effect": "Deny"}
    (entry,) = found(policy(trust(OTHER), guard))
    assert entry.is_open == (shown is not None)
    assert entry.conditions == (shown or ())


def test_a_token_is_tried_with_a_subject_that_satisfies_allow_and_deny() -> None:
    allowed, denied = (
        trust(
            {"Federated": f"arn:aws:iam::{MAIN}:oidc-provider/{GITHUB}"},
            "sts:AssumeRoleWithWebIdentity",
            Condition={
                "StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"},
                operator: {f"{GITHUB}:sub": subject},
            },
        )
        for operator, subject in (
            ("StringLike", "repo:acme/*"),
            ("StringNotLike", "repo:acme/*:ref:refs/heads/main"),
        )
    )
    providers = [{"Url": f"https://{GITHUB}", "ClientIDList": ["sts.amazonaws.com"]}]
    (entry,) = found(policy(allowed, denied | {"Effect": "Deny"}), OpenIDConnectProviders=providers)
    assert entry.is_open
    assert entry.conditions[-1] == "sub repo:acme/*:ref:refs/heads/main"


@pytest.mark.parametrize(
    ("principal", "condition"),
    [
        ("*", {"StringEquals": {"aws:PrincipalAccount": OTHER}}),
        (OTHER, {"StringEquals": {"aws:PrincipalAccount": OTHER}}),
        (OTHER, {"StringEquals": {"aws:username": "bob"}}),
        (OTHER, {"StringLike": {"aws:userid": "AROA*:ci"}}),
        (OTHER, {"StringEquals": {"aws:PrincipalType": "User"}}),
        (OTHER, {"StringEquals": {"sts:RoleSessionName": "${aws:username}"}}),
        (OTHER, {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}),
        (OTHER, {"NumericLessThan": {"aws:EpochTime": "4000000000"}}),
    ],
)
def test_the_example_is_a_principal_that_the_conditions_admit(principal: str, condition: Any) -> None:
    (entry,) = found(trusts({"AWS": principal}, Condition=condition))
    assert entry.is_open


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:PrincipalAccount": MAIN}},
        {"StringEquals": {"aws:PrincipalIsAWSService": "true"}},
        {"DateGreaterThan": {"aws:CurrentTime": "2090-01-01T00:00:00Z"}},
    ],
)
def test_what_no_principal_of_the_account_is_now_keeps_it_out(condition: Any) -> None:
    (entry,) = found(trusts({"AWS": OTHER}, Condition=condition))
    assert not entry.is_open
    assert "time does not hold" in entry.kept_out or "Date" not in str(condition)
