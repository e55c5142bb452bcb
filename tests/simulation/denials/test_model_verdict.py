"""Whether the model denies for AWS's reason: the policy that AWS names counts too."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sts_tui.simulation import Simulation
from sts_tui.simulation.denials.model_verdict import ModelVerdict, model_verdict
from sts_tui.simulation.denials.reading import read_denials
from tests.accounts.policies import MAIN, allow, allows, deny, policy, user_arn

GUARD, OTHER = (f"arn:aws:iam::{MAIN}:policy/{name}" for name in ("guard", "other"))


def versions(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"VersionId": "v1", "IsDefaultVersion": True, "Document": document}]


def asked_with(ending: str) -> ModelVerdict:
    """A denial with this ending, asked of an account in which `guard` denies and `other` does not."""
    user = {
        "UserName": "dev",
        "AttachedManagedPolicies": [
            {"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in (GUARD, OTHER)
        ],
    }
    policies = [
        {"PolicyName": "guard", "PolicyVersionList": versions(policy(allow("*"), deny("iam:CreateRole")))},
        {"PolicyName": "other", "PolicyVersionList": versions(allows("s3:*"))},
    ]
    account = {"AccountId": MAIN, "UserDetailList": [user], "Policies": policies}
    sim = Simulation.open({"StartTime": "2026-01-15T09:00:00Z", "Accounts": [account]}, seed=1)
    text = (
        f"User: {user_arn('dev')} is not authorized to perform: iam:CreateRole on resource: "
        f"arn:aws:iam::{MAIN}:role/x {ending}"
    )
    (denial,) = read_denials(json.dumps(text)[1:-1], str)
    return model_verdict(denial, sim)


@pytest.mark.parametrize("named", ["", f": {GUARD}"])
def test_the_policy_that_aws_names_or_none_agrees(named: str) -> None:
    asked = asked_with(f"with an explicit deny in an identity-based policy{named}")
    assert asked.agrees
    assert not asked.other_policy


@pytest.mark.parametrize(("arn", "says"), [(OTHER, "does not deny"), (f"{OTHER}2", "lack")])
def test_another_policy_is_another_reason(arn: str, says: str) -> None:
    asked = asked_with(f"with an explicit deny in an identity-based policy: {arn}")
    assert asked.agrees is False
    assert arn in asked.other_policy
    assert says in asked.other_policy
