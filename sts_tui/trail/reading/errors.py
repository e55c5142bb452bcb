"""What can be wrong with event files?"""

from __future__ import annotations


class TrailError(ValueError):
    """No event could be read, or DuckDB is missing; the text says where, what, and what to do."""


class UnreadableFileError(ValueError):
    """One file cannot be read; the text says why."""
