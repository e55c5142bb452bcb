"""Which limits do IAM and STS set on the duration of role sessions, in seconds?

Used by the file format, the operations of IAM, STS and IAM Identity Center, the containment actions and
derived models. Further limits of single calls are in `sts_tui.sts.facts.limits`.
"""

from __future__ import annotations

from typing import Final

SHORTEST_SESSION: Final = 900
"""The minimum of DurationSeconds of AssumeRole.
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html"""

LOWEST_MAXIMUM: Final = 3_600
HIGHEST_MAXIMUM: Final = 43_200
"""The maximum of MaxSessionDuration of a role and of SessionDuration of a permission set.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html"""

DEFAULT_MAXIMUM: Final = LOWEST_MAXIMUM
"""MaxSessionDuration if CreateRole does not set it. `validate` reports roles of a dump for which it is
unknown.
"""
