"""A principal that can change itself goes where the changed one could, and only there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sts_tui.simulation import Simulation
from sts_tui.simulation.reach.graph import Chain
from sts_tui.simulation.reach.hop_question import explained_hop
from sts_tui.simulation.reach.one_pair import ForwardHops
from sts_tui.simulation.reach.reach import chain_between, reach_of
from sts_tui.sts.errors import AwsError
from tests.accounts.policies import (
    MAIN,
    OTHER,
    allow,
    allows,
    denies,
    deny,
    policy,
    role_arn,
    trusts,
    user_arn,
)

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


def policy_named(name: str) -> str:
    return f"arn:aws:iam::{MAIN}:policy/{name}"


def with_inline(statements: list[dict[str, Any]], *documents: dict[str, Any]) -> dict[str, Any]:
    """Inline policies of hers beside that of the statements: `stop0`, `stop1` …"""
    held = [("p", policy(*statements)), *((f"stop{at}", one) for at, one in enumerate(documents))]
    return {"UserPolicyList": [{"PolicyName": name, "PolicyDocument": one} for name, one in held]}


ASSUME = allow("sts:AssumeRole")
STOP = denies("sts:AssumeRole")
OF_STOP = {"iam:PolicyARN": policy_named("stop")}
V1 = {"VersionId": "v1", "IsDefaultVersion": True}
WHOLE = json.dumps(allows("*"))
EVE = {"UserName": "eve"}
TEAM = {"aws:PrincipalTag/team": "ops"}
ONLY_OPS = deny("sts:AssumeRole", Condition={"StringNotEquals": TEAM})
JAILED = deny("sts:AssumeRole", Condition={"StringEquals": {"aws:PrincipalTag/jail": "yes"}})
OF_TEAM = allow("sts:AssumeRole", Condition={"StringEquals": TEAM})
Limited = tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any]]
LIMITED: dict[str, Limited] = {
    "DeleteUserPolicy of a Deny": (
        {**EVE, "PolicyName": "stop0"},
        [ASSUME, allow("iam:DeleteUserPolicy", SELF)],
        {"inline": [STOP]},
    ),
    "PutUserPolicy over a Deny": (
        {**EVE, "PolicyName": "stop0", "PolicyDocument": WHOLE},
        [ASSUME, allow("iam:PutUserPolicy", SELF)],
        {"inline": [STOP]},
    ),
    "DetachUserPolicy of a Deny": (
        {**EVE, "PolicyArn": policy_named("stop")},
        [
            ASSUME,
            allow(
                "iam:DetachUserPolicy", SELF, Condition={"ArnEquals": {"iam:PolicyARN": policy_named("stop")}}
            ),
        ],
        {"AttachedManagedPolicies": [{"PolicyName": "stop", "PolicyArn": policy_named("stop")}]},
    ),
    "CreatePolicyVersion over a Deny": (
        {"PolicyArn": policy_named("stop"), "PolicyDocument": WHOLE, "SetAsDefault": True},
        [ASSUME, allow("iam:CreatePolicyVersion", policy_named("stop"))],
        {"AttachedManagedPolicies": [{"PolicyName": "stop", "PolicyArn": policy_named("stop")}]},
    ),
    "CreatePolicyVersion of the boundary": (
        {"PolicyArn": policy_named("rewritable"), "PolicyDocument": WHOLE, "SetAsDefault": True},
        [ASSUME, allow("iam:CreatePolicyVersion", policy_named("rewritable"))],
        {"PermissionsBoundary": {"PermissionsBoundaryArn": policy_named("rewritable")}},
    ),
    "RemoveUserFromGroup that denies": (
        {**EVE, "GroupName": "stopped"},
        [ASSUME, allow("iam:RemoveUserFromGroup", f"arn:aws:iam::{MAIN}:group/stopped")],
        {"GroupList": ["stopped"]},
    ),
    "DeleteGroupPolicy that denies": (
        {"GroupName": "stopped", "PolicyName": "stop"},
        [ASSUME, allow("iam:DeleteGroupPolicy", f"arn:aws:iam::{MAIN}:group/stopped")],
        {"GroupList": ["stopped"]},
    ),
    "UntagUser of what a Deny asks for": (
        {**EVE, "TagKeys": ["jail"]},
        [
            ASSUME,
            JAILED,
            allow("iam:UntagUser", SELF, Condition={"ForAllValues:StringEquals": {"aws:TagKeys": "jail"}}),
        ],
        {"Tags": [{"Key": "jail", "Value": "yes"}]},
    ),
    "TagUser as a Deny wants it": (
        {**EVE, "Tags": [{"Key": "team", "Value": "ops"}]},
        [ASSUME, ONLY_OPS, allow("iam:TagUser", SELF)],
        {},
    ),
    "TagUser with a tag that is allowed": (
        {**EVE, "Tags": [{"Key": "team", "Value": "ops"}]},
        [OF_TEAM, allow("iam:TagUser", SELF, Condition={"StringEquals": {"aws:RequestTag/team": "ops"}})],
        {},
    ),
    "AttachUserPolicy of one that is allowed": (
        {**EVE, "PolicyArn": policy_named("full")},
        [allow("iam:AttachUserPolicy", SELF, Condition={"ArnLike": {"iam:PolicyARN": policy_named("f*")}})],
        {},
    ),
}


def limited_eve(name: str, statements: list[dict[str, Any]]) -> Simulation:
    _, _, more = LIMITED[name]
    inline = with_inline(statements, *more.get("inline", ()))
    return account_of_eve(statements, **inline, **{key: more[key] for key in more if key != "inline"})


def account_of_eve(
    statements: list[dict[str, Any]], scp: dict[str, Any] | None = None, **more: Any
) -> Simulation:
    eve = {
        "UserName": "eve",
        "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": policy(*statements)}],
    } | more
    bound = allows(["s3:*", "iam:DeleteUserPermissionsBoundary"])
    model = {
        "AccountId": MAIN,
        "UserDetailList": [eve],
        "GroupDetailList": [
            {"GroupName": "stopped", "GroupPolicyList": [{"PolicyName": "stop", "PolicyDocument": STOP}]}
        ],
        "RoleDetailList": [
            {"RoleName": "Ops", "AssumeRolePolicyDocument": trusts(f"arn:aws:iam::{MAIN}:root")}
        ],
        "Policies": [
            {"PolicyName": "own", "PolicyVersionList": OLDER},
            *(
                {"PolicyName": name, "PolicyVersionList": [{**V1, "Document": document}]}
                for name, document in (
                    ("bound", bound),
                    ("stop", STOP),
                    ("full", allows("*")),
                    ("changer", allows("iam:PutUserPermissionsBoundary")),
                    ("rewritable", allows("iam:CreatePolicyVersion")),
                )
            ),
        ],
    }
    written: dict[str, Any] = {"StartTime": "2026-01-15T09:00:00Z", "Accounts": [model]}
    if scp is not None:
        guard = {"Name": "guard", "Document": policy(allow("*"), scp)}
        written["Accounts"].append({"AccountId": OTHER})
        accounts = [{"AccountId": OTHER}, {"AccountId": MAIN, "ServiceControlPolicies": [guard]}]
        root = {"Name": "Root", "Id": "r-abcd", "Accounts": accounts}
        written["Organization"] = {"Id": "o-abcdefghij", "ManagementAccountId": OTHER, "Root": root}
    return Simulation.open(written, seed=1)


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


@pytest.mark.parametrize("name", LIMITED)
def test_it_removes_a_limit_and_the_calls_succeed(name: str) -> None:
    params, statements, _ = LIMITED[name]
    operation = name.split()[0]
    sim = limited_eve(name, statements)
    into = {"RoleArn": role_arn("Ops"), "RoleSessionName": "in"}
    chain = to_ops(sim)
    assert chain is not None
    assert chain.is_certain
    assert chain.hops[0].operation.startswith(f"{operation}, ")
    key = sim.access_key(SELF)
    with pytest.raises(AwsError, match="not authorized"):
        sim.call("sts:AssumeRole", into, caller=key)
    sim.call(f"iam:{operation}", params, caller=key)
    sim.call("sts:AssumeRole", into, caller=key)


@pytest.mark.parametrize("name", LIMITED)
def test_the_limit_stays_where_the_change_is_denied(name: str) -> None:
    _, statements, _ = LIMITED[name]
    operation = name.split()[0]
    assert to_ops(limited_eve(name, [*statements, deny(f"iam:{operation}")])) is None


@pytest.mark.parametrize("name", LIMITED)
def test_the_explanation_of_such_a_hop_is_of_the_request_with_its_keys(name: str) -> None:
    sim = limited_eve(name, LIMITED[name][1])
    groups = ForwardHops(sim, with_escalation=True).leaving(SELF)
    group = next(one for one in groups if one.target == role_arn("Ops"))
    explanation = explained_hop(SELF, group, sim.world)
    assert explanation is not None
    assert explanation.decision.is_allowed


@pytest.mark.parametrize(
    "condition",
    [
        {"ForAllValues:StringEquals": {"aws:TagKeys": ["cost"]}},
        {"StringEquals": {"aws:RequestTag/team": "dev"}},
    ],
)
def test_a_tag_that_it_may_not_write_opens_nothing(condition: dict[str, Any]) -> None:
    assert to_ops(account_of_eve([OF_TEAM, allow("iam:TagUser", SELF, Condition=condition)])) is None


def test_of_several_tags_the_allowed_one_is_written() -> None:
    other = allow("s3:*", Condition={"StringEquals": {"aws:PrincipalTag/cost": "1"}})
    condition = {"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}
    assert to_ops(account_of_eve([other, OF_TEAM, allow("iam:TagUser", SELF, Condition=condition)]))


def test_two_changes_one_after_the_other_are_not_searched() -> None:
    sim = account_of_eve([allow("iam:PutUserPolicy", SELF)], GroupList=["stopped"])
    chain = to_ops(sim)
    assert chain is None or not chain.hops[0].operation.endswith("AssumeRole")


CREATES = allow(["iam:CreateRole", "iam:PutRolePolicy"])


def test_an_scp_counts_for_the_assume_role_of_a_created_role() -> None:
    principal = {"aws:PrincipalArn": f"arn:aws:iam::{MAIN}:role/trusted-*"}
    scp = deny("sts:AssumeRole", Condition={"ArnNotLike": principal})
    assert to_ops(account_of_eve([CREATES], scp=scp)) is None
    spared = {"aws:PrincipalArn": [*principal.values(), SELF, f"arn:aws:iam::{MAIN}:role/any"]}
    assert to_ops(account_of_eve([CREATES], scp=deny("sts:AssumeRole", Condition={"ArnNotLike": spared})))


def test_a_deny_of_its_own_counts_for_the_assume_role_of_a_created_role() -> None:
    assert to_ops(account_of_eve([CREATES, deny("sts:AssumeRole", role_arn("any"))])) is None


@pytest.mark.parametrize(("boundary", "is_found"), [("full", True), ("bound", False)])
def test_a_role_is_created_with_the_boundary_that_a_condition_asks_for(boundary: str, is_found: bool) -> None:
    asked = {"StringNotEquals": {"iam:PermissionsBoundary": policy_named(boundary)}}
    sim = account_of_eve([CREATES, deny("iam:CreateRole", Condition=asked)])
    assert (to_ops(sim) is not None) is is_found


def test_who_may_attach_one_policy_only_is_no_administrator() -> None:
    condition = {"ArnEquals": {"iam:PolicyARN": policy_named("bound")}}
    sim = account_of_eve([allow("iam:AttachUserPolicy", SELF, Condition=condition)])
    assert to_ops(sim) is None
    assert SELF not in reach_of(sim, with_escalation=True).administrators


def test_a_boundary_is_replaced_by_one_that_the_condition_allows_only() -> None:
    for name, is_found in (("full", True), ("bound", False)):
        asked = {"StringEquals": {"iam:PermissionsBoundary": policy_named(name)}}
        change = allow("iam:PutUserPermissionsBoundary", SELF, Condition=asked)
        boundary = {"PermissionsBoundary": {"PermissionsBoundaryArn": policy_named("changer")}}
        assert (to_ops(account_of_eve([ASSUME, change], **boundary)) is not None) is is_found


@pytest.mark.parametrize(("allowed", "reached"), [("*", True), ("arn:aws:iam::*:group/other", False)])
def test_a_user_goes_where_a_group_goes_that_it_can_join(allowed: str, reached: bool) -> None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddUserToGroup.html"""
    joins = {"PolicyName": "join", "PolicyDocument": allows("iam:AddUserToGroup", allowed)}
    assumes = {"PolicyName": "assume", "PolicyDocument": allows("sts:AssumeRole")}
    account = {
        "AccountId": MAIN,
        "UserDetailList": [{"UserName": "eve", "UserPolicyList": [joins]}],
        "GroupDetailList": [{"GroupName": "ops", "GroupPolicyList": [assumes]}],
        "RoleDetailList": [
            {"RoleName": "Deep", "AssumeRolePolicyDocument": trusts(f"arn:aws:iam::{MAIN}:root")}
        ],
    }
    sim = Simulation.open({"Accounts": [account]})
    for chain in (
        chain_between(sim, SELF, role_arn("Deep"), with_escalation=True),
        next(reach_of(sim, with_escalation=True).chains_from(SELF, role_arn("Deep")), None),
    ):
        assert (chain is not None) is reached
        if chain is not None:
            (hop,) = chain.hops
            assert (hop.operation, hop.needs) == ("AddUserToGroup, AssumeRole", ("group ops",))
