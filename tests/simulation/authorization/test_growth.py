"""What is looked up for a request does not grow with the organization: counted, not timed."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from benchmarks.generator import organization
from sts_tui.simulation import Simulation
from sts_tui.simulation.authorization import organization as tree
from sts_tui.simulation.authorization.assumed_session import assumed_session
from sts_tui.simulation.authorization.policies import groups_of, scp_levels
from sts_tui.sts.identity import CallerIdentity, session_identity
from tests.accounts.policies import MAIN, trusts

KEEP = {"Name": "keep", "Document": {"Version": "2012-10-17", "Statement": {
    "Effect": "Deny", "Action": "organizations:*", "Resource": "*"}}}  # fmt: skip


def opened(accounts: int) -> Simulation:
    """This many accounts below one unit, each with a role."""
    ids = [f"{100_000_000_000 + number:012d}" for number in range(accounts)]
    return Simulation.open({
        "Organization": {"Id": "o-test123456", "ManagementAccountId": MAIN, "Root": {
            "Name": "Root", "Accounts": [MAIN], "OrganizationalUnits": [
                {"Name": "Unit", "Accounts": ids, "ServiceControlPolicies": [KEEP]}]}},
        "Accounts": [{"AccountId": each, "RoleDetailList": [
            {"RoleName": "R", "AssumeRolePolicyDocument": trusts(each)}]} for each in (MAIN, *ids)],
    })  # fmt: skip


def identity_of(sim: Simulation, arn: str) -> CallerIdentity:
    return session_identity(assumed_session(sim.world.in_force.roles[arn], "s", sim.world))


@pytest.mark.parametrize("accounts", [20, 80])
def test_the_tree_is_read_once_however_many_requests_follow(
    accounts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    visited: list[Any] = []
    original = tree._level

    def counted(*given: Any) -> Any:
        visited.append(given)
        return original(*given)

    monkeypatch.setattr(tree, "_level", counted)
    sim = opened(accounts)
    configuration = sim.world.in_force
    for account in configuration.accounts:
        assert account == MAIN or len(tree.levels_of(account, configuration)) == 3
    first = len(visited)
    for account in configuration.accounts:
        tree.levels_of(account, configuration)
    assert first == accounts + 3, "root, unit and each account"
    assert len(visited) == first


@pytest.mark.parametrize("callers", [10, 40])
def test_levels_of_the_organization_are_compiled_once_for_all_callers(callers: int) -> None:
    sim = opened(callers)
    kept = [
        layer
        for arn in sim.world.in_force.roles
        for layer in scp_levels(identity_of(sim, arn), sim.world.in_force)
    ]
    assert len({id(layer) for layer in kept if layer.level in (0, 1)}) == 2
    assert len(kept) == 3 * callers


@pytest.mark.parametrize("roles", [1_000, 3_000])
def test_groups_of_a_user_are_found_without_reading_all_groups(roles: int) -> None:
    configuration = Simulation.open(organization(roles, 1)).world.in_force
    users = list(configuration.users.values())
    looked_at = CountedGroups(configuration.groups)
    configuration = replace(configuration, groups=looked_at)
    found = [group.group_name for user in users for group in groups_of(user, configuration)]
    assert found == [name for user in users for name in user.group_list]
    assert looked_at.readings == 1


class CountedGroups(dict[str, Any]):
    readings = 0

    def items(self) -> Any:
        self.readings += 1
        return super().items()
