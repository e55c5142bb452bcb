"""Reach against calls: what it reports can be walked, and what it does not report is denied."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from sts_tui.simulation import AwsError, Simulation
from sts_tui.simulation.reach.caller_supplied_context import CandidateContext, call_parameters
from sts_tui.simulation.reach.graph import HopGroup
from sts_tui.simulation.reach.reach import reach_of
from sts_tui.sts.issuing.mfa import next_code
from tests.simulation.reach.random_worlds import ROLE_ARNS, USER_ARNS, worlds
from tests.support.examples import examples


def caller_of(sim: Simulation, source: str) -> Any:
    """Credentials of a user, or of a session that the operator issued for a role."""
    if ":user/" in source:
        return sim.access_key(source)
    out = sim.call("sts:AssumeRole", {"RoleArn": source, "RoleSessionName": "reach"})
    return out["Credentials"]["AccessKeyId"]


def is_allowed(sim: Simulation, caller: Any, target: str, brought: tuple[CandidateContext, ...] = ()) -> bool:
    params = call_parameters(target, brought, "reach")
    for each in brought:
        if each.has_mfa:
            user = sim.world.in_force.users[sim.resolve(caller).arn or ""]
            serial = user.mfa_devices[0].serial_number
            params |= {
                "SerialNumber": serial,
                "TokenCode": next_code(serial, sim.now, sim.world.spent_mfa_steps(serial)),
            }
    context = dict(each.key for each in brought if each.key)
    region = next((each.region for each in brought if each.region), "us-east-1")
    try:
        sim.preview("sts:AssumeRole", params, caller=caller, context=context, region=region)
    except AwsError as error:
        if error.code != "AccessDenied":
            raise
        return False
    return True


def compare(model: dict[str, Any]) -> None:
    sim = Simulation.open(model)
    found: dict[tuple[str, str], HopGroup] = {}
    for group in reach_of(sim).groups:  # those that need least come first
        for source in group.sources if not group.through else ():  # several calls are no call of its source
            found.setdefault((source, group.target), group)
    for source in (*USER_ARNS, *ROLE_ARNS):
        caller = caller_of(sim, source)
        for target in ROLE_ARNS:
            group = found.get((source, target))
            without = is_allowed(sim, caller, target)
            assert without == (group is not None and not group.brought), (source, target, group)
            if group is not None and group.brought:
                assert is_allowed(sim, caller, target, group.brought), (source, target, group)


@settings(max_examples=examples(60), deadline=None)
@given(worlds())
def test_every_hop_can_be_walked_and_no_other_call_is_allowed(model: dict[str, Any]) -> None:
    compare(model)


@pytest.mark.long
@settings(max_examples=2_000, deadline=None)
@given(worlds())
def test_every_hop_can_be_walked_in_many_worlds(model: dict[str, Any]) -> None:
    compare(model)
