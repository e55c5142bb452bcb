"""Which instant does `exp=-600` name, where a sign-in is tried with other times than the provider's?"""

from __future__ import annotations

from datetime import datetime, timedelta


def seconds_from_now(name: str, value: object) -> int:
    """The seconds after now, negative before it. Raises ValueError, with an example, for anything else."""
    try:
        return int(str(value))
    except ValueError:
        raise ValueError(f"{name}={value}: seconds from now are meant, such as {name}=-600") from None


def instant_from_now(name: str, value: object, now: datetime) -> datetime:
    """Raises ValueError where the value is not a number of seconds, or the instant is beyond the calendar."""
    try:
        return now + timedelta(seconds=seconds_from_now(name, value))
    except OverflowError:
        raise ValueError(f"{name}={value}: seconds from now are meant, such as {name}=-600") from None
