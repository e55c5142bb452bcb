"""A path holds where its caller can choose what its permissions ask for, and says with what."""

from __future__ import annotations

from typing import Any, Final

from sts_tui.iam import Outcome
from sts_tui.simulation import Simulation
from sts_tui.simulation.reach.graph import HopGroup
from sts_tui.simulation.reach.hop_question import explained_hop
from sts_tui.simulation.reach.reach import administrators, chain_between, reach_of
from tests.accounts.entities import role, user
from tests.accounts.policies import MAIN, allow, deny, policy, role_arn, trusts, user_arn

ANN: Final = user_arn("ann")
FUNCTION: Final = role_arn("fn")
IN_IRELAND: Final = {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}
ELSEWHERE: Final = {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}
WITHOUT_MFA: Final = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
PASS_ROLE: Final = "PassRole, CreateFunction, InvokeFunction"


def opened(*statements: dict[str, Any], **ann: Any) -> Simulation:
    account = {
        "AccountId": MAIN,
        "UserDetailList": [user("ann", ("p", policy(*statements)), **ann)],
        "RoleDetailList": [role("fn", trusts({"Service": "lambda.amazonaws.com"}))],
    }
    return Simulation.open({"Accounts": [account]})


def path(sim: Simulation, operation: str, target: str) -> HopGroup | None:
    groups = reach_of(sim, with_escalation=True).groups
    return next((one for one in groups if (one.operation, one.target) == (operation, target)), None)


def test_a_role_is_passed_in_the_region_that_an_allow_asks_for() -> None:
    sim = opened(allow("iam:PassRole"), allow("lambda:*", Condition=IN_IRELAND))
    found = path(sim, PASS_ROLE, FUNCTION)
    assert found is not None
    assert found.needs == ("region eu-west-1",)
    chain = chain_between(sim, ANN, FUNCTION, with_escalation=True)
    assert chain is not None
    assert chain.hops[0].needs == ("region eu-west-1",)


def test_a_role_is_passed_in_the_region_that_a_deny_spares() -> None:
    sim = opened(allow(["iam:PassRole", "lambda:*"]), deny("lambda:*", Condition=ELSEWHERE))
    found = path(sim, PASS_ROLE, FUNCTION)
    assert found is not None
    assert found.needs == ("region eu-west-1",)


def test_all_calls_of_a_path_are_made_with_the_same_choices() -> None:
    elsewhere = allow(
        "lambda:InvokeFunction", Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-2"}}
    )
    sim = opened(allow("iam:PassRole"), allow("lambda:CreateFunction", Condition=IN_IRELAND), elsewhere)
    assert path(sim, PASS_ROLE, FUNCTION) is None


def test_forced_mfa_leaves_a_path_to_who_has_a_device() -> None:
    device = [{"SerialNumber": f"arn:aws:iam::{MAIN}:mfa/ann"}]
    statements = allow("iam:*"), deny(Condition=WITHOUT_MFA)
    sim = opened(*statements, MFADevices=device)
    found = path(sim, "UpdateAssumeRolePolicy", FUNCTION)
    assert found is not None
    assert found.needs == ("MFA",)
    assert administrators(sim) == (ANN,)
    explained = explained_hop(ANN, found, sim.world)
    assert explained is not None
    assert explained.decision.outcome is Outcome.ALLOWED
    without = opened(*statements)
    assert path(without, "UpdateAssumeRolePolicy", FUNCTION) is None
    assert administrators(without) == ()


def test_no_request_has_a_key_that_its_action_does_not_take() -> None:
    passed = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    assert path(opened(allow("iam:PutRolePolicy", Condition=passed)), "PutRolePolicy", FUNCTION) is None
