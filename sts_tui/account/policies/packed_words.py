"""What do AWS's lists not know of a document that is held as the bytes of its JSON?

The answers are those of `unknown_words.unknown_words`. Most documents of a large file are decoded into one
type (`plain_policies`), which is read here too, and equal conditions are compared once.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import msgspec

from sts_tui.account.diagnostics.json_path import Steps
from sts_tui.account.policies.plain_policies import IdentityStatement, TrustStatement, plain_statement
from sts_tui.account.policies.policy_diagnostic import PolicyDiagnostic
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.rule_book import VOCABULARY
from sts_tui.account.policies.unknown_words import about_actions, in_condition, unknown_words


def unknown_words_in(document: bytes, kind: PolicyKind) -> tuple[PolicyDiagnostic, ...]:
    """Everything in a document that AWS's lists do not know, from JSON in which no key is repeated."""
    written = plain_statement(document, is_trust=kind is PolicyKind.TRUST)
    if written is None:
        return tuple(unknown_words(msgspec.json.decode(document), kind))
    if not isinstance(written, list):
        return tuple(_in_statement(written, kind, ("Statement",)))
    found: list[PolicyDiagnostic] = []
    listed: Sequence[IdentityStatement | TrustStatement] = written
    for index, statement in enumerate(listed):
        found += _in_statement(statement, kind, ("Statement", index))
    return tuple(found)


def _in_statement(
    statement: IdentityStatement | TrustStatement, kind: PolicyKind, steps: Steps
) -> list[PolicyDiagnostic]:
    action = statement.Action
    resource = statement.Resource if isinstance(statement, IdentityStatement) else []
    actions = (action,) if isinstance(action, str) else tuple(action)
    resources = (resource,) if isinstance(resource, str) else tuple(resource)
    found = []
    for index, message, hint in about_actions(actions, resources, is_rcp=kind is PolicyKind.RCP):
        at = (*steps, "Action") if isinstance(action, str) else (*steps, "Action", index)
        found.append(PolicyDiagnostic(at, VOCABULARY, message, hint=hint))
    if statement.Condition:
        for one in _in_condition(bytes(statement.Condition)):
            found.append(PolicyDiagnostic((*steps, *one.steps), VOCABULARY, one.message, hint=one.hint))
    return found


@lru_cache(maxsize=4096)
def _in_condition(condition: bytes) -> tuple[PolicyDiagnostic, ...]:
    return tuple(in_condition(msgspec.json.decode(condition), ("Condition",)))
