"""What would turn a denial into an Allow? Edits of policies or of the request, each tested before it is
suggested.

This module is for users of the library and works with one request and its documents only: no account, no API
calls, no other callers. In a running simulation, the explorer uses `sts_tui.simulation.fixes.fixes`, which
finds the AWS calls for such an edit and the other requests that it would allow.

Suggestions are not guesses: the changed policies (or the changed request) have been evaluated and allow the
request. Every edit makes a new document; the originals are not changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from sts_tui.iam.decide import evaluate
from sts_tui.iam.decision import Decision, Outcome
from sts_tui.iam.documents.policy import PolicyDocument
from sts_tui.iam.fixing.context_values import values_to_try
from sts_tui.iam.fixing.policy_edits import (
    Edit,
    FixKind,
    document_of,
    edited,
    patched,
    principal_in_policies,
    statements_of,
)
from sts_tui.iam.layers import Layer
from sts_tui.iam.match import MATCHED, Element
from sts_tui.iam.policy_set import PolicySet
from sts_tui.iam.provenance import PolicyType
from sts_tui.iam.request import Request

_STATEMENTS_TRIED: Final = 5
"""How many near misses of a layer are tried. More would make the list too long."""
_ROUNDS: Final = 6
"""The maximum number of edits in one suggestion."""


class Fix(Struct, frozen=True):
    """Edits that together make the request allowed."""

    edits: tuple[Edit, ...]
    decision: Decision
    """The decision for the request after the edits."""

    @property
    def summary(self) -> str:
        return ", and ".join(edit.summary for edit in self.edits)


def suggest_fixes(request: Request, policies: PolicySet) -> tuple[Fix, ...]:
    """Every tested suggestion that allows the request, smallest first; empty if the request is already
    allowed.
    """
    decision = evaluate(request, policies)
    if decision.is_allowed or decision.before_any_policy:
        return ()
    fixes = [*_by_request(request, policies, decision), *_by_policies(request, policies, decision)]
    unique = {fix.summary: fix for fix in fixes}
    return tuple(sorted(unique.values(), key=lambda fix: len(fix.edits)))


def _by_policies(request: Request, policies: PolicySet, decision: Decision) -> Iterator[Fix]:
    for edit, changed in _edits(request, policies, decision):
        if (fix := _completed(request, changed, edit)) is not None:
            yield fix


def _completed(request: Request, policies: PolicySet, first: Edit) -> Fix | None:
    """Complete a first edit with further ones, each in the next layer that denies, until the request is
    allowed. None if that fails.
    """
    edits = [first]
    for _ in range(_ROUNDS):
        decision = evaluate(request, policies)
        if decision.is_allowed:
            return Fix(tuple(edits), decision)
        found = next(_edits(request, policies, decision), None)
        if found is None or found[0].summary in {edit.summary for edit in edits}:
            return None
        edits.append(found[0])
        policies = found[1]
    return None


def _edits(request: Request, policies: PolicySet, decision: Decision) -> Iterator[tuple[Edit, PolicySet]]:
    """Edits that address the reason of this decision, each with the resulting policies."""
    match decision.outcome:
        case Outcome.EXPLICIT_DENY:
            yield _without_first_deny(policies, decision)
        case Outcome.IMPLICIT_DENY if decision.settled_by is not None:
            yield from _with_allow(request, policies, decision.settled_by)


# --- explicit denies ---


def _without_first_deny(policies: PolicySet, decision: Decision) -> tuple[Edit, PolicySet]:
    """Remove the first Deny that matched. The next round finds the others."""
    deny = decision.decided_by[0][1]
    layer = next(
        layer for layer in policies.layers.in_order if any(each is deny for each in layer.statements)
    )
    document = document_of(layer, deny)
    statements = [each for index, each in enumerate(statements_of(document)) if index != deny.index]
    label = deny.provenance(layer.policy_type).label
    if not statements:
        names = (layer.policy_type, document.name, document.owner)
        removal = Edit((FixKind.REMOVE_POLICY,), f"remove {label} with its policy", *names)
        return removal, _replaced(policies, layer, document, removal)
    edit = edited(document, layer, statements, f"remove {label}", FixKind.REMOVE_STATEMENT)
    return edit, _replaced(policies, layer, document, edit)


# --- missing Allows ---


def _with_allow(
    request: Request, policies: PolicySet, settled_by: PolicyType
) -> Iterator[tuple[Edit, PolicySet]]:
    policy_type = PolicyType.RESOURCE if settled_by is PolicyType.TRUST else settled_by
    layers = [layer for layer in policies.layers.in_order if layer.policy_type is policy_type]
    lacking = [layer for layer in layers if not _allows(layer, request)]
    layer = (lacking or [Layer(policy_type, (), policies.settings)])[0]
    misses = [
        (statement.match(request), statement) for statement in layer.statements if not statement.is_deny
    ]
    misses.sort(key=lambda miss: -miss[0])
    for _, statement in misses[:_STATEMENTS_TRIED]:
        document = document_of(layer, statement)
        if (edit := patched(request, layer, document, statement)) is not None:
            yield edit, _replaced(policies, layer, document, edit)
    yield _added(request, policies, layer)


def _allows(layer: Layer, request: Request) -> bool:
    return any(not each.is_deny and each.match(request) == MATCHED for each in layer.statements)


def _added(request: Request, policies: PolicySet, layer: Layer) -> tuple[Edit, PolicySet]:
    """A separate new Allow, in the layer's last policy, or in a new policy if it has none."""
    statement: dict[str, object] = {"Effect": "Allow", "Action": request.action}
    is_resource = layer.policy_type is PolicyType.RESOURCE
    if is_resource:
        statement["Principal"] = principal_in_policies(request)
    if not is_resource or not request.action_key.startswith("sts:"):
        statement["Resource"] = request.resource
    document = (
        layer.documents[-1] if layer.documents else PolicyDocument({"Version": "2012-10-17"}, "a new policy")
    )
    where = f"{document.owner}/{document.name}" if document.owner else document.name
    what = (
        layer.policy_type.value
        if layer.level is None
        else f"{layer.policy_type.value}, level {layer.level + 1}"
    )
    summary = f"allow {request.action} on {request.resource} in {where} ({what})"
    edit = edited(document, layer, [*statements_of(document), statement], summary, FixKind.ADD_STATEMENT)
    return edit, _replaced(policies, layer, document, edit)


