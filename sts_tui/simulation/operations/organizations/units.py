"""Organizational units: create, rename, delete, and move an account to another parent.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_ous.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from sts_tui.account.entities import Organization, OrganizationAccount, OrganizationalUnit
from sts_tui.account.identifiers import derive_organization_id
from sts_tui.account.json_value import Json
from sts_tui.simulation.operations.configuration_edits import with_organization
from sts_tui.simulation.operations.organizations.organization_access import managed_organization, refused
from sts_tui.simulation.operations.organizations.organization_tree import (
    Node,
    node_of,
    parent_of,
    unit_of,
    with_unit,
)
from sts_tui.simulation.operations.request_tags import requested_tags, tag_context
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import organizations as shapes

DEEPEST: Final = 5
"""The maximum number of levels of units below the root.
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
"""

MOST: Final = 2_000
"""The maximum number of units of an organization, by the same page."""


def create_organizational_unit(
    call: Call[shapes.CreateOrganizationalUnitRequest],
) -> Answer[shapes.CreateOrganizationalUnitResponse]:
    """Raises AccessDeniedException, ParentNotFoundException, DuplicateOrganizationalUnitException,
    ConstraintViolationException, InvalidInputException.
    """
    params = call.params
    tags = requested_tags(params.get("Tags"), ignores_case=False)
    organization = managed_organization(call)
    parent = unit_of(organization, params["ParentId"])
    node = Node(params["ParentId"], parent) if parent else None
    _authorize(call, organization, *([node] if node else []), context=tag_context(tags))
    if parent is None:
        raise refused(
            "ParentNotFoundException", "We can't find a root or OU with the ParentId that you specified."
        )
    _refuse_namesake(parent, params["Name"])
    if _depth(organization, parent.id) >= DEEPEST:
        raise refused(
            "ConstraintViolationException",
            "You attempted to create an OU tree that is too many levels deep.",
        )
    if _count(organization.root) >= MOST:
        raise refused(
            "ConstraintViolationException",
            "You attempted to exceed the number of OUs that you can have in an organization.",
        )
    unit = OrganizationalUnit(name=params["Name"], id=derive_organization_id("ou", call.ids.request_id()))
    changed = replace(parent, organizational_units=(*parent.organizational_units, unit))
    updated = with_unit(organization, changed)
    return Answer(
        response={"OrganizationalUnit": unit_shape(updated, unit)},
        configuration=with_organization(call.configuration, updated),
        subject=Node(unit.id, unit).arn(organization),
    )


def unit_shape(organization: Organization, unit: OrganizationalUnit) -> shapes.OrganizationalUnit:
    """A unit in AWS's shape, with its path from the organization down."""
    path, here = [unit.id], parent_of(organization, unit.id)
    while here is not None:
        path.insert(0, here.id)
        here = parent_of(organization, here.id)
    return {
        "Id": unit.id,
        "Arn": Node(unit.id, unit).arn(organization),
        "Name": unit.name,
        "Path": "/".join([organization.id, *path]) + "/",
    }


def update_organizational_unit(
    call: Call[shapes.UpdateOrganizationalUnitRequest],
) -> Answer[shapes.UpdateOrganizationalUnitResponse]:
    """A new name. Raises AccessDeniedException, OrganizationalUnitNotFoundException,
    DuplicateOrganizationalUnitException.
    """
    organization, unit = _unit(call)
    name = call.params.get("Name") or unit.name
    parent = parent_of(organization, unit.id)
    if parent is not None and name != unit.name:
        _refuse_namesake(parent, name)
    changed = replace(unit, name=name)
    updated = with_unit(organization, changed)
    return Answer(
        response={"OrganizationalUnit": unit_shape(updated, changed)},
        configuration=with_organization(call.configuration, updated),
        subject=Node(unit.id, unit).arn(organization),
    )


