"""DateEquals, DateLessThan and their kin: ISO 8601 in the W3C profile, or epoch seconds.

https://www.w3.org/TR/NOTE-datetime
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final

from sts_tui.iam.conditions.ordered import ordered_operators

_ISO: Final = re.compile(
    r"""(?P<year>\d{4}) (?: -(?P<month>\d\d) (?: -(?P<day>\d\d)
        (?: T(?P<hour>\d\d):(?P<minute>\d\d) (?: :(?P<second>\d\d) (?: \.(?P<fraction>\d+) )? )?
            (?: Z | (?P<sign>[+-])(?P<off_hour>\d\d):(?P<off_minute>\d\d) ) )? )? )?""",
    re.VERBOSE | re.ASCII,
)
_EPOCH: Final = re.compile(r"-?\d{1,15}(?:\.\d+)?", re.ASCII)
_ZERO: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


@lru_cache(maxsize=4096)
def instant(text: str) -> int | None:
    """Milliseconds since 1970, None for what is no date. Four digits alone are a year, not an epoch."""
    found = _ISO.fullmatch(text.strip())
    if found is None:
        return int(float(text) * 1000) if _EPOCH.fullmatch(text.strip()) else None
    try:
        return (_moment(found) - _ZERO) // _MILLISECOND
    except (ValueError, OverflowError):
        return None  # the 31st of February


def _moment(found: re.Match[str]) -> datetime:
    parts = {
        name: int(text) for name, text in found.groupdict("0").items() if name not in ("fraction", "sign")
    }
    offset = timedelta(hours=parts["off_hour"], minutes=parts["off_minute"])
    zone = timezone(-offset if found["sign"] == "-" else offset)
    milliseconds = int((found["fraction"] or "0").ljust(3, "0")[:3])
    return datetime(
        parts["year"],
        parts["month"] or 1,
        parts["day"] or 1,
        parts["hour"],
        parts["minute"],
        parts["second"],
        milliseconds * 1000,
        tzinfo=zone,
    )


DATE_OPERATORS: Final = ordered_operators("Date", instant)
