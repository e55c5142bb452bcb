"""A cut counts what it does to long-term keys that did not leak."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from sts_tui.simulation import Simulation
from sts_tui.simulation.containment import incident
from sts_tui.simulation.containment.desk import Incident
from tests.accounts.policies import MAIN, allows, deny, policy
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
    """alice and bob have the same managed policy, and alice has used it, so that an edit of it is a cut."""
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
    sim = Simulation.open(model, seed=1)
    sim.call("s3:GetObject", {"Resource": "arn:aws:s3:::data/x"}, caller=alice(sim))
    return sim


def test_an_edit_of_a_policy_that_others_have_counts_their_keys() -> None:
    sim = sharing_a_policy()
    desk = incident(sim, alice(sim))
    bob = sim.access_key(f"arn:aws:iam::{MAIN}:user/bob")
    assert broken_by(desk, "edit:Shared") == [f"access key {bob} of bob"]
    assert broken_by(desk, "key-inactive") == []


def test_a_key_behind_a_region_guard_is_asked_in_its_region() -> None:
    sim = sharing_a_policy()
    guard = policy(deny(Condition={"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}))
    bob = sim.access_key(f"arn:aws:iam::{MAIN}:user/bob")
    sim.call("iam:PutUserPolicy", {"UserName": "bob", "PolicyName": "guard", "PolicyDocument": guard})
    desk = incident(sim, alice(sim))
    assert broken_by(desk, "edit:Shared") == [f"access key {bob} of bob"]
