"""Which settings decide how policies are evaluated where AWS's documentation leaves a question open?

The struct is `EvaluationSettings`, which an account file's `Settings` extends, so that each setting has one
name, one default and one docstring.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from msgspec import convert
from msgspec.structs import replace

from sts_tui.account.entities import EvaluationSettings

__all__ = ["DEFAULT_SETTINGS", "EvaluationSettings", "evaluation_part"]

DEFAULT_SETTINGS: Final = EvaluationSettings()


@lru_cache(maxsize=16)
def evaluation_part(settings: EvaluationSettings) -> EvaluationSettings:
    """The part of a model's settings that concerns policies. It is the cache key of compiled policies."""
    return replace(convert(settings, EvaluationSettings, from_attributes=True), extra=None)
