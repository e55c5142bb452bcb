"""Which text does a diagnostic refer to?"""

from __future__ import annotations

from msgspec import Struct


class Source(Struct, frozen=True):
    """One file: its name, as messages give it, and its text."""

    name: str
    text: str
