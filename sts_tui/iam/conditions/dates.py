"""How do the Date operators compare? They accept ISO 8601 in the W3C profile, or epoch seconds.

https://www.w3.org/TR/NOTE-datetime
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.iam.conditions.operator import CompileValues
from sts_tui.iam.conditions.ordered import ordered_comparison

_PROFILE: Final = lazy_pattern(
    r"\d{4}(?:-\d\d(?:-\d\d(?:T(?:[01]\d|2[0-3]):\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?)?)?", re.ASCII
)
"""The W3C profile, which AWS names. ISO 8601 has other forms too (weeks, no dashes)."""
_EPOCH: Final = lazy_pattern(r"-?\d{1,15}(?:\.\d+)?", re.ASCII)
_ZERO: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


@lru_cache(maxsize=4096)
def instant(text: str) -> int | None:
    """Milliseconds since 1970; None for text that is not a date. Exactly four digits are a year, not epoch
    seconds.
    """
    text = text.strip()
    if _PROFILE.fullmatch(text) is None:
        return int(float(text) * 1000) if _EPOCH.fullmatch(text) else None
    from dateutil.parser import isoparse  # imported here because only conditions on dates need it

    try:
        return _since(isoparse(text))
    except (ValueError, OverflowError):
        return None  # such as February 31


def _since(moment: datetime) -> int:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - _ZERO) // _MILLISECOND


def date_comparison(comparison: str, negated: bool) -> CompileValues:
    """The comparison of values as dates."""
    return ordered_comparison(instant, comparison, negated)
