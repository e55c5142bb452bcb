"""What the page says that happens instead of what is not simulated is what happens."""

from __future__ import annotations

import pytest

from sts_tui.simulation import AwsError, Simulation
from sts_tui.sts.facts.fixed_assumptions import FIXED_ASSUMPTIONS
from sts_tui.sts.facts.not_simulated import NOT_SIMULATED
from tests.accounts.entities import role, user
from tests.accounts.policies import MAIN, allow, policy, role_arn, trusts

ANN = user("ann", ("p", policy(allow("*"))))
MODEL = {
    "Accounts": [
        {
            "AccountId": MAIN,
            "UserDetailList": [ANN],
            "RoleDetailList": [role("R", trusts(), ("p", policy(allow("*"))))],
        }
    ]
}
ASSUME = {"RoleArn": role_arn("R"), "RoleSessionName": "job"}
CENTER = "arn:aws:iam::aws:contextProvider/IdentityCenter"


def instead_of(words: str) -> str:
    return next(one.instead for one in NOT_SIMULATED if words in one.what)


@pytest.mark.parametrize(
    ("words", "action", "params"),
    [
        ("trade-in tokens", "sts:GetDelegatedAccessToken", {"TradeInToken": "x" * 20}),
        (
            "assertions that are only audited",
            "sts:AssumeRole",
            {**ASSUME, "ProvidedContexts": [{"ProviderArn": CENTER, "ContextAssertion": "x" * 20}]},
        ),
    ],
)
def test_the_error_that_the_page_names_is_the_one_that_comes(
    words: str, action: str, params: dict[str, object]
) -> None:
    with pytest.raises(AwsError) as refused:
        Simulation.open(MODEL).call(action, params, caller="ann")
    assert refused.value.code in instead_of(words)


def test_a_managed_session_policy_without_its_text_leaves_the_request_undecided() -> None:
    said = next(
        one.changes for one in FIXED_ASSUMPTIONS if "managed session policy whose document" in one.about
    )
    sim = Simulation.open(MODEL)
    arns = [{"arn": "arn:aws:iam::aws:policy/job-function/NetworkAdministrator"}]
    answer = sim.call("sts:AssumeRole", {**ASSUME, "PolicyArns": arns}, caller="ann")
    (decision,) = sim.request([("ec2:DescribeVpcs", "*")], caller=answer["Credentials"], each=True)
    assert decision.outcome.value in said
