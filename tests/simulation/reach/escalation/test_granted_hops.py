"""Someone who can give another principal the right that it lacks gets where that principal is trusted."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.simulation import Simulation
from sts_tui.simulation.reach.hop_question import explained_hop
from sts_tui.simulation.reach.reach import chain_between, reach_of
from tests.accounts.policies import MAIN, OTHER, allow, deny, policy, trusts

NOVICE, ADMIN = f"arn:aws:iam::{MAIN}:user/novice", f"arn:aws:iam::{MAIN}:user/admin"
TARGET = f"arn:aws:iam::{OTHER}:role/Target"
EVERYTHING = (allow("*", "*"),)


def opened(
    *statements: dict[str, Any], trust: dict[str, Any] | None = None, own: tuple[dict[str, Any], ...] = ()
) -> Simulation:
    """A role of another account that trusts `novice`; `statements` are the policy of `admin`."""

    def user(name: str, written: tuple[dict[str, Any], ...]) -> dict[str, Any]:
        inline = [{"PolicyName": "p", "PolicyDocument": policy(*written)}] if written else []
        return {"UserName": name, "UserPolicyList": inline}

    users = [user("novice", own), user("admin", statements)]
    role = {"RoleName": "Target", "AssumeRolePolicyDocument": trust or trusts(NOVICE)}
    return Simulation.open(
        {
            "Accounts": [
                {"AccountId": MAIN, "UserDetailList": users},
                {"AccountId": OTHER, "RoleDetailList": [role]},
            ]
        }
    )


def operations(sim: Simulation, source: str) -> list[tuple[str, tuple[str, ...]]]:
    graph = reach_of(sim, with_escalation=True)
    found = [
        (group.operation, group.needs)
        for group in graph.groups
        if source in group.sources and group.target == TARGET
    ]
    chain = chain_between(sim, source, TARGET, with_escalation=True)
    assert (chain is None) is not any(graph.chains_from(source, TARGET))
    return found


def test_an_administrator_gives_a_trusted_user_the_right_and_uses_it() -> None:
    sim = opened(*EVERYTHING)
    assert operations(sim, ADMIN) == [("PutUserPolicy, CreateAccessKey", ("as novice",))]


def test_the_write_that_begins_the_hop_is_explained() -> None:
    sim = opened(*EVERYTHING)
    groups = reach_of(sim, with_escalation=True).groups
    (hop,) = [group for group in groups if group.target == TARGET]
    explanation = explained_hop(ADMIN, hop, sim.world)
    assert explanation is not None
    assert (explanation.decision.action, explanation.decision.is_allowed) == ("iam:PutUserPolicy", True)


def test_a_write_into_a_policy_of_the_principal_is_explained_on_the_policy() -> None:
    """https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html"""
    work = f"arn:aws:iam::{MAIN}:policy/work"
    version = {"VersionId": "v1", "IsDefaultVersion": True, "Document": policy(allow("s3:Get*", "*"))}
    admin = policy(allow("iam:CreatePolicyVersion", work), allow("iam:CreateAccessKey", NOVICE))
    users = [
        {"UserName": "novice", "AttachedManagedPolicies": [{"PolicyName": "work", "PolicyArn": work}]},
        {"UserName": "admin", "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": admin}]},
    ]
    policies = [{"PolicyName": "work", "PolicyVersionList": [version]}]
    role = {"RoleName": "Target", "AssumeRolePolicyDocument": trusts(NOVICE)}
    sim = Simulation.open(
        {
            "Accounts": [
                {"AccountId": MAIN, "UserDetailList": users, "Policies": policies},
                {"AccountId": OTHER, "RoleDetailList": [role]},
            ]
        }
    )
    groups = reach_of(sim, with_escalation=True).groups
    (hop,) = [group for group in groups if group.target == TARGET and ADMIN in group.sources]
    assert hop.operation == "CreatePolicyVersion, CreateAccessKey"
    explanation = explained_hop(ADMIN, hop, sim.world)
    assert explanation is not None
    asked = explanation.request
    assert (asked.action, asked.resource) == ("iam:CreatePolicyVersion", work)
    assert explanation.decision.is_allowed


def test_what_the_hop_says_is_what_the_calls_do() -> None:
    sim = opened(*EVERYTHING)
    document = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
    params = {"UserName": "novice", "PolicyName": "more", "PolicyDocument": document}
    sim.call("iam:PutUserPolicy", params, caller=ADMIN)
    key = sim.call("iam:CreateAccessKey", {"UserName": "novice"}, caller=ADMIN)["AccessKey"]
    sim.advance(60)
    params = {"RoleArn": TARGET, "RoleSessionName": "job"}
    assert sim.call("sts:AssumeRole", params, caller=key["AccessKeyId"])["Credentials"]


def test_a_user_who_may_write_its_own_policies_gives_itself_the_right() -> None:
    sim = opened(own=(allow("iam:PutUserPolicy", NOVICE),))
    assert operations(sim, NOVICE) == [("PutUserPolicy", ())]


@pytest.mark.parametrize(
    "statements",
    [
        (allow("iam:CreateAccessKey", "*"),),  # becomes it, and cannot give it anything
        (allow("iam:PutUserPolicy", "*"),),  # gives, and cannot become it
        (allow(["iam:PutUserPolicy", "iam:CreateAccessKey"], "*"), deny("iam:PutUserPolicy", NOVICE)),
    ],
)
def test_both_the_write_and_the_identity_are_needed(statements: tuple[dict[str, Any], ...]) -> None:
    assert operations(opened(*statements), ADMIN) == []


@pytest.mark.parametrize(
    ("trust", "own"),
    [
        (trusts(NOVICE, Condition={"ArnLike": {"aws:PrincipalArn": ADMIN}}), ()),
        (trusts(NOVICE), (deny("sts:AssumeRole", "*"),)),  # a Deny stays, whatever is given
    ],
)
def test_more_than_an_allow_that_is_missing_is_not_given(
    trust: dict[str, Any], own: tuple[dict[str, Any], ...]
) -> None:
    assert operations(opened(*EVERYTHING, trust=trust, own=own), ADMIN) == []


def test_a_user_that_has_the_right_is_one_hop_of_its_own() -> None:
    sim = opened(*EVERYTHING, own=(allow("sts:AssumeRole", TARGET),))
    assert operations(sim, ADMIN) == []  # admin > novice > Target, each by itself
    assert operations(sim, NOVICE) == [("AssumeRole", ())]
