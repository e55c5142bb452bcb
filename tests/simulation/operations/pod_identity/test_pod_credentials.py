"""Credentials for pods: tags, names, a target role, and what EKS refuses.

https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
https://docs.aws.amazon.com/eks/latest/userguide/pod-id-assign-target-role.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sts_tui.account.loading.load import from_json
from sts_tui.identity_providers.service_account_tokens import issue_pod_token
from sts_tui.simulation import Simulation
from sts_tui.sts.errors import AwsError
from tests.accounts.policies import allow, policy
from tests.accounts.workload_identities import (
    ACCOUNT,
    ASSOCIATION,
    CLUSTER,
    NODE_ROLE,
    POD_ROLE,
    TARGET_ROLE,
    model,
)

Change = Callable[[dict[str, Any]], None]
TAGS = {
    "eks-cluster-arn": CLUSTER,
    "eks-cluster-name": "prod",
    "kubernetes-namespace": "shop",
    "kubernetes-service-account": "web",
    "kubernetes-pod-name": "web-7d9f8c6b5-abcde",
}


def opened(change: Change | None = None, target: Change | None = None, **settings: Any) -> Simulation:
    raw = model()
    if change is not None:
        change(raw["Accounts"][0])
    if target is not None:
        target(raw["Accounts"][1])
    raw["Settings"] = settings
    return Simulation(from_json(raw).model)


def credentials_of(sim: Simulation, who: str = "operator", **overrides: str) -> Any:
    token = issue_pod_token(CLUSTER, "shop", "web", "web-7d9f8c6b5-abcde", now=sim.now, overrides=overrides)
    params = {"clusterName": "prod", "token": token}
    sim.call("eks-auth:AssumeRoleForPodIdentity", params, caller=who)
    return list(sim.world.sessions.values())[-1]


def refused(sim: Simulation, **overrides: str) -> AwsError:
    with pytest.raises(AwsError) as caught:
        credentials_of(sim, **overrides)
    return caught.value


def association(**more: Any) -> Change:
    return lambda account: account["PodIdentityAssociations"][0].update(more)


def test_six_tags_all_transitive_and_six_hours() -> None:
    session = credentials_of(opened())
    assert {**dict(session.tags), **TAGS} == dict(session.tags)
    assert len(session.tags) == len(session.transitive_tag_keys) == 6
    assert (session.expires_at - session.issued_at).total_seconds() == 21600
    assert session.name.startswith("eks-prod-web-7d9f8c-")
    assert len(session.name) <= 64
    assert session.source_identity is None
    assert (session.proof.kind, session.proof.through) == ("pod", ASSOCIATION)


def test_the_node_needs_the_permission() -> None:
    sim = opened()
    params = {"RoleArn": NODE_ROLE, "RoleSessionName": "i-1"}
    sim.call("sts:AssumeRole", params, caller="service:ec2.amazonaws.com")
    assert credentials_of(sim, "i-1@Node").issuer_arn == POD_ROLE
    pod = credentials_of(sim).access_key_id
    with pytest.raises(AwsError, match="eks-auth:AssumeRoleForPodIdentity"):
        credentials_of(sim, pod)


@pytest.mark.parametrize("missing", ["sts:AssumeRole", "sts:TagSession"])
def test_the_trust_policy_needs_both_actions(missing: str) -> None:
    def change(account: dict[str, Any]) -> None:
        account["RoleDetailList"][1]["AssumeRolePolicyDocument"]["Statement"][0]["Action"].remove(missing)

    error = refused(opened(change))
    assert error.code == "AccessDeniedException"
    assert error.message == (
        "Unauthorized Exception! EKS does not have permissions to assume the associated role."
    )
    assert error.decision is not None


def test_without_tags_tag_session_is_not_needed() -> None:
    def change(account: dict[str, Any]) -> None:
        association(disableSessionTags=True)(account)
        account["RoleDetailList"][1]["AssumeRolePolicyDocument"]["Statement"][0]["Action"] = "sts:AssumeRole"

    assert credentials_of(opened(change)).tags == ()


@pytest.mark.parametrize(
    ("condition", "settings", "is_let_in"),
    [
        ({"StringEquals": {"aws:RequestTag/kubernetes-namespace": "shop"}}, {}, True),
        ({"StringEquals": {"aws:RequestTag/kubernetes-service-account": "db"}}, {}, False),
        ({"StringEquals": {"aws:SourceAccount": ACCOUNT}}, {}, True),
        ({"ArnEquals": {"aws:SourceArn": CLUSTER}}, {}, True),
        ({"ArnEquals": {"aws:SourceArn": ASSOCIATION}}, {"PodIdentitySourceArn": "association"}, True),
        ({"ArnEquals": {"aws:SourceArn": ASSOCIATION}}, {}, False),
    ],
)
def test_conditions_of_the_trust_policy(
    condition: dict[str, Any], settings: dict[str, Any], is_let_in: bool
) -> None:
    def change(account: dict[str, Any]) -> None:
        account["RoleDetailList"][1]["AssumeRolePolicyDocument"]["Statement"][0]["Condition"] = condition

    sim = opened(change, **settings)
    if is_let_in:
        assert credentials_of(sim).issuer_arn == POD_ROLE
    else:
        assert refused(sim).decision is not None


def test_a_target_role_is_chained_and_lasts_an_hour() -> None:
    sim = opened(association(targetRoleArn=TARGET_ROLE))
    session = credentials_of(sim)
    first = sim.world.sessions[session.parent]
    assert (first.issuer_arn, session.issuer_arn) == (POD_ROLE, TARGET_ROLE)
    assert session.is_chained
    assert (session.expires_at - session.issued_at).total_seconds() == 3600
    assert session.inherited_tag_keys == session.transitive_tag_keys
    assert dict(session.tags)["kubernetes-namespace"] == "shop"


def test_a_target_role_needs_tag_session_for_the_inherited_tags() -> None:
    def without(account: dict[str, Any]) -> None:
        account["RoleDetailList"][0]["AssumeRolePolicyDocument"]["Statement"][0]["Action"] = "sts:AssumeRole"

    sim = opened(association(targetRoleArn=TARGET_ROLE), without)
    error = refused(sim)
    assert error.decision is not None
    assert "sts:TagSession" in str(sim.events.since(0)[-1])


def test_the_external_id_goes_to_the_target_role_where_tags_are_disabled() -> None:
    def asks(account: dict[str, Any]) -> None:
        statement = account["RoleDetailList"][0]["AssumeRolePolicyDocument"]["Statement"][0]
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": f"eu-west-1/{ACCOUNT}/prod/shop/web"}}

    with_id = association(targetRoleArn=TARGET_ROLE, disableSessionTags=True)
    assert credentials_of(opened(with_id, asks)).issuer_arn == TARGET_ROLE
    assert refused(opened(association(targetRoleArn=TARGET_ROLE), asks)).decision is not None


def test_the_policy_of_an_association_limits_the_pod() -> None:
    limit = policy(allow("s3:ListBucket"))
    session = credentials_of(sim := opened(association(policy=limit, disableSessionTags=True)))
    with pytest.raises(AwsError, match="session policy"):
        sim.request("s3:GetObject", "arn:aws:s3:::acme/x", caller=session.access_key_id)


def test_with_a_target_role_the_policy_limits_that_one_alone() -> None:
    limit = policy(allow("s3:ListBucket"))
    change = association(policy=limit, disableSessionTags=True, targetRoleArn=TARGET_ROLE)
    session = credentials_of(sim := opened(change))
    assert session.has_session_policy
    assert not sim.world.sessions[session.parent].has_session_policy


@pytest.mark.parametrize(
    ("overrides", "code"),
    [
        ({"signature": "forged"}, "InvalidTokenException"),
        ({"signature": "broken"}, "InvalidTokenException"),
        ({"aud": "sts.amazonaws.com"}, "InvalidTokenException"),
        ({"iss": "https://example.com"}, "InvalidTokenException"),
        ({"exp": "-1"}, "ExpiredTokenException"),
    ],
)
def test_tokens_that_get_nothing(overrides: dict[str, str], code: str) -> None:
    assert refused(opened(), **overrides).code == code


def test_text_that_is_no_token() -> None:
    params = {"clusterName": "prod", "token": "a.b.c"}
    with pytest.raises(AwsError, match="InvalidTokenException"):
        opened().call("eks-auth:AssumeRoleForPodIdentity", params, caller="operator")


def test_a_service_account_without_an_association() -> None:
    sim = opened(association(serviceAccount="db"))
    error = refused(sim)
    assert (error.code, error.status) == ("ResourceNotFoundException", 404)


def test_a_deleted_association_ends_new_credentials_and_leaves_the_live_ones() -> None:
    sim = opened()
    live = credentials_of(sim)
    where = {"clusterName": "prod", "associationId": ASSOCIATION.rpartition("/")[2]}
    sim.call("eks:DeletePodIdentityAssociation", where, caller="admin")
    assert refused(sim).code == "ResourceNotFoundException"
    sim.request("s3:GetObject", "arn:aws:s3:::acme/x", caller=live.access_key_id)
    sim.undo()
    assert credentials_of(sim).issuer_arn == POD_ROLE
