"""Ways to another identity: each is found, and not once one of its permissions is taken away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sts_tui.account.identifiers import derive_access_key_id
from sts_tui.iam import Outcome
from sts_tui.simulation import Simulation
from sts_tui.simulation.reach.direct_hops import DirectHops
from sts_tui.simulation.reach.escalation.escalation import Escalation
from sts_tui.simulation.reach.escalation.escalation_paths import PATHS, EscalationPath, Target
from sts_tui.simulation.reach.graph import HopGroup
from sts_tui.simulation.reach.hop_question import explained_hop
from sts_tui.simulation.reach.reach import administrators, reach_of
from sts_tui.simulation.world import World
from tests.accounts.policies import MAIN as ACCOUNT
from tests.accounts.policies import allow, allows, policy, trust, trusts

ANN = f"arn:aws:iam::{ACCOUNT}:user/ann"
BEA = f"arn:aws:iam::{ACCOUNT}:user/bea"
ADMIN = f"arn:aws:iam::{ACCOUNT}:role/admin"
OWN = f"arn:aws:iam::{ACCOUNT}:policy/own"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:saml-provider/acme"


OIDC = f"arn:aws:iam::{ACCOUNT}:oidc-provider/id.example"
GONE = f"arn:aws:iam::{ACCOUNT}:oidc-provider/gone.example"
MEMBER = "444455556666"


def trusting(path: EscalationPath) -> dict[str, Any]:
    if path.target in (Target.ROLE_OF_OIDC, Target.ROLE_OF_MISSING_OIDC):
        arn = OIDC if path.target is Target.ROLE_OF_OIDC else GONE
        condition = {"StringEquals": {f"{arn.rpartition('/')[2]}:aud": "a"}}
        return policy(trust({"Federated": arn}, "sts:AssumeRoleWithWebIdentity", Condition=condition))
    if path.target is Target.ROLE_OF_PROVIDER:
        condition = {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}
        return policy(trust({"Federated": PROVIDER}, "sts:AssumeRoleWithSAML", Condition=condition))
    return trusts({"Service": path.service or "ec2.amazonaws.com"})


def opened(
    path: EscalationPath,
    *statements: dict[str, Any],
    is_role: bool = False,
    edit: Callable[[dict[str, Any]], None] = lambda _: None,
) -> Simulation:
    """ann (or a role of that name) has these statements; bea and the role admin are there to become."""
    inline = [{"PolicyName": "p", "PolicyDocument": policy(*statements)}] if statements else []
    managed = [{"PolicyName": "own", "PolicyArn": OWN}]
    ann: dict[str, Any] = {"AttachedManagedPolicies": managed}
    if path.target is Target.BOUNDED_ITSELF:
        ann["PermissionsBoundary"] = {
            "PermissionsBoundaryType": "Policy",
            "PermissionsBoundaryArn": "arn:aws:iam::aws:policy/AdministratorAccess",
        }
    if path.target is Target.DENIED_ITSELF:
        statements = (*statements, {"Effect": "Deny", "Action": "s3:*", "Resource": "*"})
        inline = [{"PolicyName": "p", "PolicyDocument": policy(*statements)}]
    bea = {"LoginProfile": {}} if path.name == "UpdateLoginProfile" else {}
    name = "AWSReservedSSO_Admin_1" if path.target is Target.ROLE_OF_PERMISSION_SET else "admin"
    roles = [{"RoleName": name, "AssumeRolePolicyDocument": trusting(path)}]
    users: list[dict[str, Any]] = [{"UserName": "bea", **bea}]
    if is_role:
        roles.append(
            {"RoleName": "ann", "AssumeRolePolicyDocument": trusting(path), "RolePolicyList": inline, **ann}
        )
    else:
        users.append({"UserName": "ann", "UserPolicyList": inline, "GroupList": ["team"], **ann})
    version = {
        "VersionId": "v1",
        "IsDefaultVersion": True,
        "Document": allows("s3:ListAllMyBuckets"),
    }
    count = 5 if path.name.startswith("DeletePolicyVersion") else 2
    older = [{**version, "VersionId": f"v{one}", "IsDefaultVersion": False} for one in range(2, count + 1)]
    account = {
        "AccountId": ACCOUNT,
        "UserDetailList": users,
        "GroupDetailList": [{"GroupName": "team"}, {"GroupName": "admins"}],
        "RoleDetailList": roles,
        "Policies": [{"PolicyName": "own", "PolicyVersionList": [version, *older]}],
        "InstanceProfiles": [{"InstanceProfileName": "p", "Roles": ["admin"]}] if path.has_profile else [],
        "SAMLProviders": [{"Name": "acme"}],
        "OpenIDConnectProviders": [{"Url": "id.example", "ClientIDList": ["a"]}],
    }
    organization = {
        "Id": "o-exampleorg1",
        "ManagementAccountId": ACCOUNT,
        "Features": ["RootSessions"],
        "Root": {"Name": "Root", "Accounts": [{"AccountId": ACCOUNT}, {"AccountId": MEMBER}]},
    }
    edit(account)
    accounts = [account, {"AccountId": MEMBER}]
    return Simulation.open({"Accounts": accounts, "Organization": organization})


def found(sim: Simulation, path: EscalationPath) -> list[HopGroup]:
    world = sim.world
    return [each for each in Escalation(world, DirectHops(world)).groups() if each.operation == path.name]


def _administrators(world: World) -> list[str]:
    search = Escalation(world, DirectHops(world))
    return list(search.writers.administrators(search.groups()))


def is_for_roles(path: EscalationPath) -> bool:
    own = (Target.ITSELF, Target.BOUNDED_ITSELF, Target.DENIED_ITSELF)
    return path.target in own and any("Role" in each.action for each in path.permissions)


def expected(path: EscalationPath) -> str:
    itself = f"arn:aws:iam::{ACCOUNT}:role/ann" if is_for_roles(path) else ANN
    return {
        Target.USER: BEA,
        Target.ITSELF: itself,
        Target.BOUNDED_ITSELF: itself,
        Target.DENIED_ITSELF: itself,
        Target.WITHOUT_MFA: itself,
        Target.GROUP: f"arn:aws:iam::{ACCOUNT}:group/admins",
        Target.ROLE_OF_PERMISSION_SET: f"arn:aws:iam::{ACCOUNT}:role/AWSReservedSSO_Admin_1",
        Target.MEMBER_ROOT: f"arn:aws:iam::{MEMBER}:root",
        Target.GUARDRAILS: f"guardrails of {MEMBER}",
    }.get(path.target, ADMIN)


def name(path: EscalationPath) -> str:
    return f"{path.name} {path.service}".strip()


@pytest.mark.parametrize("path", PATHS, ids=name)
def test_each_path_is_found_with_all_its_permissions(path: EscalationPath) -> None:
    actions = [each.action for each in path.permissions]
    groups = found(opened(path, allow(list(actions)), is_role=is_for_roles(path)), path)
    assert expected(path) in [each.target for each in groups]
    assert all(bool(each.unknown) is bool(path.unknown) for each in groups)


@pytest.mark.parametrize("path", PATHS, ids=name)
def test_no_path_is_found_without_one_of_its_permissions(path: EscalationPath) -> None:
    actions = [each.action for each in path.permissions]
    for missing in actions:
        statements = [allow([each for each in actions if each != missing])] if len(actions) > 1 else []
        assert found(opened(path, *statements, is_role=is_for_roles(path)), path) == []


@pytest.mark.parametrize("path", PATHS, ids=name)
def test_no_path_is_found_where_a_deny_takes_a_permission_away(path: EscalationPath) -> None:
    actions = [each.action for each in path.permissions]
    denied = {"Effect": "Deny", "Action": actions[0], "Resource": "*"}
    assert found(opened(path, allow(list(actions)), denied, is_role=is_for_roles(path)), path) == []


PASSED = next(each for each in PATHS if each.name.startswith("PassRole, RunInstances"))


def test_a_role_can_be_passed_only_to_the_service_that_the_condition_names() -> None:
    run = allow("ec2:RunInstances")
    to_lambda = allow(
        "iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    )
    to_ec2 = allow("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}})
    assert found(opened(PASSED, run, to_lambda), PASSED) == []
    assert [each.target for each in found(opened(PASSED, run, to_ec2), PASSED)] == [ADMIN]


def test_a_role_that_does_not_trust_the_service_cannot_be_passed_to_it() -> None:
    other = next(each for each in PATHS if each.name.startswith("PassRole, CreateFunction"))
    actions = [each.action for each in PASSED.permissions]
    assert found(opened(other, allow(list(actions))), PASSED) == []


@pytest.mark.parametrize("host", ["graph.facebook.com", "www.amazon.com", "accounts.google.com"])
def test_a_built_in_provider_cannot_be_created(host: str) -> None:
    path = by_name("CreateOpenIDConnectProvider")

    def trust_it(account: dict[str, Any]) -> None:
        condition = {"StringEquals": {f"{host}:aud": "a"}}
        account["RoleDetailList"][0]["AssumeRolePolicyDocument"] = policy(
            trust({"Federated": host}, "sts:AssumeRoleWithWebIdentity", Condition=condition)
        )

    assert found(opened(path, allow("*"), edit=trust_it), path) == []


def test_a_role_that_trusts_an_identity_pool_is_not_gained_by_creating_a_provider() -> None:
    path = by_name("CreateOpenIDConnectProvider")
    host = "cognito-identity.amazonaws.com"

    def trust_it(account: dict[str, Any]) -> None:
        condition = {"StringEquals": {f"{host}:aud": "eu-west-1:11111111-2222-3333-4444-555555555555"}}
        account["RoleDetailList"][0]["AssumeRolePolicyDocument"] = policy(
            trust({"Federated": host}, "sts:AssumeRoleWithWebIdentity", Condition=condition)
        )

    assert found(opened(path, allow("*"), edit=trust_it), path) == []


def test_only_the_roles_that_the_policy_names_are_targets() -> None:
    path = next(each for each in PATHS if each.name == "UpdateAssumeRolePolicy")
    elsewhere = allow("iam:UpdateAssumeRolePolicy", resource=f"arn:aws:iam::{ACCOUNT}:role/other")
    assert found(opened(path, elsewhere), path) == []


def test_who_can_write_its_own_policies_is_an_administrator_and_so_is_who_may_do_everything() -> None:
    for statements in ([allow("*")], [allow("iam:PutUserPolicy", resource=ANN)]):
        world = opened(PASSED, *statements).world
        assert _administrators(world) == [ANN]
    world = opened(PASSED, allow("s3:*")).world
    assert _administrators(world) == []


def test_evaluations_grow_with_policies_and_not_with_targets() -> None:
    def count(roles: int) -> int:
        sim = opened(PASSED, allow("*"))
        account = {
            "AccountId": ACCOUNT,
            "RoleDetailList": [
                {"RoleName": f"r{number}", "AssumeRolePolicyDocument": trusting(PASSED)}
                for number in range(roles)
            ],
            "UserDetailList": [
                {
                    "UserName": "ann",
                    "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": allows("*")}],
                }
            ],
        }
        sim = Simulation.open({"Accounts": [account]})
        search = Escalation(sim.world, DirectHops(sim.world))
        assert list(search.groups())
        return search.permissions.evaluations

    assert count(40) == count(10)


def test_a_boundary_that_is_not_there_cannot_be_deleted() -> None:
    path = next(each for each in PATHS if each.name == "DeleteUserPermissionsBoundary")
    free = next(each for each in PATHS if each.name == "PutUserPolicy")
    assert found(opened(free, allow("iam:DeleteUserPermissionsBoundary")), path) == []


def changed(path: EscalationPath, edit: Callable[[dict[str, Any]], None]) -> list[str]:
    """The targets of a path that has all its permissions, after an edit of the account."""
    actions = [each.action for each in path.permissions]
    sim = opened(path, allow(actions), edit=edit)
    return [each.target for each in found(sim, path)]


def by_name(name_: str) -> EscalationPath:
    return next(each for each in PATHS if each.name == name_)


def bea_of(account: dict[str, Any]) -> dict[str, Any]:
    return next(each for each in account["UserDetailList"] if each["UserName"] == "bea")


def test_a_user_has_at_most_two_access_keys() -> None:
    keys = [{"AccessKeyId": f"AKIAIOSFODNN7EXAMPL{digit}"} for digit in "AB"]
    assert BEA in changed(by_name("CreateAccessKey"), lambda _: None)
    assert BEA not in changed(by_name("CreateAccessKey"), lambda one: bea_of(one).update(AccessKeys=keys))


def test_a_password_is_created_for_who_has_none_and_changed_for_who_has_one() -> None:
    def has_one(account: dict[str, Any]) -> None:
        bea_of(account)["LoginProfile"] = {}

    def has_none(account: dict[str, Any]) -> None:
        bea_of(account).pop("LoginProfile", None)

    assert BEA not in changed(by_name("CreateLoginProfile"), has_one)
    assert BEA not in changed(by_name("UpdateLoginProfile"), has_none)


def test_a_dump_does_not_say_who_has_keys_and_a_password() -> None:
    for name_ in ("CreateAccessKey", "CreateLoginProfile", "UpdateLoginProfile"):
        path = by_name(name_)
        sim = opened(path, allow([name_.join(("iam:", ""))]), edit=lambda one: one.update(RawDump=True))
        world = sim.world
        search = Escalation(world, DirectHops(world, sim.model.raw_dumps))
        groups = [each for each in search.groups() if each.operation == name_ and each.target == BEA]
        known = name_ == "UpdateLoginProfile"  # the file has bea's password there
        assert [bool(each.unknown) for each in groups] == [not known]


def test_only_a_version_that_exists_becomes_the_default() -> None:
    def one_version(account: dict[str, Any]) -> None:
        account["Policies"][0]["PolicyVersionList"] = account["Policies"][0]["PolicyVersionList"][:1]

    assert changed(by_name("SetDefaultPolicyVersion"), one_version) == []


def test_an_exported_key_that_was_assumed_says_nothing_of_the_number_of_keys() -> None:
    assumed = {"AccessKeyId": derive_access_key_id(ACCOUNT, BEA), "Status": "Inactive"}

    def exported(account: dict[str, Any]) -> None:
        account["RawDump"] = True
        bea_of(account)["AccessKeys"] = [assumed, {"AccessKeyId": "AKIAEXAMPLEEXAMPLEEX"}]

    path = by_name("CreateAccessKey")
    sim = opened(path, allow("iam:CreateAccessKey"), edit=exported)
    search = Escalation(sim.world, DirectHops(sim.world, sim.model.raw_dumps))
    of_bea = next(one for one in search.groups() if (one.operation, one.target) == (path.name, BEA))
    assert "fewer than two access keys" in of_bea.unknown


def test_a_policy_has_at_most_five_versions() -> None:
    def five_versions(account: dict[str, Any]) -> None:
        older = account["Policies"][0]["PolicyVersionList"][1]
        account["Policies"][0]["PolicyVersionList"] += [
            {**older, "VersionId": f"v{one}"} for one in (3, 4, 5)
        ]

    def two_versions(account: dict[str, Any]) -> None:
        del account["Policies"][0]["PolicyVersionList"][2:]

    assert changed(by_name("CreatePolicyVersion"), five_versions) == []
    assert changed(by_name("DeletePolicyVersion, CreatePolicyVersion"), two_versions) == []


def test_a_policy_of_no_file_may_have_five_versions_already() -> None:
    def of_a_partial_dump(account: dict[str, Any]) -> None:
        account |= {"RawDump": True, "Policies": []}

    path = by_name("CreatePolicyVersion")
    sim = opened(path, allow("iam:CreatePolicyVersion"), edit=of_a_partial_dump)
    (group,) = found(sim, path)
    assert "fewer than 5 versions" in group.unknown
    assert ANN not in administrators(sim, reach_of(sim))


def test_a_full_policy_has_to_be_the_one_whose_version_goes() -> None:
    path = by_name("DeletePolicyVersion, CreatePolicyVersion")
    statements = (allow("iam:DeletePolicyVersion", f"{OWN}-other"), allow("iam:CreatePolicyVersion", OWN))

    def two_full_policies(account: dict[str, Any]) -> None:
        account["Policies"].append({**account["Policies"][0], "PolicyName": "own-other"})
        ann = account["UserDetailList"][-1]
        ann["AttachedManagedPolicies"] = [
            {"PolicyName": each, "PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/{each}"}
            for each in ("own", "own-other")
        ]

    assert found(opened(path, *statements, edit=two_full_policies), path) == []
    either = allow("iam:DeletePolicyVersion", f"{OWN}*")
    assert found(opened(path, either, statements[1], edit=two_full_policies), path)


def test_the_explanation_of_a_hop_asks_on_the_policy_that_is_written() -> None:
    path = by_name("CreatePolicyVersion")
    sim = opened(path, allow("iam:CreatePolicyVersion", OWN))
    (group,) = found(sim, path)
    explanation = explained_hop(ANN, group, sim.world)
    assert explanation is not None
    assert explanation.decision.outcome is Outcome.ALLOWED


def test_an_instance_gets_only_a_role_with_an_instance_profile() -> None:
    run, make = by_name("PassRole, RunInstances"), PASSED_WITH_PROFILE
    assert changed(run, lambda one: one.update(InstanceProfiles=[])) == []
    profile = {"InstanceProfileName": "p", "Roles": ["admin"]}
    assert changed(make, lambda one: one.update(InstanceProfiles=[profile])) == []
    assert changed(make, lambda _: None) == [ADMIN]


PASSED_WITH_PROFILE = by_name("PassRole, CreateInstanceProfile, AddRoleToInstanceProfile, RunInstances")


def test_who_writes_a_policy_of_the_role_that_it_becomes_is_an_administrator() -> None:
    managed = [{"PolicyName": "own", "PolicyArn": OWN}]
    document = {"PolicyVersionList": [{"VersionId": "v1", "Document": allows("s3:ListAllMyBuckets")}]}
    inline = [{"PolicyName": "p", "PolicyDocument": allows("iam:CreatePolicyVersion", resource=OWN)}]
    account = {
        "AccountId": ACCOUNT,
        "UserDetailList": [{"UserName": "ann", "UserPolicyList": inline}],
        "RoleDetailList": [
            {
                "RoleName": "admin",
                "AssumeRolePolicyDocument": policy(trust(ANN)),
                "AttachedManagedPolicies": managed,
            }
        ],
        "Policies": [{"PolicyName": "own", **document}],
    }
    sim = Simulation.open({"Accounts": [account]})
    assert ANN in administrators(sim, reach_of(sim))


@pytest.mark.parametrize(
    ("bounded", "is_administrator"),
    [
        (None, True),
        (["iam:PutUserPolicy", "s3:*"], False),
        (["iam:PutUserPolicy", "iam:DeleteUserPermissionsBoundary"], True),
        (["*"], True),
    ],
)
def test_a_boundary_limits_who_writes_its_own_policies(bounded: Any, is_administrator: bool) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"""
    arn = f"arn:aws:iam::{ACCOUNT}:policy/bounds"
    own = ["iam:PutUserPolicy", "iam:DeleteUserPermissionsBoundary"]
    ann: dict[str, Any] = {
        "UserName": "ann",
        "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": allows(own, ANN)}],
    }
    version = {"VersionId": "v1", "IsDefaultVersion": True, "Document": allows(bounded or "s3:*")}
    if bounded:
        ann["PermissionsBoundary"] = {"PermissionsBoundaryArn": arn, "PermissionsBoundaryType": "Policy"}
    policies = [{"PolicyName": "bounds", "Arn": arn, "PolicyVersionList": [version]}]
    account = {"AccountId": ACCOUNT, "UserDetailList": [ann], "Policies": policies}
    sim = Simulation.open({"Accounts": [account]})
    assert (ANN in administrators(sim)) is is_administrator
