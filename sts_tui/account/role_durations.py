"""Which bounds do IAM and STS set on the sessions of a role? In seconds.

The file format, the operations of IAM, STS and IAM Identity Center, the cuts and the derived models read
them here. What limits a single call beyond them is in `sts_tui.sts.facts.limits`.
"""

from __future__ import annotations

from typing import Final

SHORTEST_SESSION: Final = 900
"""DurationSeconds of AssumeRole.
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html"""

LOWEST_MAXIMUM: Final = 3_600
HIGHEST_MAXIMUM: Final = 43_200
"""MaxSessionDuration of a role; SessionDuration of a permission set.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html"""

DEFAULT_MAXIMUM: Final = LOWEST_MAXIMUM
"""MaxSessionDuration where CreateRole does not give one. `validate` reports where a dump does not say."""
