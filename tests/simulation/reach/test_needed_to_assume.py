"""What has to be added to an AssumeRole call is the least that makes AWS allow it, found by trying."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.simulation import Simulation
from sts_tui.simulation.reach.needed_to_assume import needed_to_assume
from tests.accounts.entities import role, user
from tests.accounts.policies import MAIN, allows, role_arn, trusts, user_arn
from tests.support.explorer import SAMPLE


def labels(sim: Simulation, target: str, who: str, **params: Any) -> list[str] | None:
    caller = sim.resolve(who)
    asked = {"RoleArn": role_arn(target), "RoleSessionName": "work", **params}
    needed = needed_to_assume(sim, asked, caller)
    return None if needed is None else [each.label for each in needed]


def opened(condition: dict[str, Any], *actions: str) -> Simulation:
    trusting = trusts(user_arn("ann"))
    trusting["Statement"][0] |= {"Condition": condition, "Action": ["sts:AssumeRole", *actions]}
    ann = user("ann", ("p", allows(["sts:*"])))
    return Simulation.open(
        {"Accounts": [{"AccountId": MAIN, "UserDetailList": [ann], "RoleDetailList": [role("R", trusting)]}]}
    )


def test_nothing_is_needed_where_the_call_is_allowed_and_nothing_helps_a_stranger() -> None:
    sim = Simulation.open(SAMPLE)
    assert labels(sim, "ReadOnly", "alice") == []
    assert labels(sim, "App", "alice") is None


@pytest.mark.parametrize(
    "refused", [{"RoleSessionName": "a"}, {"DurationSeconds": 43200}], ids=["name", "long"]
)
def test_nothing_helps_a_call_that_aws_refuses_for_a_parameter(refused: dict[str, Any]) -> None:
    """Refused at once, or once the code that the trust policy requires is there: the form ended with this."""
    assert labels(Simulation.open(SAMPLE), "Deploy", "alice", **refused) is None


def test_mfa_is_needed_and_only_helps_a_user_with_a_device() -> None:
    sim = Simulation.open(SAMPLE)
    assert labels(sim, "Deploy", "alice") == ["MFA"]
    assert labels(sim, "Deploy", "bob") is None


@pytest.mark.parametrize(
    ("condition", "needed"),
    [
        ({"StringEquals": {"sts:ExternalId": "acme-7"}}, ["external id acme-7"]),
        ({"StringLike": {"sts:RoleSessionName": "${aws:username}"}}, ["session name ann"]),
        ({"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}, ["aws:SourceIp=198.51.100.0"]),
        ({"StringEquals": {"aws:RequestTag/team": "blue"}}, ["tag team=blue"]),
        ({"Null": {"sts:SourceIdentity": "false"}}, ["source identity *"]),
    ],
)
def test_what_a_condition_asks_for_is_needed(condition: dict[str, Any], needed: list[str]) -> None:
    sim = opened(condition, "sts:TagSession", "sts:SetSourceIdentity")
    assert labels(sim, "R", "ann") == needed


def test_what_is_given_already_is_not_needed_and_a_wrong_value_is_replaced() -> None:
    sim = opened({"StringEquals": {"sts:ExternalId": "acme-7"}})
    assert labels(sim, "R", "ann", ExternalId="acme-7") == []
    assert labels(sim, "R", "ann", ExternalId="acme-8") == ["external id acme-7"]


def test_any_source_identity_is_the_callers_name() -> None:
    sim = opened({"StringLike": {"sts:SourceIdentity": "*"}}, "sts:SetSourceIdentity")
    asked = {"RoleArn": role_arn("R"), "RoleSessionName": "work"}
    (needed,) = needed_to_assume(sim, asked, sim.resolve("ann")) or ()
    assert needed.parameter == ("SourceIdentity", "ann")


def test_nothing_is_changed_by_trying() -> None:
    sim = Simulation.open(SAMPLE)
    before = len(sim.world.sessions)
    labels(sim, "Deploy", "alice")
    assert len(sim.world.sessions) == before
