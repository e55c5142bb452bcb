"""Which service and resource control policies exist, and what are their types, limits and ids?

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.entities import NamedPolicy, Organization, Settings
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.policy_sizes import MOST_RCPS, SCP_QUOTAS, SIZE_LIMITS
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.simulation.authorization.organization import FULL_AWS_ACCESS, arn_of_policy, id_of_policy
from sts_tui.simulation.operations.organizations.organization_access import refused
from sts_tui.simulation.operations.organizations.organization_tree import (
    PolicyList,
    attached_anywhere,
    with_policies_mapped,
)
from sts_tui.simulation.operations.requests import compact

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import organizations as shapes

AWS_MANAGED_IDS: Final = frozenset({"p-FullAWSAccess", "p-RCPFullAWSAccess"})


class OrganizationPolicyType(Struct, frozen=True, kw_only=True):
    """The differences between service control policies and resource control policies. Sizes count every
    character.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
    """

    name: str
    kind: PolicyKind
    list: PolicyList
    size: int
    attachments: int
    """How many can be attached to one root, unit or account; for RCPs including RCPFullAWSAccess, which is
    always attached.
    """
    always_attached: int


SCP = OrganizationPolicyType(
    name="SERVICE_CONTROL_POLICY",
    kind=PolicyKind.SCP,
    list=PolicyList.SCP,
    size=SIZE_LIMITS[PolicyKind.SCP],
    attachments=SCP_QUOTAS["2026"][1],
    always_attached=0,
)
RCP = OrganizationPolicyType(
    name="RESOURCE_CONTROL_POLICY",
    kind=PolicyKind.RCP,
    list=PolicyList.RCP,
    size=SIZE_LIMITS[PolicyKind.RCP],
    attachments=MOST_RCPS + 1,
    always_attached=1,
)
TYPES = {one.name: one for one in (SCP, RCP)}


RCP_FULL_AWS_ACCESS: Final = NamedPolicy(
    name="RCPFullAWSAccess",
    document=WrittenPolicy(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
        }
    ),
    id="p-RCPFullAWSAccess",
    arn="arn:aws:organizations::aws:policy/resource_control_policy/p-RCPFullAWSAccess",
)
"""Attached to every root, unit and account; it cannot be detached."""


def quotas(policy_type: OrganizationPolicyType, settings: Settings) -> tuple[int, int]:
    """(maximum characters of a policy, how many can be attached to one root, unit or account)."""
    if policy_type is SCP:
        return SCP_QUOTAS[settings.service_control_policy_quotas]
    return policy_type.size, policy_type.attachments


def policy_id(policy: NamedPolicy, policy_type: OrganizationPolicyType) -> str:
    """See `id_of_policy`."""
    return id_of_policy(policy, policy_type.name)


def find_policy(organization: Organization, id: str) -> tuple[OrganizationPolicyType, NamedPolicy]:
    """The policy of that id, and its type. Raises PolicyNotFoundException."""
    for policy_type, policy in all_policies(organization):
        if policy_id(policy, policy_type) == id:
            return policy_type, policy
    raise refused("PolicyNotFoundException", "We can't find a policy with the PolicyId that you specified.")


def policy_summary(
    organization: Organization, policy_type: OrganizationPolicyType, policy: NamedPolicy
) -> shapes.PolicySummary:
    """A policy in a list."""
    id = policy_id(policy, policy_type)
    return {
        "Id": id,
        "Arn": policy_arn(organization, policy, policy_type),
        "Name": policy.name,
        "Description": policy.description,
        "Type": policy_type.name,
        "AwsManaged": id in AWS_MANAGED_IDS,
    }


def policy_shape(
    organization: Organization, policy_type: OrganizationPolicyType, policy: NamedPolicy
) -> shapes.Policy:
    """A policy with its content, which is text."""
    return {
        "PolicySummary": policy_summary(organization, policy_type, policy),
        "Content": compact(policy.document.document),
    }


def with_policy_replaced(
    organization: Organization, policy_type: OrganizationPolicyType, changed: NamedPolicy
) -> Organization:
    """The organization with the policy of that id replaced, wherever it is attached."""

    def exchanged(policies: tuple[NamedPolicy, ...]) -> tuple[NamedPolicy, ...]:
        return tuple(changed if policy_id(one, policy_type) == changed.id else one for one in policies)

    field = policy_type.list.unattached_field
    unattached = exchanged(policy_type.list.unattached(organization))
    return with_policies_mapped(replace(organization, **{field: unattached}), policy_type.list, exchanged)


def policy_arn(organization: Organization, policy: NamedPolicy, policy_type: OrganizationPolicyType) -> str:
    return arn_of_policy(organization, policy, policy_type.name)


def all_policies(organization: Organization) -> Iterator[tuple[OrganizationPolicyType, NamedPolicy]]:
    """Every policy of the organization, attached or not, including AWS's own."""
    for policy_type in TYPES.values():
        for policy in attached_anywhere(organization, policy_type.list):
            yield policy_type, policy
        for policy in policy_type.list.unattached(organization):
            yield policy_type, policy
    yield SCP, FULL_AWS_ACCESS
    yield RCP, RCP_FULL_AWS_ACCESS
