"""Paths by IAM writes and passed roles, against calls: what is reported can be walked with the caller's own
credentials, and what is not reported is denied at one of its calls.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sts_tui.account.policies.vocabulary import can_apply
from sts_tui.simulation import AwsError, Simulation
from sts_tui.simulation.reach.direct_hops import DirectHops
from sts_tui.simulation.reach.escalation.escalation import Escalation
from sts_tui.simulation.reach.escalation.escalation_paths import (
    IAM_WRITES,
    PASSED_ROLES,
    EscalationPath,
    Target,
)
from tests.accounts.policies import MAIN, arn, policy, role_arn, trust, user_arn
from tests.support.examples import examples

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
USERS, ROLES, GROUPS = ("ann", "bea"), ("app", "ops"), ("team", "admins")
OWN, EDGE = arn("policy/own"), arn("policy/edge")
FUNCTION = f"arn:aws:lambda:us-east-1:{MAIN}:function:job"
ANYTHING = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
WITHOUT_PROVIDERS = (Target.ROLE_OF_PROVIDER, Target.ROLE_OF_OIDC, Target.ROLE_OF_MISSING_OIDC)
SERVICES = ("lambda.amazonaws.com", "ec2.amazonaws.com")
PASSED = [path for path in PASSED_ROLES if path.service in SERVICES]
WRITES = [path for path in IAM_WRITES if path.target not in WITHOUT_PROVIDERS]

ACTIONS = st.sampled_from(
    [
        "*", "iam:*", "iam:Put*", "iam:Attach*", "iam:Create*", "iam:*User*", "iam:*Role*", "iam:PassRole",
        "iam:UpdateAssumeRolePolicy", "iam:CreateAccessKey", "iam:AddUserToGroup", "iam:PutUserPolicy",
        "iam:CreatePolicyVersion", "iam:DeleteUserPermissionsBoundary", "iam:*MFADevice",
        "ec2:RunInstances", "ec2:*", "lambda:*", "lambda:CreateFunction", "lambda:InvokeFunction", "s3:*",
    ]
)  # fmt: skip
RESOURCES = st.sampled_from(
    [
        "*", "*", "*", *map(user_arn, USERS), *map(role_arn, ROLES), arn("user/a*"), arn("role/*"), OWN,
        arn("group/team"), arn("group/*"), arn("user/${aws:username}"), FUNCTION,
    ]
)  # fmt: skip
CONDITIONS = st.sampled_from(
    [
        {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}},
        {"StringNotEquals": {"iam:PassedToService": "lambda.amazonaws.com"}},
        {"ArnLike": {"aws:PrincipalArn": arn("user/a*")}},
        {"StringEquals": {"aws:username": "bea"}},
        {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    ]
)


@st.composite
def statements(draw: st.DrawFn, effects: str = "AAAD") -> dict[str, Any]:
    """One statement of an identity-based policy."""
    effect = {"A": "Allow", "D": "Deny"}[draw(st.sampled_from(effects))]
    found = {"Effect": effect, "Action": draw(ACTIONS), "Resource": draw(RESOURCES)}
    return found | ({"Condition": draw(CONDITIONS)} if draw(st.integers(0, 3)) == 0 else {})


def documents(effects: str = "AAAD") -> st.SearchStrategy[dict[str, Any]]:
    """A policy of a few statements."""
    return st.lists(statements(effects), min_size=1, max_size=3).map(lambda found: policy(*found))


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, Any]:
    """Two users, two roles, two groups; boundaries, a managed policy and an SCP now and then."""

    def entity(kind: str, name: str) -> dict[str, Any]:
        inline = [{"PolicyName": "p", "PolicyDocument": draw(documents())}] if draw(st.booleans()) else []
        found: dict[str, Any] = {f"{kind}Name": name, f"{kind}PolicyList": inline}
        if draw(st.integers(0, 3)) == 0:
            found["PermissionsBoundary"] = {
                "PermissionsBoundaryType": "Policy",
                "PermissionsBoundaryArn": EDGE,
            }
        if draw(st.integers(0, 2)) == 0:
            found["AttachedManagedPolicies"] = [{"PolicyName": "own", "PolicyArn": OWN}]
        return found

    def managed(name: str, document: dict[str, Any]) -> dict[str, Any]:
        version = {"VersionId": "v1", "IsDefaultVersion": True, "Document": document}
        numbers = range(2, draw(st.sampled_from((1, 2, 5))) + 1)
        older = [{**version, "VersionId": f"v{one}", "IsDefaultVersion": False} for one in numbers]
        return {"PolicyName": name, "PolicyVersionList": [version, *older]}

    users = [entity("User", name) for name in USERS]
    for user in users:
        user |= {"LoginProfile": {}} if draw(st.booleans()) else {}
        user["GroupList"] = draw(st.sampled_from([[], ["team"]]))
    services = st.lists(
        st.sampled_from(["lambda.amazonaws.com", "ec2.amazonaws.com"]), min_size=1, max_size=2
    )
    roles = [
        entity("Role", name)
        | {"AssumeRolePolicyDocument": policy(trust({"Service": sorted(set(draw(services)))}))}
        for name in ROLES
    ]
    groups = [
        {"GroupName": name, "GroupPolicyList": [{"PolicyName": "p", "PolicyDocument": draw(documents())}]}
        for name in GROUPS
    ]
    account = {
        "AccountId": MAIN,
        "UserDetailList": users,
        "RoleDetailList": roles,
        "GroupDetailList": groups,
        "InstanceProfiles": [{"InstanceProfileName": "app", "Roles": ["app"]}],
        "Policies": [managed("own", draw(documents())), managed("edge", draw(documents("AAAA")))],
    }
    return {"StartTime": "2026-01-15T09:00:00Z", "Accounts": [account]}


Way: TypeAlias = list[tuple[str, dict[str, Any]]]
"""Calls of IAM that together walk a path: name and parameters."""


def ways(path: EscalationPath, sim: Simulation, source: str, target: str) -> list[Way]:
    """The ways to walk a path; one of them is enough. None where the path has no meaning for the source."""
    configuration = sim.world.configuration
    user = configuration.users.get(source)
    entity = user or configuration.roles[source]
    groups = [configuration.groups[arn(f"group/{name}")] for name in (user.group_list if user else ())]
    holders = (entity, *groups)
    policies = [each.policy_arn for holder in holders for each in holder.attached_managed_policies]
    name = source.rpartition("/")[2]
    mine = {"UserName": name} if user else {"RoleName": name}
    full = [one for one in policies if len(configuration.policies[one].policy_version_list) >= 5]
    if path.name == "DeletePolicyVersion, CreatePolicyVersion":
        return [
            [
                ("DeletePolicyVersion", {"PolicyArn": one, "VersionId": "v2"}),
                ("CreatePolicyVersion", written(one)),
            ]
            for one in full
        ]
    every = {
        "PutGroupPolicy": [{"GroupName": one.group_name, "PolicyName": "x", **WRITTEN} for one in groups],
        "AttachGroupPolicy": [{"GroupName": one.group_name, "PolicyArn": ADMINISTRATOR} for one in groups],
        "CreatePolicyVersion": [written(one) for one in policies if one not in full],
        "SetDefaultPolicyVersion": [
            {"PolicyArn": one, "VersionId": version.version_id}
            for one in policies
            for version in configuration.policies[one].policy_version_list[1:]
        ],
    }
    if path.name in every:
        return [[(path.name, params)] for params in every[path.name]]
    steps = path.name.split(", ")
    whose = {"UserName": target.rpartition("/")[2]} if path.target is Target.USER else mine
    return [[(step, whose | _parameters(step, name, target)) for step in steps]]


def written(policy_arn: str) -> dict[str, Any]:
    return {"PolicyArn": policy_arn, "SetAsDefault": True, **WRITTEN}


WRITTEN = {"PolicyDocument": ANYTHING}
DEVICE = {"SerialNumber": arn("mfa/new"), "AuthenticationCode1": "123456", "AuthenticationCode2": "654321"}


def _parameters(step: str, source: str, target: str) -> dict[str, Any]:
    """What a call needs beside the name of its user or role."""
    name = target.rpartition("/")[2]
    password = {"Password": "Correct-Horse-7"}
    known: dict[str, dict[str, Any]] = {
        "UpdateAssumeRolePolicy": {"RoleName": name, **WRITTEN},
        "CreateLoginProfile": password,
        "UpdateLoginProfile": password,
        "AddUserToGroup": {"GroupName": name, "UserName": source},
        "CreateVirtualMFADevice": {"VirtualMFADeviceName": "new"},
        "EnableMFADevice": DEVICE,
        "DeactivateMFADevice": {"SerialNumber": arn("mfa/old")},
        "CreateAccessKey": {},
    }
    if step in known:
        return known[step]
    if step.endswith("PermissionsBoundary"):
        return {} if step.startswith("Delete") else {"PermissionsBoundary": ADMINISTRATOR}
    return {"PolicyName": "p", **WRITTEN} if step.startswith("Put") else {"PolicyName": "p", "PolicyArn": OWN}


def is_walked(sim: Simulation, caller: Any, path: EscalationPath, source: str, target: str) -> bool:
    if path in PASSED_ROLES:
        return all(is_passed(sim, caller, each.action, path, target) for each in path.permissions)
    return any(
        all(is_allowed(sim, caller, f"iam:{action}", params) for action, params in way)
        for way in ways(path, sim, source, target)
    )


def is_passed(sim: Simulation, caller: Any, action: str, path: EscalationPath, target: str) -> bool:
    """PassRole on the role for the service; the action of a service on anything that policies name."""
    if action == "iam:PassRole":
        return is_allowed(sim, caller, action, {"Resource": target}, {"iam:PassedToService": path.service})
    on: tuple[str, ...] = ("*", FUNCTION) if works_on_functions(action) else ("*",)
    return any(is_allowed(sim, caller, action, {"Resource": each}, {}) for each in on)


def works_on_functions(action: str) -> bool:
    """CreateEventSourceMapping, of Lambda too, works on event source mappings."""
    return action.startswith("lambda:") and can_apply(action, (FUNCTION,))


def is_allowed(
    sim: Simulation, caller: Any, action: str, params: dict[str, Any], context: dict[str, str] | None = None
) -> bool:
    """Whether policies let the call through; what AWS refuses for other reasons they did, but for what the
    user has or lacks.
    """
    try:
        if context is None:
            sim.preview(action, params, caller=caller)
        else:
            sim.preview(action, params, caller=caller, context=context, only_authorize=True)
    except AwsError as error:
        is_of_user = action.endswith(("LoginProfile", "CreateAccessKey"))
        return error.decision is None and not (is_of_user and error.code in ABOUT_USERS)
    return True


def compare(model: dict[str, Any]) -> None:
    sim = Simulation.open(model)
    escalation = Escalation(sim.world, DirectHops(sim.world))
    found = {
        (source, group.operation, group.target) for group in escalation.groups() for source in group.sources
    }
    for source in (*map(user_arn, USERS), *map(role_arn, ROLES)):
        caller = caller_of(sim, source)
        known = escalation._hops.sources.by_arn[source]
        for path in (*WRITES, *PASSED):
            for target in escalation._targets.of(path, known):
                walked = is_walked(sim, caller, path, source, target)
                assert walked == ((source, path.name, target) in found), (source, path.name, target, walked)


ABOUT_USERS = ("NoSuchEntity", "EntityAlreadyExists", "LimitExceeded")


def caller_of(sim: Simulation, source: str) -> Any:
    """Credentials of a user, or of a session that the operator issued for a role."""
    if ":user/" in source:
        return sim.access_key(source)
    answer = sim.call("sts:AssumeRole", {"RoleArn": source, "RoleSessionName": "reach"})
    return answer["Credentials"]["AccessKeyId"]


@settings(max_examples=examples(25), deadline=None)
@given(worlds())
def test_every_path_can_be_walked_and_no_other_is_allowed(model: dict[str, Any]) -> None:
    compare(model)


@pytest.mark.long
@settings(max_examples=1_000, deadline=None)
@given(worlds())
def test_every_path_can_be_walked_in_many_worlds(model: dict[str, Any]) -> None:
    compare(model)
