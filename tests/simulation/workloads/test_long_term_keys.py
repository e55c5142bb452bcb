"""A program of a user has one access key: what happens to the user's other key does not concern it."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.account.diagnostics.diagnostic import AccountFileError
from sts_tui.simulation import Simulation
from sts_tui.simulation.containment import incident
from sts_tui.simulation.events import RequestAnswered
from sts_tui.simulation.world import Health
from tests.accounts.policies import MAIN, allows, user_arn

FIRST, SECOND = "AKIA2OAA5NZZAAAAAAA1", "AKIA2OAA5NZZAAAAAAA2"
CI = user_arn("ci")


def ci_with_two_keys(identity: str = FIRST) -> Simulation:
    user = {
        "UserName": "ci",
        "AccessKeys": [{"AccessKeyId": FIRST}, {"AccessKeyId": SECOND}],
        "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": allows("s3:PutObject")}],
    }
    build: dict[str, Any] = {
        "Name": "build",
        "Identity": identity,
        "Requests": [{"Action": "s3:PutObject", "Resource": "arn:aws:s3:::data/c"}],
        "EverySeconds": 10,
    }
    model = {"Accounts": [{"AccountId": MAIN, "UserDetailList": [user]}], "Workloads": [build]}
    return Simulation.open({"StartTime": "2026-01-15T09:00:00Z", **model}, seed=1)


def switch_off(sim: Simulation, key: str) -> None:
    params = {"UserName": "ci", "AccessKeyId": key, "Status": "Inactive"}
    sim.call("iam:UpdateAccessKey", params)


def signed_with(sim: Simulation) -> list[str | None]:
    return [event.access_key_id for event in sim.events if isinstance(event, RequestAnswered)]


@pytest.mark.parametrize("key", [FIRST, SECOND])
def test_it_signs_with_the_key_that_the_file_names(key: str) -> None:
    sim = ci_with_two_keys(key)
    sim.advance(25)
    assert signed_with(sim) == [key] * 3


def test_it_does_not_change_to_the_other_key_of_its_user() -> None:
    sim = ci_with_two_keys(CI)
    sim.advance(15)
    switch_off(sim, FIRST)
    sim.advance(20)
    state = sim.world.workload_states["build"]
    assert state.health is Health.FAILING
    assert "InvalidAccessKeyId" in state.reason
    sim.call("iam:DeleteAccessKey", {"UserName": "ci", "AccessKeyId": FIRST})
    sim.advance(20)
    assert sim.world.workload_states["build"].health is Health.FAILING


def test_a_key_that_it_does_not_use_may_go() -> None:
    sim = ci_with_two_keys(CI)
    switch_off(sim, SECOND)
    sim.advance(15)
    assert sim.world.workload_states["build"].health is Health.HEALTHY


@pytest.mark.parametrize("seconds", [0, 60])
@pytest.mark.parametrize("identity", [CI, FIRST])
def test_the_incident_desk_breaks_who_uses_the_key(identity: str, seconds: float) -> None:
    sim = ci_with_two_keys(identity)
    sim.advance(seconds)
    used, unused = incident(sim, FIRST), incident(sim, SECOND)
    assert [use.name for use in used.used_by] == ["build"]
    assert not unused.used_by
    broken = [[one.name for one in desk.row("key-inactive").trial.broken] for desk in (used, unused)]  # type: ignore[union-attr]
    assert broken == [["build"], []]
    assert [row.cut.id for row in unused.best][0] == "key-inactive"


def test_a_workload_of_a_user_with_two_keys_is_warned_about() -> None:
    assert "2 active access keys" in str(ci_with_two_keys(CI).warnings[0])
    assert not ci_with_two_keys(SECOND).warnings


def test_a_key_that_nobody_has_is_an_error_with_the_nearest() -> None:
    with pytest.raises(AccountFileError) as refused:
        ci_with_two_keys(FIRST[:-1] + "3")
    assert "no user has the access key" in str(refused.value)
    assert "did you mean" in str(refused.value)
