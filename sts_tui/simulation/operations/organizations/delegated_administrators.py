"""Member accounts that administer a service for the organization: registered, deregistered, listed.

The service decides what a delegated administrator may do: IAM's may call AssumeRoot and switch its features,
Identity Center's may assign permission sets. The service needs trusted access first.
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_delegated_admin.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from sts_tui.account.entities import Organization, OrganizationAccount
from sts_tui.simulation.operations.configuration_edits import with_organization
from sts_tui.simulation.operations.organizations.organization_access import (
    managed_organization,
    readable_organization,
    refused,
)
from sts_tui.simulation.operations.organizations.organization_tree import Node, node_of
from sts_tui.simulation.operations.organizations.reads import account_shape, no_such_account, page_of
from sts_tui.simulation.operations.trusted_access import services_with_access
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import organizations as shapes


def register(call: Call[shapes.RegisterDelegatedAdministratorRequest]) -> Answer:
    """Raises AccessDeniedException, AccountNotFoundException, ConstraintViolationException,
    AccountAlreadyRegisteredException.
    """
    organization, node = _account_for_service(call)
    if node.id == organization.management_account_id:
        raise refused(
            "ConstraintViolationException",
            "You cannot register master account/management account as delegated administrator for your "
            "organization.",
        )
    if call.params["ServicePrincipal"] not in services_with_access(organization):
        raise refused(
            "ConstraintViolationException",
            "You attempted to register a delegated administrator before you enabled service access. Call the "
            "EnableAWSServiceAccess API first.",
        )
    present = organization.delegated_administrators.get(call.params["ServicePrincipal"], ())
    if node.id in present:
        raise refused(
            "AccountAlreadyRegisteredException",
            "The specified account is already a delegated administrator for this Amazon Web Services "
            "service.",
        )
    return _with_administrators(call, organization, (*present, node.id), node)


def deregister(call: Call[shapes.DeregisterDelegatedAdministratorRequest]) -> Answer:
    """Raises AccessDeniedException, AccountNotFoundException, AccountNotRegisteredException."""
    organization, node = _account_for_service(call)
    present = organization.delegated_administrators.get(call.params["ServicePrincipal"], ())
    if node.id not in present:
        raise refused(
            "AccountNotRegisteredException",
            "The specified account is not a delegated administrator for this Amazon Web Services service.",
        )
    rest = tuple(one for one in present if one != node.id)
    return _with_administrators(call, organization, rest, node)


def list_administrators(
    call: Call[shapes.ListDelegatedAdministratorsRequest],
) -> Answer[shapes.ListDelegatedAdministratorsResponse]:
    """The delegated administrators of one service or of all, in the order of the tree. Raises
    AccessDeniedException.
    """
    organization = readable_organization(call)
    call.authorize(call.operation)
    wanted = call.params.get("ServicePrincipal")
    services = [wanted] if wanted else list(organization.delegated_administrators)
    ids = dict.fromkeys(
        account for service in services for account in organization.delegated_administrators.get(service, ())
    )
    found: list[shapes.DelegatedAdministrator] = []
    for id in ids:
        node = node_of(organization, id)
        if node is not None and isinstance(node.entry, OrganizationAccount):
            account = account_shape(call, organization, node.entry)
            found.append(
                {
                    "Id": account.get("Id", ""),
                    "Arn": account.get("Arn", ""),
                    "Name": account.get("Name", ""),
                    "Status": account.get("Status", ""),
                    "State": account.get("State", ""),
                }
            )
    items, token = page_of(found, call.params)
    return Answer(response={"DelegatedAdministrators": items, **token})


def list_services(
    call: Call[shapes.ListDelegatedServicesForAccountRequest],
) -> Answer[shapes.ListDelegatedServicesForAccountResponse]:
    """The services that an account administers. Raises AccessDeniedException, AccountNotFoundException,
    AccountNotRegisteredException.
    """
    organization = readable_organization(call)
    node = _account(call, organization)
    found: list[shapes.DelegatedService] = [
        {"ServicePrincipal": service}
        for service, accounts in organization.delegated_administrators.items()
        if node.id in accounts
    ]
    if not found:
        raise refused(
            "AccountNotRegisteredException",
            "The specified account is not a delegated administrator for any Amazon Web Services service.",
        )
    items, token = page_of(found, call.params)
    return Answer(response={"DelegatedServices": items, **token})


def _account_for_service(call: Call) -> tuple[Organization, Node]:
    organization = managed_organization(call)
    context = {"organizations:ServicePrincipal": call.params["ServicePrincipal"]}
    return organization, _account(call, organization, context)


def _account(call: Call, organization: Organization, context: dict[str, object] | None = None) -> Node:
    """The account that a call names, once it is authorized. Raises AccountNotFoundException."""
    node = node_of(organization, call.params["AccountId"])
    call.authorize(
        call.operation,
        node.arn(organization) if node else "*",
        context=context or {},
        resource_account=organization.management_account_id,
    )
    if node is None or not isinstance(node.entry, OrganizationAccount):
        raise no_such_account()
    return node


def _with_administrators(
    call: Call, organization: Organization, accounts: tuple[str, ...], node: Node
) -> Answer:
    service = call.params["ServicePrincipal"]
    others = {name: ids for name, ids in organization.delegated_administrators.items() if name != service}
    changed = replace(
        organization, delegated_administrators={**others, **({service: accounts} if accounts else {})}
    )
    return Answer(
        configuration=with_organization(call.configuration, changed), subject=node.arn(organization)
    )


PERFORMS: dict[str, Perform] = {
    "RegisterDelegatedAdministrator": register,
    "DeregisterDelegatedAdministrator": deregister,
    "ListDelegatedAdministrators": list_administrators,
    "ListDelegatedServicesForAccount": list_services,
}