def delete_organizational_unit(call: Call[shapes.DeleteOrganizationalUnitRequest]) -> Answer:
    """Delete a unit, which has to be empty. Raises AccessDeniedException,
    OrganizationalUnitNotFoundException, OrganizationalUnitNotEmptyException.
    """
    organization, unit = _unit(call)
    if unit.accounts or unit.organizational_units:
        raise refused(
            "OrganizationalUnitNotEmptyException",
            "The specified OU is not empty. Move all accounts to another root or to other OUs, remove all "
            "child OUs, and try the operation again.",
        )
    parent = parent_of(organization, unit.id)
    assert parent is not None  # a unit is never the root
    rest = tuple(one for one in parent.organizational_units if one.id != unit.id)
    changed = with_unit(organization, replace(parent, organizational_units=rest))
    return Answer(
        configuration=with_organization(call.configuration, changed),
        subject=Node(unit.id, unit).arn(organization),
    )


def move_account(call: Call[shapes.MoveAccountRequest]) -> Answer:
    """The account keeps its own policies and inherits those of its new parents immediately.

    Raises AccessDeniedException, AccountNotFoundException, SourceParentNotFoundException,
    DestinationParentNotFoundException, DuplicateAccountException.
    """
    organization = managed_organization(call)
    params = call.params
    node = node_of(organization, params["AccountId"])
    source = unit_of(organization, params["SourceParentId"])
    target = unit_of(organization, params["DestinationParentId"])
    concerned = [Node(one.id, one) for one in (source, target) if one is not None]
    _authorize(call, organization, *([node] if node else []), *concerned)
    if node is None or not isinstance(node.entry, OrganizationAccount):
        raise refused(
            "AccountNotFoundException",
            "We can't find an Amazon Web Services account with the AccountId that you specified, or the "
            "account whose credentials you used to make this request isn't a member of an organization.",
        )
    if source is None or node.entry not in source.accounts:
        raise refused(
            "SourceParentNotFoundException",
            "We can't find a source root or OU with the ParentId that you specified.",
        )
    if target is None:
        raise refused(
            "DestinationParentNotFoundException",
            "We can't find the destination container (a root or OU) with the ParentId that you specified.",
        )
    if source.id == target.id:
        raise refused(
            "DuplicateAccountException", "That account is already present in the specified destination."
        )
    left = tuple(one for one in source.accounts if one is not node.entry)
    without = with_unit(organization, replace(source, accounts=left))
    there = unit_of(without, target.id)
    assert there is not None  # only the account moved
    moved = with_unit(without, replace(there, accounts=(*there.accounts, node.entry)))
    return Answer(configuration=with_organization(call.configuration, moved), subject=node.arn(organization))


def _unit(
    call: Call[shapes.UpdateOrganizationalUnitRequest | shapes.DeleteOrganizationalUnitRequest],
) -> tuple[Organization, OrganizationalUnit]:
    organization = managed_organization(call)
    id = call.params["OrganizationalUnitId"]
    unit = unit_of(organization, id)
    _authorize(call, organization, *([Node(id, unit)] if unit else []))
    if unit is None or unit is organization.root:
        raise no_such_unit()
    return organization, unit


def no_such_unit() -> AwsError:
    """OrganizationalUnitNotFoundException."""
    return refused(
        "OrganizationalUnitNotFoundException",
        "We can't find an OU with the OrganizationalUnitId that you specified.",
    )


def _authorize(
    call: Call, organization: Organization, *nodes: Node, context: dict[str, Json] | None = None
) -> None:
    """Authorize the call on each root, unit and account that it names; on `*` if it names none."""
    for arn in [node.arn(organization) for node in nodes] or ["*"]:
        call.authorize(
            call.operation, arn, context=context, resource_account=organization.management_account_id
        )


def _refuse_namesake(parent: OrganizationalUnit, name: str) -> None:
    if any(one.name == name for one in parent.organizational_units):
        raise refused("DuplicateOrganizationalUnitException", "An OU with the same name already exists.")


def _count(unit: OrganizationalUnit) -> int:
    """The units below this one."""
    return sum(1 + _count(one) for one in unit.organizational_units)


def _depth(organization: Organization, id: str) -> int:
    """0 for the root, 1 for a unit of the root."""
    depth, here = 0, parent_of(organization, id)
    while here is not None:
        depth, here = depth + 1, parent_of(organization, here.id)
    return depth


PERFORMS: dict[str, Perform] = {
    "CreateOrganizationalUnit": create_organizational_unit,
    "UpdateOrganizationalUnit": update_organizational_unit,
    "DeleteOrganizationalUnit": delete_organizational_unit,
    "MoveAccount": move_account,
}
