"""Who may call Organizations, and how does it refuse a call?

https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
"""

from __future__ import annotations

from sts_tui.account.entities import Organization
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Call


def organization_of(call: Call) -> Organization:
    """The organization, for any of its accounts. Raises AWSOrganizationsNotInUseException."""
    organization = call.configuration.organization
    if organization is None:
        raise refused("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
    return organization


def managed_organization(call: Call) -> Organization:
    """The organization, for callers of its management account.

    Raises AWSOrganizationsNotInUseException, AccessDeniedException.
    """
    organization = organization_of(call)
    account = organization.management_account_id
    if not call.caller.is_operator and call.caller.account != account:
        raise _wrong_account(f"the organization is edited from its management account, {account}")
    return organization


def readable_organization(call: Call) -> Organization:
    """The organization, for callers of its management account or of a delegated administrator.

    Raises AWSOrganizationsNotInUseException, AccessDeniedException.
    """
    organization = organization_of(call)
    delegated = {one for accounts in organization.delegated_administrators.values() for one in accounts}
    allowed = {organization.management_account_id, *delegated}
    if not call.caller.is_operator and call.caller.account not in allowed:
        raise _wrong_account("only the management account and delegated administrators read it")
    return organization


def refused(code: str, message: str) -> AwsError:
    """A refusal of Organizations, whose status is always 400."""
    return AwsError(code, message, 400)


def _wrong_account(hint: str) -> AwsError:
    return AwsError(
        "AccessDeniedException", "You don't have permissions to access this resource.", 400, hint=hint
    )
