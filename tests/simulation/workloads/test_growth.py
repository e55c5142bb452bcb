"""A request of a workload costs what is new about it: evaluations and policy sets are counted, not timed."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest

from sts_tui.simulation import AwsError, Simulation
from sts_tui.simulation.authorization import authorizer
from sts_tui.simulation.events import RequestAnswered
from sts_tui.simulation.workloads import workload as workload_module

ACCOUNT = "111122223333"


USER = f"arn:aws:iam::{ACCOUNT}:user/u"


def house(workloads: int, condition: dict[str, Any] | None = None, identity: str = USER) -> Simulation:
    """This many workloads, each a role's session that asks for one object every second."""
    trusted = {"AWS": f"arn:aws:iam::{ACCOUNT}:root", "Service": "ec2.amazonaws.com"}
    trust = {"Effect": "Allow", "Principal": trusted, "Action": "sts:*"}
    reads: dict[str, Any] = {"Effect": "Allow", "Action": ["s3:GetObject", "sts:*"], "Resource": "*"}
    if condition:
        reads["Condition"] = condition
    policy = {"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [reads]}}
    may_assume = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
    users = {"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [may_assume]}}
    role = {
        "RoleName": "R",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        "RolePolicyList": [policy],
    }
    return Simulation.open(
        {
            "StartTime": "2026-01-15T09:00:00Z",
            "Accounts": [
                {
                    "AccountId": ACCOUNT,
                    "UserDetailList": [{"UserName": "u", "UserPolicyList": [users]}],
                    "RoleDetailList": [role],
                }
            ],
            "Workloads": [
                {
                    "Name": f"w{number}",
                    "Identity": identity,
                    "AssumeRoles": [{"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/R"}],
                    "Requests": [{"Action": "s3:GetObject", "Resource": f"arn:aws:s3:::b/{number}"}],
                    "EverySeconds": 1,
                }
                for number in range(workloads)
            ],
        }
    )


def evaluations(sim: Simulation, seconds: int) -> int:
    """How many requests are compared with policies while the clock moves."""
    counted = 0
    evaluate = authorizer.evaluate

    def counting(*arguments: Any) -> Any:
        nonlocal counted
        counted += 1
        return evaluate(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(authorizer, "evaluate", counting)
        sim.advance(seconds)
    return counted


@pytest.mark.parametrize("workloads", [10, 200])
def test_a_request_is_compared_with_the_policies_once_while_nothing_changes(workloads: int) -> None:
    sim = house(workloads)
    sim.advance(5)
    assert evaluations(sim, 20) == 0
    sim.call("iam:TagRole", {"RoleName": "R", "Tags": [{"Key": "a", "Value": "b"}]})
    sim.advance(60)  # the change is in force
    assert evaluations(sim, 20) == 0
    assert all(one.verdict.name == "ALLOWED" for one in sim.events if isinstance(one, RequestAnswered))


@pytest.mark.parametrize(
    "condition",
    [
        {"DateLessThan": {"aws:CurrentTime": "2026-01-15T09:00:10Z"}},
        {"DateLessThan": {"AWS:cURRENTtIME": "2026-01-15T09:00:10Z"}},
        {"NumericLessThan": {"aws:EpochTime": "1768467610"}},
        {"StringLike": {"s3:prefix": "${aws:CurrentTime}"}, "Null": {"aws:EpochTime": "true"}},
    ],
)
def test_a_policy_that_names_the_time_is_asked_at_each_request(condition: dict[str, Any]) -> None:
    sim = house(2, condition)
    assert evaluations(sim, 20) >= 40
    answers = [one for one in sim.events if isinstance(one, RequestAnswered) and one.action == "s3:GetObject"]
    late = [one for one in answers if (one.at - sim.world.started_at).total_seconds() >= 10]
    assert late
    assert all(one.verdict.is_denial for one in late)


def test_policies_are_gathered_once_for_calls_that_a_caller_repeats(monkeypatch: pytest.MonkeyPatch) -> None:
    gathered = 0
    gather = authorizer.policy_set

    def counting(*arguments: Any, **named: Any) -> Any:
        nonlocal gathered
        gathered += 1
        return gather(*arguments, **named)

    monkeypatch.setattr(authorizer, "policy_set", counting)
    sim = house(0)
    user = sim.resolve(f"arn:aws:iam::{ACCOUNT}:user/u")
    for number in range(30):
        params = {"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/R", "RoleSessionName": f"s{number}"}
        sim.call("sts:AssumeRole", params, caller=user)
    assert gathered == 1


def test_delivered_credentials_are_found_without_looking_at_every_workload(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared = 0
    place = workload_module._place

    def counting(one: Any) -> Any:
        nonlocal compared
        compared += 1
        return place(one)

    monkeypatch.setattr(workload_module, "_place", counting)
    per_workload = []
    for count in (10, 200):
        compared = 0
        sim = house(count, identity="service:ec2.amazonaws.com")
        sim.advance(1)
        assert len(sim.world.sessions) == count
        per_workload.append(compared / count)
    assert per_workload == [2, 2]


def sessions_named(sim: Simulation, names: list[str], **params: Any) -> list[str]:
    """The code with which each AssumeRole of the user was answered, by the name of the session."""
    user = sim.resolve(USER)
    for name in names:
        wanted = {"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/R", "RoleSessionName": name, **params}
        with suppress(AwsError):
            sim.call("sts:AssumeRole", wanted, caller=user)
    answers = [
        one for one in sim.events if isinstance(one, RequestAnswered) and one.action == "sts:AssumeRole"
    ]
    return [one.code for one in answers]


def counted_evaluations(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    counted = [0]
    evaluate = authorizer.evaluate

    def counting(*arguments: Any) -> Any:
        counted[0] += 1
        return evaluate(*arguments)

    monkeypatch.setattr(authorizer, "evaluate", counting)
    return counted


@pytest.mark.parametrize("calls", [10, 200])
def test_a_call_repeated_with_other_values_is_compared_with_the_policies_once(
    calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sim, counted = house(0), counted_evaluations(monkeypatch)
    assert set(sessions_named(sim, [f"s{number}" for number in range(calls)])) == {"200"}
    assert counted == [1]


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"sts:RoleSessionName": "right"}},
        {"StringEquals": {"STS:rolesessionNAME": "right"}},
        {"StringEquals": {"aws:username": "u", "sts:RoleSessionName": ["right"]}},
    ],
)
def test_a_policy_that_names_a_key_of_the_operation_is_asked_at_each_call(condition: dict[str, Any]) -> None:
    sim = house(0)
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                "Action": "sts:AssumeRole",
                "Condition": condition,
            }
        ],
    }
    sim.call("iam:UpdateAssumeRolePolicy", {"RoleName": "R", "PolicyDocument": json.dumps(trust)})
    sim.advance(60)  # it is in force
    names = ["right", "wrong", "right", "wrong"]
    assert sessions_named(sim, names) == ["200", "AccessDenied", "200", "AccessDenied"]


def test_tags_of_a_call_count_at_each_call() -> None:
    sim = house(0)
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": USER}, "Action": ["sts:AssumeRole", "sts:TagSession"]},
            {
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": "sts:TagSession",
                "Condition": {"StringEquals": {"aws:RequestTag/team": "red"}},
            },
        ],
    }
    sim.call("iam:UpdateAssumeRolePolicy", {"RoleName": "R", "PolicyDocument": json.dumps(trust)})
    sim.advance(60)
    sessions_named(sim, ["first"], Tags=[{"Key": "team", "Value": "blue"}])
    sessions_named(sim, ["second"], Tags=[{"Key": "team", "Value": "red"}])
    codes = sessions_named(sim, ["third"])
    assert codes == ["200", "AccessDenied", "200"]
