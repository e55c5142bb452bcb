"""How does Null compare? It tests whether the key is present. A key with an empty string is present."""

from __future__ import annotations

from sts_tui.iam.conditions.operator import Answer, ContextTest
from sts_tui.iam.patterns.partly_known import is_unknown
from sts_tui.iam.patterns.variables import Values


def null_test(key: str, wanted: tuple[str, ...]) -> ContextTest:
    """The test for `"true"` (the key is absent) or `"false"` (it is present). Several values are
    alternatives.
    """
    words = {value.lower() for value in wanted}
    if not words or not words <= {"true", "false"}:
        return lambda _values: None  # AWS refuses such a policy
    absent_is_wanted = "true" in words
    present_is_wanted = "false" in words

    def holds(values: Values) -> Answer:
        if key in values:
            return present_is_wanted
        if present_is_wanted is not absent_is_wanted and is_unknown(key, values):
            return None
        return absent_is_wanted

    return holds
