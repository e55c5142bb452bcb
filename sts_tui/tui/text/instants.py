"""How does the screen write an instant?"""

from __future__ import annotations

from datetime import UTC, datetime


def clock_time(instant: datetime) -> str:
    """`10:14:05`, in UTC."""
    return instant.astimezone(UTC).strftime("%H:%M:%S")


def date_time(instant: datetime) -> str:
    """`2026-01-15 10:14:05Z`"""
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
