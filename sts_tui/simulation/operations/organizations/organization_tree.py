"""Where in an organization's tree is a root, unit or account, and which policies are attached there?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.entities import NamedPolicy, Organization, OrganizationAccount, OrganizationalUnit
from sts_tui.simulation.authorization.organization import FULL_AWS_ACCESS, Level
from sts_tui.simulation.operations.organizations.organization_access import refused

E = TypeVar("E", OrganizationalUnit, OrganizationAccount)


class PolicyList(Enum):
    """The field of a node that contains the policies of a type."""

    SCP = "service_control_policies"
    RCP = "resource_control_policies"

    @property
    def unattached_field(self) -> str:
        return f"unattached_{self.value}"

    def of_level(self, level: Level) -> tuple[NamedPolicy, ...]:
        """The policies of the type that are attached at one level of an account's path."""
        policies: tuple[NamedPolicy, ...] = getattr(level, self.value)
        return policies

    def unattached(self, organization: Organization) -> tuple[NamedPolicy, ...]:
        """Policies of the type that exist but are not attached."""
        policies: tuple[NamedPolicy, ...] = getattr(organization, self.unattached_field)
        return policies


class Node(Struct, frozen=True):
    """A root, organizational unit or account."""

    id: str
    entry: OrganizationalUnit | OrganizationAccount

    def arn(self, organization: Organization) -> str:
        """https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html"""
        kind = "root" if self.id.startswith("r-") else "ou" if self.id.startswith("ou-") else "account"
        account = organization.management_account_id
        return f"arn:aws:organizations::{account}:{kind}/{organization.id}/{self.id}"


def node_of(organization: Organization, id: str) -> Node | None:
    """The root, unit or account with that id; None if there is none."""
    return next((node for node in _nodes(organization.root) if node.id == id), None)


def find_target(organization: Organization, id: str) -> Node:
    """The root, unit or account of that id. Raises TargetNotFoundException."""
    node = node_of(organization, id)
    if node is None:
        raise refused(
            "TargetNotFoundException",
            "We can't find a root, OU, account, or policy with the TargetId that you specified.",
        )
    return node


def unit_of(organization: Organization, id: str) -> OrganizationalUnit | None:
    """The root or unit of that id; None for any other."""
    node = node_of(organization, id)
    return node.entry if node and isinstance(node.entry, OrganizationalUnit) else None


def parent_of(organization: Organization, id: str) -> OrganizationalUnit | None:
    """The parent (a root or unit) of a unit or account; None for the root and for an id that is not in the
    tree.
    """
    for node in nodes_of(organization):
        unit = node.entry
        if isinstance(unit, OrganizationalUnit) and (
            any(one.account_id == id for one in unit.accounts)
            or any(one.id == id for one in unit.organizational_units)
        ):
            return unit
    return None


def nodes_of(organization: Organization) -> Iterator[Node]:
    """The root, then every unit and account, parents before children."""
    yield from _nodes(organization.root)


def with_unit(organization: Organization, changed: OrganizationalUnit) -> Organization:
    """The organization with the root or unit of that id replaced."""
    return replace(organization, root=_exchanged(organization.root, changed))


def _exchanged(unit: OrganizationalUnit, changed: OrganizationalUnit) -> OrganizationalUnit:
    if unit.id == changed.id:
        return changed
    return replace(
        unit, organizational_units=tuple(_exchanged(one, changed) for one in unit.organizational_units)
    )


def with_policies_mapped(
    organization: Organization,
    policies: PolicyList,
    change: Callable[[tuple[NamedPolicy, ...]], tuple[NamedPolicy, ...]],
) -> Organization:
    """The organization with the policies of a type changed at every root, unit and account."""
    return replace(organization, root=_mapped(organization.root, policies, change))


def _mapped(
    unit: OrganizationalUnit,
    policies: PolicyList,
    change: Callable[[tuple[NamedPolicy, ...]], tuple[NamedPolicy, ...]],
) -> OrganizationalUnit:
    def changed(entry: E) -> E:
        attached: tuple[NamedPolicy, ...] | None = getattr(entry, policies.value)
        return entry if attached is None else replace(entry, **{policies.value: change(attached)})

    return replace(
        changed(unit),
        accounts=tuple(changed(one) for one in unit.accounts),
        organizational_units=tuple(_mapped(one, policies, change) for one in unit.organizational_units),
    )


def policies_at(node: Node, policies: PolicyList) -> tuple[NamedPolicy, ...]:
    """The policies attached there; FullAWSAccess if the file does not state SCPs."""
    found: tuple[NamedPolicy, ...] | None = getattr(node.entry, policies.value)
    return (FULL_AWS_ACCESS,) if found is None else found


def attached_anywhere(organization: Organization, policies: PolicyList) -> list[NamedPolicy]:
    return [policy for node in _nodes(organization.root) for policy in policies_at(node, policies)]


def with_policies_at(
    organization: Organization, id: str, policies: PolicyList, attached: tuple[NamedPolicy, ...]
) -> Organization:
    """The organization with exactly these policies of a type attached to one node."""
    return replace(organization, root=_changed(organization.root, id, {policies.value: attached}))


def _changed(
    unit: OrganizationalUnit, id: str, changes: dict[str, tuple[NamedPolicy, ...]]
) -> OrganizationalUnit:
    if unit.id == id:
        return replace(unit, **changes)
    return replace(
        unit,
        accounts=tuple(replace(one, **changes) if one.account_id == id else one for one in unit.accounts),
        organizational_units=tuple(_changed(one, id, changes) for one in unit.organizational_units),
    )


def _nodes(unit: OrganizationalUnit) -> Iterator[Node]:
    yield Node(unit.id, unit)
    for account in unit.accounts:
        yield Node(account.account_id, account)
    for child in unit.organizational_units:
        yield from _nodes(child)
