"""With which role does the agent of EKS Pod Identity call EKS? With the role of the node on which it runs.
Associations do not say which nodes there are. If a file does not state the role, it is a role of the account
that EC2 delivers and that has a policy with `eks-auth:AssumeRoleForPodIdentity`, like AWS's policies for
nodes. It is chosen once, so that a later edit of its policies affects the pods.
https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html
https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEKSWorkerNodeMinimalPolicy.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from msgspec.structs import replace

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Role
from sts_tui.account.persistent_map import PersistentMap
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.sts.issuing.service_sessions import EC2

_NODE_POLICIES: Final = ("AmazonEKSWorkerNodePolicy", "AmazonEKSWorkerNodeMinimalPolicy")
"""AWS's policies for nodes, whose documents a file may lack."""
_SERVICE: Final = "eks-auth:"
_ACTION: Final = "eks-auth:assumeroleforpodidentity"


def node_role(account: str, cluster: str, configuration: Configuration) -> str:
    """The ARN of the role of a cluster's nodes: the role that one of its associations states, else the first
    suitable role of the account; empty if there is none.
    """
    for one in configuration.pod_associations.values():
        if one.node_role_arn and (account_of(one.arn), one.cluster_name) == (account, cluster):
            return one.node_role_arn
    for arn, role in configuration.roles.items():
        if account_of(arn) == account and _trusts_ec2(role) and _may_serve_pods(role, configuration):
            return arn
    return ""


def with_node_roles(configuration: Configuration) -> Configuration:
    """The configuration in which each association has the role of its nodes, if it is known."""
    before = configuration.pod_associations
    if not before:
        return configuration
    after = {
        arn: replace(one, node_role_arn=node_role(account_of(arn) or "", one.cluster_name, configuration))
        for arn, one in before.items()
    }
    return replace(configuration, pod_associations=PersistentMap(after))


def _trusts_ec2(role: Role) -> bool:
    return any(
        isinstance(principal := statement.get("Principal"), Mapping)
        and EC2 in _texts(principal.get("Service"))
        for statement in _allowing(role.assume_role_policy_document)
    )


def _may_serve_pods(role: Role, configuration: Configuration) -> bool:
    attached = [one.policy_arn for one in role.attached_managed_policies]
    if any(arn.endswith(f":aws:policy/{name}") for arn in attached for name in _NODE_POLICIES):
        return True
    policies = configuration.policies
    managed = [policies[arn].default_document for arn in attached if arn in policies]
    own = [one.policy_document for one in role.role_policy_list]
    return any(
        action.lower().startswith(_SERVICE) and _matches(action.lower())
        for document in (*own, *managed)
        if document is not None
        for statement in _allowing(document)
        for action in _texts(statement.get("Action"))
    )


def _matches(pattern: str) -> bool:
    shape = "".join({"*": ".*", "?": "."}.get(one, re.escape(one)) for one in pattern)
    return re.fullmatch(shape, _ACTION) is not None


def _allowing(policy: WrittenPolicy) -> Iterator[Mapping[str, object]]:
    statements = policy.document.get("Statement", [])
    for one in statements if isinstance(statements, list) else [statements]:
        if isinstance(one, Mapping) and one.get("Effect") == "Allow":
            yield one


def _texts(value: object) -> list[str]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]
