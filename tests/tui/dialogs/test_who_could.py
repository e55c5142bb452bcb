"""A form says what a role session lacks, and what it can never have."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.simulation.simulation import Simulation
from sts_tui.tui.dialogs.dry_run import role_verdict
from tests.accounts.entities import role, user
from tests.accounts.policies import MAIN, allows, policy, role_arn, trust, trusts

EVERY = ("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity")
NEVER = "which no role session has"


@pytest.mark.parametrize(
    ("trusting", "said"),
    [
        (policy(trust(role_arn("Other"), *EVERY)), "allows the sts:AssumeRole action"),
        (policy(trust(f"arn:aws:iam::{MAIN}:root")), "allows the sts:SetSourceIdentity action"),
        (
            trusts(Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
            f"the role trust policy requires MFA, {NEVER}",
        ),
        (
            trusts(
                Condition={
                    "StringEquals": {"sts:SourceIdentity": "bob", "sts:RoleSessionName": "${aws:username}"}
                }
            ),
            f"the role trust policy requires ${{aws:username}}, {NEVER}",
        ),
    ],
)
def test_the_hurdle_that_is_named_is_the_one(trusting: dict[str, Any], said: str) -> None:
    first = policy(trust(f"arn:aws:iam::{MAIN}:user/start", *EVERY))
    roles = [
        role("First", first, ("Everything", allows("*"))),
        role("Other", trusts()),
        role("Target", trusting),
    ]
    account = {"AccountId": MAIN, "UserDetailList": [user("start")], "RoleDetailList": roles}
    sim = Simulation.open({"Accounts": [account]})
    call = {"RoleArn": role_arn("First"), "RoleSessionName": "job", "SourceIdentity": "ann"}
    sim.call("sts:AssumeRole", call, caller="start")
    verdict = role_verdict(sim, {"RoleArn": role_arn("Target")}, sim.resolve("job@First"))
    assert said in "".join(getattr(one, "text", str(one)) for one in verdict.spans)
