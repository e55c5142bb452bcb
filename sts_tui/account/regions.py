"""Which Regions must an account enable, where is STS always active, and which Region is the default?

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_region-endpoints.html
"""

from __future__ import annotations

from typing import Final

from sts_tui.account.lazy_pattern import lazy_pattern

DEFAULT_REGION: Final = "us-east-1"
"""The Region of requests that do not specify one, of the global endpoint of STS and of global services.
Structs of the log do not use this object as their default, because msgspec omits a value from a checkpoint if
it is the same object as the default.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_region-endpoints.html"""
REGION: Final = lazy_pattern(r"[a-z]{2,}(-[a-z]+)+-[0-9]+")

OPT_IN_REGIONS: Final = frozenset(
    {
        "af-south-1", "ap-east-1", "ap-east-2", "ap-south-2", "ap-southeast-3", "ap-southeast-4",
        "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-west-1", "eu-central-2", "eu-south-1",
        "eu-south-2", "il-central-1", "me-central-1", "me-south-1", "mx-central-1",
    }
)  # fmt: skip
"""https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html"""

ENABLED: Final = ("ENABLED", "ENABLED_BY_DEFAULT")
OPT_STATUS: Final = (*ENABLED, "ENABLING", "DISABLING", "DISABLED")
"""https://docs.aws.amazon.com/accounts/latest/reference/API_Region.html"""


def always_has_sts(region: str) -> bool:
    """Whether STS cannot be deactivated in a Region. That applies to the Region of the global endpoint, and
    to opt-in Regions, where STS is enabled and disabled with the Region.
    """
    return region == DEFAULT_REGION or region in OPT_IN_REGIONS