# --- edits of the request ---


def _by_request(request: Request, policies: PolicySet, decision: Decision) -> Iterator[Fix]:
    """Values of condition keys with which the unchanged policies would allow the request."""
    concerned = [statement for _, statement in decision.decided_by] or [
        statement
        for layer in policies.binding(request.caller).in_order
        for statement in layer.statements
        if not statement.is_deny and statement.match(request) >= Element.CONDITION
    ]
    for statement in concerned[:_STATEMENTS_TRIED]:
        for condition in statement.conditions:
            for value in values_to_try(condition):
                answer = evaluate(request.with_values({condition.key.lower(): value}), policies)
                if answer.is_allowed:
                    edit = Edit(
                        (FixKind.CHANGE_REQUEST,),
                        f"with {condition.key} = {value}",
                        context={condition.key: value},
                    )
                    yield Fix((edit,), answer)
                    break


def _replaced(policies: PolicySet, layer: Layer, document: PolicyDocument, edit: Edit) -> PolicySet:
    """The policies with one document changed, removed, or added to a layer that had none."""
    documents = [each for each in layer.documents if each is not document]
    if edit.document is not None:
        changed = PolicyDocument(edit.document, document.name, document.owner, document.arn)
        documents = [changed if each is document else each for each in layer.documents]
        if not any(each is document for each in layer.documents):
            documents.append(changed)
    new = Layer(layer.policy_type, documents, layer.settings, layer.level)
    return policies.replaced(lambda layers: layers.replacing(layer, new))
