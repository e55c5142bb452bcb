"""What AWS checks when a policy is written, with AWS's messages.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html

`check_policy` looks at one document, whatever holds it; that a principal exists is checked where the
principals are known (`account.references`). Faults are ordered as AWS meets them: syntax first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from sts_tui.account.diagnostics.json_path import Steps
from sts_tui.account.diagnostics.policy_diagnostic import SYNTAX, PolicyDiagnostic, PolicyDiagnostics
from sts_tui.account.policies.policy_conditions import check_condition
from sts_tui.account.policies.policy_elements import check_actions, check_resources
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.policy_principals import check_principal
from sts_tui.account.policies.shared_oidc_providers import check_shared_oidc_provider

__all__ = ["PolicyDiagnostic", "ParsedPolicy", "PolicyKind", "check_policy", "parse_policy"]

DOCUMENT_ELEMENTS: Final = ("Version", "Id", "Statement")
STATEMENT_ELEMENTS: Final = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)
VERSIONS: Final = ("2012-10-17", "2008-10-17")
EFFECTS: Final = ("Allow", "Deny")
_SID: Final = re.compile(r"[0-9A-Za-z]*")
_CHARACTERS: Final = re.compile(r"[\t\n\r\x20-\xff]*")
_STATEMENT_ELEMENTS: Final = frozenset(STATEMENT_ELEMENTS)

UNIQUE_SIDS: Final = "Statement IDs (SID) in a single policy must be unique."
ALPHANUMERIC_SIDS: Final = (
    "Statement IDs (SID) must be alpha-numeric. "
    "Check that your input satisfies the regular expression [0-9A-Za-z]*"
)
NOT_OF_ITS_TYPE: Final = (
    "The provided policy document does not meet the requirements of the specified policy type."
)
"""Organizations' one message for everything that an SCP or RCP must not hold."""


class ParsedPolicy(Struct, frozen=True):
    """A document from text, and what is wrong with it; `document` is None where it is no JSON object."""

    document: Mapping[str, Any] | None
    errors: tuple[PolicyDiagnostic, ...]


