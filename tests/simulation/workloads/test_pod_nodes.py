"""The agent on a node calls EKS for its pods, with the credentials of the node.

https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sts_tui.account.loading.load import from_json
from sts_tui.simulation import Simulation
from sts_tui.simulation.containment import incident
from sts_tui.simulation.events import RequestAnswered
from sts_tui.simulation.reach.visitors.workload_entries import workload_entries
from sts_tui.simulation.world import Health
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.runner import play
from sts_tui.tours.reading.grammar import parse_tour
from tests.accounts.policies import allow, policy, trusts
from tests.accounts.workload_identities import ACCOUNT, NODE_ROLE, POD_ROLE, model

AGENT = "eks-auth:AssumeRoleForPodIdentity"
WORKLOAD = {
    "Name": "web",
    "Identity": "pod:prod/shop/web",
    "AssumeRoles": [{"RoleArn": POD_ROLE}],
    "EverySeconds": 60,
    "Requests": [{"Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/x"}],
}


def opened(change: Callable[[dict[str, Any]], None] = lambda account: None, **top: Any) -> Simulation:
    raw = model()
    change(raw["Accounts"][0])
    return Simulation(from_json({**raw, **top}).model)


def node(account: dict[str, Any]) -> dict[str, Any]:
    return next(one for one in account["RoleDetailList"] if one["RoleName"] == "Node")


def callers(sim: Simulation, action: str = AGENT) -> list[str]:
    asked = [one for one in sim.events if isinstance(one, RequestAnswered) and one.action == action]
    return [one.caller for one in asked]


def test_the_node_calls_and_ec2_has_its_credentials() -> None:
    sim = opened(Workloads=[WORKLOAD])
    sim.advance(60)
    (caller,) = callers(sim)
    assert caller.startswith("i-")
    assert caller.endswith("@Node")
    assert callers(sim, "sts:AssumeRole") == ["service:ec2.amazonaws.com"]


def test_pods_of_one_node_share_its_session_until_ec2_has_a_newer_one() -> None:
    sim = opened(Workloads=[WORKLOAD, {**WORKLOAD, "Name": "web-2"}])
    sim.advance(60)
    assert len(callers(sim)) == 2
    assert len(callers(sim, "sts:AssumeRole")) == 1
    sim.advance(6 * 3600)
    assert len(callers(sim)) == 4
    sim.advance(6 * 3600)
    assert len(callers(sim, "sts:AssumeRole")) == 2


def test_without_the_permission_of_the_node_no_pod_gets_credentials() -> None:
    sim = opened(Workloads=[WORKLOAD])
    sim.call("iam:DeleteRolePolicy", {"RoleName": "Node", "PolicyName": "agent"}, caller="admin")
    sim.advance(60)
    state = sim.world.workload_states["web"]
    assert state.health is Health.FAILING
    assert state.reason == f"{AGENT}: AccessDeniedException"
    (entry,) = [one for one in workload_entries(sim.world) if one.kind == "pod"]
    assert not entry.is_open


def test_an_instance_that_gets_no_credentials_gives_none_to_pods() -> None:
    sim = opened(Workloads=[WORKLOAD])
    document = json.dumps(trusts({"AWS": ACCOUNT}))
    params = {"RoleName": "Node", "PolicyDocument": document}
    sim.call("iam:UpdateAssumeRolePolicy", params, caller="admin")
    sim.advance(60)
    assert sim.world.workload_states["web"].reason == "sts:AssumeRole of its node: AccessDenied"
    (entry,) = [one for one in workload_entries(sim.world) if one.kind == "pod"]
    assert (entry.is_open, entry.found.action) == (False, "sts:AssumeRole")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda account: None, NODE_ROLE),
        (lambda account: account["PodIdentityAssociations"][0].update(NodeRoleArn=POD_ROLE), POD_ROLE),
        (lambda account: node(account)["RolePolicyList"].clear(), ""),
        (lambda account: node(account).update(AssumeRolePolicyDocument=trusts({"AWS": ACCOUNT})), ""),
        (
            lambda account: node(account).update(RolePolicyList=[], AttachedManagedPolicies=[MINIMAL]),
            NODE_ROLE,
        ),
        (lambda account: node(account).update(RolePolicyList=[named("eks-auth:Assume*")]), NODE_ROLE),
        (lambda account: node(account).update(RolePolicyList=[named("*")]), ""),
        (lambda account: node(account).update(RolePolicyList=[named("eks-auth:List*")]), ""),
    ],
    ids=[
        "by its policy",
        "written",
        "no policy",
        "no EC2",
        "AWS's policy",
        "pattern",
        "everything",
        "another",
    ],
)
def test_which_role_is_the_nodes(change: Callable[[dict[str, Any]], None], expected: str) -> None:
    (association,) = opened(change).world.configuration.pod_associations.values()
    assert association.node_role_arn == expected


MINIMAL = {
    "PolicyName": "AmazonEKSWorkerNodeMinimalPolicy",
    "PolicyArn": "arn:aws:iam::aws:policy/AmazonEKSWorkerNodeMinimalPolicy",
}


def named(action: str) -> dict[str, Any]:
    return {"PolicyName": "agent", "PolicyDocument": policy(allow(action))}


def test_a_new_association_has_the_nodes_of_its_cluster() -> None:
    sim = opened()
    place = {"clusterName": "prod", "namespace": "shop", "serviceAccount": "db", "roleArn": POD_ROLE}
    sim.call("eks:CreatePodIdentityAssociation", place, caller="admin")
    assert {one.node_role_arn for one in sim.world.configuration.pod_associations.values()} == {NODE_ROLE}


def test_the_desk_knows_which_pods_a_cut_of_the_node_breaks() -> None:
    sim = opened(Workloads=[WORKLOAD])
    sim.advance(60)
    desk = incident(sim, callers(sim)[0])
    for cut in ("revoke-role", "deny-userid", "detach:agent"):
        found = desk.row(cut)
        assert found is not None, cut
        assert [one.name for one in found.trial.broken] == ["web"], cut


def test_where_no_role_can_be_the_nodes_the_operator_calls() -> None:
    sim = opened(lambda account: node(account)["RolePolicyList"].clear(), Workloads=[WORKLOAD])
    sim.advance(60)
    assert callers(sim) == ["operator"]


def test_a_sign_in_of_a_tour_is_the_nodes_call_and_one_undo() -> None:
    sim = opened()
    (played,) = play(parse_tour("signin pod prod/shop/web/web-0", "pod.tour"), Player(sim))
    assert played.result.error is None
    assert len(sim.world.sessions) == 2
    sim.undo()
    assert not sim.world.sessions
