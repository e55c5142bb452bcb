"""How is a condition compiled? With the table of all operators, and a parser for an operator's full name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.account.policies.condition_operators import (
    CONDITION_OPERATORS,
    ROWS_BY_NAME,
    OperatorFamily,
    SetOperator,
    parse_operator,
)
from sts_tui.iam.conditions.addresses import address_comparison
from sts_tui.iam.conditions.arns import arn_comparison
from sts_tui.iam.conditions.binary import binary_comparison
from sts_tui.iam.conditions.booleans import bool_comparison
from sts_tui.iam.conditions.dates import date_comparison
from sts_tui.iam.conditions.numbers import numeric_comparison
from sts_tui.iam.conditions.operator import (
    Answer,
    CompileValues,
    ConditionOperator,
    ContextTest,
    Scope,
    ValueTest,
    context_test,
)
from sts_tui.iam.conditions.presence import null_test
from sts_tui.iam.conditions.strings import string_comparison
from sts_tui.iam.patterns.partly_known import cannot_be, is_unknown, with_more
from sts_tui.iam.patterns.variables import Values, variables_in
from sts_tui.start_up.named_tuple import NamedTuple

__all__ = ["NULL", "OPERATORS", "Answer", "Condition", "OperatorName", "compile_condition", "read_operator"]

_FAMILIES: Final[Mapping[OperatorFamily, Callable[[str, bool], CompileValues]]] = {
    OperatorFamily.STRING: string_comparison,
    OperatorFamily.NUMERIC: numeric_comparison,
    OperatorFamily.DATE: date_comparison,
    OperatorFamily.BOOL: bool_comparison,
    OperatorFamily.BINARY: binary_comparison,
    OperatorFamily.IP_ADDRESS: address_comparison,
    OperatorFamily.ARN: arn_comparison,
}
OPERATORS: Final[Mapping[str, ConditionOperator]] = MappingProxyType(
    {
        row.name: ConditionOperator(row, _FAMILIES[row.family](row.comparison, row.negated))
        for row in CONDITION_OPERATORS
        if row.family is not OperatorFamily.NULL
    }
)
"""Every operator by its name without prefix and suffix. `Null` is missing: it compares no values, `presence`
evaluates it.
"""
NULL: Final = ROWS_BY_NAME["Null"].name


class OperatorName(NamedTuple):
    """The parts of a name like `ForAllValues:StringEqualsIfExists`. `operator` is None for Null and for
    unknown names.
    """

    set_operator: SetOperator
    operator: ConditionOperator | None
    if_exists: bool
    is_null: bool = False


@lru_cache(maxsize=512)
def read_operator(text: str) -> OperatorName:
    """Parse an operator's full name, which is case-sensitive."""
    parsed = parse_operator(text)
    if parsed.row is None:
        return OperatorName(SetOperator.SINGLE, None, False)
    if parsed.row.family is OperatorFamily.NULL:
        return OperatorName(
            SetOperator.SINGLE, None, False, is_null=parsed.set_operator is SetOperator.SINGLE
        )
    return OperatorName(parsed.set_operator, OPERATORS[parsed.row.name], parsed.if_exists)


class Condition(NamedTuple):
    """One operator with one key: the source text and the compiled test."""

    operator: str
    key: str
    """The key as written. Keys are compared without case."""
    wanted: tuple[str, ...]
    holds: ContextTest
    each: ValueTest | None
    """The test of one value of the request; None for Null and for conditions that cannot be decided."""
    doubt: str = ""
    """Why the condition can never be decided; empty if it can."""
    malformed: str = ""
    """The first value that AWS cannot parse; empty if there is none. In doubt a Deny matches and an Allow
    does not.
    """


def compile_condition(operator: str, key: str, wanted: tuple[str, ...], scope: Scope) -> Condition:
    """Compile one condition. Raises MalformedVariableError."""
    name = read_operator(operator)
    lowered = key.lower()
    if name.is_null:
        return Condition(operator, key, wanted, null_test(lowered, wanted), None)
    if name.operator is None:
        return undecidable(operator, key, wanted, f"condition operator {operator} is not known")
    each, malformed = _respecting_case(name.operator, lowered, scope).compile(wanted, scope)
    if malformed and not scope.is_deny:
        return Condition(operator, key, wanted, _never_holds, _is_never_matched, malformed=malformed)
    if_absent = _if_absent(name, scope) or (None if malformed else False)
    negated = name.operator.row.negated
    absent: Answer = True if name.set_operator is SetOperator.FOR_ALL_VALUES else if_absent
    if_unknown = _if_unknown(lowered, wanted, absent, negated) if absent is negated else _never_decided
    holds = context_test(name.set_operator, lowered, each, if_absent=if_absent, if_unknown=if_unknown)
    if scope.has_variables and _variables_of(wanted):
        holds = _with_unknown_variables(holds, lowered, wanted, negated)
    return Condition(operator, key, wanted, holds, each, malformed=malformed)


