"""How many examples Hypothesis tries: a quarter of them in the fast run, all in `make test-long`."""

from __future__ import annotations

import os

FEW = 5
THOROUGH = "STS_TUI_THOROUGH"
"""Environment variable that `make test-long` sets."""


def examples(number: int, few: int = FEW) -> int:
    """For `max_examples`: `number` in the long run, and at least `few` in the fast one."""
    return number if os.environ.get(THOROUGH) else max(number // 4, min(number, few))
