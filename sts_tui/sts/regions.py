"""In which Regions is STS active, and in which do its session tokens work?

Enabling an opt-in Region activates STS there. In other Regions, except us-east-1, an account can deactivate
it. This is decided by the account to which the new credentials will belong. A version 2 session token works
in every Region. A version 1 token, which the global endpoint issues by default, works only in Regions that
are enabled by default.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html

The account file can list the enabled Regions of an account. Without that list, the setting `OptInRegions`
decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sts_tui.account.regions import ENABLED, OPT_IN_REGIONS
from sts_tui.sts.authenticate import invalid_token, malformed_token
from sts_tui.sts.errors import AwsError
from sts_tui.sts.facts.operation_matrix import OPERATION_ROWS

if TYPE_CHECKING:
    from sts_tui.account.configuration import Configuration
    from sts_tui.sts.identity import CallerIdentity
    from sts_tui.sts.operation import Call

GLOBAL_ENDPOINT: Final = "aws-global"
"""The pseudo-Region that SDKs use for https://sts.amazonaws.com."""

_REGIONAL_ONLY: Final = frozenset({"assumeroot", "getscopedcredentials", "getwebidentitytoken"})
_PERMISSIONS: Final = frozenset(
    {
        "tagsession",
        "setsourceidentity",
        "setcontext",
        "taggetwebidentitytoken",
        "setwebidentitytokenscope",
        "getservicebearertoken",
    }
)
"""Permissions that other operations need. They are not operations themselves.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html"""
_KNOWN: Final = _PERMISSIONS | {name.lower() for name in OPERATION_ROWS}


def refuse_endpoint(action: str, region: str) -> None:
    """Raise AwsError InvalidAction for an operation that STS or its global endpoint does not have."""
    service, _, operation = action.partition(":")
    if service.lower() != "sts":
        return
    plain = operation.lower()
    if plain not in _KNOWN or (region == GLOBAL_ENDPOINT and plain in _REGIONAL_ONLY):
        raise AwsError("InvalidAction", f"Could not find operation {operation} for version 2011-06-15")


def refuse_credentials(
    region: str, caller: CallerIdentity, configuration: Configuration, service: str
) -> None:
    """Raise AwsError if the Region does not accept these credentials, for any action.

    A Region that the account has not enabled does not accept its principals. If the account file has no list
    of Regions, the credentials are accepted.
    """
    if caller.is_operator:
        return
    status = _status(region, caller.account, configuration)
    if status is not None and status not in ENABLED:
        raise invalid_token(service, f"{caller.account} has not enabled {region}")
    is_opt_in = region in OPT_IN_REGIONS if status is None else status != "ENABLED_BY_DEFAULT"
    if is_opt_in and caller.session is not None and caller.session.is_version_1_token:
        hint = f"a version 1 token, of the global endpoint, does not work in the opt-in Region {region}"
        raise malformed_token(service, hint)


def refuse_region(call: Call, account: str) -> None:
    """Raise AwsError RegionDisabledException if STS issues no credentials of `account` in this Region."""
    if not _issues_credentials(call, account):
        raise AwsError(
            "RegionDisabledException",
            f"STS is not activated in this region for account:{account}. Your account administrator can "
            "activate STS in this region using the IAM Console.",
            403,
        )


def is_version_1(call: Call, account: str) -> bool:
    """Whether the credentials of `account` that this call issues have a version 1 token."""
    if call.region != GLOBAL_ENDPOINT:
        return False
    facts = call.configuration.accounts.get(account)
    return facts is None or facts.global_endpoint_token_version != "v2Token"


def _issues_credentials(call: Call, account: str) -> bool:
    facts = call.configuration.accounts.get(account)
    if facts is not None and call.region in facts.deactivated_sts_endpoints:
        return False
    status = _status(call.region, account, call.configuration)
    if status is not None:
        return status in ENABLED
    return call.region not in OPT_IN_REGIONS or call.region in call.settings.opt_in_regions


def _status(region: str, account: str | None, configuration: Configuration) -> str | None:
    """The status of a Region in the account file; None if the file does not say."""
    facts = configuration.accounts.get(account or "")
    for one in facts.regions if facts is not None else ():
        if one.region_name == region:
            return one.region_opt_status
    return None
