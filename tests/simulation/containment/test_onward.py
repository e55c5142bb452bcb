"""Where the leaked credentials themselves can go, which may be less than their role or user could."""

from __future__ import annotations

from typing import Any

from sts_tui.simulation import Simulation
from sts_tui.simulation.containment import incident
from sts_tui.simulation.containment.cut import carry_out
from sts_tui.simulation.identities import operator_identity
from tests.accounts.policies import MAIN, allow, policy, role_arn, trusts
from tests.accounts.small import alice, assume, open_small


def cut(sim: Simulation, who: str, cut_id: str) -> None:
    row = incident(sim, who).row(cut_id)
    assert row is not None

    def call(action: str, params: dict[str, Any], caller: object, joins: bool) -> object:
        return sim.call(action, params, caller=caller)

    carry_out(row.cut, operator_identity(), call)  # type: ignore[arg-type]


def ahead(sim: Simulation, who: str) -> tuple[str, ...]:
    return incident(sim, who).can_go


def test_a_session_that_is_denied_by_its_id_goes_nowhere_and_others_of_its_role_do() -> None:
    sim = open_small()
    first, second = assume(sim, name="first"), assume(sim, name="second")
    assert ahead(sim, first) == ("App", "Deep")
    cut(sim, first, "deny-userid")
    assert ahead(sim, first) == ()
    assert ahead(sim, second) == ("App", "Deep")


def test_a_federated_user_assumes_no_role() -> None:
    sim = open_small()
    everything = policy(allow("*"))
    params = {"Name": "fed", "Policy": everything}
    issued = sim.call("sts:GetFederationToken", params, caller=alice(sim))
    assert ahead(sim, issued["Credentials"]["AccessKeyId"]) == ()
    token = sim.call("sts:GetSessionToken", {}, caller=alice(sim))
    assert "App" in ahead(sim, token["Credentials"]["AccessKeyId"])


def test_an_inactive_key_goes_nowhere() -> None:
    sim = open_small()
    key = alice(sim)
    assert "App" in ahead(sim, key)
    cut(sim, key, "key-inactive")
    assert ahead(sim, key) == ()


def test_a_role_that_may_assume_itself_goes_to_itself() -> None:
    role = {
        "RoleName": "Loop",
        "AssumeRolePolicyDocument": trusts(f"arn:aws:iam::{MAIN}:root"),
        "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": policy(allow("sts:AssumeRole"))}],
    }
    model = {"Accounts": [{"AccountId": MAIN, "RoleDetailList": [role]}]}
    sim = Simulation.open({"StartTime": "2026-01-15T09:00:00Z", **model}, seed=1)
    given = {"RoleArn": role_arn("Loop"), "RoleSessionName": "job"}
    issued = sim.call("sts:AssumeRole", given)
    assert ahead(sim, issued["Credentials"]["AccessKeyId"]) == ("Loop",)


def test_an_incident_that_is_over_says_so() -> None:
    sim = open_small()
    session = assume(sim)
    sim.call("s3:GetObject", {"Resource": "arn:aws:s3:::data/x"}, caller=session)
    assert incident(sim, session).conclusion.startswith("best: ")
    cut(sim, session, "deny-userid")
    assert "has ended" in incident(sim, session).conclusion
