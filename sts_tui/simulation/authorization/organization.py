"""Where is an account in the organization, and which SCPs and RCPs apply to it there?

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

from msgspec import Struct

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import NamedPolicy, Organization, OrganizationAccount, OrganizationalUnit
from sts_tui.account.identifiers import derive_organization_id
from sts_tui.account.json_value import Json, JsonObject
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.simulation.bounded_cache import ByIdentity

_ALLOW_ALL: Final[JsonObject] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}

FULL_AWS_ACCESS: Final = NamedPolicy(
    name="FullAWSAccess",
    document=WrittenPolicy(_ALLOW_ALL),
    arn="arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess",
    id="p-FullAWSAccess",
)
"""The SCP that Organizations attaches to every root, unit and account; it can be detached."""


POLICY_TYPES: Final = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY")
"""The names that Organizations gives the types of policy.

https://docs.aws.amazon.com/organizations/latest/APIReference/API_PolicySummary.html
"""


class Level(Struct, frozen=True, kw_only=True):
    """One level on the path from the root to an account. One policy of a level has to allow a request, at
    every level.
    """

    name: str
    id: str
    service_control_policies: tuple[NamedPolicy, ...]
    resource_control_policies: tuple[NamedPolicy, ...]


def levels_of(account: str, configuration: Configuration) -> tuple[Level, ...]:
    """From the organization's root down to the account; empty for an account outside the organization."""
    organization = configuration.organization
    if organization is None:
        return ()
    paths = _PATHS.get(organization)
    if paths is None:
        paths = dict(reversed(list(_paths(organization.root, ()))))  # the first of two places counts
        _PATHS.put(organization, paths)
    return paths.get(account) or _at_the_root(account, organization)


def id_of_policy(policy: NamedPolicy, type_name: str) -> str:
    """The policy's own id, or `p-…` derived from type and name: policies of one name are one policy.

    `type_name` is one of POLICY_TYPES.
    """
    if policy.id:
        return policy.id
    if policy.name in ("FullAWSAccess", "RCPFullAWSAccess"):
        return f"p-{policy.name}"
    return derive_organization_id("p", f"{type_name}/{policy.name}")


def arn_of_policy(organization: Organization, policy: NamedPolicy, type_name: str) -> str:
    """The policy's ARN, or one derived from its organization, type and id."""
    owner = f"{organization.management_account_id}:policy/{organization.id}"
    return (
        policy.arn or f"arn:aws:organizations::{owner}/{type_name.lower()}/{id_of_policy(policy, type_name)}"
    )


def is_management_account(account: str | None, configuration: Configuration) -> bool:
    organization = configuration.organization
    return organization is not None and organization.management_account_id == account


def organization_keys(
    prefix: Literal["Principal", "Resource", "Vpce", "Source"], account: str, configuration: Configuration
) -> dict[str, Json]:
    """`aws:PrincipalOrgID` and `aws:PrincipalOrgPaths` of an account, or the same keys with another prefix
    (`Resource`, `Source`).
    """
    organization = configuration.organization
    levels = levels_of(account, configuration)
    if organization is None or not levels:
        return {}
    path = "/".join([organization.id, *(level.id for level in levels[:-1])]) + "/"
    return {f"aws:{prefix}OrgID": organization.id, f"aws:{prefix}OrgPaths": [path]}


_PATHS: Final[ByIdentity[Organization, dict[str, tuple[Level, ...]]]] = ByIdentity()
"""The levels of every account; the tree is read once after each edit, not for each request."""


def _paths(unit: OrganizationalUnit, above: tuple[Level, ...]) -> Iterator[tuple[str, tuple[Level, ...]]]:
    path = (*above, _level(unit, unit.name, unit.id))
    for entry in unit.accounts:
        yield entry.account_id, (*path, _level(entry, entry.account_id, entry.account_id))
    for child in unit.organizational_units:
        yield from _paths(child, path)


def _at_the_root(account: str, organization: Organization) -> tuple[Level, ...]:
    """The levels of the management account, which is at the root if the file's tree leaves it out."""
    if account != organization.management_account_id:
        return ()
    root = organization.root
    entry = OrganizationAccount(account_id=account)
    return (_level(root, root.name, root.id), _level(entry, account, account))


def _level(entry: OrganizationalUnit | OrganizationAccount, name: str, id: str) -> Level:
    scps = entry.service_control_policies
    return Level(
        name=name,
        id=id,
        service_control_policies=(FULL_AWS_ACCESS,) if scps is None else scps,
        resource_control_policies=entry.resource_control_policies,
    )
