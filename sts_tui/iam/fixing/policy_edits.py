"""What is one edit of a policy document? A statement is changed, added or removed.

Documents are never changed in place; every edit makes a new one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Final, Literal

from msgspec import Struct

from sts_tui.iam.caller import CallerKind
from sts_tui.iam.conditions import Condition
from sts_tui.iam.documents.policy import PolicyDocument
from sts_tui.iam.layers import Layer
from sts_tui.iam.match import MATCHED, Element, Statement
from sts_tui.iam.policy_results import own_policy_type
from sts_tui.iam.provenance import PolicyType
from sts_tui.iam.request import Request


class FixKind(Enum):
    """What an edit does."""

    ADD_ACTION = "add action"
    ADD_RESOURCE = "add resource"
    ADD_PRINCIPAL = "add principal"
    REMOVE_CONDITION = "remove condition"
    ADD_STATEMENT = "add statement"
    REMOVE_STATEMENT = "remove statement"
    REMOVE_POLICY = "remove policy"
    """The Deny is its only statement, and AWS does not store documents without statements."""
    CHANGE_REQUEST = "change the request"

    __hash__ = object.__hash__


_WIDENING: Final = frozenset((FixKind.ADD_ACTION, FixKind.ADD_RESOURCE))


class Edit(Struct, frozen=True):
    """One change. For a policy, `document` is the complete changed document; None if the policy is removed.
    For the request, `context` has the keys to set.
    """

    kinds: tuple[FixKind, ...]
    summary: str
    """`add s3:PutObject to ReadOnly/view#2`"""
    policy_type: PolicyType | None = None
    policy: str = ""
    owner: str = ""
    document: Mapping[str, object] | None = None
    context: Mapping[str, str] | None = None


def patched(request: Request, layer: Layer, document: PolicyDocument, statement: Statement) -> Edit | None:
    """The edit that makes an Allow match, by changing each element that fails; None if there is none."""
    label = statement.provenance(layer.policy_type).label
    words: list[str] = []
    kinds: list[FixKind] = []
    while (code := statement.match(request)) != MATCHED:
        repair = _patched_element(written_statement(document, statement), code, statement, request)
        if repair is None:
            return None
        kind, what, written = repair
        if kind in kinds and kind is not FixKind.REMOVE_CONDITION:
            return None  # the same change did not help before
        if kind in _WIDENING and not _WIDENING.isdisjoint(kinds):
            return None  # a new action and a new resource in one statement would grant their cross product
        kinds.append(kind)
        words.append(what)
        statements = [
            written if i == statement.index else each for i, each in enumerate(statements_of(document))
        ]
        document = PolicyDocument(
            {**document.document, "Statement": statements}, document.name, document.owner, document.arn
        )
        statement = document.statements(layer.policy_type, layer.settings)[statement.index]
    summary = f"{' and '.join(words)} {'in' if kinds[0] is FixKind.REMOVE_CONDITION else 'to'} {label}"
    return Edit(tuple(kinds), summary, layer.policy_type, document.name, document.owner, document.document)


def _patched_element(
    written: Mapping[str, object], code: int, statement: Statement, request: Request
) -> tuple[FixKind, str, Mapping[str, object]] | None:
    """Change one element so that it no longer fails. Returns (kind, summary, changed statement); None if that
    is impossible.
    """
    if (
        code == Element.ACTION
        and not statement.actions.negated
        and not _is_for_everything(statement, request)
    ):
        changed = {**written, "Action": [*_listed(written["Action"]), request.action]}
        return FixKind.ADD_ACTION, f"add {request.action}", changed
    if code == Element.RESOURCE and statement.resources is not None and not statement.resources.negated:
        changed = {**written, "Resource": [*_listed(written["Resource"]), request.resource]}
        return FixKind.ADD_RESOURCE, f"add {request.resource}", changed
    if code == Element.PRINCIPAL and statement.principals is not None and not statement.principals.negated:
        return _with_principal(written, request)
    if code >= Element.CONDITION:
        condition = statement.conditions[code - Element.CONDITION]
        block = _without_condition(_object(written, "Condition"), condition)
        what = f"remove the condition {condition.operator} {condition.key}"
        return FixKind.REMOVE_CONDITION, what, {**written, "Condition": block}
    return None


def _without_condition(block: Mapping[str, object], condition: Condition) -> Mapping[str, object]:
    tested = _object(block, condition.operator)
    keys = {key: value for key, value in tested.items() if key != condition.key}
    rest = {operator: each for operator, each in block.items() if operator != condition.operator}
    return {**rest, condition.operator: keys} if keys else rest


def _is_for_everything(statement: Statement, request: Request) -> bool:
    """Whether the statement would allow a new action on far more than the requested resource."""
    resources = statement.resources
    return request.resource != "*" and resources is not None and "*" in resources.written


def _with_principal(
    written: Mapping[str, object], request: Request
) -> tuple[FixKind, str, Mapping[str, object]]:
    principal = principal_in_policies(request)
    if isinstance(principal, str):
        return FixKind.ADD_PRINCIPAL, "add everyone", {**written, "Principal": "*"}
    ((kind, name),) = principal.items()
    if name == "*":
        return FixKind.ADD_PRINCIPAL, "add everyone", {**written, "Principal": principal}
    known = dict(_object(written, "Principal"))
    known[kind] = [*_listed(known.get(kind, [])), name]
    return FixKind.ADD_PRINCIPAL, f"add {name}", {**written, "Principal": known}


def principal_in_policies(request: Request) -> Literal["*"] | dict[str, str | None]:
    """The principal for a resource policy that should allow this caller permanently: the role rather than one
    of its sessions.
    """
    caller = request.caller
    match caller.kind:
        case CallerKind.ANONYMOUS if own_policy_type(request) is PolicyType.TRUST:
            return {"AWS": "*"}  # AWS refuses a bare "*" in a trust policy
        case CallerKind.ANONYMOUS:
            return "*"
        case CallerKind.SERVICE:
            return {"Service": caller.arn}
        case CallerKind.FEDERATED:
            return {"Federated": caller.arn}
        case CallerKind.ROLE_SESSION:
            return {"AWS": caller.issuer_arn or caller.arn}
        case _:
            return {"AWS": caller.arn}


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else [value]


def _object(written: Mapping[str, object], name: str) -> Mapping[str, object]:
    """A part of a statement that is an object, as the compiler has checked."""
    part = written[name]
    return part if isinstance(part, Mapping) else {}


def statements_of(document: PolicyDocument) -> Sequence[object]:
    return _listed(document.document.get("Statement", []))


def written_statement(document: PolicyDocument, statement: Statement) -> Mapping[str, object]:
    """The JSON of a compiled statement in its document; empty if it is not an object."""
    written = statements_of(document)[statement.index]
    return written if isinstance(written, Mapping) else {}


def document_of(layer: Layer, statement: Statement) -> PolicyDocument:
    return next(
        document
        for document in layer.documents
        if any(each is statement for each in document.statements(layer.policy_type, layer.settings))
    )


def edited(
    document: PolicyDocument, layer: Layer, statements: Sequence[object], summary: str, kind: FixKind
) -> Edit:
    changed = {**document.document, "Statement": list(statements)}
    return Edit((kind,), summary, layer.policy_type, document.name, document.owner, changed)
