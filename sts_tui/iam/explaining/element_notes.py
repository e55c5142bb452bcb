"""Which note helps a reader to understand one element of a statement, for example why it failed?

The notes cover common mistakes: the bucket instead of its objects, wrong case, an operator without set
operator for a multivalued key, a key or a policy variable without a value.
"""

from __future__ import annotations

from copy import copy
from typing import Final

from msgspec.structs import replace

from sts_tui.account.policies.condition_operators import SetOperator
from sts_tui.iam.conditions import NULL, Condition, compile_condition, read_operator
from sts_tui.iam.context_keys import is_multivalued
from sts_tui.iam.documents.resources import matching_resource
from sts_tui.iam.match import Resources, Statement
from sts_tui.iam.patterns.partly_known import is_unknown
from sts_tui.iam.patterns.variables import variables_in
from sts_tui.iam.request import Request

_OTHER_CASE: Final = "differs only in case, which matters here"


def resource_note(statement: Statement, resources: Resources, request: Request, *, failed: bool) -> str:
    """The note on a Resource or NotResource; empty if there is none."""
    if "${" in "".join(resources.written) and (missing := missing_variables(resources.written, request)):
        return missing + (_in_doubt(statement, excludes_nothing=not failed) if resources.negated else "")
    if not failed:
        return _crossing(statement, resources, request)
    if resources.negated:
        return ""
    return _about_the_bucket(resources.written, request.resource) or _in_other_case(
        statement, resources, request
    )


def _in_doubt(statement: Statement, *, excludes_nothing: bool) -> str:
    """The note on a NotResource entry whose effect AWS does not document: how it is evaluated here."""
    if statement.is_deny:
        return "; in doubt a Deny matches" if excludes_nothing else ""
    return "" if excludes_nothing else "; in doubt an Allow does not match"


def _crossing(statement: Statement, resources: Resources, request: Request) -> str:
    """The note if a Resource matches only because a `*` at the end of a segment also matches beyond the
    colon.
    """
    if resources.negated or not statement.scope.settings.trailing_wildcard_crosses_colons:
        return ""
    settings = replace(statement.scope.settings, trailing_wildcard_crosses_colons=False)
    within = replace(statement.scope, settings=settings)
    if matching_resource(resources, within, request) is not None or "*" in resources.written:
        return ""
    return "its * matches beyond the colon (setting TrailingWildcardCrossesColons)"


def _about_the_bucket(written: tuple[str, ...], resource: str) -> str:
    """The note that a bucket and the objects in it are different resources.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/security_iam_service-with-iam.html
    """
    for pattern in written:
        if not pattern.startswith("arn:") or ":s3:::" not in pattern:
            continue
        if "/" not in pattern and resource.startswith(f"{pattern}/"):
            return f"names the bucket; the objects in it are {pattern}/*"
        if pattern == f"{resource}/*":
            return f"names the objects; the bucket itself is {resource}"
    return ""


def _in_other_case(statement: Statement, resources: Resources, request: Request) -> str:
    lowered = copy(request)
    lowered.resource = request.resource.lower()
    written = resources._replace(written=tuple(text.lower() for text in resources.written))
    return _OTHER_CASE if matching_resource(written, statement.scope, lowered) is not None else ""


def condition_note(statement: Statement, condition: Condition, request: Request) -> str:
    """The note on a condition: one operator with one key. Empty if there is none."""
    if condition.doubt:
        return condition.doubt
    if condition.malformed:
        return _malformed_note(statement, condition)
    value = request.values.get(condition.key.lower())
    if is_unknown(condition.key.lower(), request.values):
        return "it is not known whether the request has this key, or which value"
    if condition.operator == NULL:
        return "the key is absent" if value is None else "the key is present"
    if value is None:
        return _on_absent(condition, request)
    set_operator = read_operator(condition.operator).set_operator
    if isinstance(value, tuple) and set_operator is SetOperator.SINGLE:
        return "the key is multivalued: a plain operator never matches it, ForAnyValue or ForAllValues does"
    if "${" in "".join(condition.wanted) and (missing := missing_variables(condition.wanted, request)):
        return missing
    if condition.holds(request.values) is not False:
        return ""
    if set_operator is SetOperator.FOR_ALL_VALUES:
        return _not_for(condition, value, request)
    return _text_in_other_case(statement, condition, value, request)


def _malformed_note(statement: Statement, condition: Condition) -> str:
    """The note on a value that AWS cannot parse, which makes the condition doubtful."""
    effect = "a Deny matches or is undecided" if statement.is_deny else "an Allow does not match"
    return f"{condition.malformed} is not a value that {condition.operator} compares; in doubt {effect}"


def _on_absent(condition: Condition, request: Request) -> str:
    """The note on an absent key: the result of the operator, and what IfExists would change."""
    truth = "true" if condition.holds(request.values) else "false"
    note = f"key absent: {condition.operator} is {truth}"
    from sts_tui.account.policies.unknown_words import about_unknown_key  # reads AWS's lists

    if doubt := about_unknown_key(condition.key):
        return f"{note}; {doubt}"
    if truth == "false":
        if read_operator(condition.operator).set_operator is SetOperator.SINGLE:
            note += "; with IfExists it would be true"
        elif "IfExists" in condition.operator:
            note += ": ForAnyValue needs a value, IfExists or not (setting ForAnyValueIfExistsMatchesAbsent)"
    if is_multivalued(condition.key) and condition.operator.startswith("ForAllValues"):
        note += "; add a Null condition to require it"
    return note


def _not_for(condition: Condition, value: str | tuple[str, ...], request: Request) -> str:
    """The note on the values of the request for which ForAllValues fails."""
    values = (value,) if isinstance(value, str) else value
    failing = [each for each in values if condition.each and condition.each(each, request.values) is False]
    return f"does not hold for {', '.join(failing)}"


def _text_in_other_case(
    statement: Statement, condition: Condition, value: str | tuple[str, ...], request: Request
) -> str:
    if not isinstance(value, str) or not condition.operator.startswith(("String", "Arn")):
        return ""
    name = read_operator(condition.operator)
    if name.operator is None or name.operator.row.negated:
        return ""
    lowered = tuple(text.lower() for text in condition.wanted)
    each = compile_condition(condition.operator, condition.key, lowered, statement.scope).each
    return _OTHER_CASE if each is not None and each(value.lower(), request.values) else ""


def missing_variables(texts: tuple[str, ...], request: Request) -> str:
    """The policy variables that have no single known value in this request."""
    keys = dict.fromkeys(each.key for text in texts for each in variables_in(text))
    if unknown := [key for key in keys if is_unknown(key, request.values)]:
        return f"the value of ${{{'}, ${'.join(unknown)}}} is not known"
    missing = [
        each.key
        for text in texts
        for each in variables_in(text)
        if each.default is None and not isinstance(request.values.get(each.key), str)
    ]
    return (
        f"no single value for ${{{'}, ${'.join(missing)}}}: such an entry matches nothing" if missing else ""
    )
