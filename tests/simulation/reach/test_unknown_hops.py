"""Unknown is not no: a hop that the files leave open is there, marked, with what would settle it."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.simulation import Simulation
from sts_tui.simulation.reach.graph import Hop
from sts_tui.simulation.reach.reach import administrators, hops, reach_of
from sts_tui.simulation.reach.unknown_facts import unknown_facts
from tests.accounts.entities import role, user
from tests.accounts.policies import MAIN, OTHER, allow, arn, policy, role_arn, trust, trusts

MYSTERY = arn("policy/mystery")
EC2 = {"Service": "ec2.amazonaws.com"}


def can(name: str, trusting: dict[str, Any], *statements: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A role with these statements."""
    return role(name, trusting, *([("p", policy(*statements))] if statements else []), **more)


def opened(*roles: dict[str, Any], **account: Any) -> Simulation:
    return Simulation.open({"Accounts": [{"AccountId": MAIN, "RoleDetailList": list(roles), **account}]})


def hop(sim: Simulation, source: str, target: str) -> Hop | None:
    return next(
        (each for each in hops(sim) if (each.source_label, each.target_label) == (source, target)), None
    )


def without_a_document() -> Simulation:
    attached = [{"PolicyName": "mystery", "PolicyArn": MYSTERY}]
    return opened(
        can("Source", trusts(EC2), AttachedManagedPolicies=attached),
        can("Target", trusts()),
        Policies=[
            {"PolicyName": "mystery", "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": True}]}
        ],
    )


def test_a_policy_without_its_text_may_allow_the_hop() -> None:
    found = hop(without_a_document(), "Source", "Target")
    assert found is not None
    assert "mystery" in found.unknown


def test_what_would_settle_it_is_a_command() -> None:
    (fact,) = unknown_facts(without_a_document())
    assert "mystery" in fact.what
    assert "get-policy-version" in fact.settled_by


def test_a_tag_that_only_the_session_could_carry_is_unknown() -> None:
    sim = opened(
        can("Source", trusts(EC2), allow("sts:AssumeRole")),
        can("Target", trusts(Condition={"StringEquals": {"aws:PrincipalTag/team": "red"}})),
    )
    found = hop(sim, "Source", "Target")
    assert found is not None
    assert (
        found.unknown
        == "whether its session carries the tag team=red, which no user or role that was tried can set"
    )
    assert found.needs == ("session tag team=red",)


OF_SESSIONS = (
    *("saml:sub", "token.actions.githubusercontent.com:sub", "cognito-identity.amazonaws.com:aud"),
    *("identitystore:UserId", "ec2:SourceInstanceArn", "lambda:SourceFunctionArn", "aws:ChatbotSourceArn"),
    *("aws:Ec2InstanceSourceVpc", "codebuild:BuildArn"),
)


@pytest.mark.parametrize("key", OF_SESSIONS)
def test_a_key_that_says_how_a_role_was_assumed_is_unknown_for_a_role_and_never_a_users(key: str) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"""
    sim = opened(
        can("Source", trusts(EC2), allow("sts:AssumeRole")),
        can("Target", trusts(Condition={"StringEquals": {key: "x"}})),
        UserDetailList=[user("ann", ("p", policy(allow("sts:AssumeRole"))))],
    )
    found = hop(sim, "Source", "Target")
    assert found is not None
    assert found.unknown == f"whether its session carries {key}=x"
    assert hop(sim, "ann", "Target") is None


@pytest.mark.parametrize("key", ["aws:SourceAccount", "aws:SourceArn", "aws:SourceOrgID"])
def test_a_key_that_only_services_have_opens_the_role_to_the_service_alone(key: str) -> None:
    target = policy(
        trust({"AWS": MAIN}, Condition={"StringEquals": {key: "x"}}),
        trust(EC2, Condition={"StringEquals": {key: "x"}}),
    )
    sim = opened(
        can("Target", target),
        can("Source", trusts(EC2), allow("sts:AssumeRole")),
        UserDetailList=[user("ann", ("p", policy(allow("sts:AssumeRole"))))],
    )
    assert hop(sim, "ann", "Target") is None
    assert hop(sim, "Source", "Target") is None
    found = hop(sim, "service:ec2.amazonaws.com", "Target")
    assert found is not None
    assert (found.needs, found.unknown) == ((f"{key}=x",), "")


def test_a_tag_that_the_role_has_settles_it() -> None:
    sim = opened(
        can(
            "Source",
            trusts(EC2),
            allow("sts:AssumeRole"),
            Tags=[{"Key": "team", "Value": "red"}],
        ),
        can("Target", trusts(Condition={"StringEquals": {"aws:PrincipalTag/team": "red"}})),
    )
    found = hop(sim, "Source", "Target")
    assert found is not None
    assert not found.unknown


def test_a_raw_dump_says_nothing_about_keys_and_devices() -> None:
    dump = {
        "UserDetailList": [{"UserName": "u", "Arn": f"arn:aws:iam::{MAIN}:user/u", "UserPolicyList": []}],
        "GroupDetailList": [],
        "RoleDetailList": [],
        "Policies": [],
    }
    fact, of_organization = unknown_facts(Simulation.open(dump))
    assert "describe-organization" in of_organization.settled_by
    assert "MFA device" in fact.what
    assert "list-access-keys" in fact.settled_by


def organization(*features: str) -> Simulation:
    root = policy(allow("sts:AssumeRoot"))
    return Simulation.open(
        {
            "Accounts": [
                {
                    "AccountId": MAIN,
                    "UserDetailList": [
                        {
                            "UserName": "admin",
                            "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": root}],
                        }
                    ],
                },
                {"AccountId": OTHER},
            ],
            "Organization": {
                "Id": "o-exampleorg1",
                "ManagementAccountId": MAIN,
                "Features": list(features),
                "Root": {"Name": "Root", "Accounts": [{"AccountId": MAIN}, {"AccountId": OTHER}]},
            },
        }
    )


def test_the_root_users_of_members_are_reached_where_the_organization_has_the_feature() -> None:
    graph = reach_of(organization("RootSessions"), with_escalation=True)
    (chain,) = graph.chains_from(f"arn:aws:iam::{MAIN}:user/admin")
    assert chain.target == f"arn:aws:iam::{OTHER}:root"
    assert chain.hops[0].operation == "AssumeRoot"
    without = reach_of(organization(), with_escalation=True)
    assert not list(without.chains_from(f"arn:aws:iam::{MAIN}:user/admin"))


def test_who_can_write_the_policies_of_a_role_that_it_can_become_is_an_administrator() -> None:
    write = allow("iam:PutRolePolicy", resource=role_arn("Target"))
    sim = opened(
        can("Source", trusts(EC2), write, allow("sts:AssumeRole")),
        can("Target", trusts()),
        can("Other", trusts(EC2), write),
    )
    graph = reach_of(sim, with_escalation=True)
    assert administrators(sim, graph) == (role_arn("Source"),)


def test_an_own_boundary_that_can_be_taken_off_makes_no_administrator() -> None:
    sim = opened(
        can(
            "Source",
            trusts(EC2),
            allow("iam:DeleteRolePermissionsBoundary"),
            PermissionsBoundary={
                "PermissionsBoundaryType": "Policy",
                "PermissionsBoundaryArn": "arn:aws:iam::aws:policy/AdministratorAccess",
            },
        )
    )
    assert administrators(sim) == ()
