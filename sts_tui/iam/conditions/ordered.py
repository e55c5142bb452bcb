"""What numbers and dates share: six comparisons, and the rules for operands that are neither."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

from sts_tui.iam.conditions.operator import Answer, CompileValues, Scope, ValueTest
from sts_tui.iam.patterns.variables import Values

Parse = Callable[[str], Any]

_COMPARISONS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}


def if_malformed(scope: Scope) -> Answer:
    """What an operand that AWS cannot read does: an Allow never grants by it, a Deny is left undecided.

    IAM refuses such a policy when it is written; STS accepts it as an inline session policy, and it fails
    there.
    """
    return None if scope.is_deny else False


def ordered_comparison(parse: Parse, comparison: str, negated: bool) -> CompileValues:
    """How values are compared by order; `parse` answers None for what it cannot read."""
    compare = _COMPARISONS[comparison]

    def compile_values(values: tuple[str, ...], scope: Scope) -> ValueTest:
        parsed = tuple(parse(value) for value in values)
        wanted = tuple(operand for operand in parsed if operand is not None)
        otherwise: Answer = negated if len(wanted) == len(parsed) else if_malformed(scope)

        def compares(value: str, _context: Values) -> Answer:
            actual = parse(value)
            if actual is None:
                return negated  # a request value that is no number or date differs from every one
            for operand in wanted:
                if compare(actual, operand):
                    return not negated
            return otherwise

        return compares

    return compile_values
