"""Which time does an override such as `exp=-600` stand for?"""

from __future__ import annotations

from datetime import datetime, timedelta


def seconds_from_now(name: str, value: object) -> int:
    """Parse a number of seconds from now, which may be negative. Raises ValueError, with an example, for
    other text.
    """
    try:
        return int(str(value))
    except ValueError:
        raise ValueError(f"{name}={value}: seconds from now are meant, such as {name}=-600") from None


def instant_from_now(name: str, value: object, now: datetime) -> datetime:
    """The time in that many seconds. Raises ValueError if the value is not a number of seconds, or the time
    is outside Python's calendar.
    """
    try:
        return now + timedelta(seconds=seconds_from_now(name, value))
    except OverflowError:
        raise ValueError(f"{name}={value}: seconds from now are meant, such as {name}=-600") from None
