"""Searches ask about AssumeRole of a session as its own call would: with what the session passes on.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_role-chaining
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from sts_tui.iam import Outcome
from sts_tui.simulation import AwsError
from sts_tui.simulation.containment.desk import incident
from sts_tui.simulation.reach.access.action_verdicts import choices_for, verdict_on
from sts_tui.simulation.reach.direct_hops import DirectHops
from sts_tui.simulation.reach.needed_to_assume import needed_to_assume
from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.identity import session_identity
from tests.accounts.entities import role, user
from tests.accounts.policies import allows, role_arn, trusts
from tests.accounts.tour_model import ALPHA

FIRST = f"arn:aws:iam::{ALPHA}:role/First"
EVERY = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
TEAM = [{"Key": "team", "Value": "red"}]
SESSIONS: dict[str, dict[str, Any]] = {
    "plain": {},
    "ann": {"SourceIdentity": "ann"},
    "bob": {"SourceIdentity": "bob"},
    "red": {"Tags": TEAM, "TransitiveTagKeys": ["team"]},
    "once": {"Tags": TEAM},
    "both": {"SourceIdentity": "ann", "Tags": TEAM, "TransitiveTagKeys": ["team"]},
}
PASSED: tuple[dict[str, Any], ...] = ({}, {"SourceIdentity": "ann"}, {"Tags": TEAM})
"""What a caller may pass with the call."""


def trusting(actions: list[str], **condition: Any) -> dict[str, Any]:
    found = trusts(FIRST, **({"Condition": condition} if condition else {}))
    found["Statement"][0]["Action"] = actions
    return found


TARGETS: dict[str, dict[str, Any]] = {
    "AnyIdentity": trusting(EVERY, StringLike={"sts:SourceIdentity": "*"}),
    "OfAnn": trusting(EVERY, StringEquals={"sts:SourceIdentity": "ann"}),
    "CarriedByAnn": trusting(EVERY, StringEquals={"aws:SourceIdentity": "ann"}),
    "OnlyAssume": trusting(["sts:AssumeRole"]),
    "NoTags": trusting(["sts:AssumeRole", "sts:SetSourceIdentity"]),
    "PassesRed": trusting(EVERY, StringEquals={"aws:RequestTag/team": "red"}),
    "CarriesRed": trusting(EVERY, StringEquals={"aws:PrincipalTag/team": "red"}),
    "TaggedRed": trusting(EVERY, StringEquals={"aws:ResourceTag/team": "red"}),
    "NotNamed": trusts(f"arn:aws:iam::{ALPHA}:role/TaggedRed"),
}


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    first = trusts(f"arn:aws:iam::{ALPHA}:user/start")
    first["Statement"][0]["Action"] = EVERY
    tags = {"TaggedRed": {"Tags": [{"Key": "team", "Value": "blue"}]}}
    roles = [role(name, document, **tags.get(name, {})) for name, document in TARGETS.items()]
    roles.append(role("First", first, ("Everything", allows("*"))))
    account = {"AccountId": ALPHA, "UserDetailList": [user("start")], "RoleDetailList": roles}
    found = Simulation.open({"Accounts": [account]})
    for name, params in SESSIONS.items():
        call = {"RoleArn": FIRST, "RoleSessionName": name, **params}
        found.call("sts:AssumeRole", call, caller="start")
    return found


def is_allowed(simulation: Simulation, who: str, target: str, params: Mapping[str, Any]) -> bool:
    """Whether the engine allows the call itself."""
    call = {"RoleArn": role_arn(target), "RoleSessionName": "next", **params}
    try:
        simulation.preview("sts:AssumeRole", call, caller=f"{who}@First")
    except AwsError:
        return False
    return True


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("who", SESSIONS)
def test_every_search_agrees_with_the_call(simulation: Simulation, who: str, target: str) -> None:
    session = next(one for one in simulation.world.sessions.values() if one.name == who)
    caller, world = session_identity(session), simulation.world
    at_once = is_allowed(simulation, who, target, {})
    with_some = [params for params in PASSED if is_allowed(simulation, who, target, params)]

    decision = verdict_on(caller, "sts:AssumeRole", role_arn(target), world)
    assert (decision.outcome is Outcome.ALLOWED) is at_once

    choices = choices_for(caller, "sts:AssumeRole", role_arn(target), world)
    assert (choices is not None) is bool(with_some)
    hop = DirectHops(world).evaluator.of_session(session, role_arn(target))
    assert (hop is not None and not hop.unknown) is bool(with_some)
    params = {"RoleArn": role_arn(target), "RoleSessionName": "next"}
    needed = needed_to_assume(simulation, params, simulation.resolve(f"{who}@First"))
    assert (needed is not None) is bool(with_some)


@pytest.mark.parametrize("who", SESSIONS)
def test_the_incident_desk_knows_what_a_session_carries(simulation: Simulation, who: str) -> None:
    found = incident(simulation, f"{who}@First")
    expected = {
        name for name in TARGETS if any(is_allowed(simulation, who, name, params) for params in PASSED)
    }
    assert set(found.can_go) == expected
    tried = {one.resource: one.verdict for one in found.requests if one.action == "sts:AssumeRole"}
    can_do = {target for target, verdict in tried.items() if verdict == "allowed" and target != "*"}
    assert can_do <= set(map(role_arn, expected))


def test_a_source_identity_that_is_passed_on_is_never_chosen(simulation: Simulation) -> None:
    session = next(one for one in simulation.world.sessions.values() if one.name == "bob")
    caller = session_identity(session)
    assert choices_for(caller, "sts:AssumeRole", role_arn("OfAnn"), simulation.world) is None
    assert choices_for(caller, "sts:AssumeRole", role_arn("AnyIdentity"), simulation.world).needs == ()  # type: ignore[union-attr]


def test_a_tag_that_is_chosen_needs_the_right_to_tag(simulation: Simulation) -> None:
    session = next(one for one in simulation.world.sessions.values() if one.name == "plain")
    chosen = choices_for(session_identity(session), "sts:AssumeRole", role_arn("PassesRed"), simulation.world)
    assert chosen is not None
    assert chosen.needs == ("aws:RequestTag/team=red",)


def test_a_call_is_explained_by_assume_role_where_that_is_denied(simulation: Simulation) -> None:
    """AWS reports a denied sts:SetSourceIdentity first, but without sts:AssumeRole it would not help."""
    params = {"RoleArn": role_arn("NotNamed"), "RoleSessionName": "next"}
    with pytest.raises(AwsError, match="sts:SetSourceIdentity"):
        simulation.preview("sts:AssumeRole", params, caller="both@First")
    explanation = simulation.what_if("sts:AssumeRole", params, caller="both@First")
    assert explanation is not None
    assert explanation.decision.action == "sts:AssumeRole"
    explanation = simulation.what_if(
        "sts:AssumeRole", {**params, "RoleArn": role_arn("OnlyAssume")}, caller="both@First"
    )
    assert explanation is not None
    assert explanation.decision.action == "sts:SetSourceIdentity"
