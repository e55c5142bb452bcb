"""Under which reading of AWS's open questions are policies evaluated?

The struct is the one of an account file's `Settings` (`EvaluationSettings`, which `Settings` extends), so
that each setting has one name, one default and one docstring.
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
    """What of the settings of a model (a subclass) concerns policies: compiled policies are kept by it."""
    return replace(convert(settings, EvaluationSettings, from_attributes=True), extra=None)
