"""A cut counts what it does to long-term keys that did not leak."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from sts_tui.simulation import Simulation
from sts_tui.simulation.containment import incident
from sts_tui.simulation.containment.desk import Incident
from tests.accounts.policies import MAIN, allow, allows, deny, policy
from tests.accounts.small import SMALL, alice, open_small


def broken_by(desk: Incident, cut_id: str) -> list[str]:
    row = desk.row(cut_id)
    assert row is not None
    return [one.name for one in row.trial.broken]


def test_a_deny_on_the_id_of_a_session_of_a_user_hits_the_users_key_and_a_dated_one_spares_it() -> None:
    sim = open_small()
    token = sim.call("sts:GetSessionToken", {}, caller=alice(sim))["Credentials"]["AccessKeyId"]
    key = f"access key {alice(sim)} of alice"
    desk = incident(sim, token)
    assert broken_by(desk, "deny-userid") == [key]
    assert broken_by(desk, "deny-user-dated") == []
    dated = desk.row("deny-user-dated")
    assert dated is not None
    assert key in dated.trial.spared
    assert dated.is_best
    by_id = desk.row("deny-userid")
    assert by_id is not None
    assert not by_id.is_best


def sharing_a_policy() -> Simulation:
    """alice and bob have the same managed policy."""
    model: dict[str, Any] = deepcopy(SMALL)
    account = model["Accounts"][0]
    shared = f"arn:aws:iam::{MAIN}:policy/Shared"
    account["Policies"] = [
        {
            "PolicyName": "Shared",
            "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": True, "Document": allows("s3:*")}],
        }
    ]
    for user in account["UserDetailList"]:
        user["UserPolicyList"] = []
        user["AttachedManagedPolicies"] = [{"PolicyName": "Shared", "PolicyArn": shared}]
    return Simulation.open(model, seed=1)


def test_an_edit_of_a_policy_that_others_have_counts_their_keys() -> None:
    sim = sharing_a_policy()
    desk = incident(sim, alice(sim))
    bob = sim.access_key(f"arn:aws:iam::{MAIN}:user/bob")
    edits = [row for row in desk.rows if row.cut.id.startswith("edit")]
    assert all(f"access key {bob} of bob" in broken_by(desk, row.cut.id) for row in edits)
    assert broken_by(desk, "key-inactive") == []


def test_a_quarantine_that_leaves_actions_of_a_wildcard_does_not_end_the_access() -> None:
    sim = sharing_a_policy()
    row = incident(sim, alice(sim)).row("quarantine")
    assert row is not None
    assert row.trial.still_possible
    assert not row.is_best


def test_a_quarantine_is_tried_with_what_the_holder_can_choose() -> None:
    model: dict[str, Any] = deepcopy(SMALL)
    elsewhere = {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
    document = policy(allow("s3:*"), deny(Condition=elsewhere))
    model["Accounts"][0]["UserDetailList"][0]["UserPolicyList"] = [
        {"PolicyName": "p", "PolicyDocument": document}
    ]
    sim = Simulation.open(model, seed=1)
    row = incident(sim, alice(sim)).row("quarantine")
    assert row is not None
    assert "aws:SourceIp=10." in row.trial.still_possible[0]
    assert not row.is_best


def test_a_session_is_tried_with_an_action_that_its_kind_of_credentials_may_call() -> None:
    sim = open_small()
    params = {"Name": "fed", "Policy": allows(["s3:*", "iam:*", "ec2:*"])}
    fed = sim.call("sts:GetFederationToken", params, caller=alice(sim))["Credentials"]["AccessKeyId"]
    row = incident(sim, fed).row("deny-userid")
    assert row is not None
    assert row.trial.is_cut
    assert row.is_best


def test_a_deny_on_the_address_of_a_thief_alone_leaves_other_addresses() -> None:
    sim = open_small()
    key = alice(sim)
    sim.call("ec2:DescribeInstances", {"Resource": "*"}, caller=key, context={"aws:SourceIp": "192.0.2.9"})
    row = incident(sim, key).row("deny-network")
    assert row is not None
    assert "another address" in row.trial.still_possible[-1]
    assert not row.is_best
