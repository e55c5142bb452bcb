"""Would AWS accept this policy document, and which error would it return?

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html

The rules, their order and their force are in `rule_book`. There are four questions about one document:

- `check_policy`: would AWS refuse to write it today?
- `stored_policy_errors`: can it exist in AWS at all? `evaluate` uses this: a document that cannot exist
  decides nothing.
- `review_policy`: which errors and warnings are there about a stored document?
- `parse_policy`: like `check_policy`, for the text that an API call passes.

Whether the principals exist is checked where the entities are known (`account.checks.references`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from sts_tui.account.diagnostics.json_path import Steps, shown
from sts_tui.account.json_value import JsonObject
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.account.policies.policy_actions import check_actions
from sts_tui.account.policies.policy_conditions import check_condition
from sts_tui.account.policies.policy_diagnostic import PolicyDiagnostic, PolicyDiagnostics
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.policy_principals import check_principal
from sts_tui.account.policies.policy_resources import check_resources
from sts_tui.account.policies.rule_book import (
    ALPHANUMERIC_SIDS,
    ID_ELEMENT,
    INVALID_JSON,
    LEGACY,
    MISSING_FIELD,
    NOT_OF_ITS_TYPE,
    SYNTAX,
    UNIQUE_SIDS,
    VERSION,
    Force,
)

__all__ = [
    "ParsedPolicy",
    "PolicyDiagnostic",
    "PolicyKind",
    "check_policy",
    "parse_policy",
    "review_policy",
    "stored_policy_errors",
]

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
_OPPOSITES: Final = tuple((element, f"Not{element}") for element in ("Principal", "Action", "Resource"))
_SID: Final = lazy_pattern(r"[0-9A-Za-z]*")
_CHARACTERS: Final = lazy_pattern(r"[\t\n\r\x20-\xff]*")
_STATEMENT_ELEMENTS: Final = frozenset(STATEMENT_ELEMENTS)
_OBJECTS: Final = (dict, Mapping)
"""dict comes first: a check against an abstract class takes five times as long."""


class ParsedPolicy(Struct, frozen=True):
    """A parsed document, and what AWS would refuse in it. `document` is None if the text is not a JSON
    object.
    """

    document: JsonObject | None
    errors: tuple[PolicyDiagnostic, ...]


def parse_policy(text: str, kind: PolicyKind) -> ParsedPolicy:
    """Parse and check the text of a policy, as an API call passes it."""
    import json

    repeated: list[str] = []

    def collect(pairs: list[tuple[str, object]]) -> dict[str, object]:
        whole = dict(pairs)
        if len(whole) != len(pairs):
            repeated.extend(key for key, _ in pairs if sum(key == other for other, _ in pairs) > 1)
        return whole

    try:
        document = json.loads(text, object_pairs_hook=collect)
    except (ValueError, RecursionError) as error:
        rule = INVALID_JSON if kind is PolicyKind.TRUST else SYNTAX
        return ParsedPolicy(None, (PolicyDiagnostic((), rule, rule.sentence, f"It is not JSON: {error}"),))
    if not isinstance(document, dict):
        detail = "It is not a JSON object."
        return ParsedPolicy(None, (PolicyDiagnostic((), SYNTAX, SYNTAX.sentence, detail),))
    errors = check_policy(document, kind)
    if repeated:
        detail = f"The key {shown(repeated[0])} occurs twice in one object."
        errors = (PolicyDiagnostic((), SYNTAX, SYNTAX.sentence, detail), *errors)
    return ParsedPolicy(document, errors)


def check_policy(document: object, kind: PolicyKind) -> tuple[PolicyDiagnostic, ...]:
    """Why AWS would refuse to write this document, in AWS's order; empty if it would accept it."""
    return _checked(document, kind).in_order(Force.ALWAYS, Force.WRITING)


def stored_policy_errors(document: object, kind: PolicyKind) -> tuple[PolicyDiagnostic, ...]:
    """Why this document cannot exist in AWS; empty for everything that AWS stores today or stored earlier."""
    return _checked(document, kind).in_order(Force.ALWAYS)


def review_policy(document: object, kind: PolicyKind) -> tuple[PolicyDiagnostic, ...]:
    """Everything to report about a stored document: errors, current rules that it breaks, and advice."""
    return _checked(document, kind).in_order(*Force)


def _checked(document: object, kind: PolicyKind) -> PolicyDiagnostics:
    found = PolicyDiagnostics()
    if not isinstance(document, _OBJECTS):
        found.syntax((), "A policy is a JSON object.")
        return found
    _check_document_elements(document, kind, found)
    statements = document.get("Statement")
    listed = [statements] if isinstance(statements, _OBJECTS) else statements
    if not isinstance(listed, list) or not listed:
        place = ("Statement",) if "Statement" in document else ()
        found.syntax(place, "A policy has at least one Statement.")
        return found
    single = listed is not statements
    for index, statement in enumerate(listed):
        at: Steps = ("Statement",) if single else ("Statement", index)
        _check_statement(statement, kind, at, found)
    _check_sids(listed, kind, single, found)
    return found


