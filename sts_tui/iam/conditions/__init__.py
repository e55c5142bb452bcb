"""Condition operators: the registry of all of them, and the reading of an operator's full name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

from sts_tui.iam.conditions.addresses import IP_OPERATORS
from sts_tui.iam.conditions.arns import ARN_OPERATORS
from sts_tui.iam.conditions.binary import BINARY_OPERATORS
from sts_tui.iam.conditions.booleans import BOOL_OPERATORS
from sts_tui.iam.conditions.dates import DATE_OPERATORS
from sts_tui.iam.conditions.numbers import NUMERIC_OPERATORS
from sts_tui.iam.conditions.operator import (
    Answer,
    ConditionOperator,
    ContextTest,
    Scope,
    SetOperator,
    ValueTest,
    context_test,
)
from sts_tui.iam.conditions.presence import null_test
from sts_tui.iam.conditions.strings import STRING_OPERATORS
from sts_tui.iam.patterns.variables import Values

__all__ = ["NULL", "OPERATORS", "Answer", "Condition", "OperatorName", "compile_condition", "read_operator"]

OPERATORS: Final[Mapping[str, ConditionOperator]] = MappingProxyType(
    {
        operator.name: operator
        for family in (
            STRING_OPERATORS,
            NUMERIC_OPERATORS,
            DATE_OPERATORS,
            BOOL_OPERATORS,
            BINARY_OPERATORS,
            IP_OPERATORS,
            ARN_OPERATORS,
        )
        for operator in family
    }
)
"""Every operator by its bare name. `Null` takes neither prefix nor suffix and stands beside them."""
NULL: Final = "Null"


class OperatorName(NamedTuple):
    """`ForAllValues:StringEqualsIfExists`, taken apart. `operator` is None for Null and for what nobody
    knows."""

    set_operator: SetOperator
    operator: ConditionOperator | None
    if_exists: bool
    is_null: bool = False


@lru_cache(maxsize=512)
def read_operator(text: str) -> OperatorName:
    """Take a name apart; operator names are compared with case."""
    if text == NULL:
        return OperatorName(SetOperator.SINGLE, None, False, is_null=True)
    prefix, _, rest = text.rpartition(":")
    bare = rest.removesuffix("IfExists")
    known = {each.value: each for each in SetOperator}
    if prefix not in known or (text.startswith(":") and not prefix):
        return OperatorName(SetOperator.SINGLE, None, False)
    return OperatorName(known[prefix], OPERATORS.get(bare), rest != bare)


class Condition(NamedTuple):
    """One operator with one key: what is written, and what it does."""

    operator: str
    key: str
    """As written; compared without case."""
    wanted: tuple[str, ...]
    holds: ContextTest
    each: ValueTest | None
    """The test of one value of the request, where there is one."""
    doubt: str = ""
    """Why it can never be decided; empty where it can."""


def compile_condition(operator: str, key: str, wanted: tuple[str, ...], scope: Scope) -> Condition:
    """Compile one condition; raises MalformedVariableError."""
    name = read_operator(operator)
    lowered = key.lower()
    if name.is_null:
        return Condition(operator, key, wanted, null_test(lowered, wanted), None)
    if name.operator is None:
        return undecidable(operator, key, wanted, f"condition operator {operator} is not known")
    each = _heeding_case(name.operator, lowered, scope).compile(wanted, scope)
    return Condition(
        operator,
        key,
        wanted,
        context_test(name.set_operator, lowered, each, if_absent=_if_absent(name, scope)),
        each,
    )


_TAG_KEYS: Final = ("aws:principaltag/", "aws:requesttag/", "aws:resourcetag/", "iam:resourcetag/")
_WITHOUT_CASE: Final = {
    "StringEquals": "StringEqualsIgnoreCase",
    "StringNotEquals": "StringNotEqualsIgnoreCase",
}


def _heeding_case(operator: ConditionOperator, key: str, scope: Scope) -> ConditionOperator:
    """The operator, or the one without case for values of tags where the setting says so."""
    if scope.settings.tag_values_ignore_case and operator.name in _WITHOUT_CASE and key.startswith(_TAG_KEYS):
        return OPERATORS[_WITHOUT_CASE[operator.name]]
    return operator


def _if_absent(name: OperatorName, scope: Scope) -> bool:
    negated = name.operator is not None and name.operator.negated
    if name.if_exists:
        return True
    if name.set_operator is SetOperator.FOR_ANY_VALUE:
        return negated and scope.settings.for_any_value_negated_matches_absent
    return negated


def undecidable(operator: str, key: str, wanted: tuple[str, ...], doubt: str) -> Condition:
    """A condition that is read and not understood."""
    return Condition(operator, key, wanted, _never_decided, None, doubt)


def _never_decided(_values: Values) -> Answer:
    return None
