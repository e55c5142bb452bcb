"""A cut for one holder never restores what an earlier cut took from another."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from sts_tui.simulation import Simulation
from sts_tui.simulation.containment.cut import CannotCutError, carry_out
from sts_tui.simulation.containment.desk import cuts_of
from sts_tui.simulation.containment.kinds.joined_denies import joined
from sts_tui.simulation.containment.undo_commands import undo_commands
from sts_tui.simulation.identities import operator_identity
from sts_tui.sts.errors import AwsError
from tests.accounts.landing_zone import ANN, BEN, LandingZone
from tests.accounts.policies import MAIN, allows, deny, policy, role_arn, trust

MANAGEMENT = "999900001111"
BUCKET = "arn:aws:s3:::files"
MODEL: dict[str, Any] = {
    "StartTime": "2026-01-15T09:00:00Z",
    "Organization": {
        "Id": "o-exampleorgid",
        "ManagementAccountId": MANAGEMENT,
        "Root": {"Name": "Root", "Accounts": [MANAGEMENT, MAIN]},
    },
    "Accounts": [
        {"AccountId": MANAGEMENT},
        {
            "AccountId": MAIN,
            "RoleDetailList": [
                {
                    "RoleName": name,
                    "AssumeRolePolicyDocument": policy(
                        trust(f"arn:aws:iam::{MAIN}:root", "sts:AssumeRole", "sts:SetSourceIdentity")
                    ),
                    "RolePolicyList": [
                        {"PolicyName": "files", "PolicyDocument": allows(["s3:GetObject", "s3:PutObject"])}
                    ],
                }
                for name in ("Data", "Batch")
            ],
            "UserDetailList": [
                {
                    "UserName": "kim",
                    "AccessKeys": [{"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "Status": "Active"}],
                    "UserPolicyList": [
                        {
                            "PolicyName": "all",
                            "PolicyDocument": allows(["sts:AssumeRole", "sts:SetSourceIdentity"]),
                        }
                    ],
                }
            ],
            "Resources": [{"Arn": BUCKET}],
        },
    ],
}


def opened() -> Simulation:
    """Three people with one role, one with another; each has made a request of another kind."""
    simulation = Simulation.open(MODEL)
    for number, (role, name) in enumerate((("Data", "ann"), ("Data", "ben"), ("Batch", "eve"))):
        response = simulation.call(
            "sts:AssumeRole",
            {"RoleArn": role_arn(role), "RoleSessionName": name, "SourceIdentity": name},
            caller=simulation.resolve("kim"),
        )
        key = str(response["Credentials"]["AccessKeyId"])
        action = ("s3:GetObject", "s3:PutObject", "s3:GetObject")[number]
        address = {"aws:SourceIp": f"203.0.113.{number + 1}"}
        simulation.request(action, f"{BUCKET}/{name}", caller=key, context=address)
    return simulation


def cut(simulation: Simulation, who: str, cut_id: str) -> None:
    chosen = next(one for one in cuts_of(simulation, who) if one.id.partition(":")[0] == cut_id)

    def call(action: str, params: Any, caller: Any, joins: bool) -> object:
        return simulation.call(action, params, caller=caller, joins=joins)

    carry_out(chosen, operator_identity(), call)


def cut_where_possible(simulation: Simulation, who: str, cut_id: str) -> None:
    """The first cut may have left nothing for the second."""
    with suppress(AwsError, CannotCutError, StopIteration):
        cut(simulation, who, cut_id)


def is_allowed(simulation: Simulation, who: str, action: str = "s3:GetObject") -> bool:
    address = {"aws:SourceIp": "203.0.113.1"}
    name = who.partition("@")[0]
    try:
        simulation.request(action, f"{BUCKET}/{name}", caller=simulation.resolve(who), context=address)
    except AwsError:
        return False
    return True


REFUSED = ("delete-role", "session-policy")
"""Deletions of roles that have policies, and what cannot be changed."""
CUTS = sorted({one.id.partition(":")[0] for one in cuts_of(opened(), "ann@Data") if not one.instead})


@pytest.mark.parametrize("other", ["ben@Data", "eve@Batch"])
@pytest.mark.parametrize("cut_id", CUTS)
def test_a_second_cut_of_the_same_kind_leaves_the_first_in_force(cut_id: str, other: str) -> None:
    simulation = opened()
    cut_where_possible(simulation, "ann@Data", cut_id)
    simulation.advance(60)
    before = is_allowed(simulation, "ann@Data")
    assert before == (cut_id in REFUSED)
    cut_where_possible(simulation, other, cut_id)
    simulation.advance(60)
    assert is_allowed(simulation, "ann@Data") == before


def test_two_people_of_identity_center_are_denied_by_one_prepared_policy() -> None:
    """https://docs.aws.amazon.com/singlesignon/latest/userguide/prereqs-revoking-user-permissions.html"""
    zone = LandingZone()
    zone.admin("sso:CreateAccountAssignment", **zone.assignment(user=BEN))
    ann, ben = zone.signed_in(ANN), zone.signed_in(BEN)
    cut(zone.sim, ann.access_key_id, "deny-person")
    cut(zone.sim, ben.access_key_id, "deny-person")
    zone.sim.advance(60)
    for session in (ann, ben):
        with pytest.raises(AwsError, match="service control policy"):
            zone.sim.request("s3:GetObject", "arn:aws:s3:::b/k", caller=session.access_key_id)


