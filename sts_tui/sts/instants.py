"""Instants as STS prints and keeps them: UTC, whole seconds."""

from __future__ import annotations

from datetime import datetime


def printed(instant: datetime) -> str:
    """`2026-01-15T10:00:00Z`"""
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"
