"""What does IAM Access Analyzer find in a policy document? Its checks that need the document alone.

Codes, types and sentences are those of AWS's reference of checks, whose heads give the codes: "Error -
Missing effect" is MISSING_EFFECT. AWS has about a hundred checks; one that is not here finds nothing. Where
none of them finds an error in a document that IAM refuses, the finding says why, with the code POLICY_ERROR,
which AWS does not have.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from sts_tui.account.diagnostics.json_path import Steps
from sts_tui.account.json_value import Json, JsonObject
from sts_tui.account.policies.policy_grammar import check_policy
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.iam.patterns.pattern_relations import covers
from sts_tui.simulation.operations.access_analyzer.element_findings import (
    action_findings,
    condition_findings,
    mismatch_findings,
    principal_findings,
    resource_findings,
    texts,
    unsupported_key_findings,
)
from sts_tui.simulation.operations.access_analyzer.finding import (
    ERROR,
    SECURITY_WARNING,
    SUGGESTION,
    WARNING,
    Finding,
)

_VERSIONS: Final = ("2012-10-17", "2008-10-17")
_ELEMENTS: Final = ("Version", "Id", "Statement")
_STATEMENT_ELEMENTS: Final = (
    *("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction"),
    *("Resource", "NotResource", "Condition"),
)
_PAIRS: Final = (("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal"))
_SID: Final = re.compile(r"[0-9A-Za-z]*")
_CONTROLS: Final = (PolicyKind.SCP, PolicyKind.RCP)
_WITHOUT_PRINCIPAL: Final = {PolicyKind.IDENTITY: "IDENTITY_POLICY", PolicyKind.SCP: "SERVICE_CONTROL_POLICY"}
_EMPTY: Final = ("EMPTY_ARRAY_", "EMPTY_OBJECT_")
"""Codes of parts that Access Analyzer only makes a suggestion about, and that IAM refuses."""
_PASS_ROLE: Final = "iam:passrole"
_CREATE_SLR: Final = "iam:createservicelinkedrole"
_RECOMMENDED: Final = (
    "We recommend that you specify resource ARNs or add the iam:PassedToService condition key to your "
    "statement."
)


def policy_findings(document: JsonObject, kind: PolicyKind) -> Iterator[Finding]:
    """Every finding, in the order of the document. `document`: a policy as JSON, valid or not."""
    found = list(_of_all_parts(document, kind))
    yield from found
    if not any(one.kind == ERROR or one.code.startswith(_EMPTY) for one in found):
        for refused in check_policy(document, kind)[:1]:
            details = " ".join(part for part in (refused.message, refused.detail, refused.hint) if part)
            yield Finding("POLICY_ERROR", ERROR, details, refused.steps)


def _of_all_parts(document: JsonObject, kind: PolicyKind) -> Iterator[Finding]:
    yield from _of_the_document(document, kind)
    listed = document.get("Statement")
    statements = listed if isinstance(listed, list) else [listed]
    for index, statement in enumerate(statements):
        steps: Steps = ("Statement", index) if statements is listed else ("Statement",)
        if isinstance(statement, Mapping):
            yield from _of_a_statement(statement, kind, steps)
        elif statement is not None:
            yield _mismatch("object", steps)


def mismatched_root() -> Finding:
    """Of a text that is JSON and no object."""
    return _mismatch("object", ())


def _mismatch(expected: str, steps: Steps) -> Finding:
    details = f"The text does not match the expected JSON data type {expected}."
    return Finding("DATA_TYPE_MISMATCH", ERROR, details, steps)


def _of_the_document(document: JsonObject, kind: PolicyKind) -> Iterator[Finding]:
    for element in document:
        if element not in _ELEMENTS:
            yield _invalid_element(element, (element,))
    version = document.get("Version")
    if version is None:
        details = (
            "We recommend that you specify the Version element to help you with debugging permission issues."
        )
        yield Finding("MISSING_VERSION", WARNING, details)
    elif version not in _VERSIONS:
        details = f"The version {version} is not valid. Use one of the following versions: " + ", ".join(
            _VERSIONS
        )
        yield Finding("INVALID_VERSION", ERROR, details, ("Version",))
    if "Statement" not in document:
        yield Finding("MISSING_STATEMENT", ERROR, "Add a statement to the policy.")
    if kind is not PolicyKind.RESOURCE:
        yield from _repeated_sids(document.get("Statement"))


def _repeated_sids(listed: Json) -> Iterator[Finding]:
    statements = listed if isinstance(listed, list) else []
    sids = [one.get("Sid") if isinstance(one, Mapping) else None for one in statements]
    seen: Counter[str] = Counter()
    for index, sid in enumerate(sids):
        if isinstance(sid, str) and sid:
            seen[sid] += 1
            if seen[sid] > 1:
                details = (
                    "Duplicate statement IDs are not supported for this policy type. Update the Sid value."
                )
                yield Finding("UNIQUE_SIDS_REQUIRED", ERROR, details, ("Statement", index, "Sid"))


def _invalid_element(element: str, steps: Steps) -> Finding:
    return Finding(
        "INVALID_POLICY_ELEMENT", ERROR, f"The policy element {element} is not valid.", steps, True
    )


def _of_a_statement(statement: Mapping[str, Json], kind: PolicyKind, steps: Steps) -> Iterator[Finding]:
    for element in statement:
        if element not in _STATEMENT_ELEMENTS:
            yield _invalid_element(element, (*steps, element))
    yield from _sid(statement.get("Sid"), kind, (*steps, "Sid"))
    yield from _effect(statement, steps)
    yield from _presence(statement, kind, steps)
    yield from principal_findings(statement, steps)
    yield from mismatch_findings(statement, steps)
    yield from action_findings(statement, steps)
    yield from resource_findings(statement, steps)
    yield from condition_findings(statement, steps)
    yield from unsupported_key_findings(statement, steps)
    if statement.get("Effect") == "Allow" and kind not in _CONTROLS:
        yield from _overly_permissive(statement, kind, steps)


def _sid(sid: Json, kind: PolicyKind, steps: Steps) -> Iterator[Finding]:
    if sid == "":
        details = "Add a value to the empty string in the Sid element."
        yield Finding("EMPTY_SID_VALUE", SUGGESTION, details, steps)
    elif isinstance(sid, str) and kind is not PolicyKind.RESOURCE and not _SID.fullmatch(sid):
        details = (
            "Update the characters in the Sid element to use one of the following character types: "
            "[a-z, A-Z, 0-9]"
        )
        yield Finding("UNSUPPORTED_SID", ERROR, details, steps)
    elif sid is not None and not isinstance(sid, str):
        yield _mismatch("string", steps)


def _effect(statement: Mapping[str, Json], steps: Steps) -> Iterator[Finding]:
    if "Effect" not in statement:
        details = "Add an Effect element to the policy statement with a value of Allow or Deny."
        yield Finding("MISSING_EFFECT", ERROR, details, steps)
    elif statement["Effect"] not in ("Allow", "Deny"):
        details = f"The effect {statement['Effect']} is not valid. Use Allow or Deny."
        yield Finding("INVALID_EFFECT", ERROR, details, (*steps, "Effect"))


def _presence(statement: Mapping[str, Json], kind: PolicyKind, steps: Steps) -> Iterator[Finding]:
    for one, other in _PAIRS:
        if one in statement and other in statement:
            details = (
                f"The policy elements {one} and {other} can not be used in the same statement. Remove one of "
                "these elements."
            )
            yield Finding("UNSUPPORTED_ELEMENT_COMBINATION", ERROR, details, steps)
    if "Action" not in statement and "NotAction" not in statement:
        details = "Add an Action or NotAction element to the policy statement."
        yield Finding("MISSING_ACTION", ERROR, details, steps)
    has_resource = "Resource" in statement or "NotResource" in statement
    if not has_resource and kind in (PolicyKind.IDENTITY, *_CONTROLS):
        details = "Add a Resource or NotResource element to the policy statement."
        yield Finding("MISSING_RESOURCE", ERROR, details, steps)
    has_principal = "Principal" in statement or "NotPrincipal" in statement
    if has_principal and kind is PolicyKind.SCP:
        details = "SCPs do not support specifying principals. Remove the Principal or NotPrincipal element."
        yield Finding("SCP_SYNTAX_ERROR_PRINCIPAL", ERROR, details, steps)
    elif has_principal and kind in _WITHOUT_PRINCIPAL:
        details = (
            f"The policy type {_WITHOUT_PRINCIPAL[kind]} does not support the Principal element. Remove the "
            "Principal element."
        )
        yield Finding("UNSUPPORTED_PRINCIPAL", ERROR, details, steps)
    elif not has_principal and kind not in _WITHOUT_PRINCIPAL:
        yield Finding("MISSING_PRINCIPAL", ERROR, "Add a Principal element to the policy statement.", steps)


# --- access that is overly permissive ---


def _overly_permissive(statement: Mapping[str, Json], kind: PolicyKind, steps: Steps) -> Iterator[Finding]:
    if "NotPrincipal" in statement:
        details = (
            "Using Allow with NotPrincipal can be overly permissive. We recommend that you use Principal "
            "instead."
        )
        yield Finding("ALLOW_WITH_NOT_PRINCIPAL", SECURITY_WARNING, details, (*steps, "NotPrincipal"))
    if kind is not PolicyKind.IDENTITY:
        return
    yield from _pass_role(statement, steps)
    yield from _service_linked_roles(statement, steps)


def _pass_role(statement: Mapping[str, Json], steps: Steps) -> Iterator[Finding]:
    named, by_wildcard = _actions(statement, _PASS_ROLE)
    if "passedtoservice" in str(statement.get("Condition", "")).lower():
        return
    if "NotResource" in statement and (named or by_wildcard):
        how = "the iam:PassRole action with" if named else "an action with a wildcard (*) and"
        code = "PASS_ROLE_WITH_NOT_RESOURCE" if named else "PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE"
        details = (
            f"Using {how} NotResource can be overly permissive because it can allow iam:PassRole permissions "
            "on multiple resources. We recommend that you specify resource ARNs instead."
        )
        yield Finding(code, SECURITY_WARNING, details, (*steps, "NotResource"))
        return
    for at, resource in texts(statement.get("Resource"), (*steps, "Resource")):
        if not _is_star(resource):
            continue
        if named:
            details = (
                "Using the iam:PassRole action with wildcards (*) in the resource can be overly permissive "
                f"because it allows iam:PassRole permissions on multiple resources. {_RECOMMENDED}"
            )
            yield Finding("PASS_ROLE_WITH_STAR_IN_RESOURCE", SECURITY_WARNING, details, at)
        elif by_wildcard:
            details = (
                "Using wildcards (*) in the action and the resource can be overly permissive because it "
                f"allows iam:PassRole permissions on all resources. {_RECOMMENDED}"
            )
            yield Finding("PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE", SECURITY_WARNING, details, at)


def _service_linked_roles(statement: Mapping[str, Json], steps: Steps) -> Iterator[Finding]:
    named, by_wildcard = _actions(statement, _CREATE_SLR)
    if "awsservicename" in str(statement.get("Condition", "")).lower():
        return
    for at, resource in texts(statement.get("Resource"), (*steps, "Resource")):
        if not _is_star(resource):
            continue
        if named:
            details = (
                "Using the iam:CreateServiceLinkedRole action with wildcards (*) in the resource can allow "
                "creation of unintended service-linked roles. We recommend that you specify resource ARNs "
                "instead."
            )
            yield Finding("CREATE_SLR_WITH_STAR_IN_RESOURCE", WARNING, details, at)
        elif by_wildcard:
            details = (
                "Using wildcards (*) in the action and the resource can allow creation of unintended "
                "service-linked roles because it allows iam:CreateServiceLinkedRole permissions on all "
                "resources. We recommend that you specify resource ARNs instead."
            )
            yield Finding("CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE", WARNING, details, at)


def _actions(statement: Mapping[str, Json], action: str) -> tuple[bool, bool]:
    """Whether `Action` names the action, and whether a wildcard in it covers the action."""
    listed = [text.lower() for _, text in texts(statement.get("Action"), ())]
    return action in listed, any("*" in one and covers(one, action) for one in listed)


def _is_star(resource: str) -> bool:
    """A resource that means roles of any name."""
    return resource == "*" or (":role/" in resource and resource.endswith(":role/*"))
