"""Dumps with values of wrong types, as AWS would not store them, give no hop and no error."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.account.diagnostics.diagnostic import AccountFileError
from sts_tui.simulation import Simulation
from sts_tui.simulation.reach.reach import reach_of
from sts_tui.simulation.views.rows import policy_rows, role_rows
from sts_tui.tui.overviews.reach.reach_tree import ReachTree

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/a"
ODD: list[Any] = [5, None, True, 1.5, "", {}, {"a": 1}, [], [5], [None], [[]]]


def dump(principal: Any, action: Any, condition: Any, odd: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Condition": condition}
    policies = [{"Statement": odd}, {"Statement": [{"Effect": "Allow", "Action": odd, "Resource": odd}]}]
    can_assume = {"Statement": [{"Effect": "Allow", "Action": "sts:*", "Resource": "*"}]}
    return {
        "RoleDetailList": [
            {
                "RoleName": "a",
                "Arn": ROLE,
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
                "RolePolicyList": [
                    {"PolicyName": f"p{number}", "PolicyDocument": each}
                    for number, each in enumerate(policies)
                ],
            }
        ],
        "UserDetailList": [
            {
                "UserName": "u",
                "Arn": f"arn:aws:iam::{ACCOUNT}:user/u",
                "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": can_assume}],
            }
        ],
        "GroupDetailList": [],
        "Policies": [],
    }


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize("kind", ["AWS", "Service", "Federated", "Other", ""])
def test_wrong_types_in_a_dump_break_neither_reach_nor_its_overview(kind: str, odd: Any) -> None:
    for action in ("sts:AssumeRole", odd):
        for condition in ({}, odd):
            try:
                sim = Simulation.open(dump({kind: odd} if kind else odd, action, condition, odd))
            except AccountFileError:
                continue  # said with its place
            graph = reach_of(sim, with_outside=True, with_escalation=True)
            chains = graph.chains_from(f"arn:aws:iam::{ACCOUNT}:user/u")
            assert not [chain for chain in chains if chain.is_certain]
            assert ReachTree(graph, f"arn:aws:iam::{ACCOUNT}:user/u", "from", frozenset()).rows()
            assert ReachTree(graph, ROLE, "into", frozenset()).rows()
            assert role_rows(sim)
            assert policy_rows(sim.world, ROLE)
