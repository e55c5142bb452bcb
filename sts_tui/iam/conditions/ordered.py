"""What numbers and dates share: six comparisons, and the rules for operands that are neither."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Final

from sts_tui.iam.conditions.operator import Answer, ConditionOperator, Scope, ValueTest
from sts_tui.iam.patterns.variables import Values

Parse = Callable[[str], Any]

_COMPARISONS: Final[tuple[tuple[str, Callable[[Any, Any], bool]], ...]] = (
    ("Equals", operator.eq),
    ("LessThan", operator.lt),
    ("LessThanEquals", operator.le),
    ("GreaterThan", operator.gt),
    ("GreaterThanEquals", operator.ge),
)


def if_malformed(scope: Scope) -> Answer:
    """What an operand that AWS cannot read does: an Allow never grants by it, a Deny is left undecided.

    IAM refuses such a policy when it is written; STS accepts it as an inline session policy, and it fails
    there.
    """
    return None if scope.is_deny else False


def ordered_operators(family: str, parse: Parse) -> tuple[ConditionOperator, ...]:
    """The six operators of a family; `parse` answers None for what it cannot read."""
    positive = tuple(
        ConditionOperator(f"{family}{name}", False, _compiler(parse, compare, negated=False))
        for name, compare in _COMPARISONS
    )
    return (
        *positive,
        ConditionOperator(f"{family}NotEquals", True, _compiler(parse, operator.eq, negated=True)),
    )


def _compiler(
    parse: Parse, compare: Callable[[Any, Any], bool], *, negated: bool
) -> Callable[[tuple[str, ...], Scope], ValueTest]:
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
