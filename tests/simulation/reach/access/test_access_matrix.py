"""The access matrix says what the engine would say, action by action."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.cli.files import sample_account
from sts_tui.iam import Outcome
from sts_tui.simulation import Simulation
from sts_tui.simulation.authorization.assumed_session import assumed_session
from sts_tui.simulation.reach.access.access_matrix import (
    LEVELS,
    AccessMatrix,
    access_by_action,
    access_of,
    changed_cells,
)
from sts_tui.simulation.reach.access.action_verdicts import MOST_RESOURCES, allowed_on, verdict_on
from sts_tui.sts.identity import CallerIdentity, session_identity, user_identity
from tests.accounts.every_part import PROD
from tests.accounts.policies import allow, deny, trusts
from tests.accounts.policies import policy as document

BUCKET = "arn:aws:s3:::data"


def opened(*statements: dict[str, Any], **model: Any) -> tuple[Simulation, CallerIdentity]:
    policy = {"PolicyName": "p", "PolicyDocument": document(*statements)}
    user = {"UserName": "ana", "UserPolicyList": [policy] if statements else []}
    roles = [{"RoleName": "App", "AssumeRolePolicyDocument": trusts()}]
    account = {"AccountId": PROD, "UserDetailList": [user], "RoleDetailList": roles, **model}
    sim = Simulation.open({"Accounts": [account]})
    return sim, user_identity(sim.world.configuration.users[f"arn:aws:iam::{PROD}:user/ana"])


def matrix(*statements: dict[str, Any], **model: Any) -> AccessMatrix:
    sim, caller = opened(*statements, **model)
    return access_of(caller, sim.world)


def test_a_cell_counts_the_allowed_actions_of_its_level() -> None:
    found = matrix(allow(["s3:GetObject", "s3:PutObject"], f"{BUCKET}/*"))
    assert list(found.rows) == ["s3"]
    assert found.rows["s3"]["Read"].allowed == ("GetObject",)
    assert found.rows["s3"]["Write"].allowed == ("PutObject",)
    assert found.rows["s3"]["List"].verdict == "none"
    assert not found.has_wildcard


def test_everything_allowed_is_all_of_each_level_and_says_that_it_covers_more() -> None:
    found = matrix(allow("*"))
    assert found.has_wildcard
    assert {cell.verdict for cell in found.rows["s3"].values()} == {"all"}


def test_each_action_names_the_statement_that_decides_it_on_the_resource_that_the_statement_names() -> None:
    only = {"Sid": "Mfa", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
    sim, caller = opened(allow("s3:GetObject", f"{BUCKET}/*", Sid="Read"), allow("s3:PutObject", **only))
    read, write, other = access_by_action(
        caller, ("s3:GetObject", "s3:PutObject", "s3:ListBucket"), sim.world
    )
    assert (read.verdict, read.by, read.resource) == ("allowed", ("ana/p#Read",), f"{BUCKET}/any")
    assert (write.verdict, write.by) == ("conditional", ("ana/p#Mfa",))
    assert write.note == "Bool aws:MultiFactorAuthPresent true"
    assert (other.verdict, other.by) == ("denied", ())


def test_a_deny_takes_its_actions_out() -> None:
    found = matrix(allow("s3:*"), {"Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"})
    assert "DeleteObject" not in found.rows["s3"]["Write"].allowed
    assert found.rows["s3"]["Write"].verdict == "some"


def test_an_allow_with_a_condition_that_the_request_does_not_meet_is_conditional() -> None:
    only = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
    found = matrix(allow("s3:GetObject", f"{BUCKET}/*", **only))
    assert found.rows["s3"]["Read"].conditional == ("GetObject",)
    assert found.rows["s3"]["Read"].verdict == "conditional"


@pytest.mark.parametrize(
    ("action", "condition", "needed"),
    [
        ("sqs:SendMessage", {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}, "region eu-west-1"),
        ("sqs:SendMessage", {"NotIpAddress": {"aws:SourceIp": "10.1.0.0/16"}}, "aws:SourceIp=10.1.0.0"),
        ("s3:PutObject", {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}},
         "s3:x-amz-server-side-encryption=aws:kms"),
        ("kms:Decrypt", {"StringNotEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}},
         "kms:ViaService=s3.us-east-1.amazonaws.com"),
        ("s3:GetObject", {"StringNotLike": {"aws:UserAgent": "Terraform*"}}, "aws:UserAgent=Terraformany"),
        ("iam:CreateRole", {"StringNotEquals": {"iam:PermissionsBoundary": f"arn:aws:iam::{PROD}:policy/b"}},
         f"iam:PermissionsBoundary=arn:aws:iam::{PROD}:policy/b"),
        ("ec2:RunInstances", {"Null": {"aws:RequestTag/team": "true"}}, "aws:RequestTag/team=any"),
        ("ec2:StopInstances", {"StringNotEquals": {"aws:ResourceTag/env": "dev"}}, "aws:ResourceTag/env=dev"),
    ],
)  # fmt: skip
def test_what_a_deny_spares_for_some_choice_of_the_caller_is_conditional(
    action: str, condition: dict[str, Any], needed: str
) -> None:
    sim, caller = opened(allow(action), deny(action, Condition=condition))
    (found,) = access_by_action(caller, [action], sim.world)
    assert (found.verdict, found.by, found.note) == ("conditional", ("ana/p#2",), f"with {needed}")


def test_mfa_is_a_choice_of_a_user_with_a_device() -> None:
    guard = deny(Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}})
    sim, caller = opened(allow("iam:*"), guard)
    assert not access_of(caller, sim.world).rows
    policy = {"PolicyName": "p", "PolicyDocument": document(allow("iam:*"), guard)}
    device = [{"SerialNumber": f"arn:aws:iam::{PROD}:mfa/ana"}]
    ana = {"UserName": "ana", "UserPolicyList": [policy], "MFADevices": device}
    sim, caller = opened(UserDetailList=[ana])
    assert {cell.verdict for cell in access_of(caller, sim.world).rows["iam"].values()} == {"conditional"}


@pytest.mark.parametrize(
    "condition",
    [
        {"DateGreaterThan": {"aws:CurrentTime": "2026-01-15T08:00:00Z"}},
        {"StringNotEquals": {"aws:PrincipalTag/team": "red"}},
        {"StringNotEquals": {"aws:ResourceAccount": "999999999999"}},
    ],
)
def test_what_no_caller_chooses_stays_denied(condition: dict[str, Any]) -> None:
    assert not matrix(allow("sqs:*"), deny("sqs:*", Condition=condition)).rows


def test_the_tags_of_a_resource_of_the_model_are_not_chosen() -> None:
    queue = f"arn:aws:sqs:us-east-1:{PROD}:jobs"
    guard = deny(Condition={"StringNotEquals": {"aws:ResourceTag/open": "yes"}})
    assert not matrix(allow("sqs:*", queue), guard, Resources=[{"Arn": queue}]).rows


def test_a_policy_of_a_resource_gives_access_too() -> None:
    granted = document(
        allow("s3:GetObject", f"{BUCKET}/*", Principal={"AWS": f"arn:aws:iam::{PROD}:user/ana"})
    )
    found = matrix(Resources=[{"Arn": BUCKET, "Policy": granted}])
    assert found.rows["s3"]["Read"].allowed == ("GetObject",)


def test_assuming_a_role_needs_its_trust_policy() -> None:
    assert matrix(allow("sts:AssumeRole", f"arn:aws:iam::{PROD}:role/*")).rows["sts"]["Write"].allowed
    closed = [{"RoleName": "App", "AssumeRolePolicyDocument": trusts({"Service": "ec2.amazonaws.com"})}]
    assert not matrix(allow("sts:AssumeRole", f"arn:aws:iam::{PROD}:role/*"), RoleDetailList=closed).rows


def test_the_difference_names_what_was_lost_and_gained() -> None:
    before = matrix(allow(["s3:GetObject", "s3:PutObject"], f"{BUCKET}/*"))
    after = matrix(allow(["s3:GetObject", "s3:DeleteObject"], f"{BUCKET}/*"))
    assert changed_cells(before, after) == [("s3", "Write", ("PutObject",), ("DeleteObject",))]


def test_every_allowed_action_of_the_sample_is_allowed_by_the_engine() -> None:
    sim = Simulation.open(sample_account())
    caller = user_identity(
        next(user for user in sim.world.configuration.users.values() if user.user_name == "alice")
    )
    found = access_of(caller, sim.world)
    for service, cells in found.rows.items():
        for level in LEVELS:
            for action in cells[level].allowed[:5]:
                outcomes = {
                    verdict_on(caller, f"{service}:{action}", resource, sim.world).outcome
                    for resource in ("*", *sim.world.configuration.roles, *sim.world.configuration.users)
                }
                outcomes |= {
                    verdict_on(caller, f"{service}:{action}", f"{arn}{end}", sim.world).outcome
                    for arn in sim.world.configuration.resources
                    for end in ("", "/any")
                }
                assert Outcome.ALLOWED in outcomes, (service, action)


def test_a_role_is_asked_as_a_session_of_it() -> None:
    sim, _ = opened(allow())
    role = sim.world.configuration.roles[f"arn:aws:iam::{PROD}:role/App"]
    assert not access_of(session_identity(assumed_session(role, "x", sim.world)), sim.world).rows


def test_assume_role_on_everything_is_asked_on_every_role() -> None:
    closed = {"RoleName": "AClosed", "AssumeRolePolicyDocument": trusts({"Service": "ec2.amazonaws.com"})}
    roles = [closed, {"RoleName": "Open", "AssumeRolePolicyDocument": trusts()}]
    for resource in ("*", f"arn:aws:iam::{PROD}:role/*"):
        found = matrix(allow("sts:AssumeRole", resource), RoleDetailList=roles)
        assert found.rows["sts"]["Write"].allowed == ("AssumeRole",)


def test_a_trust_policy_that_names_the_user_gives_access_without_a_policy_of_the_user() -> None:
    named = trusts({"AWS": f"arn:aws:iam::{PROD}:user/ana"})
    found = matrix(RoleDetailList=[{"RoleName": "App", "AssumeRolePolicyDocument": named}])
    assert found.rows["sts"]["Write"].allowed == ("AssumeRole",)
    assert not matrix(RoleDetailList=[{"RoleName": "App", "AssumeRolePolicyDocument": trusts()}]).rows


def test_an_action_is_asked_on_the_resources_that_it_works_on_however_late_they_are_listed() -> None:
    others = [f"arn:aws:sns:us-east-1:{PROD}:topic{number}" for number in range(30)]
    queue = f"arn:aws:sqs:us-east-1:{PROD}:queue"
    found = matrix(allow("sqs:SendMessage", [*others, queue]))
    assert found.rows["sqs"]["Write"].allowed == ("SendMessage",)


def test_policy_variables_become_the_values_of_the_caller() -> None:
    own = allow("iam:CreateAccessKey", f"arn:aws:iam::{PROD}:user/${{aws:username}}")
    found = matrix(own, allow("s3:GetObject", "arn:aws:s3:::home/${aws:username}/*"))
    assert found.rows["iam"]["Write"].allowed == ("CreateAccessKey",)
    assert found.rows["s3"]["Read"].allowed == ("GetObject",)


def test_a_deny_of_some_of_what_an_allow_names_leaves_the_rest() -> None:
    found = matrix(allow("s3:GetObject", f"{BUCKET}/*"), deny("s3:*", f"{BUCKET}/a*"))
    assert found.rows["s3"]["Read"].allowed == ("GetObject",)
    assert not matrix(allow("s3:GetObject", f"{BUCKET}/*"), deny("s3:*", f"{BUCKET}/*")).rows


def test_a_pattern_of_buckets_is_asked_on_an_object_too() -> None:
    found = matrix(allow("s3:GetObject", f"{BUCKET}*"), Resources=[{"Arn": BUCKET}])
    assert found.rows["s3"]["Read"].allowed == ("GetObject",)


def test_the_resources_on_which_an_action_is_allowed_are_named_as_the_policy_names_them() -> None:
    sim, caller = opened(
        allow("s3:GetObject", [f"{BUCKET}/*", "arn:aws:s3:::b/*"]), deny("s3:*", "arn:aws:s3:::b/*")
    )
    assert allowed_on(caller, "s3:GetObject", sim.world) == (f"{BUCKET}/*",)
    sim, caller = opened(allow("sts:AssumeRole"))
    assert allowed_on(caller, "sts:AssumeRole", sim.world) == (f"arn:aws:iam::{PROD}:role/App",)


def test_an_action_that_only_the_last_of_many_resources_allows_is_allowed() -> None:
    buckets = [f"arn:aws:s3:::data-{number}/x" for number in range(40)]
    statements = (allow("s3:GetObject", buckets), deny("s3:GetObject", buckets[:-1]))
    cells = matrix(*statements).rows["s3"]
    assert cells["Read"].allowed == ("GetObject",)


def test_beyond_the_resources_that_are_asked_an_action_is_unknown_and_not_denied() -> None:
    buckets = [f"arn:aws:s3:::data-{number}/x" for number in range(MOST_RESOURCES + 2)]
    statements = (allow("s3:GetObject", buckets), deny("s3:GetObject", buckets[:-1]))
    cells = matrix(*statements).rows["s3"]
    assert cells["Read"].unknown == ("GetObject",)


def test_resources_that_were_left_out_are_counted_and_all_can_be_asked() -> None:
    buckets = [f"arn:aws:s3:::data-{number}/x" for number in range(MOST_RESOURCES + 2)]
    statements = (allow("s3:GetObject", buckets), deny("s3:GetObject", buckets[:-1]))
    sim, caller = opened(*statements)
    found = access_of(caller, sim.world)
    assert found.not_settled == {"s3:GetObject": MOST_RESOURCES + 2}
    assert f"{MOST_RESOURCES} of up to {MOST_RESOURCES + 2} resources" in found.what_was_left_out
    (one,) = access_by_action(caller, ["s3:GetObject"], sim.world)
    assert f"{MOST_RESOURCES} of {MOST_RESOURCES + 2}" in one.note
    whole = access_of(caller, sim.world, most=None)
    assert (whole.rows["s3"]["Read"].allowed, whole.what_was_left_out) == (("GetObject",), "")
    assert allowed_on(caller, "s3:GetObject", sim.world) == (buckets[-1],)


def test_an_allow_of_everything_is_asked_on_what_a_deny_with_not_resource_leaves() -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html"""
    left = {"Effect": "Deny", "Action": "s3:*", "NotResource": ["arn:aws:s3:::ok-*"]}
    sim, caller = opened(allow("s3:*"), left)
    assert allowed_on(caller, "s3:GetObject", sim.world) == ("arn:aws:s3:::ok-*",)
    assert "GetObject" in access_of(caller, sim.world).rows["s3"]["Read"].allowed


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/Other"}}, "denied"),
        ({"StringNotEquals": {"aws:PrincipalAccount": PROD}}, "denied"),
        ({"StringEquals": {"aws:PrincipalTag/team": "web"}}, "conditional"),  # another session may have it
        ({"Bool": {"aws:SecureTransport": "false"}}, "conditional"),
        (
            {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/ana"}, "StringEquals": {"s3:prefix": "a"}},
            "conditional",
        ),
    ],
)
def test_a_condition_that_no_request_of_the_principal_meets_is_a_denial(
    condition: dict[str, Any], verdict: str
) -> None:
    sim, caller = opened({**allow("s3:ListBucket"), "Condition": condition})
    (found,) = access_by_action(caller, ["s3:ListBucket"], sim.world)
    assert found.verdict == verdict


def test_a_trust_policy_with_a_condition_for_another_principal_gives_nothing() -> None:
    """Neither it nor a condition of the caller's own Allow is all that is missing."""
    trusting = trusts(f"arn:aws:iam::{PROD}:role/App", Condition={"Null": {"sts:SourceIdentity": "false"}})
    roles = [
        {"RoleName": "App", "AssumeRolePolicyDocument": trusts(f"arn:aws:iam::{PROD}:role/App")},
        {"RoleName": "Guarded", "AssumeRolePolicyDocument": trusting},
    ]
    sometimes = allow("sts:AssumeRole", "*", Condition={"StringEquals": {"aws:PrincipalTag/team": "red"}})
    for statements in ((), (sometimes,)):
        assert "sts" not in matrix(*statements, RoleDetailList=roles).rows
