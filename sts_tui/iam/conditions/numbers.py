"""How do the Numeric operators compare? They accept integers and decimals, with exponent, but not NaN,
infinity or hex.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.account.policies.policy_conditions import NUMBER
from sts_tui.iam.conditions.operator import CompileValues
from sts_tui.iam.conditions.ordered import ordered_comparison

_INTEGER: Final = lazy_pattern(r"[+-]?[0-9]{1,1000}")


@lru_cache(maxsize=4096)
def number(text: str) -> int | float | None:
    """The number in a text; None for other text. Python compares int and float exactly."""
    text = text.strip()
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if NUMBER.fullmatch(text) else None


def numeric_comparison(comparison: str, negated: bool) -> CompileValues:
    """The comparison of values as numbers."""
    return ordered_comparison(number, comparison, negated)
