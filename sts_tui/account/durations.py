"""How is a duration written: short as in tours, as a countdown, in words, or rounded?"""

from __future__ import annotations

from datetime import timedelta


def short(span: timedelta) -> str:
    """The shortest form that the command `wait` accepts: `36h`, `1h30m`, `1m30.5s`, `0s`. Never days, because
    AWS uses hours.
    """
    seconds = span.total_seconds()
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = [f"{int(hours)}h" if hours else "", f"{int(minutes)}m" if minutes else ""]
    if left or not any(parts):
        parts.append(f"{round(left, 6):.6f}".rstrip("0").rstrip(".") + "s")
    return "".join(parts)


def countdown(left: timedelta) -> str:
    """`48:36`, `2:14:25`, `1d 03:00`; `-` if no time is left."""
    seconds = int(left.total_seconds())
    if seconds <= 0:
        return "-"
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    if hours >= 24:
        return f"{hours // 24}d {hours % 24:02}:{minutes:02}"
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"


def in_words(span: timedelta) -> str:
    """`1 hour 12 minutes`: the two largest units, for screen readers."""
    seconds = int(span.total_seconds())
    if seconds < 1:
        return "no time"
    parts = []
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}{'s' if count > 1 else ''}")
    return " ".join(parts[:2])


def rough(milliseconds: float) -> str:
    """`1 s`, `2.5 min`, `3 h`, `12 d`: the difference of two times, in the largest unit that fits."""
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000)):
        if milliseconds >= size:
            return f"{round(milliseconds / size, 1):g} {unit}"
    return f"{milliseconds:g} ms"
