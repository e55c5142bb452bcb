"""The token of a pod takes changes of its claims after a question mark, as all other tokens do.

https://docs.aws.amazon.com/eks/latest/APIReference/API_auth_AssumeRoleForPodIdentity.html
"""

from __future__ import annotations

import pytest

from sts_tui.account.loading.load import from_json
from sts_tui.simulation import Simulation
from sts_tui.sts.errors import AwsError
from sts_tui.tours.playing.values import ValueSource
from sts_tui.tours.reading.errors import StepError
from sts_tui.tours.reading.substitutions import Substitution
from tests.accounts.workload_identities import model


def token(sim: Simulation, argument: str) -> str:
    return ValueSource(sim, None).value(Substitution("pod", argument), None)


def test_changes_of_a_pods_token_are_claims_and_no_part_of_its_name() -> None:
    sim = Simulation(from_json(model()).model)
    action = "eks-auth:AssumeRoleForPodIdentity"
    good, expired = token(sim, "prod/shop/web"), token(sim, "prod/shop/web?exp=-1")
    sim.call(action, {"clusterName": "prod", "token": good}, caller="admin")
    with pytest.raises(AwsError) as refused:
        sim.call(action, {"clusterName": "prod", "token": expired}, caller="admin")
    assert refused.value.code == "ExpiredTokenException"


def test_a_change_without_a_value_is_refused() -> None:
    with pytest.raises(StepError, match="name=value"):
        token(Simulation(from_json(model()).model), "prod/shop/web?exp")
