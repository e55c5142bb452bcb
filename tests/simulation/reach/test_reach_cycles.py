"""Roles that can assume each other: any holder of one can renew indefinitely."""

from __future__ import annotations

from copy import deepcopy

from sts_tui.simulation import Simulation
from sts_tui.simulation.reach.reach import cycles, hops
from tests.accounts.policies import role_arn, trusts
from tests.accounts.small import SMALL, open_small


def looped(*pairs: tuple[str, str]) -> Simulation:
    """App, Deep and Third, each trusted by the ones named: (who, may become)."""
    house = deepcopy(SMALL)
    roles = house["Accounts"][0]["RoleDetailList"]
    roles.append({"RoleName": "Third", "AssumeRolePolicyDocument": trusts(role_arn("Nobody"))})
    for role in roles:
        names = [role_arn(who) for who, target in pairs if target == role["RoleName"]]
        role["AssumeRolePolicyDocument"] = trusts(*(names or ["arn:aws:iam::999900001111:root"]))
    return Simulation.open(house)


def test_a_chain_is_no_cycle() -> None:
    assert cycles(hops(looped(("App", "Deep"), ("Deep", "Third")))) == ()


def test_roles_that_lead_back_are_one_group_and_bystanders_are_not_in_it() -> None:
    sim = looped(("App", "Deep"), ("Deep", "App"), ("Deep", "Third"))
    assert cycles(hops(sim)) == ((role_arn("App"), role_arn("Deep")),)


def test_a_role_that_trusts_itself_is_a_cycle_of_its_own() -> None:
    assert cycles(hops(looped(("Deep", "Deep")))) == ((role_arn("Deep"),),)


def test_permission_to_assume_itself_is_not_enough_without_trust() -> None:
    assert cycles(hops(looped(("Deep", "Third")))) == ()  # App may assume anything, and nobody lets it in


def test_an_account_that_is_trusted_lets_its_own_role_in_again() -> None:
    assert cycles(hops(open_small())) == ((role_arn("App"),),)


def test_an_explicit_deny_breaks_the_circle() -> None:
    sim = looped(("App", "Deep"), ("Deep", "App"))
    statement = {"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": role_arn("App")}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    sim.call("iam:PutRolePolicy", {"RoleName": "Deep", "PolicyName": "no", "PolicyDocument": document})
    assert cycles(hops(sim)) == ()
