"""How are times in a file parsed, and how are values marked that cannot be used?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

FIRST_INSTANT: Final = datetime(1970, 1, 1, tzinfo=UTC)
LAST_INSTANT: Final = datetime(9000, 1, 1, tzinfo=UTC)
"""Simulated time is limited to this range, so that adding any duration stays within Python's calendar."""
LONGEST_SPAN: Final = timedelta(days=36525)
"""A century: the longest duration that a file, a setting or `wait` accepts."""


@lru_cache(1024)
def read_instant(value: str | int | float) -> datetime:
    """Parse a time of a file: ISO 8601, or seconds since 1970 as some SDKs print them. The result is in UTC,
    timezone-aware.
    """
    if isinstance(value, str):
        instant = datetime.fromisoformat(value)
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
    return datetime.fromtimestamp(value, UTC)


class Unusable:
    """A value of a raw dump that is invalid for its key. It is not used, but kept for the export."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value


MOST_NESTING: Final = 32
"""The maximum nesting of values without a format: claims, unknown keys, malformed policies."""


def is_shallow(value: object) -> bool:
    """Whether a value can be shown, compared and written without exceeding the recursion limit."""
    level = [value]
    for _ in range(MOST_NESTING):
        children: list[object] = []
        for item in level:
            if isinstance(item, dict):
                children.extend(item.values())
            elif isinstance(item, list):
                children.extend(item)
        if not children:
            return True
        level = children
    return False


def unusable(value: object) -> Unusable:
    """Wrap a value that cannot be used. One that is nested too deeply is not kept for the export either."""
    return Unusable(value if is_shallow(value) else None)
