"""Would AWS store the Action or NotAction of this statement?

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from sts_tui.account.diagnostics.json_path import Steps
from sts_tui.account.diagnostics.suggestions import did_you_mean
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.account.policies.policy_diagnostic import PolicyDiagnostics
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.rule_book import (
    NO_ACTIONS,
    NO_VENDOR,
    SEVERAL_COLONS,
    TRUST_ACTION,
    VENDOR,
    Rule,
)

TRUST_ACTIONS: Final = (
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:TagSession",
    "sts:SetSourceIdentity",
    "sts:SetContext",
)
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html"""

_VENDOR: Final = lazy_pattern(r"[A-Za-z0-9.-]+")
_TRUST_ACTIONS: Final = frozenset(action.lower() for action in TRUST_ACTIONS)


def check_actions(
    statement: Mapping[str, object], kind: PolicyKind, place: Steps, found: PolicyDiagnostics
) -> None:
    """`Action` or `NotAction` must be present and contain strings of the form `vendor:name` or `*`."""
    key = "Action" if "Action" in statement else "NotAction"
    if key not in statement:
        found.add(place, NO_ACTIONS)
        return
    value = statement[key]
    if isinstance(value, str):
        _check_action(value, kind, (*place, key), found)
    elif isinstance(value, list):
        if not value:
            found.add((*place, key), NO_ACTIONS)
        for index, action in enumerate(value):
            if not isinstance(action, str):
                found.syntax((*place, key, index), "An action is text.")
            elif _broken_by_action(action) or kind is PolicyKind.TRUST:
                _check_action(action, kind, (*place, key, index), found)
    else:
        found.syntax((*place, key), f"{key} is text or a list of texts.")


def _check_action(action: str, kind: PolicyKind, place: Steps, found: PolicyDiagnostics) -> None:
    if broken := _broken_by_action(action):
        rule, value = broken
        found.add(place, rule, value)
    elif kind is PolicyKind.TRUST and not _is_trust_action(action):
        found.add(place, TRUST_ACTION, hint=did_you_mean(action, TRUST_ACTIONS))


@lru_cache(maxsize=8192)
def _broken_by_action(action: str) -> tuple[Rule, str] | None:
    """The rule that an action breaks, and the value for its sentence. A service prefix may contain `-` and
    `.`.
    """
    if action in ("*", "*:*"):
        return None
    vendor, colon, name = action.partition(":")
    if not vendor or not colon:
        return NO_VENDOR, ""
    if ":" in name:
        return SEVERAL_COLONS, ""
    return None if _VENDOR.fullmatch(vendor) else (VENDOR, vendor)


@lru_cache(maxsize=1024)
def _is_trust_action(action: str) -> bool:
    """Whether an action is `sts:AssumeRole…`, in any case, or a pattern that covers one. `*` is refused."""
    lowered = action.lower()
    if "*" not in lowered and "?" not in lowered:
        return lowered in _TRUST_ACTIONS
    if not lowered.startswith("sts:"):
        return False
    return any(includes(lowered, known) for known in _TRUST_ACTIONS)


def includes(pattern: str, action: str) -> bool:
    """Whether `pattern`, an `Action` in any case, covers `action`, which is in lower case."""
    lowered = pattern.lower()
    if "*" not in lowered and "?" not in lowered:  # most patterns: nothing has to be compiled
        return lowered == action
    from fnmatch import fnmatchcase

    return fnmatchcase(action, lowered.replace("[", "[[]"))
