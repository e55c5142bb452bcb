"""Which actions do the patterns of an Action or NotAction cover?

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.iam.match import Actions
from sts_tui.iam.patterns.wildcards import Matcher, glob

_EVERYTHING: Final = lazy_pattern(r"\*+(:\*+)?")


def _every_action(_action: str) -> bool:
    return True


def _no_action(_action: str) -> bool:
    return False


EVERY_ACTION: Final = Actions(("*",), False, _every_action)


@lru_cache(maxsize=8192)
def any_action(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    """A test whether one of the patterns covers an action; both in lower case. Equal lists share one test."""
    literals = frozenset(pattern for pattern in patterns if "*" not in pattern and "?" not in pattern)
    matchers = tuple(_action_matcher(pattern) for pattern in patterns if pattern not in literals)
    if _every_action in matchers:
        return _every_action
    if not matchers:
        return literals.__contains__
    if len(matchers) == 1 and not literals:
        return matchers[0]

    def covers(action: str) -> bool:
        return action in literals or any(matches(action) for matches in matchers)

    return covers


def _action_matcher(pattern: str) -> Matcher:
    """The test for one pattern: `*`, `*:*`, or `service:` and a name with wildcards. The service prefix has
    none.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
    """
    if _EVERYTHING.fullmatch(pattern):
        return _every_action
    prefix, colon, _name = pattern.partition(":")
    if not colon or "*" in prefix or "?" in prefix:
        return _no_action
    return glob(pattern)


def matching_action(actions: Actions, action: str) -> str | None:
    """The pattern, as written, that covers an action (in lower case). For explanations."""
    return next((text for text in actions.written if any_action((text.lower(),))(action)), None)
