"""The chain between two is that of the whole graph, and only what the source reaches is looked at."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings

from sts_tui.simulation import Simulation
from sts_tui.simulation.reach.direct_hops import DirectHops
from sts_tui.simulation.reach.reach import chain_between, reach_of
from sts_tui.simulation.reach.source_identities import speaks_of_identities
from tests.accounts.entities import role
from tests.accounts.policies import MAIN, allows, role_arn, trusts
from tests.simulation.reach.escalation import test_escalation_against_calls as escalation
from tests.simulation.reach.random_worlds import ROLE_ARNS, USER_ARNS, worlds
from tests.support.examples import examples


def compare(sim: Simulation, nodes: list[str], *, with_escalation: bool) -> None:
    graph = reach_of(sim, with_escalation=with_escalation)
    for source in nodes:
        for target in nodes:
            if source == target:
                continue
            expected = next(graph.chains_from(source, target), None)
            found = chain_between(sim, source, target, with_escalation=with_escalation)
            if expected is None or found is None:
                assert expected is found is None, (source, target)
            else:
                assert (len(found.hops), found.is_certain) == (len(expected.hops), expected.is_certain)


@settings(max_examples=examples(20), deadline=None)
@given(worlds())
def test_the_chain_between_two_is_that_of_the_whole_graph(model: dict[str, Any]) -> None:
    compare(Simulation.open(model), [*USER_ARNS, *ROLE_ARNS], with_escalation=False)


@settings(max_examples=examples(10), deadline=None)
@given(escalation.worlds())
def test_so_it_is_with_ways_to_gain_permissions(model: dict[str, Any]) -> None:
    sim = Simulation.open(model)
    compare(sim, [*sim.world.in_force.users, *sim.world.in_force.roles], with_escalation=True)


def test_services_begin_chains_too() -> None:
    sim = Simulation.open(
        {
            "Accounts": [
                {
                    "AccountId": MAIN,
                    "RoleDetailList": [
                        role("Host", trusts({"Service": "ec2.amazonaws.com"})),
                        role("Last", trusts(role_arn("Host"))),
                    ],
                }
            ]
        }
    )
    chain = chain_between(sim, "service:ec2.amazonaws.com", role_arn("Last"))
    assert chain is not None
    assert [hop.target_label for hop in chain.hops] == ["Host", "Last"]
    assert chain_between(sim, "service:lambda.amazonaws.com", role_arn("Last")) is None


def test_the_trust_policies_of_roles_that_nobody_on_the_way_can_assume_are_not_read() -> None:
    roles = [role(f"R{number}", trusts(role_arn(f"R{number - 1}"))) for number in range(1, 50)]
    roles.append(role("R0", trusts({"Service": "ec2.amazonaws.com"})))
    sim = Simulation.open({"Accounts": [{"AccountId": MAIN, "RoleDetailList": roles}]})
    search = DirectHops(sim.world, only=frozenset())
    assert [group.target for group in search.leaving(role_arn("R7"))] == [role_arn("R8")]
    assert search.policies_read == 1


def test_a_path_that_the_target_has_too_is_still_one_for_others() -> None:
    """A function could run as the role whether or not the role may change functions itself."""
    own = [{"PolicyName": "own", "PolicyDocument": allows("lambda:*")}]
    lambdas = trusts({"Service": "lambda.amazonaws.com"})
    account = {
        "AccountId": MAIN,
        "UserDetailList": [{"UserName": "bea", "UserPolicyList": own}],
        "RoleDetailList": [{**role("ops", lambdas), "RolePolicyList": own}],
    }
    sim = Simulation.open({"Accounts": [account]})
    (bea,) = sim.world.in_force.users
    hops = {group.operation for group in reach_of(sim, with_escalation=True).leaving(bea)}
    assert {"UpdateFunctionCode", "UpdateFunctionConfiguration"} <= hops
    compare(sim, [bea, role_arn("ops")], with_escalation=True)


def test_a_role_may_hold_a_source_identity_that_others_set() -> None:
    """Its next role takes no SetSourceIdentity, which an inherited source identity needs."""
    identity = {"StringLike": {"sts:SourceIdentity": "a*"}}
    entered = trusts(f"arn:aws:iam::{MAIN}:root", Condition=identity)
    entered["Statement"][0]["Action"] = ["sts:AssumeRole", "sts:SetSourceIdentity"]
    user = {
        "UserName": "ann",
        "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": allows(["sts:AssumeRole", "sts:Set*"])}],
    }
    account = {
        "AccountId": MAIN,
        "UserDetailList": [user],
        "RoleDetailList": [role("Host", entered), role("Last", trusts(role_arn("Host")))],
    }
    compare(
        Simulation.open({"Accounts": [account]}), [role_arn("Host"), role_arn("Last")], with_escalation=False
    )


def test_an_scp_can_be_what_asks_for_a_source_identity() -> None:
    """Nothing else in the model speaks of one."""
    document = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "*",
         "Condition": {"Null": {"sts:SourceIdentity": "true"}}}
    ]}  # fmt: skip
    scps = [{"Name": "guard", "Document": document}]
    root = {"Name": "Root", "ServiceControlPolicies": scps, "Accounts": [MAIN]}
    model = {
        "Accounts": [{"AccountId": MAIN}],
        "Organization": {"Id": "o-exampleorg1", "ManagementAccountId": MAIN, "Root": root},
    }
    assert not speaks_of_identities(Simulation.open({"Accounts": [{"AccountId": MAIN}]}).world.in_force)
    assert speaks_of_identities(Simulation.open(model).world.in_force)