def parse_policy(text: str, kind: PolicyKind) -> ParsedPolicy:
    """Parse and check the text of a policy as an API call passes it."""
    repeated: list[str] = []

    def collect(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        whole = dict(pairs)
        if len(whole) != len(pairs):
            repeated.extend(key for key, _ in pairs if sum(key == other for other, _ in pairs) > 1)
        return whole

    try:
        document = json.loads(text, object_pairs_hook=collect)
    except (ValueError, RecursionError) as error:
        return ParsedPolicy(None, (PolicyDiagnostic((), SYNTAX, f"It is not JSON: {error}"),))
    if not isinstance(document, dict):
        return ParsedPolicy(None, (PolicyDiagnostic((), SYNTAX, "It is not a JSON object."),))
    faults = check_policy(document, kind)
    if repeated:
        faults = (
            PolicyDiagnostic((), SYNTAX, f"The key {repeated[0]!r} stands twice in one object."),
            *faults,
        )
    return ParsedPolicy(document, faults)


def check_policy(document: Any, kind: PolicyKind) -> tuple[PolicyDiagnostic, ...]:
    """Everything that AWS would refuse in a document of this kind; empty where it would accept it."""
    faults = PolicyDiagnostics()
    if not isinstance(document, Mapping):
        faults.syntax((), "A policy is a JSON object.")
        return faults.in_order()
    _check_document_elements(document, kind, faults)
    statements = document.get("Statement")
    listed = [statements] if isinstance(statements, Mapping) else statements
    if not isinstance(listed, list) or not listed:
        faults.syntax(
            ("Statement",) if "Statement" in document else (), "A policy has at least one Statement."
        )
        return faults.in_order()
    single = listed is not statements
    for index, statement in enumerate(listed):
        place: Steps = ("Statement",) if single else ("Statement", index)
        _check_statement(statement, kind, place, faults)
    _check_sids(listed, kind, single, faults)
    return faults.in_order()


def has_foreign_characters(document: Mapping[str, Any]) -> bool:
    """Whether a document holds characters beyond Latin-1, which IAM and STS refuse."""
    text = json.dumps(document, ensure_ascii=False)
    return not text.isascii() and _CHARACTERS.fullmatch(text) is None


def _check_document_elements(
    document: Mapping[str, Any], kind: PolicyKind, faults: PolicyDiagnostics
) -> None:
    for key in document:
        if key not in DOCUMENT_ELEMENTS:
            faults.unknown((), key, DOCUMENT_ELEMENTS, "element")
    version = document.get("Version", "2008-10-17")
    if version not in VERSIONS:
        faults.unknown_value(("Version",), version, VERSIONS)
    if "Id" in document:
        if not kind.is_resource_based:
            faults.syntax(("Id",), f"Id does not stand in a policy of this kind ({kind.value}).")
        elif not isinstance(document["Id"], str):
            faults.syntax(("Id",), "Id is text.")


def _check_statement(statement: Any, kind: PolicyKind, place: Steps, faults: PolicyDiagnostics) -> None:
    if not isinstance(statement, Mapping):
        faults.syntax(place, "A statement is an object.")
        return
    if not statement.keys() <= _STATEMENT_ELEMENTS:
        for key in statement:
            if key not in _STATEMENT_ELEMENTS:
                faults.unknown(place, key, STATEMENT_ELEMENTS, "element")
    _check_effect(statement, place, faults)
    for positive in ("Principal", "Action", "Resource"):
        if positive in statement and f"Not{positive}" in statement:
            faults.syntax((*place, f"Not{positive}"), f"{positive} and Not{positive} exclude each other.")
    check_principal(statement, kind, place, faults)
    check_actions(statement, kind, place, faults)
    check_resources(statement, kind, place, faults)
    if "Condition" in statement:
        check_condition(statement["Condition"], kind, (*place, "Condition"), faults)
    if kind is PolicyKind.TRUST:
        check_shared_oidc_provider(statement, place, faults)
    elif kind is PolicyKind.RCP:
        _check_rcp_statement(statement, place, faults)


def _check_effect(statement: Mapping[str, Any], place: Steps, faults: PolicyDiagnostics) -> None:
    effect = statement.get("Effect")
    if effect is None:
        faults.add(place, "Missing required field Effect")
    elif effect not in EFFECTS:
        faults.unknown_value((*place, "Effect"), effect, EFFECTS)


def _check_rcp_statement(statement: Mapping[str, Any], place: Steps, faults: PolicyDiagnostics) -> None:
    """https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html"""
    if statement.get("Effect") == "Allow":
        detail = "A resource control policy only denies; RCPFullAWSAccess allows."
        faults.add((*place, "Effect"), NOT_OF_ITS_TYPE, detail)
    if "NotAction" in statement:
        faults.add((*place, "NotAction"), NOT_OF_ITS_TYPE, "A resource control policy has no NotAction.")
    actions = statement.get("Action")
    for action in actions if isinstance(actions, list) else [actions]:
        if action == "*":
            detail = "In a resource control policy an action names its service, as in s3:*."
            faults.add((*place, "Action"), NOT_OF_ITS_TYPE, detail)


def _check_sids(statements: list[Any], kind: PolicyKind, single: bool, faults: PolicyDiagnostics) -> None:
    """Sids are unique. Key and bucket policies may hold spaces in them: KMS writes such itself."""
    alphanumeric = not kind.is_resource_based or kind is PolicyKind.TRUST
    seen: set[str] = set()
    for index, statement in enumerate(statements):
        sid = statement.get("Sid") if isinstance(statement, Mapping) else None
        if sid is None:
            continue
        place: Steps = ("Statement", "Sid") if single else ("Statement", index, "Sid")
        if not isinstance(sid, str):
            faults.syntax(place, "Sid is text.")
            continue
        if alphanumeric and _SID.fullmatch(sid) is None:
            faults.add(place, ALPHANUMERIC_SIDS)
        if sid and sid in seen:
            faults.add(place, UNIQUE_SIDS, f"{sid!r} stands before.")
        seen.add(sid)
