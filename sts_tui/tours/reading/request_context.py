"""How is request context written in a step: `key=value`, a repeated key for several values?"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.account.policies.global_condition_keys import can_be_set, cannot_be_set
from sts_tui.iam.context_keys import is_multivalued
from sts_tui.tours.reading.errors import StepError

_CONDITION_KEY = lazy_pattern(r"[^\s=:]+:[^\s=]+=.*", re.DOTALL)


def is_context_word(word: str) -> bool:
    """Whether a word of an `aws` line is `key=value` with a condition key, which always contains a `:`."""
    return _CONDITION_KEY.fullmatch(word) is not None


def read_context_word(word: str, action: str) -> tuple[str, str]:
    """(key, value) of `key=value` in a request for `action` (`sts:` is enough). Raises StepError, also for a
    key that follows from the identity.
    """
    key, equals, value = word.partition("=")
    if not (key and equals):
        raise StepError(f"{word!r} is not key=value", "for example aws:SourceIp=10.0.0.1")
    if not can_be_set(key, action):
        raise StepError(cannot_be_set(key))
    return key, value


def context_of(pairs: Iterable[tuple[str, str]]) -> dict[str, str | list[str]]:
    """Request context by key: a repeated key, and a key that AWS defines as multivalued, makes a list."""
    given: dict[str, list[str]] = {}
    for key, value in pairs:
        given.setdefault(key, []).append(value)
    return {
        key: values if len(values) > 1 or is_multivalued(key) else values[0] for key, values in given.items()
    }
