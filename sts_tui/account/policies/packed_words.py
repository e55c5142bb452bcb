"""Which warnings are there about a policy document that is stored as the bytes of its JSON?

The result is that of `unknown_words.unknown_words` and `silent_mistakes`. Most documents of a large file can
be decoded into one type (`plain_policies`), which is used here too. Equal conditions and equal lists of
actions are checked once.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import msgspec

from sts_tui.account.diagnostics.json_path import Steps
from sts_tui.account.policies.plain_policies import (
    Actions,
    IdentityStatement,
    TrustStatement,
    actions_in,
    plain_statement,
)
from sts_tui.account.policies.policy_diagnostic import PolicyDiagnostic
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.rule_book import VOCABULARY
from sts_tui.account.policies.silent_mistakes import may_have_silent_mistakes, silent_mistakes
from sts_tui.account.policies.unknown_words import about_actions, in_condition, unknown_words


def warnings_in(document: bytes, kind: PolicyKind) -> tuple[PolicyDiagnostic, ...]:
    """Warnings about what AWS stores without an error: unknown words first, then silent mistakes. The JSON
    must not repeat keys.
    """
    written = plain_statement(document, is_trust=kind is PolicyKind.TRUST)
    words: Sequence[PolicyDiagnostic] | None = None
    listed: Sequence[IdentityStatement | TrustStatement] = ()
    if isinstance(written, list):
        listed = written
        words = _in_statements(written, kind)
    elif written is not None:
        listed = (written,)
        words = _in_statement(written, kind, ("Statement",))
    if words is None:
        words = tuple(unknown_words(msgspec.json.decode(document), kind))
    if kind is PolicyKind.TRUST or not listed:
        is_suspicious = may_have_silent_mistakes(document)
    else:  # in a policy without principal, only conditions can be
        is_suspicious = any([one.Condition and _may_mislead(bytes(one.Condition)) for one in listed])
    if not is_suspicious:
        return tuple(words)
    return (*words, *silent_mistakes(msgspec.json.decode(document), kind))


def _in_statements(
    listed: Sequence[IdentityStatement | TrustStatement], kind: PolicyKind
) -> list[PolicyDiagnostic] | None:
    found: list[PolicyDiagnostic] = []
    for index, statement in enumerate(listed):
        more = _in_statement(statement, kind, ("Statement", index))
        if more is None:
            return None
        found += more
    return found


def _in_statement(
    statement: IdentityStatement | TrustStatement, kind: PolicyKind, steps: Steps
) -> list[PolicyDiagnostic] | None:
    """None if its actions are not strings."""
    if isinstance(statement, IdentityStatement):
        actions = actions_in(bytes(statement.Action))
        if actions is None:
            return None
        resource = statement.Resource
        resources = (resource,) if isinstance(resource, str) else tuple(resource)
    else:
        action = statement.Action
        actions = (
            Actions((action,), False, True) if isinstance(action, str) else Actions(tuple(action), True, True)
        )
        resources = ()
    found = []
    for index, message, hint in about_actions(actions.texts, resources, is_rcp=kind is PolicyKind.RCP):
        at = (*steps, "Action", index) if actions.are_listed else (*steps, "Action")
        found.append(PolicyDiagnostic(at, VOCABULARY, message, hint=hint))
    if statement.Condition:
        for one in _in_condition(bytes(statement.Condition)):
            found.append(PolicyDiagnostic((*steps, *one.steps), VOCABULARY, one.message, hint=one.hint))
    return found


@lru_cache(maxsize=4096)
def _in_condition(condition: bytes) -> tuple[PolicyDiagnostic, ...]:
    return tuple(in_condition(msgspec.json.decode(condition), ("Condition",)))


@lru_cache(maxsize=4096)
def _may_mislead(condition: bytes) -> bool:
    return may_have_silent_mistakes(condition)
