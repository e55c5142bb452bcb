"""Who calls EKS for a pod? The agent on its node, with the session that EC2 delivers to the node.

A model has one node for each node role: an instance on which all pods of the cluster run. The agent needs
eks-auth:AssumeRoleForPodIdentity. Nodes that get their credentials in another way (hybrid nodes) are not
modeled.
https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final, Protocol

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Workload
from sts_tui.account.json_value import Json
from sts_tui.simulation.calls.ask import Ask
from sts_tui.simulation.calls.callers import Authenticator, CallerLike
from sts_tui.simulation.calls.pipeline import CallResult, carry_out
from sts_tui.simulation.identities import Identity, IdentityKind, operator_identity
from sts_tui.simulation.operations.pod_identity.node_roles import node_role
from sts_tui.simulation.workloads.long_term_keys import user_of_workload
from sts_tui.simulation.workloads.workload_credentials import POD, PodPlace, issued_key, pod_token
from sts_tui.simulation.world import World
from sts_tui.sts.issuing.service_sessions import EC2, instance_id_of, rotation_due
from sts_tui.sts.session import Session

_EC2_SERVICE: Final = Identity(kind=IdentityKind.SERVICE, label=f"service:{EC2}", arn=EC2)


class PodCall(Struct, frozen=True, kw_only=True):
    """The call of the agent on a node to EKS."""

    action: ClassVar[str] = "eks-auth:AssumeRoleForPodIdentity"
    params: Mapping[str, Json]
    account: str
    """The account of the cluster."""
    node_role: str
    """The ARN of the node role; empty if none is known: then the operator makes the call."""


class Issue(Protocol):
    """Makes a call, and answers with AWS's response. Raises AwsError."""

    def __call__(self, action: str, params: Mapping[str, Json], caller: Identity, /) -> Mapping[str, Any]: ...


def pod_call(place: PodPlace, world: World, overrides: Mapping[str, str] | None = None) -> PodCall:
    """The call that gets credentials for a pod; `overrides` are claims of its token by their names. Raises
    NoCredentialsError for a cluster that has no associations.
    """
    account, token = pod_token(place, world, overrides)
    return PodCall(
        params={"clusterName": place.cluster, "token": token},
        account=account,
        node_role=node_role(account, place.cluster, world.in_force),
    )


def agent(call: PodCall, world: World, issue: Issue) -> CallerLike:
    """The caller: the session that EC2 has delivered to the node. `issue` gets a new one if that is due.
    Raises AwsError if EC2 gets none.
    """
    if not call.node_role:
        return operator_identity(call.account)
    if (delivered := _delivered(call.node_role, world)) is not None:
        return delivered.access_key_id
    return issued_key(issue(*_delivery(call.node_role)))


def try_pod_call(call: PodCall, world: World, authenticator: Authenticator, seed: int) -> CallResult:
    """The result of the call in this world, which does not change; if the node gets no credentials, the
    result of EC2's call.
    """
    caller: CallerLike = operator_identity(call.account)
    if call.node_role:
        delivered = _delivered(call.node_role, world)
        if delivered is None:
            action, params, service = _delivery(call.node_role)
            ask = Ask(action=action, params=params, caller=service)
            answered = carry_out(ask, world, authenticator, seed)
            if answered.error is not None:
                return answered
            (delivered,) = answered.answer.sessions
            sessions = world.sessions.updated({delivered.access_key_id: delivered})
            world = replace(world, sessions=sessions, id_counter=answered.id_counter)
        caller = delivered.access_key_id
    return carry_out(Ask(action=call.action, params=call.params, caller=caller), world, authenticator, seed)


def roles_behind(workload: Workload, configuration: Configuration) -> frozenset[str]:
    """The identity of a workload and the ARNs of the roles that its credentials depend on. Those of a pod
    depend on the role of its nodes, and on the association's role even if it has a target role.
    """
    user = user_of_workload(workload, configuration)
    names = {workload.identity, *(one.role_arn for one in workload.assume_roles)}
    names |= {user.arn} if user is not None else set()
    if workload.identity.startswith(POD):
        place = tuple(workload.identity.removeprefix(POD).split("/")[:3])
        for one in configuration.pod_associations.values():
            if (one.cluster_name, one.namespace, one.service_account) == place:
                names |= {one.node_role_arn, one.role_arn, one.target_role_arn}
    return frozenset(names - {""})


def _delivery(role_arn: str) -> tuple[str, dict[str, Json], Identity]:
    """(action, parameters, caller) of the call with which EC2 gets the credentials of a node."""
    return "sts:AssumeRole", {"RoleArn": role_arn, "RoleSessionName": instance_id_of(role_arn)}, _EC2_SERVICE


def _delivered(role_arn: str, world: World) -> Session | None:
    """The newest session of the node; None if EC2 has newer credentials, or none yet."""
    name, found = instance_id_of(role_arn), None
    for session in world.sessions.values():
        if session.name == name and session.issuer_arn == role_arn:
            found = session
    return found if found is not None and world.now < rotation_due(found) else None
