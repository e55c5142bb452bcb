"""What does IAM Access Analyzer find in a policy document? The checks that need only the document.

If none of them finds an error in a document that IAM refuses, a finding with the code POLICY_ERROR, which AWS
does not have, says why. docs/policy-validation.md lists the checks that are not made.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from sts_tui.account.diagnostics.json_path import Steps
from sts_tui.account.json_value import Json, JsonObject
from sts_tui.account.policies.policy_grammar import check_policy
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.policy_sizes import SIZE_LIMITS
from sts_tui.simulation.operations.access_analyzer.action_findings import (
    action_findings,
    tag_support_findings,
)
from sts_tui.simulation.operations.access_analyzer.checked_statement import CheckedStatement
from sts_tui.simulation.operations.access_analyzer.condition_findings import (
    condition_findings,
    unsupported_key_findings,
)
from sts_tui.simulation.operations.access_analyzer.condition_value_findings import condition_value_findings
from sts_tui.simulation.operations.access_analyzer.control_policy_findings import rcp_findings
from sts_tui.simulation.operations.access_analyzer.finding import ERROR, Finding, finding
from sts_tui.simulation.operations.access_analyzer.permission_findings import permission_findings
from sts_tui.simulation.operations.access_analyzer.principal_findings import principal_findings
from sts_tui.simulation.operations.access_analyzer.resource_findings import (
    attached_findings,
    resource_findings,
)
from sts_tui.simulation.operations.access_analyzer.trust_findings import trust_findings, whole_trust_findings
from sts_tui.simulation.operations.access_analyzer.variable_findings import variable_findings

_CURRENT: Final = "2012-10-17"
_VERSIONS: Final = (_CURRENT, "2008-10-17")
_ELEMENTS: Final = ("Version", "Id", "Statement")
_STATEMENT_ELEMENTS: Final = (
    *("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction"),
    *("Resource", "NotResource", "Condition"),
)
_PAIRS: Final = (("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal"))
_SID: Final = re.compile(r"[0-9A-Za-z]*")
_CONTROLS: Final = (PolicyKind.SCP, PolicyKind.RCP)
_OF_SERVICES: Final = (PolicyKind.RESOURCE, PolicyKind.TRUST)
_WITHOUT_PRINCIPAL: Final = {PolicyKind.IDENTITY: "IDENTITY_POLICY", PolicyKind.SCP: "SERVICE_CONTROL_POLICY"}
_REFUSED: Final = ("EMPTY_ARRAY_", "EMPTY_OBJECT_", "TYPE_MISMATCH_")
"""Codes of findings that are not errors for Access Analyzer but that IAM refuses."""
_BUCKET_QUOTA: Final = 20 * 1024
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/add-bucket-policy.html"""
_SPACE: Final = re.compile(r"\s")


def policy_findings(
    document: JsonObject, kind: PolicyKind, *, text: str = "", resource_type: str = ""
) -> Iterator[Finding]:
    """Every finding, in the order of the document.

    `document`: a policy as JSON, valid or not; `text`: the document as passed, for its size; `resource_type`:
    what a resource-based policy is attached to, `AWS::S3::Bucket`.
    """
    found = list(_of_all_parts(document, kind, resource_type))
    found += _size(text or json.dumps(document), kind, resource_type)
    yield from found
    if not any(one.kind == ERROR or one.code.startswith(_REFUSED) for one in found):
        for refused in check_policy(document, kind)[:1]:
            details = " ".join(part for part in (refused.message, refused.detail, refused.hint) if part)
            yield Finding("POLICY_ERROR", ERROR, details, refused.steps)


def _of_all_parts(document: JsonObject, kind: PolicyKind, resource_type: str) -> Iterator[Finding]:
    yield from _of_the_document(document, kind)
    listed = document.get("Statement")
    statements = listed if isinstance(listed, list) else [listed]
    checked = []
    for index, statement in enumerate(statements):
        steps: Steps = ("Statement", index) if statements is listed else ("Statement",)
        if isinstance(statement, Mapping):
            is_current = document.get("Version") == _CURRENT
            checked.append(CheckedStatement(statement, kind, steps, resource_type, is_current))
            yield from _of_a_statement(checked[-1])
        elif statement is not None:
            yield finding("DATA_TYPE_MISMATCH", steps, data_type="object")
    yield from _repeated_statements(checked)
    if kind is PolicyKind.TRUST:
        yield from whole_trust_findings(checked)


def _of_the_document(document: JsonObject, kind: PolicyKind) -> Iterator[Finding]:
    for element in document:
        if element not in _ELEMENTS:
            yield finding("INVALID_POLICY_ELEMENT", (element,), is_key=True, element=element)
    version = document.get("Version")
    if version is None:
        yield finding("MISSING_VERSION")
    elif version not in _VERSIONS:
        yield finding("INVALID_VERSION", ("Version",), version=version, versions=", ".join(_VERSIONS))
    if "Statement" not in document:
        yield finding("MISSING_STATEMENT")
    yield from _repeated_sids(document.get("Statement"), kind)


