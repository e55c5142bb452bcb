"""How are durations and times read? `90s`, `1h30m`, `PT1H30M`; `2026-01-15T10:30:00Z`, `10:30`."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.account.values import FIRST_INSTANT, LAST_INSTANT, LONGEST_SPAN, read_instant
from sts_tui.tours.reading.errors import StepError

_SHORT = lazy_pattern(
    r"(?:(\d+(?:\.\d+)?)d)?(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s?)?"
)
_ISO = lazy_pattern(
    r"P(?:(\d+(?:[.,]\d+)?)W)?(?:(\d+(?:[.,]\d+)?)D)?"
    r"(?:T(?=\d)(?:(\d+(?:[.,]\d+)?)H)?(?:(\d+(?:[.,]\d+)?)M)?(?:(\d+(?:[.,]\d+)?)S)?)?"
)


def parse_duration(text: str) -> timedelta:
    """`90s`, `15m`, `1h30m`, `2d`, ISO 8601 `PT1H30M`; a bare number counts seconds, as `sleep` does.

    Raises StepError.
    """
    if (iso := _ISO.fullmatch(text.upper())) and any(iso.groups()):
        weeks, days, hours, minutes, seconds = (
            float((part or "0").replace(",", ".")) for part in iso.groups()
        )
    elif (short := _SHORT.fullmatch(text)) and any(short.groups()):
        weeks = 0.0
        days, hours, minutes, seconds = (float(part or 0) for part in short.groups())
    else:
        raise StepError(f"{text!r} is not a duration", "90s, 15m, 1h30m, 2d or ISO 8601 such as PT1H30M")
    try:
        span = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        span = timedelta.max
    if span > LONGEST_SPAN:
        raise StepError(f"{text!r} is longer than a century")
    return span


def parse_instant(text: str, now: datetime | None = None) -> datetime:
    """An ISO 8601 time; without an offset it is UTC. `10:30` is the next such time after `now`. Raises
    StepError.
    """
    try:
        instant = read_instant(text)
    except ValueError:
        instant = _next_time_of_day(text, now)
    except OverflowError:
        instant = None
    if instant is None or not FIRST_INSTANT <= instant <= LAST_INSTANT:
        raise StepError(f"{text!r} is outside of simulated time", "the years 1970 to 9000")
    return instant


def _next_time_of_day(text: str, now: datetime | None) -> datetime:
    try:
        of_day = time.fromisoformat(text)
    except ValueError:
        of_day = None
    if of_day is None or now is None:
        raise StepError(f"{text!r} is not an instant", "ISO 8601, for example 2026-01-15T10:30:00Z")
    today = datetime.combine(now.date(), of_day, tzinfo=of_day.tzinfo or UTC)
    return (today if today > now else today + timedelta(days=1)).astimezone(UTC)
