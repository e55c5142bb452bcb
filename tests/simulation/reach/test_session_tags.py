"""A hop that rests on a tag of the caller's session says who can set that tag."""

from __future__ import annotations

from typing import Any

from sts_tui.simulation import Simulation
from sts_tui.simulation.reach.graph import Hop
from sts_tui.simulation.reach.reach import chain_between, hops
from tests.accounts.entities import role, user
from tests.accounts.policies import MAIN, allow, policy, role_arn, trust, user_arn

RED = {"StringEquals": {"aws:PrincipalTag/team": "red"}}


def opened(*actions: str) -> Simulation:
    """ann assumes Middle with these actions; Middle assumes Last if its session has the tag team=red."""
    middle = role(
        "Middle", policy(trust(user_arn("ann"), *actions)), ("p", policy(allow("sts:AssumeRole", "*")))
    )
    last = role("Last", policy(trust(role_arn("Middle"), Condition=RED)))
    account: dict[str, Any] = {"AccountId": MAIN, "UserDetailList": [user("ann")]}
    return Simulation.open({"Accounts": [{**account, "RoleDetailList": [middle, last]}]})


def last_hop(sim: Simulation, source: str = "Middle") -> Hop:
    return next(each for each in hops(sim) if (each.source_label, each.target_label) == (source, "Last"))


def test_who_may_tag_the_session_is_named_and_has_it_when_walking() -> None:
    sim = opened("sts:AssumeRole", "sts:TagSession")
    assert last_hop(sim).unknown == "whether its session carries the tag team=red, which ann can set"
    tagged = {"Tags": [{"Key": "team", "Value": "red"}], "RoleSessionName": "ann"}
    answer = sim.call("sts:AssumeRole", {"RoleArn": role_arn("Middle"), **tagged}, caller=sim.resolve("ann"))
    params = {"RoleArn": role_arn("Last"), "RoleSessionName": "last"}
    assert sim.preview("sts:AssumeRole", params, caller=answer["Credentials"]["AccessKeyId"])


def test_where_the_trust_policy_has_no_tag_session_nobody_can_set_it() -> None:
    said = last_hop(opened("sts:AssumeRole")).unknown
    assert said.endswith("which no user or role that was tried can set")


def test_for_who_passes_the_tag_the_way_is_certain() -> None:
    sim = opened("sts:AssumeRole", "sts:TagSession")
    hop = last_hop(sim, "ann")
    assert hop.needs == ("through Middle", "tag team=red")
    assert not hop.unknown
    chain = chain_between(sim, user_arn("ann"), role_arn("Last"))
    assert chain is not None
    assert [each.target_label for each in chain.hops] == ["Middle", "Last"]
    assert chain.is_certain
