"""How are numbers and dates compared? Six comparisons, and the rule for values that AWS cannot parse."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from sts_tui.iam.conditions.operator import Answer, Comparison, CompileValues, Scope
from sts_tui.iam.patterns.variables import Values

Operand: TypeAlias = Any
"""A number or a date: the results of a `Parse` can be ordered."""
Parse = Callable[[str], Operand | None]

_COMPARISONS: Final[Mapping[str, Callable[[Operand, Operand], bool]]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}


def malformed_among(values: tuple[str, ...], parse: Parse) -> str:
    """The first value that AWS cannot parse; empty if it can parse all.

    With such a value, a Deny that none of the other values match is undecided, and an Allow never matches.
    IAM refuses to write such a policy; STS accepts it as an inline session policy, and the evaluation fails.
    """
    return next((value or '""' for value in values if parse(value) is None), "")


def ordered_comparison(parse: Parse, comparison: str, negated: bool) -> CompileValues:
    """The comparison of values by order. `parse` returns None for text that it cannot parse."""
    compare = _COMPARISONS[comparison]

    def compile_values(values: tuple[str, ...], _scope: Scope) -> Comparison:
        parsed = tuple(parse(value) for value in values)
        wanted = tuple(operand for operand in parsed if operand is not None)
        malformed = malformed_among(values, parse)
        otherwise: Answer = None if malformed else negated

        def compares(value: str, _context: Values) -> Answer:
            actual = parse(value)
            if actual is None:
                return negated  # a value that is not a number or date is unequal to all
            for operand in wanted:
                if compare(actual, operand):
                    return not negated
            return otherwise

        return Comparison(compares, malformed)

    return compile_values
