"""Spans of time as the screen writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def countdown(left: timedelta) -> str:
    """`48:36`, `2:14:25`, `1d 03:00`; `-` when nothing is left."""
    seconds = int(left.total_seconds())
    if seconds <= 0:
        return "-"
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    if hours >= 24:
        return f"{hours // 24}d {hours % 24:02}:{minutes:02}"
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"


def short(span: timedelta) -> str:
    """`1h`, `1h30m`, `15m`, `45s`: as one writes it in a tour."""
    seconds = int(span.total_seconds())
    if seconds <= 0:
        return "0s"
    parts = []
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts)


def in_words(span: timedelta) -> str:
    """`1 hour 12 minutes`, for people who listen to the screen."""
    seconds = int(span.total_seconds())
    if seconds < 1:
        return "no time"
    parts = []
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}{'s' if count > 1 else ''}")
    return " ".join(parts[:2])


def clock_time(instant: datetime) -> str:
    """`10:14:05`, in UTC."""
    return instant.astimezone(UTC).strftime("%H:%M:%S")


def date_time(instant: datetime) -> str:
    """`2026-01-15 10:14:05Z`"""
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
