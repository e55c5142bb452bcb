"""The chains of a session are those that its calls make: its tags and source identity are passed on.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_role-chaining
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from sts_tui.simulation import AwsError
from sts_tui.simulation.reach.reach import reach_of
from sts_tui.simulation.reach.session_chains import chains_of_session
from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.session import Session
from tests.accounts.entities import role, user
from tests.accounts.policies import MAIN, allow, deny, policy, role_arn, trust

EVERY = ("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity")
TEAM = [{"Key": "team", "Value": "red"}]
ONWARD = {"Tags": TEAM, "TransitiveTagKeys": ["team"]}
SESSIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "ann": {"SourceIdentity": "ann"},
    "red": ONWARD,
    "once": {"Tags": TEAM},
    "both": {"SourceIdentity": "ann", **ONWARD},
}
PASSED: tuple[dict[str, Any], ...] = ({}, {"SourceIdentity": "bob"}, {"Tags": TEAM}, ONWARD)
LAST: dict[str, dict[str, Any]] = {
    "OfAnn": {"StringEquals": {"aws:SourceIdentity": "ann"}},
    "SetToBob": {"StringEquals": {"sts:SourceIdentity": "bob"}},
    "NotOfAnn": {"StringNotEqualsIfExists": {"aws:SourceIdentity": "ann"}},
    "Carries": {"StringEquals": {"aws:PrincipalTag/team": "red"}},
    "Lacks": {"Null": {"aws:PrincipalTag/team": "true"}},
    "Passes": {"StringEquals": {"aws:RequestTag/team": "red"}},
    "Named": {"StringLike": {"aws:userid": "*:reach"}},
}


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    every = ("Everything", policy(allow("*"), deny("iam:*"), deny(["ec2:*", "lambda:*", "ssm:*"])))
    middle = role_arn("Middle")
    roles = [
        role("First", policy(trust(f"arn:aws:iam::{MAIN}:user/start", *EVERY)), every),
        role("Middle", policy(trust(role_arn("First"), *EVERY)), every),
        *(role(name, policy(trust(middle, *EVERY, Condition=condition))) for name, condition in LAST.items()),
        role("OnlyAssume", policy(trust(middle))),
    ]
    account = {"AccountId": MAIN, "UserDetailList": [user("start")], "RoleDetailList": roles}
    found = Simulation.open({"Accounts": [account]})
    for name, params in SESSIONS.items():
        call = {"RoleArn": role_arn("First"), "RoleSessionName": name, **params}
        found.call("sts:AssumeRole", call, caller="start")
    return found


def of_calls(simulation: Simulation, who: str) -> set[str]:
    """The roles that calls reach, in two hops; the calls are undone."""
    found = set()
    for key in _assumed(simulation, f"{who}@First", "Middle"):
        found.add("Middle")
        for name in (*LAST, "OnlyAssume"):
            found.update(name for _ in _assumed(simulation, key, name))
    return found


def _assumed(simulation: Simulation, caller: str, target: str) -> Iterator[str]:
    for params in PASSED:
        call = {"RoleArn": role_arn(target), "RoleSessionName": "reach", **params}
        try:
            answer = simulation.call("sts:AssumeRole", call, caller=caller)
        except AwsError:
            continue
        yield answer["Credentials"]["AccessKeyId"]
        simulation.undo()


def session_of(simulation: Simulation, who: str) -> Session:
    return next(one for one in simulation.world.sessions.values() if one.label == f"{who}@First")


@pytest.mark.parametrize("who", SESSIONS)
def test_a_session_reaches_what_its_calls_reach(simulation: Simulation, who: str) -> None:
    graph = reach_of(simulation, with_escalation=True)
    chains = list(chains_of_session(session_of(simulation, who), simulation, graph))
    assert [chain for chain in chains if not chain.is_certain] == []
    assert {chain.hops[-1].target_label for chain in chains} == of_calls(simulation, who)


def test_a_chain_names_the_session_and_only_what_it_has_to_supply(simulation: Simulation) -> None:
    graph = reach_of(simulation)
    (chain,) = chains_of_session(session_of(simulation, "red"), simulation, graph, role_arn("Carries"))
    assert [(hop.source_label, hop.target_label, hop.needs) for hop in chain.hops] == [
        ("red@First", "Middle", ()),
        ("Middle", "Carries", ()),
    ]
