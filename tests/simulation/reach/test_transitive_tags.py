"""A tag that an early hop sets and later sessions inherit: found, not found, and against calls."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sts_tui.simulation import AwsError, Simulation
from sts_tui.simulation.reach.caller_supplied_context import call_parameters
from sts_tui.simulation.reach.graph import HopGraph, HopGroup
from sts_tui.simulation.reach.reach import chain_between, reach_of
from tests.accounts.entities import role, user
from tests.accounts.policies import MAIN, allow, policy, role_arn, trust, user_arn
from tests.support.examples import examples

RED = {"StringEquals": {"aws:PrincipalTag/team": "red"}}
NO_NEW_TAG = {"Null": {"aws:RequestTag/team": "true"}}
"""Nobody passes the tag here; it can only be inherited."""
CARRIED: list[dict[str, Any]] = [
    {},
    {"Condition": NO_NEW_TAG},
    {"Condition": NO_NEW_TAG},
    {"Condition": RED | NO_NEW_TAG},
]
PASSES = ("sts:AssumeRole", "sts:TagSession")
ANN = user_arn("ann")
ALL_OF_STS = ("p", policy(allow("sts:*", "*")))


def line(*trusts: dict[str, Any]) -> Simulation:
    """ann assumes R0, R0 assumes R1 and so on; `trusts` are their statements without the principal."""
    roles = []
    for number, each in enumerate(trusts):
        before = ANN if number == 0 else role_arn(f"R{number - 1}")
        actions = each.get("Action", PASSES)
        document = policy(trust(before, *actions, **{k: v for k, v in each.items() if k != "Action"}))
        roles.append(role(f"R{number}", document, ALL_OF_STS))
    account = {"AccountId": MAIN, "UserDetailList": [user("ann")], "RoleDetailList": roles}
    return Simulation.open({"Accounts": [account]})


def walk(sim: Simulation, way: tuple[HopGroup, ...]) -> None:
    """The hops one after another as calls. Raises AwsError for one that is denied."""
    caller: Any = sim.resolve("ann")
    for hop in way:
        answer = sim.call("sts:AssumeRole", call_parameters(hop.target, hop.brought, "walk"), caller=caller)
        caller = answer["Credentials"]["AccessKeyId"]


def whole(graph: HopGraph, target: str) -> HopGroup | None:
    return next((each for each in graph.leaving(ANN) if each.target == target and each.through), None)


def test_a_tag_that_two_roles_carry_on_is_found_and_can_be_walked() -> None:
    sim = line(*CARRIED)
    found = whole(reach_of(sim), role_arn("R3"))
    assert found is not None
    assert found.needs == ("through R0, R1, R2", "transitive tag team=red")
    assert [each.target for each in found.through] == [role_arn(f"R{number}") for number in range(4)]
    walk(sim, found.through)
    chain = chain_between(sim, ANN, role_arn("R3"))
    assert chain is not None
    assert chain.is_certain


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_without_sts_tag_session_on_one_role_of_the_way_it_is_not_found(place: int) -> None:
    """An inherited tag takes sts:TagSession too."""
    trusts: list[dict[str, Any]] = list(CARRIED)
    trusts[place] = {**trusts[place], "Action": ("sts:AssumeRole",)}
    sim = line(*trusts)
    found = whole(reach_of(sim), role_arn("R3"))
    assert found is None
    chain = chain_between(sim, ANN, role_arn("R3"))
    assert chain is not None
    assert not chain.is_certain


def test_who_sets_the_tag_late_does_not_pass_it_on() -> None:
    """R1 sets the tag on R2, which needs it; nobody has to inherit it."""
    sim = line({"Action": ("sts:AssumeRole",)}, {"Action": ("sts:AssumeRole",)}, {}, {"Condition": RED})
    graph = reach_of(sim)
    found = next(each for each in graph.leaving(role_arn("R1")) if each.through)
    assert found.needs == ("through R2", "tag team=red")
    (chain,) = graph.chains_from(ANN, role_arn("R3"))
    assert chain.is_certain
    assert [hop.target_label for hop in chain.hops] == ["R0", "R1", "R2", "R3"]


CONDITIONS = st.sampled_from(
    [
        {},
        {},
        {"Condition": RED},
        {"Condition": {"StringEquals": {"aws:RequestTag/team": "red"}}},
        {"Condition": {"StringEquals": {"aws:PrincipalTag/team": "blue"}}},
        {"Condition": {"Null": {"aws:PrincipalTag/team": "true"}}},
    ]
)
ACTIONS = st.sampled_from([PASSES, PASSES, ("sts:AssumeRole",)])
NAMES = ("R0", "R1", "R2", "R3")


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, Any]:
    """ann and four roles that trust some of each other, with conditions on tags."""
    roles = []
    for name in NAMES:
        others = [ANN, *(role_arn(each) for each in NAMES if each != name)]
        named = draw(st.lists(st.sampled_from(others), min_size=1, max_size=2, unique=True))
        statement = trust({"AWS": named}, *draw(ACTIONS), **draw(CONDITIONS))
        tagged = {"Tags": [{"Key": "team", "Value": "blue"}]} if draw(st.integers(0, 5)) == 0 else {}
        roles.append(role(name, policy(statement), ALL_OF_STS) | tagged)
    account = {"AccountId": MAIN, "UserDetailList": [user("ann")], "RoleDetailList": roles}
    return {"StartTime": "2026-01-15T09:00:00Z", "Accounts": [account]}


def tried(sim: Simulation) -> set[str]:
    """The roles that ann becomes by calls, each made without a tag, with one and with a transitive one."""
    ways = [("", ""), *product(("red", "blue"), ("tag", "transitive"))]
    found: set[str] = set()
    held = {(ANN, ()): sim.resolve("ann")}
    waiting = list(held)
    while waiting:
        caller = held[waiting.pop()]
        for name, (value, kind) in product(NAMES, ways):
            params: dict[str, Any] = {"RoleArn": role_arn(name), "RoleSessionName": "walk"}
            params |= {"Tags": [{"Key": "team", "Value": value}]} if kind else {}
            params |= {"TransitiveTagKeys": ["team"]} if kind == "transitive" else {}
            try:
                answer = sim.call("sts:AssumeRole", params, caller=caller)
            except AwsError:
                continue
            session = sim.world.sessions[answer["Credentials"]["AccessKeyId"]]
            found.add(role_arn(name))
            state = (role_arn(name), (session.tags, session.transitive_tag_keys))
            if state not in held:
                held[state] = sim.resolve(session.access_key_id)
                waiting.append(state)
    return found


def compare(model: dict[str, Any]) -> None:
    sim = Simulation.open(model)
    graph = reach_of(sim)
    chains = list(graph.chains_from(ANN))
    certain = {chain.target for chain in chains if chain.is_certain}
    assert certain <= tried(sim) <= {chain.target for chain in chains}
    for each in graph.leaving(ANN):
        if each.through:
            walk(sim, each.through)


@settings(max_examples=examples(25), deadline=None)
@given(worlds())
def test_what_tags_open_is_what_calls_open(model: dict[str, Any]) -> None:
    compare(model)


@pytest.mark.long
@settings(max_examples=2_000, deadline=None)
@given(worlds())
def test_what_tags_open_is_what_calls_open_in_many_worlds(model: dict[str, Any]) -> None:
    compare(model)


BOTH = {"StringEquals": {"aws:PrincipalTag/team": "red", "aws:PrincipalTag/env": "prod"}}


def only(*keys: str) -> dict[str, Any]:
    """A trust policy that lets these tags alone be set; inherited ones have no request tag of their own."""
    return {"Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": list(keys)}}}


def test_two_tags_that_are_set_at_different_hops_are_found_and_can_be_walked() -> None:
    """Each role lets one key be passed: team at the first hop, env at the second."""
    no_team = {"Condition": {"Null": {"aws:RequestTag/team": "true"}}}
    sim = line(only("team"), no_team, {"Condition": BOTH})
    found = whole(reach_of(sim), role_arn("R2"))
    assert found is not None
    assert found.needs == ("through R0, R1", "transitive tag team=red", "tag env=prod")
    assert [sorted(each.tag or () for each in hop.brought) for hop in found.through[:2]] == [
        [("team", "red")],
        [("env", "prod")],
    ]
    walk(sim, found.through)
    chain = chain_between(sim, ANN, role_arn("R2"))
    assert chain is not None
    assert chain.is_certain


def test_where_neither_hop_lets_one_of_the_two_tags_be_set_it_is_not_found() -> None:
    no_team = {"Condition": {"Null": {"aws:RequestTag/team": "true"}}}
    sim = line(only("env"), no_team, {"Condition": BOTH})
    assert whole(reach_of(sim), role_arn("R2")) is None


TWO_KEYS: list[dict[str, Any]] = [
    {},
    only("team"),
    only("env"),
    {"Condition": {"Null": {"aws:RequestTag/team": "true"}}},
    {"Condition": {"Null": {"aws:RequestTag/env": "true"}}},
    {"Action": ("sts:AssumeRole",)},
]


@settings(max_examples=examples(6), deadline=None)
@given(st.tuples(st.sampled_from(TWO_KEYS), st.sampled_from(TWO_KEYS)))
def test_two_tags_along_a_chain_are_found_exactly_where_calls_can_set_them(trusts: Any) -> None:
    sim = line(*trusts, {"Condition": BOTH})
    chain = chain_between(sim, ANN, role_arn("R2"))
    assert chain is not None
    assert chain.is_certain == any(walked(sim, ways) for ways in product(PARTS, repeat=2))


PARTS: list[tuple[tuple[str, str], ...]] = [
    (),
    (("team", "red"),),
    (("env", "prod"),),
    (("team", "red"), ("env", "prod")),
]


def walked(sim: Simulation, parts: tuple[tuple[tuple[str, str], ...], ...]) -> bool:
    """Whether the chain works with these tags passed at its hops, each of them transitive or not."""
    return any(goes(sim, parts, keep) for keep in product((True, False), repeat=len(parts)))


def goes(sim: Simulation, parts: Any, keep: tuple[bool, ...]) -> bool:
    caller: Any = sim.resolve("ann")
    try:
        for number, tags in enumerate((*parts, ())):
            params: dict[str, Any] = {"RoleArn": role_arn(f"R{number}"), "RoleSessionName": "walk"}
            if tags:
                params["Tags"] = [{"Key": key, "Value": value} for key, value in tags]
                if keep[number]:
                    params["TransitiveTagKeys"] = [key for key, _ in tags]
            answer = sim.call("sts:AssumeRole", params, caller=caller)
            caller = answer["Credentials"]["AccessKeyId"]
    except AwsError:
        return False
    return True
