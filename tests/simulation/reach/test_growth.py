"""The cost of reach grows with policies and hops, not with pairs and not with chains: counted, not timed."""

from __future__ import annotations

from typing import Any

from sts_tui.simulation import Simulation
from sts_tui.simulation.reach.direct_hops import DirectHops
from sts_tui.simulation.reach.graph import HopGraph, HopGroup
from sts_tui.simulation.reach.reach import reach_of
from tests.accounts.policies import MAIN as ACCOUNT

ALL_OF_STS = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:*", "Resource": "*"}]}


def worker_arn(number: int) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/r{number}"


def opened(count: int, trust: Any, **role: Any) -> Simulation:
    """`trust(number)` is the principal and the condition of a role's trust policy."""
    roles = []
    for number in range(count):
        principal, condition = trust(number)
        statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}
        if condition:
            statement["Condition"] = condition
        document = {"Version": "2012-10-17", "Statement": [statement]}
        roles.append({"RoleName": f"r{number}", "AssumeRolePolicyDocument": document, **role})
    return Simulation.open({"Accounts": [{"AccountId": ACCOUNT, "RoleDetailList": roles}]})


def evaluations(sim: Simulation) -> int:
    search = DirectHops(sim.world)
    assert list(search.all())
    return search.evaluator.evaluations


def test_plain_trust_policies_need_no_evaluation() -> None:
    def ring(number: int) -> tuple[str, None]:
        return worker_arn((number + 1) % 60), None

    assert evaluations(opened(60, ring)) == 0


def test_an_account_that_trusts_itself_is_one_group_for_each_role() -> None:
    policies = [{"PolicyName": "p", "PolicyDocument": ALL_OF_STS}]

    def account(_number: int) -> tuple[str, None]:
        return ACCOUNT, None

    graph = reach_of(opened(60, account, RolePolicyList=policies))
    assert len(graph) == 3_600
    assert len(graph.groups) == 60
    assert len({id(group.sources) for group in graph.groups}) == 1


def test_evaluations_grow_with_conditional_trust_policies_and_not_with_pairs() -> None:
    policies = [{"PolicyName": "p", "PolicyDocument": ALL_OF_STS}]

    def conditional(number: int) -> tuple[str, dict[str, Any]]:
        return ACCOUNT, {"StringEquals": {"sts:ExternalId": f"x-{number}"}}

    few = evaluations(opened(20, conditional, RolePolicyList=policies))
    many = evaluations(opened(80, conditional, RolePolicyList=policies))
    assert many <= 4 * few  # sixteen times as many pairs


def test_a_ring_of_ten_thousand_is_one_loop() -> None:
    names = [f"r{number}" for number in range(10_000)]
    groups = [
        HopGroup(sources=(name,), target=names[(number + 1) % len(names)], operation="AssumeRole")
        for number, name in enumerate(names)
    ]
    (loop,) = HopGraph(groups, {}).loops()
    assert len(loop) == 10_000


def test_the_path_between_two_is_the_shortest_and_prefers_what_is_certain() -> None:
    groups = [
        HopGroup(sources=("a",), target="d", operation="AssumeRole", unknown="whether the caller has MFA"),
        HopGroup(sources=("a",), target="b", operation="AssumeRole"),
        HopGroup(sources=("b", "c"), target="d", operation="AssumeRole"),
    ]
    graph = HopGraph(groups, {})
    (chain,) = graph.chains_from("a", "d")
    assert [hop.target for hop in chain.hops] == ["b", "d"]
    assert chain.is_certain
    assert graph.reached_from("a").roles == 2
    (uncertain,) = HopGraph(groups[:1], {}).chains_from("a", "d")
    assert not uncertain.is_certain


def test_how_far_each_source_gets_is_counted_alike_both_ways() -> None:
    policies = [{"PolicyName": "p", "PolicyDocument": ALL_OF_STS}]

    def mixed(number: int) -> tuple[str, None]:
        return (ACCOUNT if number % 3 == 0 else worker_arn((number * 7) % 40)), None

    graph = reach_of(opened(40, mixed, RolePolicyList=policies))
    for source, reached in graph.reached_from_each().items():
        assert reached == graph.reached_from(source)
        assert graph._counts()[source] == reached.roles


def test_a_condition_or_a_deny_elsewhere_costs_no_evaluation_where_the_trust_policy_names_the_role() -> None:
    red = {"StringEquals": {"aws:PrincipalTag/team": "red"}}
    statements = [
        {"Effect": "Allow", "Action": "sts:*", "Resource": "*", "Condition": red},
        {"Effect": "Deny", "Action": "sts:*", "Resource": worker_arn(999)},
    ]
    document = {"Version": "2012-10-17", "Statement": statements}

    def ring(number: int) -> tuple[str, None]:
        return worker_arn((number + 1) % 20), None

    sim = opened(20, ring, RolePolicyList=[{"PolicyName": "p", "PolicyDocument": document}])
    assert evaluations(sim) == 0
