"""A preview's promise is what then happens: small random worlds, a cut tried, carried out, and lived through.

The desk evaluates at a few instants and asks only whom a cut could concern; here every session is asked and
every request is made, up to the end of the holder's credentials.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sts_tui.simulation import Simulation
from sts_tui.simulation.containment import incident
from sts_tui.simulation.containment.bystanders import Bystanders, Touched
from sts_tui.simulation.containment.cut import carry_out
from sts_tui.simulation.containment.desk import Incident, Row
from sts_tui.simulation.containment.holder import HolderKind
from sts_tui.simulation.containment.trial import Trial
from sts_tui.simulation.events import WorkloadChanged
from sts_tui.simulation.identities import operator_identity
from tests.accounts.policies import MAIN, allows, role_arn
from tests.support.examples import examples

BUCKETS = ("one", "two")
USERS = f"arn:aws:iam::{MAIN}:user"
EVERY = 60
"""Seconds between the requests of a workload."""


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, Any]:
    """Roles that trust a service, users and each other; programs that use them; a thief; guardrails."""
    count = draw(st.integers(2, 4))
    roles = [draw(a_role(number, count)) for number in range(count)]
    programs = [draw(a_program(number, count)) for number in range(draw(st.integers(1, 4)))]
    if draw(st.booleans()):
        programs.append(
            {
                "Name": "thief",
                "Identity": f"workload:{programs[0]['Name']}",
                "Requests": [a_request("one", {"aws:SourceIp": "198.51.100.66"})],
                "EverySeconds": EVERY,
                "Refresh": "never",
            }
        )
    model: dict[str, Any] = {
        "Name": "random",
        "StartTime": "2026-01-15T09:00:00Z",
        "Accounts": [
            {
                "AccountId": MAIN,
                "Name": "main",
                "UserDetailList": [
                    {
                        "UserName": f"user{number}",
                        "UserPolicyList": [
                            {
                                "PolicyName": "own",
                                "PolicyDocument": allows(["sts:AssumeRole", "s3:GetObject"]),
                            }
                        ],
                    }
                    for number in range(2)
                ],
                "RoleDetailList": roles,
                "Resources": [{"Arn": f"arn:aws:s3:::{name}"} for name in BUCKETS],
            },
            {"AccountId": "777788889999", "Name": "management"},
        ],
        "Workloads": programs,
    }
    if draw(st.booleans()):
        model["Organization"] = {
            "Id": "o-random00001",
            "ManagementAccountId": "777788889999",
            "Root": {"Name": "Root", "Accounts": [MAIN, "777788889999"]},
        }
    return model


@st.composite
def a_role(draw: st.DrawFn, number: int, count: int) -> dict[str, Any]:
    principals: dict[str, Any] = {"Service": "ec2.amazonaws.com", "AWS": [f"arn:aws:iam::{MAIN}:root"]}
    others = draw(st.sets(st.integers(0, count - 1), max_size=2)) - {number}
    principals["AWS"] += [role_arn(f"R{other}") for other in sorted(others)]
    actions = draw(
        st.sampled_from([["s3:GetObject"], ["s3:GetObject", "sts:AssumeRole"], ["s3:*", "sqs:*", "sts:*"]])
    )
    return {
        "RoleName": f"R{number}",
        "MaxSessionDuration": draw(st.sampled_from([3600, 21600])),
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": principals, "Action": "sts:AssumeRole"}],
        },
        "RolePolicyList": [{"PolicyName": f"work{number}", "PolicyDocument": allows(actions)}],
    }


@st.composite
def a_program(draw: st.DrawFn, number: int, count: int) -> dict[str, Any]:
    is_service = draw(st.booleans())
    hops = draw(st.lists(st.integers(0, count - 1), min_size=int(is_service), max_size=2, unique=True))
    context = draw(st.sampled_from([{}, {"aws:SourceIp": "10.0.0.5"}, {"aws:SourceVpc": "vpc-1"}]))
    return {
        "Name": f"program{number}",
        "Identity": "service:ec2.amazonaws.com"
        if is_service
        else f"arn:aws:iam::{MAIN}:user/user{number % 2}",
        "AssumeRoles": [
            {"RoleArn": role_arn(f"R{hop}"), "RoleSessionName": f"s{number}{hop}"} for hop in hops
        ],
        "Requests": [
            a_request(draw(st.sampled_from(BUCKETS)), context) for _ in range(draw(st.integers(1, 2)))
        ],
        "EverySeconds": EVERY,
        "Refresh": draw(st.sampled_from(["sdk", "never"])),
    }


def a_request(bucket: str, context: Mapping[str, Any]) -> dict[str, Any]:
    return {"Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/key", "Context": dict(context)}


PROMISES = given(
    worlds(), st.integers(0, 20), st.integers(0, 60), st.integers(120, 4000), st.sampled_from([0, 90])
)
QUIET = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@settings(max_examples=examples(8, few=3), derandomize=True, **QUIET)
@PROMISES
def test_a_promise_is_kept(
    model: dict[str, Any], holder: int, choice: int, seconds: int, propagation: int
) -> None:
    is_kept(model, holder, choice, seconds, propagation)


@pytest.mark.long
@settings(max_examples=600, **QUIET)
@PROMISES
def test_promises_are_kept(
    model: dict[str, Any], holder: int, choice: int, seconds: int, propagation: int
) -> None:
    is_kept(model, holder, choice, seconds, propagation)


def is_kept(model: dict[str, Any], holder: int, choice: int, seconds: int, propagation: int) -> None:
    simulation, without = Simulation.open(model), Simulation.open(model)
    for one in (simulation, without):
        one.set("propagation", propagation)
        one.advance(seconds)
    names = [program["Name"] for program in model["Workloads"]]
    names = [name for name in names if holds_something(name, simulation)]
    names += [role["RoleName"] for role in model["Accounts"][0]["RoleDetailList"]]
    desk = incident(simulation, names[holder % len(names)])
    rows = [row for row in desk.rows if not row.trial.refused]
    row = rows[choice % len(rows)]
    sick = {name for name, state in simulation.world.workload_states.items() if state.failing}
    bystanders = Bystanders(simulation, desk.holder)
    carried_out(simulation, row)
    for one in (simulation, without):
        one.advance(propagation)
    assert simulation.now == row.trial.at, row.cut.id
    about_the_holder(desk, row, simulation)
    losses = bystanders.losses(simulation.world, Touched(everyone=True))
    spared = {one.label for one in bystanders.sessions if one.access_key_id not in losses}
    assert set(row.trial.spared) == spared, row.cut.id
    about_workloads(row.trial, simulation, without, sick)


def holds_something(name: str, simulation: Simulation) -> bool:
    state = simulation.world.workload_states[name]
    return bool(state.keys or state.stolen)


def carried_out(simulation: Simulation, row: Row) -> None:
    def call(action: str, params: Mapping[str, object], caller: Any, joins: bool) -> object:
        return simulation.call(action, params, caller=caller, joins=joins)

    carry_out(row.cut, operator_identity(), call)


def about_the_holder(desk: Incident, row: Row, simulation: Simulation) -> None:
    """Exactly the requests that were promised to be allowed still are."""
    everything = desk.holder.kind in (HolderKind.USER, HolderKind.PERSON)
    thieves = [use for use in desk.used_by if everything or not use.is_rightful]
    asked = [request for use in thieves for request in use.requests]
    allowed = {
        f"{one.action} {one.resource}" for one in asked if one.is_allowed(simulation.world, simulation.seed)
    }
    promised = {one for one in row.trial.still_allowed if ": requests" not in one}
    assert allowed == promised, row.cut.id
    if row.trial.is_cut:
        assert not allowed, row.cut.id


def about_workloads(trial: Trial, simulation: Simulation, without: Simulation, sick: set[str]) -> None:
    """Who fails, from when to when: lived through to the end of the holder's credentials. `without`: the same
    world in which nothing was cut.
    """
    begun, number, other = simulation.now, simulation.events.last_number, without.events.last_number
    assert trial.end is not None
    end = max(trial.end, begun)
    for each in (simulation, without):
        each.advance_to(end)
    told = {one.name: one for one in (*trial.broken, *trial.returns)}
    for name, workload in simulation.world.workloads.items():
        if name in sick:
            continue
        round_trip = timedelta(seconds=EVERY * (len(workload.requests) + 1))
        failed, back = lived(name, number, simulation)
        one = told.get(name)
        anyway, _ = lived(name, other, without)
        if one is None:
            assert failed == anyway or (failed or end) > end - round_trip, (trial.cuts[0].id, name, failed)
            continue
        if anyway is not None:
            continue  # its credentials end by themselves
        since = one.since or begun
        if since < end - round_trip and one.per_minute:
            is_the_thief = name == "thief"
            if not (is_the_thief and trial.still_allowed):
                assert failed is not None, (trial.cuts[0].id, name)
                assert since <= failed <= since + round_trip, (trial.cuts[0].id, name, failed, since)
        if one.back_at is not None and one.back_at < end - round_trip and failed is not None:
            assert back is not None, (trial.cuts[0].id, name)
            assert one.back_at <= back <= one.back_at + round_trip, (trial.cuts[0].id, name, back)


def lived(name: str, number: int, simulation: Simulation) -> tuple[datetime | None, datetime | None]:
    """When the workload first failed after this event, and when it was healthy again."""
    failed = back = None
    for event in simulation.events.since(number):
        if isinstance(event, WorkloadChanged) and event.workload == name:
            if event.health == "failing" and failed is None:
                failed = event.at
            elif event.health == "healthy" and failed is not None and back is None:
                back = event.at
    return failed, back