def has_foreign_characters(document: Mapping[str, object]) -> bool:
    """Whether a document contains characters beyond Latin-1, which IAM and STS refuse."""
    import json

    text = json.dumps(document, ensure_ascii=False)
    return not text.isascii() and _CHARACTERS.fullmatch(text) is None


def _check_document_elements(
    document: Mapping[str, object], kind: PolicyKind, found: PolicyDiagnostics
) -> None:
    for key in document:
        if key not in DOCUMENT_ELEMENTS:
            found.unknown((), key, DOCUMENT_ELEMENTS, "element")
    version = document.get("Version", "2008-10-17")
    if version not in VERSIONS:
        found.unknown_value(("Version",), version, VERSIONS)
    elif kind is PolicyKind.MANAGED and version != VERSIONS[0]:
        steps: Steps = ("Version",) if "Version" in document else ()
        found.add(steps, VERSION, hint=f'write "Version": "{VERSIONS[0]}"')
    if "Id" in document:
        if not isinstance(document["Id"], str):
            found.syntax(("Id",), "Id is text.")
        elif kind.is_identity_based:
            found.add(("Id",), ID_ELEMENT)
        elif not kind.is_resource_based:
            found.syntax(("Id",), f"A {kind.value} has no Id.")


def _check_statement(statement: object, kind: PolicyKind, place: Steps, found: PolicyDiagnostics) -> None:
    if not isinstance(statement, _OBJECTS):
        found.syntax(place, "A statement is an object.")
        return
    if not statement.keys() <= _STATEMENT_ELEMENTS:
        for key in statement:
            if key not in _STATEMENT_ELEMENTS:
                found.unknown(place, key, STATEMENT_ELEMENTS, "element")
    _check_effect(statement, kind, place, found)
    for positive, negative in _OPPOSITES:
        if negative in statement and positive in statement:
            found.syntax((*place, negative), f"{positive} and {negative} exclude each other.")
    check_principal(statement, kind, place, found)
    check_actions(statement, kind, place, found)
    check_resources(statement, kind, place, found)
    if "Condition" in statement:
        check_condition(statement["Condition"], kind, (*place, "Condition"), found)
    if kind is PolicyKind.TRUST:
        from sts_tui.account.policies.shared_oidc_providers import check_shared_oidc_provider

        check_shared_oidc_provider(statement, place, found)
    elif kind is PolicyKind.RCP:
        _check_rcp_statement(statement, place, found)


def _check_effect(
    statement: Mapping[str, object], kind: PolicyKind, place: Steps, found: PolicyDiagnostics
) -> None:
    effect = statement.get("Effect")
    if effect in EFFECTS:
        return
    if "Effect" not in statement:
        if kind.is_identity_based:
            found.syntax(place, "The statement has no Effect.")
        else:
            found.add(place, MISSING_FIELD, "Effect")
    elif kind.is_identity_based and isinstance(effect, str) and effect.capitalize() in EFFECTS:
        found.add((*place, "Effect"), LEGACY, detail=f"Effect is written {effect.capitalize()}.")
    else:
        found.unknown_value((*place, "Effect"), effect, EFFECTS)


def _check_rcp_statement(statement: Mapping[str, object], place: Steps, found: PolicyDiagnostics) -> None:
    """https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html"""
    if statement.get("Effect") == "Allow":
        detail = "A resource control policy only denies; RCPFullAWSAccess allows."
        found.add((*place, "Effect"), NOT_OF_ITS_TYPE, detail=detail)
    if "NotAction" in statement:
        detail = "A resource control policy has no NotAction."
        found.add((*place, "NotAction"), NOT_OF_ITS_TYPE, detail=detail)
    actions = statement.get("Action")
    for action in actions if isinstance(actions, list) else [actions]:
        if action in ("*", "*:*"):
            detail = "In a resource control policy an action names its service, as in s3:*."
            found.add((*place, "Action"), NOT_OF_ITS_TYPE, detail=detail)


def _check_sids(statements: list[object], kind: PolicyKind, single: bool, found: PolicyDiagnostics) -> None:
    """Sids must be unique. In resource-based policies they may contain spaces: KMS writes such Sids."""
    alphanumeric = not kind.is_resource_based or kind is PolicyKind.TRUST
    seen: set[str] = set()
    for index, statement in enumerate(statements):
        if not isinstance(statement, _OBJECTS) or "Sid" not in statement:
            continue
        sid = statement["Sid"]
        place: Steps = ("Statement", "Sid") if single else ("Statement", index, "Sid")
        if not isinstance(sid, str):
            found.syntax(place, "Sid is text.")
            continue
        if alphanumeric and _SID.fullmatch(sid) is None:
            found.add(place, ALPHANUMERIC_SIDS)
        if sid and sid in seen:
            found.add(place, UNIQUE_SIDS, detail=f"{shown(sid)} is used before.")
        seen.add(sid)
