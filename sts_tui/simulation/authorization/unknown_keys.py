"""Which context keys are unknown? Those of principals and organizations of accounts outside the files, the
organization of a raw dump, which does not say whether its account is in one, and tags of resources that a
dump does not have (`resource_keys`).

An ARN contains account, kind and name, but not the unique id, the tags, whether MFA was used, how the
credentials were obtained, or the account's organization. Conditions on these are undecided, neither met nor
failed. `Standalone` in a file states that an account is in no organization.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sts_tui.account.configuration import Configuration
from sts_tui.account.policies.global_condition_keys import OF_A_ROLE_SESSION
from sts_tui.iam.caller import CallerKind
from sts_tui.simulation.authorization.organization import levels_of
from sts_tui.simulation.authorization.resource_keys import unknown_resource_keys
from sts_tui.start_up.named_tuple import NamedTuple
from sts_tui.sts.identity import CallerIdentity
from sts_tui.sts.issuing.origin_identity import is_store_unknown

_MFA: Final = ("aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge")
_SIGN_IN: Final = ("aws:TokenIssueTime", "aws:SignInSessionArn")
_TAGS: Final = "aws:PrincipalTag/*"
_BY_KIND: Final[Mapping[CallerKind, tuple[str, ...]]] = {
    CallerKind.USER: ("aws:userid", _TAGS, *_MFA, *_SIGN_IN),
    CallerKind.ROLE_SESSION: ("aws:userid", _TAGS, *_MFA, *_SIGN_IN, *OF_A_ROLE_SESSION),
    CallerKind.FEDERATED_USER: (_TAGS, "aws:TokenIssueTime"),
    CallerKind.ROOT: (*_MFA, *_SIGN_IN, "aws:AssumedRoot"),
}


class Unknown(NamedTuple):
    """The unknown part of a request's context."""

    keys: tuple[str, ...] = ()
    """The keys that it may or may not have; `aws:PrincipalTag/*` stands for every tag."""
    not_of: Mapping[str, str] = MappingProxyType({})
    """By key that names an organization: the organization of the files, which its value is not."""


_NOTHING: Final = Unknown()


def unknown_keys(
    caller: CallerIdentity,
    owner: str | None,
    source: object,
    configuration: Configuration,
    endpoint_owner: object = None,
    *,
    resource: str = "*",
) -> Unknown:
    """What is unknown about a request of `caller` for `resource`. `owner`: the account of the resource;
    `source`: the account of the resource that a service calls for; `endpoint_owner`: the account of the VPC
    endpoint.
    """
    accounts = (
        ("Principal", _account_of_principal(caller)),
        ("Resource", owner),
        ("Source", source if caller.caller.kind is CallerKind.SERVICE else None),
        ("Vpce", endpoint_owner),
    )
    keys = _BY_KIND.get(caller.caller.kind, ()) if caller.is_outside else ()
    if is_store_unknown(caller.session):
        keys = (*keys, "aws:IdentityStoreArn")
    keys = (*keys, *unknown_resource_keys(resource, owner, configuration))
    of_organizations = [
        f"aws:{prefix}{member}"
        for prefix, account in accounts
        if is_organization_unknown(account, configuration)
        for member in ("OrgID", "OrgPaths")
    ]
    if not keys and not of_organizations:
        return _NOTHING
    organization = configuration.organization
    ours = dict.fromkeys(of_organizations, organization.id) if organization is not None else {}
    return Unknown((*keys, *of_organizations), ours)


def _account_of_principal(caller: CallerIdentity) -> str | None:
    """The caller's account; None for services and for users of an identity provider."""
    if caller.caller.kind in (CallerKind.SERVICE, CallerKind.FEDERATED):
        return None
    return caller.caller.account or caller.account


def is_organization_unknown(account: object, configuration: Configuration) -> bool:
    """Whether the files do not say which organization an account is in. An organization in the files lists
    all its accounts: any other account is in another organization or in none.
    """
    if not isinstance(account, str) or not account.isdigit():
        return False
    facts = configuration.accounts.get(account)
    if facts is not None and not facts.is_organization_unknown:
        return False
    return not levels_of(account, configuration)
