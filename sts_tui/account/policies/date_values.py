"""Does IAM accept this text as a date in a condition?

IAM accepts more than the W3C profile that its guide names. As recorded from CreatePolicy in 2026-02, it
accepts `01T`, `2016-12-13t2:00:00.593194+23` and `-292275054`. Numbers are seconds since 1970.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date
"""

from __future__ import annotations

from typing import Final

from sts_tui.account.lazy_pattern import lazy_pattern

_EPOCH: Final = lazy_pattern(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_DATE: Final = lazy_pattern(
    r"(?P<year>[+-]?[0-9]{1,9})(?:-(?P<month>[0-9]{1,2})(?:-(?P<day>[0-9]{1,2}))?)?"
    r"(?:[Tt]"
    r"(?:(?P<hour>[0-9]{1,2})(?::(?P<minute>[0-9]{1,2})(?::(?P<second>[0-9]{1,2}))?)?(?:[.,][0-9]+)?)?"
    r"(?:[Zz]|[+-](?P<offset>[0-9]{1,2})(?::?(?P<offset_minute>[0-9]{2})(?::?[0-9]{2})?)?)?"
    r")?"
)
_COMPACT: Final = lazy_pattern(r"[0-9]{8}(?:[Tt][0-9]{2}(?:[0-9]{2}(?:[0-9]{2}(?:[.,][0-9]+)?)?)?)?(?:[Zz])?")
"""The basic format of ISO 8601, `20260115T090000Z`."""

_LAST_SECOND: Final = 2**63 - 1
_YEARS: Final = (-292_275_054, 292_278_993)
"""The range of years that a 64-bit number of milliseconds covers."""
_RANGES: Final = {
    "month": (1, 12),
    "day": (1, 31),
    "hour": (0, 24),
    "minute": (0, 59),
    "second": (0, 60),
    "offset": (0, 23),
    "offset_minute": (0, 59),
}


def is_date(text: str) -> bool:
    """Whether IAM accepts the text as the value of a date condition."""
    if _EPOCH.fullmatch(text) and not text.startswith("-"):
        return int(text.partition(".")[0]) <= _LAST_SECOND
    if _COMPACT.fullmatch(text):
        return True
    parsed = _DATE.fullmatch(text)
    if parsed is None or not _YEARS[0] <= int(parsed["year"]) <= _YEARS[1]:
        return False
    return all(
        parsed[part] is None or low <= int(parsed[part]) <= high for part, (low, high) in _RANGES.items()
    )
