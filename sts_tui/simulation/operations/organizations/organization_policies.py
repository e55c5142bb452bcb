"""What service and resource control policies are: their types, limits, ids, and which there are.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from sts_tui.account.entities import NamedPolicy, Organization, Settings
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.policy_sizes import SCP_QUOTAS
from sts_tui.simulation.authorization.organization import FULL_AWS_ACCESS, arn_of_policy, id_of_policy
from sts_tui.simulation.operations.organizations.organization_tree import PolicyList, attached_anywhere


class OrganizationPolicyType(Struct, frozen=True, kw_only=True):
    """What differs between service control policies and resource control policies. Every character counts.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
    """

    name: str
    kind: PolicyKind
    list: PolicyList
    size: int
    attachments: int
    """On one root, unit or account; for RCPs including RCPFullAWSAccess, which is always there."""
    always_attached: int


SCP = OrganizationPolicyType(
    name="SERVICE_CONTROL_POLICY",
    kind=PolicyKind.SCP,
    list=PolicyList.SCP,
    size=10_240,
    attachments=10,
    always_attached=0,
)
RCP = OrganizationPolicyType(
    name="RESOURCE_CONTROL_POLICY",
    kind=PolicyKind.RCP,
    list=PolicyList.RCP,
    size=5_120,
    attachments=5,
    always_attached=1,
)
TYPES = {one.name: one for one in (SCP, RCP)}


def quotas(policy_type: OrganizationPolicyType, settings: Settings) -> tuple[int, int]:
    """Characters of a policy, and how many are attached to one root, unit or account."""
    if policy_type is SCP:
        return SCP_QUOTAS[settings.service_control_policy_quotas]
    return policy_type.size, policy_type.attachments


def policy_id(policy: NamedPolicy, policy_type: OrganizationPolicyType) -> str:
    """See `id_of_policy`."""
    return id_of_policy(policy, policy_type.name)


def policy_arn(organization: Organization, policy: NamedPolicy, policy_type: OrganizationPolicyType) -> str:
    return arn_of_policy(organization, policy, policy_type.name)


def all_policies(organization: Organization) -> Iterator[tuple[OrganizationPolicyType, NamedPolicy]]:
    """Every policy of the organization, attached or not; FullAWSAccess is always among them."""
    for policy_type in TYPES.values():
        for policy in attached_anywhere(organization, policy_type.list):
            yield policy_type, policy
        for policy in policy_type.list.unattached(organization):
            yield policy_type, policy
    yield SCP, FULL_AWS_ACCESS