def test_the_second_person_is_added_by_an_update_that_can_be_undone() -> None:
    simulation = opened()
    cut(simulation, "ann@Data", "scp")
    second = next(one for one in cuts_of(simulation, "eve@Batch") if one.id.startswith("scp"))
    assert [step.action for step in second.steps] == ["organizations:UpdatePolicy"]
    (back,) = undo_commands(second.steps, simulation.world.configuration)
    assert back.startswith("aws organizations update-policy")
    assert ("role/Data" in back, "role/Batch" in back) == (True, False)


@pytest.mark.parametrize(
    ("condition", "statements"),
    [
        ({"StringEquals": {"aws:userid": "B"}}, 1),
        ({"StringEquals": {"aws:userid": "A"}}, 1),
        ({"StringEquals": {"aws:SourceIdentity": "B"}}, 2),
        ({"StringNotEquals": {"aws:userid": "B"}}, 2),
        ({"StringEquals": {"aws:userid": "B", "aws:SourceIdentity": "B"}}, 2),
    ],
)
def test_denies_become_one_only_where_one_denies_what_both_do(
    condition: dict[str, Any], statements: int
) -> None:
    earlier = policy(deny(Condition={"StringEquals": {"aws:userid": "A"}}))
    document = joined(earlier, {"Action": "*", "Resource": "*", "Condition": condition})
    listed = document["Statement"]
    assert isinstance(listed, list)
    assert len(listed) == statements


def test_networks_that_are_let_in_are_not_added_up() -> None:
    """`deny unless from A`, then `deny unless from B`: two statements."""
    earlier = policy(deny(Condition={"NotIpAddress": {"aws:SourceIp": "203.0.113.1"}}))
    other = {"NotIpAddress": {"aws:SourceIp": "203.0.113.2"}}
    document = joined(earlier, {"Action": "*", "Resource": "*", "Condition": other})
    assert len(document["Statement"]) == 2  # type: ignore[arg-type]


def test_statements_of_others_are_left_alone_and_ids_stay_unique() -> None:
    own = {"Sid": "Incident", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    mine = {**own, "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.1"}}}
    theirs = deny("s3:*", Sid="Theirs", Principal="*")
    document = joined(joined(policy(theirs), own), mine)
    assert [one["Sid"] for one in document["Statement"]] == ["Theirs", "Incident", "Incident2"]  # type: ignore[union-attr,index,call-overload]
