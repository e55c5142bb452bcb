"""A principal that can change itself goes where the changed one could, and only there."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.simulation import Simulation
from sts_tui.simulation.reach.graph import Chain
from sts_tui.simulation.reach.reach import chain_between, reach_of
from tests.accounts.policies import MAIN, allow, allows, policy, role_arn, trusts, user_arn

OWN = f"arn:aws:iam::{MAIN}:policy/own"
OLDER = [
    {"VersionId": "v2", "IsDefaultVersion": True, "Document": allows("s3:ListAllMyBuckets")},
    {"VersionId": "v1", "IsDefaultVersion": False, "Document": allows("*")},
]
ATTACHED = {"AttachedManagedPolicies": [{"PolicyName": "own", "PolicyArn": OWN}]}
SELF = user_arn("eve")
ABLE: dict[str, tuple[list[dict[str, Any]], dict[str, Any]]] = {
    "PutUserPolicy": ([allow("iam:PutUserPolicy", SELF)], {}),
    "CreatePolicyVersion": ([allow("iam:CreatePolicyVersion", OWN)], ATTACHED),
    "SetDefaultPolicyVersion": ([allow("iam:SetDefaultPolicyVersion", OWN)], ATTACHED),
    "DeleteUserPermissionsBoundary": (
        [allow("*"), allow("iam:DeleteUserPermissionsBoundary")],
        {"PermissionsBoundary": {"PermissionsBoundaryArn": f"arn:aws:iam::{MAIN}:policy/bound"}},
    ),
    "CreateRole, PutRolePolicy": ([allow(["iam:CreateRole", "iam:PutRolePolicy"])], {}),
    "TagUser": (
        [
            allow("iam:TagUser", SELF),
            allow("sts:AssumeRole", Condition={"StringEquals": {"aws:PrincipalTag/team": "ops"}}),
        ],
        {},
    ),
}


def account_of_eve(statements: list[dict[str, Any]], **more: Any) -> Simulation:
    eve = {
        "UserName": "eve",
        "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": policy(*statements)}],
        **more,
    }
    bound = allows(["s3:*", "iam:DeleteUserPermissionsBoundary"])
    model = {
        "AccountId": MAIN,
        "UserDetailList": [eve],
        "RoleDetailList": [
            {"RoleName": "Ops", "AssumeRolePolicyDocument": trusts(f"arn:aws:iam::{MAIN}:root")}
        ],
        "Policies": [
            {"PolicyName": "own", "PolicyVersionList": OLDER},
            {
                "PolicyName": "bound",
                "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": True, "Document": bound}],
            },
        ],
    }
    return Simulation.open({"StartTime": "2026-01-15T09:00:00Z", "Accounts": [model]}, seed=1)


def to_ops(sim: Simulation) -> Chain | None:
    pair = chain_between(sim, SELF, role_arn("Ops"), with_escalation=True)
    whole = next(reach_of(sim, with_escalation=True).chains_from(SELF, role_arn("Ops")), None)
    assert (pair is None) == (whole is None)
    return pair


@pytest.mark.parametrize("operation", ABLE)
def test_it_goes_where_the_changed_principal_could(operation: str) -> None:
    statements, more = ABLE[operation]
    chain = to_ops(account_of_eve(statements, **more))
    assert chain is not None
    assert chain.is_certain
    (hop,) = chain.hops
    assert hop.operation.startswith(f"{operation}, ")
    assert hop.operation.endswith("AssumeRole")


def test_a_boundary_counts_after_the_change() -> None:
    statements, _ = ABLE["PutUserPolicy"]
    boundary = {"PermissionsBoundary": {"PermissionsBoundaryArn": f"arn:aws:iam::{MAIN}:policy/bound"}}
    assert to_ops(account_of_eve([*statements, allow("iam:PutUserPolicy")], **boundary)) is None


def test_a_condition_on_the_boundary_of_a_new_role_counts() -> None:
    condition = {"StringEquals": {"iam:PermissionsBoundary": f"arn:aws:iam::{MAIN}:policy/bound"}}
    limited = allow(["iam:CreateRole", "iam:PutRolePolicy"], Condition=condition)
    assert to_ops(account_of_eve([limited])) is None


@pytest.mark.parametrize("operation", ["SetDefaultPolicyVersion", "TagUser"])
def test_the_calls_of_the_hop_succeed(operation: str) -> None:
    statements, more = ABLE[operation]
    sim = account_of_eve(statements, **more)
    key = sim.access_key(SELF)
    if operation == "TagUser":
        params: dict[str, Any] = {"UserName": "eve", "Tags": [{"Key": "team", "Value": "ops"}]}
    else:
        params = {"PolicyArn": OWN, "VersionId": "v1"}
    sim.call(f"iam:{operation}", params, caller=key)
    sim.call("sts:AssumeRole", {"RoleArn": role_arn("Ops"), "RoleSessionName": "in"}, caller=key)
