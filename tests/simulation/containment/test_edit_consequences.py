"""What an edit would change is what it changes once it is made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sts_tui.account.json_value import Json
from sts_tui.simulation.authorization.session_state import SessionState
from sts_tui.simulation.containment.edit_consequences import edit_consequences
from sts_tui.simulation.events import RequestAnswered, Verdict
from sts_tui.simulation.simulation import Simulation
from sts_tui.simulation.views.session_standing import standing_of

SAMPLE = Path(__file__).parents[3] / "sample_accounts" / "acme.json"
PROD = "111122223333"


@pytest.fixture
def sim() -> Simulation:
    simulation = Simulation.open(SAMPLE)
    simulation.advance(120)
    return simulation


def put(role: str, *statements: Json, name: str = "edit") -> dict[str, Json]:
    document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    return {"RoleName": role, "PolicyName": name, "PolicyDocument": document}


DENY_S3: Json = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
DENY_ALL: Json = {"Effect": "Deny", "Action": "*", "Resource": "*"}


def states(sim: Simulation) -> dict[str, SessionState]:
    return {one.label: standing_of(one, sim).state for one in sim.world.sessions.values()}


@pytest.mark.parametrize("statement", [DENY_S3, DENY_ALL])
def test_sessions_become_what_was_reported(sim: Simulation, statement: Json) -> None:
    params = put("App", statement)
    said = edit_consequences(sim, "iam:PutRolePolicy", params, PROD)
    before = states(sim)
    sim.call("iam:PutRolePolicy", params)
    sim.advance(30)
    changed = {label for label, state in states(sim).items() if state is not before[label]}
    assert changed == {one.label for one in said.sessions}
    becomes = {"cut": SessionState.CUT, "partly cut": SessionState.PARTLY}
    for one in said.sessions:
        assert states(sim)[one.label] is becomes[one.becomes]
        assert one.after.by == "App/edit#1"


def test_requests_are_answered_as_was_reported(sim: Simulation) -> None:
    params = put("App", DENY_S3)
    said = edit_consequences(sim, "iam:PutRolePolicy", params, PROD)
    assert {(one.action.partition(":")[0], one.is_allowed, one.by) for one in said.requests} == {
        ("s3", False, "App/edit#1")
    }
    sim.call("iam:PutRolePolicy", params)
    sim.advance(30)
    since = sim.events.last_number
    sim.advance(120)
    denied = {(one.caller, one.action, one.resource) for one in said.requests}
    answered = [event for event in sim.events.since(since) if isinstance(event, RequestAnswered)]
    assert any((event.caller, event.action, event.resource) in denied for event in answered)
    for event in answered:
        if (event.caller, event.action, event.resource) in denied:
            assert event.verdict is Verdict.EXPLICIT_DENY


def test_what_is_given_back_is_reported_too(sim: Simulation) -> None:
    sim.call("iam:PutRolePolicy", put("App", DENY_ALL))
    sim.advance(30)
    said = edit_consequences(sim, "iam:PutRolePolicy", put("App", DENY_S3), PROD)
    assert [one.becomes for one in said.sessions] == ["restored in part"]
    assert all(one.is_allowed for one in said.requests)


def test_a_trust_policy_cuts_no_session_but_changes_the_next_assume_role(sim: Simulation) -> None:
    role = {"RoleArn": f"arn:aws:iam::{PROD}:role/Pipeline", "RoleSessionName": "again"}
    sim.call("sts:AssumeRole", role, caller="etl")
    alice = {"AWS": f"arn:aws:iam::{PROD}:user/alice"}
    allow = {"Effect": "Allow", "Principal": alice, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    params: dict[str, Json] = {"RoleName": "Pipeline", "PolicyDocument": document}
    said = edit_consequences(sim, "iam:UpdateAssumeRolePolicy", params, PROD)
    assert not said.sessions
    assert {(one.action, one.is_allowed) for one in said.requests} == {("sts:AssumeRole", False)}


def test_nothing_is_changed_and_repetitions_are_counted(sim: Simulation) -> None:
    world, last = sim.world, sim.events.last_number
    said = edit_consequences(sim, "iam:PutRolePolicy", put("App", DENY_S3), PROD)
    assert sim.world is world
    assert sim.events.last_number == last
    assert sum(one.count for one in said.requests) <= said.requests_seen
    assert any(one.count > 1 for one in said.requests)


def test_what_aws_would_refuse_has_no_consequences(sim: Simulation) -> None:
    said = edit_consequences(sim, "iam:PutRolePolicy", put("App", {"Effect": "Alow"}), PROD)
    assert said.refused.startswith("MalformedPolicyDocument")
    assert not said.requests


def test_a_managed_policy_names_all_principals_that_have_it(sim: Simulation) -> None:
    arn = f"arn:aws:iam::{PROD}:policy/OrdersReadWrite"
    sim.call("iam:AttachRolePolicy", {"RoleName": "Pipeline", "PolicyArn": arn})
    document = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    )
    params: dict[str, Json] = {"PolicyArn": arn, "PolicyDocument": document, "SetAsDefault": True}
    said = edit_consequences(sim, "iam:CreatePolicyVersion", params, PROD)
    assert set(said.also_on) == {"App", "Pipeline"}
