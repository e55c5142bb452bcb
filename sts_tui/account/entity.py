"""What has everything that is written in an account file?"""

from __future__ import annotations

from msgspec import Struct

from sts_tui.account.json_value import JsonObject


class Entity(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of everything written in a file."""

    extra: JsonObject | None = None
    """Keys of a raw dump that this version does not know, kept for the export."""


class Tag(Entity, frozen=True, kw_only=True):
    key: str
    value: str = ""
