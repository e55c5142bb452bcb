"""Which fields have all entities of an account file in common?"""

from __future__ import annotations

from msgspec import Struct

from sts_tui.account.json_value import JsonObject


class Entity(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The base class of everything that an account file contains."""

    extra: JsonObject | None = None
    """Unknown keys of a raw dump, kept for the export."""


class Tag(Entity, frozen=True, kw_only=True):
    key: str
    value: str = ""
