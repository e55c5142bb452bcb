"""What the incident desk asks: requests that AWS has, of credentials that exist or could be issued."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.account.policies.vocabulary import knows_action
from sts_tui.simulation import Simulation
from sts_tui.simulation.containment import incident
from sts_tui.simulation.containment.desk import EVERYTHING
from sts_tui.simulation.containment.incident_json import incident_json
from sts_tui.simulation.containment.incident_report import report
from sts_tui.simulation.containment.incident_text import incident_lines
from sts_tui.simulation.containment.possible_requests import PERSISTENCE_ACTIONS
from sts_tui.simulation.reach.escalation.escalation_paths import IAM_WRITES
from tests.accounts.every_part import PROD
from tests.accounts.policies import allow, allows, trusts
from tests.accounts.policies import policy as document
from tests.accounts.small import alice, open_small

QUEUE = f"arn:aws:sqs:us-east-1:{PROD}:q"


def dump(*statements: dict[str, Any], **role: Any) -> Simulation:
    policies = [{"PolicyName": "p", "PolicyDocument": document(*statements)}]
    app = {"RoleName": "App", "AssumeRolePolicyDocument": trusts(), "RolePolicyList": policies, **role}
    ana = {"UserName": "ana", "UserPolicyList": policies}
    return Simulation.open(
        {"Accounts": [{"AccountId": PROD, "UserDetailList": [ana], "RoleDetailList": [app]}]}
    )


def test_a_role_without_a_live_session_is_asked_as_a_session_of_it() -> None:
    simulation = dump(allow("s3:GetObject", "arn:aws:s3:::a/k"), allow("iam:CreateUser"))
    desk = incident(simulation, "App")
    assert ("s3:GetObject", "arn:aws:s3:::a/k", "allowed") in desk.can_do
    assert desk.can_stay == ("iam:CreateUser",)
    assert {"revoke-role", "deny-all"} <= {row.cut.id for row in desk.best}
    assert "no live session" in next(line for line in incident_lines(desk) if line.startswith("Whose"))
    assert not desk.whose["sessions"]
    assert not simulation.world.sessions


@pytest.mark.parametrize(
    ("who", "keys", "asked"),
    [("App", None, "no live session; asked as a new one"), ("ana", [], "neither access keys nor a session")],
)
def test_text_report_and_json_say_with_what_was_asked(who: str, keys: list[Any] | None, asked: str) -> None:
    """A user without credentials signs nothing; that is not the same as being allowed nothing."""
    policies = [{"PolicyName": "p", "PolicyDocument": document(allow("s3:GetObject", "arn:aws:s3:::a/k"))}]
    ana = {"UserName": "ana", "UserPolicyList": policies} | ({"AccessKeys": keys} if keys is not None else {})
    app = {"RoleName": "App", "AssumeRolePolicyDocument": trusts(), "RolePolicyList": policies}
    simulation = Simulation.open(
        {"Accounts": [{"AccountId": PROD, "UserDetailList": [ana], "RoleDetailList": [app]}]}
    )
    desk = incident(simulation, who)
    text, written = "\n".join(incident_lines(desk)), report(desk, simulation)
    assert asked in text
    assert asked in written
    assert asked in str(incident_json(desk)["whose"])
    is_asked = who == "App"
    assert ("Can do    not asked" in text) is not is_asked
    assert ("- not asked" in written) is not is_asked
    assert "Can do    nothing" not in text


def test_a_role_without_a_session_that_may_do_nothing_has_no_best_cut() -> None:
    assert not incident(dump(allow("s3:Nothing", "arn:aws:s3:::a/k")), "App").best


@pytest.mark.parametrize("who", ["App", "ana"])
def test_only_actions_that_aws_has_are_asked_on_resources_that_they_work_on(who: str) -> None:
    mixed = allow(["s3:GetObject", "sqs:SendMessage", "sqs:*"], ["arn:aws:s3:::a/k", QUEUE])
    asked = {(action, resource) for action, resource, _ in incident(dump(mixed), who).can_do}
    assert ("sqs:SendMessage", QUEUE) in asked
    assert ("s3:GetObject", "arn:aws:s3:::a/k") in asked
    assert not {pair for pair in asked if pair[0].split(":")[0] != pair[1].split(":")[2]}
    assert "sqs:Any" not in {action for action, _ in asked}


def test_policy_variables_become_the_values_of_the_holder() -> None:
    desk = incident(dump(allow("iam:CreateAccessKey", f"arn:aws:iam::{PROD}:user/${{aws:username}}")), "ana")
    assert desk.can_do == (("iam:CreateAccessKey", f"arn:aws:iam::{PROD}:user/ana", "allowed"),)
    assert desk.can_stay == ("iam:CreateAccessKey",)


def test_what_a_deny_leaves_of_a_pattern_is_asked() -> None:
    partly = {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::a/a*"}
    can_do = incident(dump(allow("s3:GetObject", "arn:aws:s3:::a/*"), partly), "App").can_do
    assert [verdict for _, _, verdict in can_do] == ["denied", "allowed"]


def test_an_administrator_can_do_everything_unless_a_boundary_lists_what_it_allows() -> None:
    assert incident(dump(allow("*")), "App").can_do[0] == (*EVERYTHING, "allowed")
    assert "everything" in incident(dump(allow("*")), "App").does[0]
    narrow = {
        "PermissionsBoundaryType": "Policy",
        "PermissionsBoundaryArn": "arn:aws:iam::aws:policy/IAMFullAccess",
    }
    assert (*EVERYTHING, "allowed") not in incident(
        dump(allow("*"), PermissionsBoundary=narrow), "App"
    ).can_do


@pytest.mark.parametrize("action", ["iam:EnableMFADevice", "iam:ResyncMFADevice", "iam:UpdateAccessKey"])
def test_a_device_or_key_of_its_own_is_a_way_to_stay(action: str) -> None:
    """A device that the intruder registers satisfies a condition on aws:MultiFactorAuthPresent.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_enable_virtual.html
    """
    desk = incident(dump(allow(action, f"arn:aws:iam::{PROD}:user/${{aws:username}}")), "ana")
    assert desk.can_stay == (action,)


def test_every_way_to_stay_is_an_action_of_aws() -> None:
    assert [action for action in PERSISTENCE_ACTIONS if not knows_action(action)] == []
    assert len(set(PERSISTENCE_ACTIONS)) == len(PERSISTENCE_ACTIONS)


def test_the_single_permissions_of_every_path_through_iam_are_ways_to_stay() -> None:
    """What gains another identity's permissions by a write to IAM keeps a way in."""
    written = {
        each.action for path in IAM_WRITES for each in path.permissions if each.action.startswith("iam:")
    }
    assert written - {*PERSISTENCE_ACTIONS} == {"iam:DeletePolicyVersion"}, "it only makes room"


def test_a_session_is_tried_with_an_action_that_its_kind_of_credentials_may_call() -> None:
    sim = open_small()
    params = {"Name": "fed", "Policy": allows(["s3:*", "iam:*", "ec2:*"])}
    fed = sim.call("sts:GetFederationToken", params, caller=alice(sim))["Credentials"]["AccessKeyId"]
    row = incident(sim, fed).row("deny-userid")
    assert row is not None
    assert row.trial.is_cut
    assert row.is_best
