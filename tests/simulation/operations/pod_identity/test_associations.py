"""Associations of service accounts with roles.

https://docs.aws.amazon.com/eks/latest/APIReference/API_CreatePodIdentityAssociation.html
"""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.account.loading.load import from_json
from sts_tui.simulation import Simulation
from sts_tui.sts.errors import AwsError
from tests.accounts.policies import allow, deny, policy
from tests.accounts.workload_identities import ACCOUNT, ASSOCIATION, POD_ROLE, SERVER_ROLE, model

DB = {"clusterName": "prod", "namespace": "shop", "serviceAccount": "db"}


def opened() -> Simulation:
    raw = model()
    passes_nothing = policy(allow("*"), deny("iam:PassRole"))
    raw["Accounts"][0]["UserDetailList"].append(
        {"UserName": "intern", "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": passes_nothing}]}
    )
    return Simulation(from_json(raw).model)


def test_an_association_is_made_described_listed_and_updated() -> None:
    sim = opened()
    made: Any = sim.call(
        "eks:CreatePodIdentityAssociation",
        {**DB, "roleArn": POD_ROLE, "tags": {"team": "shop"}},
        caller="admin",
    )
    one = made["association"]
    assert one["associationArn"].startswith(f"arn:aws:eks:eu-west-1:{ACCOUNT}:podidentityassociation/prod/a-")
    where = {"clusterName": "prod", "associationId": one["associationId"]}
    read: Any = sim.call("eks:DescribePodIdentityAssociation", where, caller="admin")
    assert read["association"]["tags"] == {"team": "shop"}
    listed: Any = sim.call("eks:ListPodIdentityAssociations", {"clusterName": "prod"}, caller="admin")
    assert [each["serviceAccount"] for each in listed["associations"]] == ["web", "db"]
    assert "roleArn" not in listed["associations"][0]
    update = {**where, "targetRoleArn": f"arn:aws:iam::{ACCOUNT}:role/Other"}
    updated: Any = sim.call("eks:UpdatePodIdentityAssociation", update, caller="admin")
    assert updated["association"]["externalId"] == f"eu-west-1/{ACCOUNT}/prod/shop/db"


def test_a_service_account_has_one_association() -> None:
    again = {**DB, "serviceAccount": "web", "roleArn": POD_ROLE}
    with pytest.raises(AwsError, match=ASSOCIATION.rpartition("/")[2]) as caught:
        opened().call("eks:CreatePodIdentityAssociation", again, caller="admin")
    assert caught.value.code == "ResourceInUseException"


def test_the_role_has_to_trust_eks_with_both_actions() -> None:
    with pytest.raises(AwsError, match="Trust policy of the role provided is invalid") as caught:
        opened().call("eks:CreatePodIdentityAssociation", {**DB, "roleArn": SERVER_ROLE}, caller="admin")
    assert caught.value.code == "InvalidParameterException"


def test_the_caller_passes_the_role() -> None:
    with pytest.raises(AwsError, match="iam:PassRole"):
        opened().call("eks:CreatePodIdentityAssociation", {**DB, "roleArn": POD_ROLE}, caller="intern")


def test_a_policy_needs_tags_to_be_disabled() -> None:
    written = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
    sim = opened()
    asked = {**DB, "roleArn": POD_ROLE, "policy": written}
    with pytest.raises(AwsError, match="disableSessionTags"):
        sim.call("eks:CreatePodIdentityAssociation", asked, caller="admin")
    sim.call("eks:CreatePodIdentityAssociation", {**asked, "disableSessionTags": True}, caller="admin")
