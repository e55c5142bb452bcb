"""Where STS answers: opt-in Regions have to be enabled before they issue credentials.

Which Regions are opt-in is known, and a model-wide list says which are enabled (setting `OptInRegions`). What
is left out: `not_simulated`.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html
"""

from __future__ import annotations

from typing import Final

from sts_tui.account.entities import Settings
from sts_tui.sts.errors import AwsError

GLOBAL_ENDPOINT: Final = "aws-global"
"""The pseudo-Region by which SDKs call https://sts.amazonaws.com."""

OPT_IN_REGIONS: Final = frozenset(
    {
        "af-south-1", "ap-east-1", "ap-east-2", "ap-south-2", "ap-southeast-3", "ap-southeast-4",
        "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-west-1", "eu-central-2", "eu-south-1",
        "eu-south-2", "il-central-1", "me-central-1", "me-south-1", "mx-central-1",
    }
)  # fmt: skip
"""https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html"""

_REGIONAL_ONLY: Final = frozenset({"sts:AssumeRoot", "sts:GetWebIdentityToken"})


def refuse_endpoint(action: str, region: str) -> None:
    """Raise AwsError for an operation that the global endpoint does not have, whoever calls."""
    if region == GLOBAL_ENDPOINT and action in _REGIONAL_ONLY:
        operation = action.removeprefix("sts:")
        raise AwsError("InvalidAction", f"Could not find operation {operation} for version 2011-06-15")


def refuse_region(region: str, account: str, settings: Settings) -> None:
    """Raise AwsError where STS issues no credentials; `account` is the one they would belong to."""
    if region in OPT_IN_REGIONS and region not in settings.opt_in_regions:
        raise AwsError(
            "RegionDisabledException",
            f"STS is not activated in this region for account:{account}. Your account administrator can "
            "activate STS in this region using the IAM Console.",
            403,
        )


def is_refused_in(region: str, is_global_token: bool) -> bool:
    """Whether a session token is refused in a Region: version 1 tokens work where AWS is on by default."""
    return is_global_token and region in OPT_IN_REGIONS
