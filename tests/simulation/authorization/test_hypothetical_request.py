"""The same action on the same resource gets the same decision, wherever the simulation asks about it."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.iam import Outcome
from sts_tui.simulation import Simulation
from sts_tui.simulation.authorization.authorizer import prepare
from sts_tui.simulation.authorization.hypothetical_request import hypothetical_request
from sts_tui.simulation.containment.credential_use import Asked
from sts_tui.simulation.containment.possible_requests import chosen
from sts_tui.simulation.reach.access.action_verdicts import verdict_on
from sts_tui.simulation.reach.hop_question import explained_hop
from sts_tui.simulation.reach.reach import reach_of
from sts_tui.sts.identity import CallerIdentity, user_identity
from tests.accounts.policies import MAIN, allow, trusts
from tests.accounts.policies import policy as document

APP = f"arn:aws:iam::{MAIN}:role/App"
ANA = f"arn:aws:iam::{MAIN}:user/ana"


def opened(*statements: dict[str, Any], **trust: Any) -> tuple[Simulation, CallerIdentity]:
    user = {
        "UserName": "ana",
        "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": document(*statements)}],
    }
    role = {"RoleName": "App", "AssumeRolePolicyDocument": trusts(f"arn:aws:iam::{MAIN}:root", **trust)}
    account = {"AccountId": MAIN, "UserDetailList": [user], "RoleDetailList": [role]}
    simulation = Simulation.open({"Accounts": [account]})
    return simulation, user_identity(simulation.world.in_force.users[ANA])


def test_a_resource_of_a_region_is_asked_in_its_region() -> None:
    simulation, caller = opened(allow("sqs:SendMessage"))
    queue = f"arn:aws:sqs:eu-west-1:{MAIN}:q"
    in_arn = hypothetical_request(caller, "sqs:SendMessage", queue, simulation.world, region="us-west-2")
    assert in_arn.region == "eu-west-1"
    in_none = hypothetical_request(caller, "s3:GetObject", "arn:aws:s3:::b/k", simulation.world)
    assert in_none.region == "us-east-1"


@pytest.mark.parametrize(
    ("action", "trusted"),
    [("sts:AssumeRole", True), ("sts:TagSession", False), ("sts:SetSourceIdentity", False)],
)
def test_the_trust_policy_of_a_role_decides_each_action_that_it_is_asked_for(
    action: str, trusted: bool
) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_permissions-required"""
    simulation, caller = opened(allow("sts:*", APP))
    decision = prepare(hypothetical_request(caller, action, APP, simulation.world)).decide(simulation.now)
    assert (decision.outcome is Outcome.ALLOWED) is trusted
    assert verdict_on(caller, action, APP, simulation.world) == decision


def test_matrix_incident_desk_and_explained_hop_agree_on_a_role() -> None:
    region = {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}
    simulation, caller = opened(allow("sts:AssumeRole", APP), Condition=region)
    world = simulation.world
    assert verdict_on(caller, "sts:AssumeRole", APP, world).outcome is Outcome.ALLOWED
    asked = chosen(Asked("AKIAEXAMPLE", "", ""), "sts:AssumeRole", APP, caller, world)
    assert not asked.needs
    group = next(each for each in reach_of(simulation).groups if each.target == APP)
    explained = explained_hop(ANA, group, world)
    assert explained is not None
    assert explained.decision.outcome is Outcome.ALLOWED
    assert not group.brought
