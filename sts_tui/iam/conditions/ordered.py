"""How are numbers and dates compared? Six comparisons, and the rule for operands that AWS cannot read."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from sts_tui.iam.conditions.operator import Answer, Comparison, CompileValues, Scope
from sts_tui.iam.patterns.variables import Values

Operand: TypeAlias = Any
"""A number or a date: whatever a `Parse` makes has an order."""
Parse = Callable[[str], Operand | None]

_COMPARISONS: Final[Mapping[str, Callable[[Operand, Operand], bool]]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}


def malformed_among(values: tuple[str, ...], parse: Parse) -> str:
    """The first value that AWS cannot read; empty where it can read all.

    A Deny that matches by none of the others is then undecided, and an Allow never matches. IAM refuses such
    a policy when it is written; STS accepts it as an inline session policy, where it fails.
    """
    return next((value or '""' for value in values if parse(value) is None), "")


def ordered_comparison(parse: Parse, comparison: str, negated: bool) -> CompileValues:
    """How values are compared by order; `parse` answers None for what it cannot read."""
    compare = _COMPARISONS[comparison]

    def compile_values(values: tuple[str, ...], _scope: Scope) -> Comparison:
        parsed = tuple(parse(value) for value in values)
        wanted = tuple(operand for operand in parsed if operand is not None)
        malformed = malformed_among(values, parse)
        otherwise: Answer = None if malformed else negated

        def compares(value: str, _context: Values) -> Answer:
            actual = parse(value)
            if actual is None:
                return negated  # a value that is not a number or date differs from every one
            for operand in wanted:
                if compare(actual, operand):
                    return not negated
            return otherwise

        return Comparison(compares, malformed)

    return compile_values