def _repeated_sids(listed: Json, kind: PolicyKind) -> Iterator[Finding]:
    statements = listed if isinstance(listed, list) else []
    sids = [one.get("Sid") if isinstance(one, Mapping) else None for one in statements]
    check = "UNIQUE_SIDS_RECOMMENDED" if kind in _OF_SERVICES else "UNIQUE_SIDS_REQUIRED"
    seen: Counter[str] = Counter()
    for index, sid in enumerate(sids):
        if isinstance(sid, str) and sid:
            seen[sid] += 1
            if seen[sid] > 1:
                yield finding(check, ("Statement", index, "Sid"))


def _repeated_statements(checked: list[CheckedStatement]) -> Iterator[Finding]:
    """Statements that differ only in the Sid."""
    known: dict[str, Steps] = {}
    for one in checked:
        rest = {name: value for name, value in one.elements.items() if name != "Sid"}
        first = known.setdefault(json.dumps(rest, sort_keys=True), one.steps)
        if rest and first != one.steps:
            yield finding("REDUNDANT_STATEMENT", one.steps, also=(first,))


def _of_a_statement(statement: CheckedStatement) -> Iterator[Finding]:
    for element in statement.elements:
        if element not in _STATEMENT_ELEMENTS:
            at = statement.at(element)
            yield finding("INVALID_POLICY_ELEMENT", at, is_key=True, element=element)
    yield from _sid(statement)
    yield from _effect(statement)
    yield from _presence(statement)
    yield from principal_findings(statement)
    yield from trust_findings(statement)
    if statement.kind is PolicyKind.RCP:
        yield from rcp_findings(statement)
    yield from action_findings(statement)
    yield from resource_findings(statement)
    yield from attached_findings(statement)
    yield from variable_findings(statement)
    yield from condition_findings(statement)
    yield from condition_value_findings(statement)
    yield from unsupported_key_findings(statement)
    yield from tag_support_findings(statement)
    if statement.is_allow and statement.kind not in _CONTROLS:
        if "NotPrincipal" in statement.elements:
            yield finding("ALLOW_WITH_NOT_PRINCIPAL", statement.at("NotPrincipal"))
        if statement.kind is PolicyKind.IDENTITY:
            yield from permission_findings(statement)


def _sid(statement: CheckedStatement) -> Iterator[Finding]:
    sid, at = statement.elements.get("Sid"), statement.at("Sid")
    if sid == "":
        yield finding("EMPTY_SID_VALUE", at)
    elif isinstance(sid, str) and statement.kind not in _OF_SERVICES and not _SID.fullmatch(sid):
        yield finding("UNSUPPORTED_SID", at)
    elif sid is not None and not isinstance(sid, str):
        yield finding("DATA_TYPE_MISMATCH", at, data_type="string")


def _effect(statement: CheckedStatement) -> Iterator[Finding]:
    if "Effect" not in statement.elements:
        yield finding("MISSING_EFFECT", statement.steps)
    elif (effect := statement.elements["Effect"]) not in ("Allow", "Deny"):
        yield finding("INVALID_EFFECT", statement.at("Effect"), effect=effect)


def _presence(statement: CheckedStatement) -> Iterator[Finding]:
    elements, kind, steps = statement.elements, statement.kind, statement.steps
    for one, other in _PAIRS:
        if one in elements and other in elements:
            yield finding("UNSUPPORTED_ELEMENT_COMBINATION", steps, element=one, other=other)
    if "Action" not in elements and "NotAction" not in elements:
        yield finding("MISSING_ACTION", steps)
    has_resource = "Resource" in elements or "NotResource" in elements
    if not has_resource and kind in (PolicyKind.IDENTITY, *_CONTROLS):
        yield finding("MISSING_RESOURCE", steps)
    has_principal = "Principal" in elements or "NotPrincipal" in elements
    if has_principal and kind is PolicyKind.SCP:
        yield finding("SCP_SYNTAX_ERROR_PRINCIPAL", steps)
    elif has_principal and kind in _WITHOUT_PRINCIPAL:
        yield finding("UNSUPPORTED_PRINCIPAL", steps, policy_type=_WITHOUT_PRINCIPAL[kind])
    elif not has_principal and kind not in _WITHOUT_PRINCIPAL:
        yield finding("MISSING_PRINCIPAL", steps)


def _size(text: str, kind: PolicyKind, resource_type: str) -> Iterator[Finding]:
    """A policy that is longer than its type allows. Not checked for resources whose limits differ between
    AWS's pages.
    """
    size, dense = len(text), len(_SPACE.sub("", text))
    match kind:
        case PolicyKind.SCP | PolicyKind.RCP if size > SIZE_LIMITS[kind]:
            words = {"size": size, "quota": SIZE_LIMITS[kind]}
            yield finding(f"POLICY_SIZE_EXCEEDS_{kind.name}_QUOTA", words=words)
        case PolicyKind.IDENTITY if dense > (quota := SIZE_LIMITS[PolicyKind.MANAGED]):
            yield finding("POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA", size=dense, quota=quota)
        case PolicyKind.TRUST if dense > SIZE_LIMITS[kind]:
            yield finding("POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA")
        case PolicyKind.RESOURCE if resource_type == "AWS::S3::Bucket" and size > _BUCKET_QUOTA:
            yield finding("POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA", size=size, quota=_BUCKET_QUOTA)
        case _:
            return
