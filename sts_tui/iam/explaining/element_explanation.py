"""How does each element of a statement compare with the request? Listed values and actual values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from sts_tui.iam.conditions import Condition, compile_condition, read_operator
from sts_tui.iam.documents.actions import matching_action
from sts_tui.iam.documents.resources import matching_resource
from sts_tui.iam.explaining.element_notes import condition_note, resource_note
from sts_tui.iam.explaining.explanation import ElementExplanation, ElementStatus, ValueExplanation
from sts_tui.iam.match import (
    CANONICAL_USERS,
    MATCHED,
    UNDECIDED,
    Element,
    Principals,
    Resources,
    Statement,
)
from sts_tui.iam.principals import Closeness
from sts_tui.iam.request import Request

_CLOSENESS: Final = {
    Closeness.ACCOUNT: "by the caller's account: its identity-based policies decide",
    Closeness.USER: "by the user that created the session",
    Closeness.ROLE: "by the role of the session",
    Closeness.EVERYONE: "by everyone",
    Closeness.EXACT: "by exactly this principal",
}


def explained_elements(statement: Statement, code: int, request: Request) -> tuple[ElementExplanation, ...]:
    """Every element, in the order of comparison. `code` is the result of `Statement.match`."""
    return tuple(_elements(statement, code, request))


def _status(position: int, code: int, undecided: bool = False) -> ElementStatus:
    if code in (MATCHED, UNDECIDED) or position < code:
        return ElementStatus.UNDECIDED if undecided else ElementStatus.MATCHED
    return ElementStatus.FAILED if position == code else ElementStatus.NOT_REACHED


def _elements(statement: Statement, code: int, request: Request) -> Iterator[ElementExplanation]:
    actions = statement.actions
    yield ElementExplanation(
        "NotAction" if actions.negated else "Action",
        _status(Element.ACTION, code),
        actions.written,
        (request.action,),
        _unless_same(matching_action(actions, request.action_key), request.action),
    )
    if statement.resources is not None:
        yield _resource(statement, statement.resources, code, request)
    if statement.principals is not None:
        yield _principal(statement, statement.principals, code, request)
    for position, condition in enumerate(statement.conditions, Element.CONDITION):
        yield _condition(
            statement, condition, _status(position, code, condition.holds(request.values) is None), request
        )


def _resource(statement: Statement, resources: Resources, code: int, request: Request) -> ElementExplanation:
    is_undecided = resources.test is not None and resources.test(request) is None
    status = _status(Element.RESOURCE, code, is_undecided)
    return ElementExplanation(
        "NotResource" if resources.negated else "Resource",
        status,
        resources.written,
        (request.resource,),
        _unless_same(matching_resource(resources, statement.scope, request), request.resource),
        note=resource_note(statement, resources, request, failed=status is ElementStatus.FAILED),
    )


def _unless_same(pattern: str | None, value: str) -> str | None:
    """The pattern that matched; None if it equals the value."""
    return None if pattern is None or pattern == value else pattern


def _principal(
    statement: Statement, principals: Principals, code: int, request: Request
) -> ElementExplanation:
    closeness = principals.names(request)
    caller = request.caller
    identities = (caller.arn, caller.issuer_arn, caller.unique_id, caller.account)
    actual = tuple(dict.fromkeys(each for each in identities if each is not None)) or ("anonymous",)
    if closeness is Closeness.UNDECIDED:
        note = principals.doubt
    elif principals.negated:
        note = _not_principal_note(principals, request, closeness)
    else:
        note = _CLOSENESS.get(statement.closeness(request), "")
    return ElementExplanation(
        "NotPrincipal" if principals.negated else "Principal",
        _status(Element.PRINCIPAL, code, closeness is Closeness.UNDECIDED),
        tuple(_written_principals(principals.written)),
        actual,
        note=note,
    )


def _not_principal_note(principals: Principals, request: Request, closeness: Closeness) -> str:
    """Why a NotPrincipal covers the caller, or why it does not."""
    if not principals.scope.is_deny:
        return "the caller is listed: Allow with NotPrincipal never grants to it" if not closeness else ""
    if closeness is Closeness.NONE:
        return ""
    if request.has_boundary:
        return "the caller has a permissions boundary: Deny with NotPrincipal then excepts no caller"
    note = "not every identity of the caller is listed, so it is not excepted"
    return f"{note}; {CANONICAL_USERS}, in doubt a Deny matches" if principals.doubt else note


def _written_principals(written: object) -> Iterator[str]:
    """`*`, or `AWS: arn…` for each entry."""
    if isinstance(written, str):
        yield written
        return
    for kind, entries in written.items() if isinstance(written, Mapping) else ():
        for entry in entries if isinstance(entries, list | tuple) else (entries,):
            yield f"{kind}: {entry}"


def _condition(
    statement: Statement, condition: Condition, status: ElementStatus, request: Request
) -> ElementExplanation:
    value = request.values.get(condition.key.lower())
    actual = None if value is None else (value,) if isinstance(value, str) else value
    values = tuple(_value(statement, condition, each, request) for each in actual or ())
    matched = [each.matched_by for each in values if each.matched_by is not None]
    return ElementExplanation(
        f"{condition.operator} {condition.key}",
        status,
        condition.wanted,
        actual,
        matched[0] if len(matched) == 1 and matched[0] not in (actual or ()) else None,
        values,
        condition_note(statement, condition, request),
    )


def _value(statement: Statement, condition: Condition, value: str, request: Request) -> ValueExplanation:
    """One value of the request: whether the condition is true for it, and which listed value it matched."""
    if condition.each is None:
        return ValueExplanation(value, None)
    name = read_operator(condition.operator)
    negated = name.operator is not None and name.operator.row.negated
    for wanted in condition.wanted:
        alone = compile_condition(condition.operator, condition.key, (wanted,), statement.scope).each
        if (
            alone is not None
            and alone(value, request.values) is not None
            and alone(value, request.values) is not negated
        ):
            return ValueExplanation(value, condition.each(value, request.values), wanted)
    return ValueExplanation(value, condition.each(value, request.values))
