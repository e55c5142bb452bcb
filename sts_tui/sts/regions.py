"""Where STS answers whom: Regions that an account enabled, endpoints that it deactivated, versions of tokens.

Enabling an opt-in Region activates STS there; in the others, except us-east-1, an account can deactivate it.
What counts is the account whose credentials are asked for. A session token of version 2 works in every
Region, one of version 1, which the global endpoint issues unless the account prefers otherwise, only in those
that are enabled by default.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html

An account file says per account which Regions are enabled; where it is silent, the setting `OptInRegions`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sts_tui.account.opt_in_regions import ENABLED, OPT_IN_REGIONS
from sts_tui.sts.authenticate import invalid_token, malformed_token
from sts_tui.sts.errors import AwsError
from sts_tui.sts.facts.operation_matrix import OPERATION_ROWS

if TYPE_CHECKING:
    from sts_tui.account.configuration import Configuration
    from sts_tui.sts.identity import CallerIdentity
    from sts_tui.sts.operation import Call

GLOBAL_ENDPOINT: Final = "aws-global"
"""The pseudo-Region by which SDKs call https://sts.amazonaws.com."""

_REGIONAL_ONLY: Final = frozenset({"assumeroot", "getwebidentitytoken"})
_PERMISSIONS: Final = frozenset(
    {"tagsession", "setsourceidentity", "setcontext", "taggetwebidentitytoken", "getservicebearertoken"}
)
"""Asked for when something else is called, and no operations.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html"""
_KNOWN: Final = _PERMISSIONS | {name.lower() for name in OPERATION_ROWS}


def refuse_endpoint(action: str, region: str) -> None:
    """Raise AwsError for an operation that STS, or its global endpoint, does not have, whoever calls."""
    service, _, operation = action.partition(":")
    if service.lower() != "sts":
        return
    plain = operation.lower()
    if plain not in _KNOWN or (region == GLOBAL_ENDPOINT and plain in _REGIONAL_ONLY):
        raise AwsError("InvalidAction", f"Could not find operation {operation} for version 2011-06-15")


def refuse_credentials(
    region: str, caller: CallerIdentity, configuration: Configuration, service: str
) -> None:
    """Raise AwsError where these credentials are not known at all, whatever they are used for.

    A Region that the account says it has not enabled does not know its principals. Where the account says
    nothing, its credentials are taken.
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
    """Raise AwsError where STS issues no credentials; `account` is the one they would belong to."""
    if not _issues_credentials(call, account):
        raise AwsError(
            "RegionDisabledException",
            f"STS is not activated in this region for account:{account}. Your account administrator can "
            "activate STS in this region using the IAM Console.",
            403,
        )


def is_version_1(call: Call, account: str) -> bool:
    """Whether the credentials of `account` that this call issues carry a version 1 token."""
    facts = call.configuration.accounts.get(account)
    prefers_version_2 = facts is not None and facts.global_endpoint_token_version == "v2Token"
    return call.region == GLOBAL_ENDPOINT and not prefers_version_2


def _issues_credentials(call: Call, account: str) -> bool:
    facts = call.configuration.accounts.get(account)
    if facts is not None and call.region in facts.deactivated_sts_endpoints:
        return False
    status = _status(call.region, account, call.configuration)
    if status is not None:
        return status in ENABLED
    return call.region not in OPT_IN_REGIONS or call.region in call.settings.opt_in_regions


def _status(region: str, account: str | None, configuration: Configuration) -> str | None:
    """What the account says of a Region; None where it says nothing."""
    facts = configuration.accounts.get(account or "")
    known = facts.regions if facts is not None else ()
    return next((one.region_opt_status for one in known if one.region_name == region), None)