_ONE_VARIABLE: Final = lazy_pattern(r"\$\{[^{}]*\}")


def _variables_of(wanted: tuple[str, ...]) -> tuple[str, ...]:
    """The keys of the policy variables in the listed values."""
    return tuple(each.key for text in wanted if "${" in text for each in variables_in(text))


def _if_unknown(key: str, wanted: tuple[str, ...], absent: Answer, negated: bool) -> ContextTest:
    """The test for an unknown key, which may be absent or have any value. If its value is known not to be one
    of the listed values and an absent key gives the same answer, that answer is certain. Otherwise it is
    undecided.
    """
    answer = negated if absent is negated else None

    def holds(values: Values) -> Answer:
        return answer if cannot_be(key, values, [_resolved(text, values) for text in wanted]) else None

    return holds


def _resolved(text: str, values: Values) -> str:
    """The value of the variable if the text is exactly one known variable; else the text itself."""
    if not _ONE_VARIABLE.fullmatch(text):
        return text
    found = next((values.get(variable.key) for variable in variables_in(text)), None)
    return found if isinstance(found, str) else text


_MATCHES_NOTHING: Final = "\0"
"""Replaces the value of an unknown variable. No value of a request contains it."""


def _with_unknown_variables(
    holds: ContextTest, compared: str, wanted: tuple[str, ...], is_negated: bool
) -> ContextTest:
    """A test that also handles listed values with unknown variables, which may match or not. The answer of
    the other listed values is certain if another match could not change it: true, or false if the operator is
    negated. It is also certain if each such value is only a variable, whose value is known not to be a value
    of the key `compared`.
    """
    certain = not is_negated
    variables = _variables_of(wanted)
    are_only_variables = all(_ONE_VARIABLE.fullmatch(text) for text in wanted if "${" in text)

    def may_match(variable: str, values: Values) -> bool:
        value = values.get(compared, ())
        return not cannot_be(variable, values, (value,) if isinstance(value, str) else value)

    def answer(values: Values) -> Answer:
        unknown = [key for key in variables if is_unknown(key, values)]
        if not unknown:
            return holds(values)
        of_others = holds(with_more(values, dict.fromkeys(unknown, _MATCHES_NOTHING)))
        if of_others is certain:
            return certain
        if not are_only_variables or any(may_match(key, values) for key in unknown):
            return None
        return of_others if holds(values) is of_others else None

    return answer


_TAG_KEYS: Final = ("aws:principaltag/", "aws:requesttag/", "aws:resourcetag/", "iam:resourcetag/")
_WITHOUT_CASE: Final = {
    "StringEquals": "StringEqualsIgnoreCase",
    "StringNotEquals": "StringNotEqualsIgnoreCase",
}


def _respecting_case(operator: ConditionOperator, key: str, scope: Scope) -> ConditionOperator:
    """The operator, or the one that ignores case if the setting requires that for tag values."""
    without_case = _WITHOUT_CASE.get(operator.row.name)
    if without_case and scope.settings.tag_values_ignore_case and key.startswith(_TAG_KEYS):
        return OPERATORS[without_case]
    return operator


def _if_absent(name: OperatorName, scope: Scope) -> bool:
    """The answer for an absent key. The rule for ForAnyValue takes precedence over IfExists."""
    negated = name.operator is not None and name.operator.row.negated
    if name.set_operator is SetOperator.FOR_ANY_VALUE:
        settings = scope.settings
        return (name.if_exists and settings.for_any_value_if_exists_matches_absent) or (
            negated and settings.for_any_value_negated_matches_absent
        )
    return name.if_exists or negated


def undecidable(operator: str, key: str, wanted: tuple[str, ...], doubt: str) -> Condition:
    """A condition that can be parsed but not evaluated."""
    return Condition(operator, key, wanted, _never_decided, None, doubt)


def _never_holds(_values: Values) -> Answer:
    return False


def _is_never_matched(_value: str, _context: Values) -> Answer:
    return False


def _never_decided(_values: Values) -> Answer:
    return None
