"""A dump with wrong types opens, and reach, the matrix and invented traffic pass over the unusable."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.simulation import Simulation
from sts_tui.simulation.reach.access.access_matrix import access_of
from sts_tui.simulation.reach.outside import entries
from sts_tui.simulation.reach.reach import reach_of
from sts_tui.sts.identity import user_identity
from tests.accounts.every_part import PROD

WRONG: list[Any] = [
    5, None, True, [], {}, [5], [[]], "*", {"AWS": [5]}, {"AWS": 5}, {"AWS": None}, {"AWS": {}},
    {"AWS": [[]]}, {"AWS": ["*", 5]}, {"Service": [5]}, {"Federated": [None]}, {"CanonicalUser": 7},
]  # fmt: skip
ALLOW = {"Effect": "Allow", "Principal": {"AWS": PROD}, "Action": "sts:AssumeRole"}
GRANT = {"Effect": "Allow", "Action": ["sqs:*", "sts:AssumeRole"], "Resource": "*"}


def opened(trust: Any, permissions: Any) -> Simulation:
    policies = [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": permissions}}]
    return Simulation.open(
        {
            "UserDetailList": [
                {
                    "UserName": "ana",
                    "Arn": f"arn:aws:iam::{PROD}:user/ana",
                    "UserPolicyList": policies,
                    "GroupList": 5,
                }
            ],
            "RoleDetailList": [
                {
                    "RoleName": "App",
                    "Arn": f"arn:aws:iam::{PROD}:role/App",
                    "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": trust},
                    "RolePolicyList": policies,
                    "RoleLastUsed": 5,
                }
            ],
        }
    )


def look_at_all(sim: Simulation) -> None:
    len(reach_of(sim, with_outside=True, with_escalation=True))
    list(entries(sim.world))
    sim.animate()
    sim.advance(20)
    for user in sim.world.configuration.users.values():
        access_of(user_identity(user), sim.world)


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_wrong_types_in_a_trust_policy(wrong: Any) -> None:
    look_at_all(opened([{**ALLOW, "Principal": wrong}], [GRANT]))
    look_at_all(opened([{**ALLOW, "Action": wrong}], [GRANT]))
    look_at_all(opened([{**ALLOW, "Condition": wrong}], [GRANT]))
    look_at_all(opened([{**ALLOW, "Condition": {"StringEquals": {"aws:PrincipalArn": wrong}}}], [GRANT]))
    look_at_all(opened(wrong, [GRANT]))


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_wrong_types_in_permissions(wrong: Any) -> None:
    for key in ("Effect", "Action", "Resource", "Condition"):
        look_at_all(opened([ALLOW], [{**GRANT, key: wrong}]))
    look_at_all(opened([ALLOW], [{"Effect": "Deny", "NotAction": wrong, "NotResource": wrong}]))
    look_at_all(opened([ALLOW], wrong))
