"""Which services have trusted access to the organization?

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_services.html
"""

from __future__ import annotations

from typing import Final

from sts_tui.account.entities import Organization

IAM: Final = "iam.amazonaws.com"


def services_with_access(organization: Organization) -> tuple[str, ...]:
    """The service principals with trusted access; if the file does not state them, those that are in use."""
    if organization.enabled_service_principals is not None:
        return organization.enabled_service_principals
    of_features = (IAM,) if organization.features else ()
    return tuple(dict.fromkeys((*of_features, *organization.delegated_administrators)))
