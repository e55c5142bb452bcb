"""Trusted access: which services may act on behalf of the organization and its accounts.

Each service defines what it does with it. In the simulation, IAM's features and the registration of a
delegated administrator need it.
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_services.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from sts_tui.simulation.authorization.context import iso
from sts_tui.simulation.operations.configuration_edits import with_organization
from sts_tui.simulation.operations.organizations.organization_access import (
    managed_organization,
    readable_organization,
)
from sts_tui.simulation.operations.organizations.reads import page_of
from sts_tui.simulation.operations.trusted_access import services_with_access
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import organizations as shapes


def enable(call: Call[shapes.EnableAWSServiceAccessRequest]) -> Answer:
    """Enabling it again succeeds. Raises AWSOrganizationsNotInUseException, AccessDeniedException."""
    return _switched(call, call.params["ServicePrincipal"], on=True)


def disable(call: Call[shapes.DisableAWSServiceAccessRequest]) -> Answer:
    """What the service has enabled stays enabled. Raises as enabling does."""
    return _switched(call, call.params["ServicePrincipal"], on=False)


def list_services(
    call: Call[shapes.ListAWSServiceAccessForOrganizationRequest],
) -> Answer[shapes.ListAWSServiceAccessForOrganizationResponse]:
    """The enabling date is not stored: it is the time of the call. Raises AWSOrganizationsNotInUseException,
    AccessDeniedException.
    """
    organization = readable_organization(call)
    call.authorize(call.operation)
    found: list[shapes.EnabledServicePrincipal] = [
        {"ServicePrincipal": one, "DateEnabled": iso(call.now)} for one in services_with_access(organization)
    ]
    items, token = page_of(found, call.params)
    return Answer(response={"EnabledServicePrincipals": items, **token})


def _switched(call: Call, service: str, *, on: bool) -> Answer:
    organization = managed_organization(call)
    call.authorize(call.operation, context={"organizations:ServicePrincipal": service})
    rest = tuple(one for one in services_with_access(organization) if one != service)
    changed = replace(organization, enabled_service_principals=(*rest, service) if on else rest)
    return Answer(configuration=with_organization(call.configuration, changed), subject=organization.id)


PERFORMS: dict[str, Perform] = {
    "EnableAWSServiceAccess": enable,
    "DisableAWSServiceAccess": disable,
    "ListAWSServiceAccessForOrganization": list_services,
}
