"""Which policy documents does a configuration hold? Those of all principals and resources, SCPs and RCPs; of
managed policies the default versions.
"""

from __future__ import annotations

from collections.abc import Iterator

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import OrganizationAccount, OrganizationalUnit
from sts_tui.account.policy_document import WrittenPolicy


def every_document(configuration: Configuration) -> Iterator[WrittenPolicy]:
    """Each document as often as it occurs, in the order of the tables."""
    for role in configuration.roles.values():
        yield role.assume_role_policy_document
        yield from (one.policy_document for one in role.role_policy_list)
    for user in configuration.users.values():
        yield from (one.policy_document for one in user.user_policy_list)
    for group in configuration.groups.values():
        yield from (one.policy_document for one in group.group_policy_list)
    for policy in configuration.policies.values():
        if (document := policy.default_document) is not None:
            yield document
    for resource in configuration.resources.values():
        if resource.policy is not None:
            yield resource.policy
    if configuration.organization is not None:
        yield from _of_unit(configuration.organization.root)


def _of_unit(unit: OrganizationalUnit) -> Iterator[WrittenPolicy]:
    targets: tuple[OrganizationalUnit | OrganizationAccount, ...] = (unit, *unit.accounts)
    for target in targets:
        for named in (*(target.service_control_policies or ()), *target.resource_control_policies):
            yield named.document
    for inner in unit.organizational_units:
        yield from _of_unit(inner)
