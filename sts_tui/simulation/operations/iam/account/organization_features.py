"""Centralized root access: the switches that let the organization use AssumeRoot in member accounts.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_EnableOrganizationsRootSessions.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from sts_tui.account.entities import Organization
from sts_tui.simulation.operations.configuration_edits import with_organization
from sts_tui.simulation.operations.trusted_access import services_with_access
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import iam as shapes

ROOT_SESSIONS: Final = "RootSessions"
ROOT_CREDENTIALS: Final = "RootCredentialsManagement"
_SERVICE: Final = "iam.amazonaws.com"


def enable_root_sessions(call: Call) -> Answer[shapes.EnableOrganizationsRootSessionsResponse]:
    """Raises AccessDenied, OrganizationNotFoundException, CallerIsNotManagementAccountException,
    ServiceAccessNotEnabledException.
    """
    return _switched(call, ROOT_SESSIONS, on=True)


def disable_root_sessions(call: Call) -> Answer[shapes.EnableOrganizationsRootSessionsResponse]:
    """New root sessions are refused; those issued stay valid. Raises as enabling does."""
    return _switched(call, ROOT_SESSIONS, on=False)


def enable_root_credentials(call: Call) -> Answer[shapes.EnableOrganizationsRootSessionsResponse]:
    """Raises AccessDenied, OrganizationNotFoundException, CallerIsNotManagementAccountException,
    ServiceAccessNotEnabledException.
    """
    return _switched(call, ROOT_CREDENTIALS, on=True)


def disable_root_credentials(call: Call) -> Answer[shapes.EnableOrganizationsRootSessionsResponse]:
    """Raises AccessDenied, OrganizationNotFoundException, CallerIsNotManagementAccountException."""
    return _switched(call, ROOT_CREDENTIALS, on=False)


def list_features(call: Call) -> Answer[shapes.ListOrganizationsFeaturesResponse]:
    """For the management account and IAM's delegated administrators.

    Raises AccessDenied, OrganizationNotFoundException,
    AccountNotManagementOrDelegatedAdministratorException.
    """
    call.authorize(call.operation)
    organization = _organization(call)
    allowed = (organization.management_account_id, *organization.delegated_administrators.get(_SERVICE, ()))
    if not call.caller.is_operator and call.account not in allowed:
        raise _refused(
            "AccountNotManagementOrDelegatedAdministratorException",
            "The request was rejected because the account making the request is not the management account "
            "or delegated administrator account for centralized root access.",
        )
    return Answer(
        response={"OrganizationId": organization.id, "EnabledFeatures": list(organization.features)}
    )


def _switched(
    call: Call, feature: str, *, on: bool
) -> Answer[shapes.EnableOrganizationsRootSessionsResponse]:
    """Setting the present state again is not an error."""
    call.authorize(call.operation)
    organization = _organization(call)
    if not call.caller.is_operator and call.account != organization.management_account_id:
        raise _refused(
            "CallerIsNotManagementAccountException",
            "The request was rejected because the account making the request is not the management account "
            "for the organization.",
        )
    if on and _SERVICE not in services_with_access(organization):
        raise _refused(
            "ServiceAccessNotEnabledException",
            "The request was rejected because trusted access is not enabled for IAM in Organizations. For "
            "details, see IAM and Organizations in the Organizations User Guide.",
        )
    rest = tuple(one for one in organization.features if one != feature)
    changed = replace(organization, features=(*rest, feature) if on else rest)
    return Answer(
        response={"OrganizationId": changed.id, "EnabledFeatures": list(changed.features)},
        configuration=with_organization(call.configuration, changed),
        subject=changed.id,
    )


def _organization(call: Call) -> Organization:
    organization = call.configuration.organization
    if organization is None:
        raise _refused(
            "OrganizationNotFoundException",
            "The request was rejected because no organization is associated with your account.",
        )
    return organization


def _refused(code: str, message: str) -> AwsError:
    return AwsError(code, message, 400)


PERFORMS: dict[str, Perform] = {
    "EnableOrganizationsRootSessions": enable_root_sessions,
    "DisableOrganizationsRootSessions": disable_root_sessions,
    "EnableOrganizationsRootCredentialsManagement": enable_root_credentials,
    "DisableOrganizationsRootCredentialsManagement": disable_root_credentials,
    "ListOrganizationsFeatures": list_features,
}
