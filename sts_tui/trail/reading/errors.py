"""Which errors can event files cause?"""

from __future__ import annotations


class TrailError(ValueError):
    """No event could be read, or DuckDB is missing. The text says where, what is wrong, and what to do."""


class UnreadableFileError(ValueError):
    """One file cannot be read. The text says why."""
