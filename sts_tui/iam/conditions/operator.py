"""How is a condition evaluated from operator, set operator, IfExists and the presence of the key? The
operator's family compares single values.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias, assert_never

from msgspec import Struct

from sts_tui.account.policies.condition_operators import OperatorRow, SetOperator
from sts_tui.iam.patterns.partly_known import is_unknown
from sts_tui.iam.patterns.variables import Values
from sts_tui.iam.settings import DEFAULT_SETTINGS, EvaluationSettings
from sts_tui.start_up.named_tuple import NamedTuple

Answer: TypeAlias = bool | None
"""None means undecided: the policy contains something that AWS would refuse or that is not modeled."""
ValueTest: TypeAlias = Callable[[str, Values], Answer]
"""Compares one value of the request with all values of the policy, and applies the negation of a negated
operator.
"""
ContextTest: TypeAlias = Callable[[Values], Answer]
"""Evaluates a whole condition for the context of a request."""


class Scope(Struct, frozen=True):
    """What changes the meaning of a condition from outside."""

    has_variables: bool = True
    """Whether `${…}` is a policy variable (`Version` 2012-10-17) rather than text."""
    is_deny: bool = False
    settings: EvaluationSettings = DEFAULT_SETTINGS


class Comparison(NamedTuple):
    """The compiled test for the values that a policy lists."""

    test: ValueTest
    malformed: str = ""
    """The first value that AWS cannot parse, which makes the condition doubtful; empty if there is none."""


CompileValues: TypeAlias = Callable[[tuple[str, ...], Scope], Comparison]
"""Compiles the values that a policy lists. Raises MalformedVariableError."""


class ConditionOperator(NamedTuple):
    """One operator that can be evaluated: its row in the table of names, and its comparison."""

    row: OperatorRow
    compile: CompileValues


def context_test(
    set_operator: SetOperator, key: str, test: ValueTest, *, if_absent: Answer, if_unknown: ContextTest
) -> ContextTest:
    """Combine a test of values with the answers for an absent and an unknown key into a test of the context.
    `key` is in lower case.
    """
    match set_operator:
        case SetOperator.SINGLE:
            return _single(key, test, if_absent, if_unknown)
        case SetOperator.FOR_ALL_VALUES:
            return _for_all_values(key, test, if_unknown)
        case SetOperator.FOR_ANY_VALUE:
            return _for_any_value(key, test, if_absent, if_unknown)
        case _:
            assert_never(set_operator)


def _single(key: str, test: ValueTest, if_absent: Answer, if_unknown: ContextTest) -> ContextTest:
    def holds(values: Values) -> Answer:
        value = values.get(key)
        if value.__class__ is str:
            return test(value, values)
        if value is None:
            return if_unknown(values) if is_unknown(key, values) else if_absent
        return (
            False  # without set operator, a multivalued key never matches, not even negated or with IfExists
        )

    return holds


_NOTHING: Final = ("", ("",))
"""The values that AWS calls a null data set: ForAllValues is true and ForAnyValue false for them, whatever
the policy lists.
"""


def _for_all_values(key: str, test: ValueTest, if_unknown: ContextTest) -> ContextTest:
    def holds(values: Values) -> Answer:
        value = values.get(key)
        if value is None:
            return if_unknown(values) if is_unknown(key, values) else True
        if value in _NOTHING:
            return True
        return _all(test(one, values) for one in ((value,) if isinstance(value, str) else value))

    return holds


def _for_any_value(key: str, test: ValueTest, if_absent: Answer, if_unknown: ContextTest) -> ContextTest:
    def holds(values: Values) -> Answer:
        value = values.get(key)
        if value is None:
            return if_unknown(values) if is_unknown(key, values) else if_absent
        if value in _NOTHING:
            return False
        return _any(test(one, values) for one in ((value,) if isinstance(value, str) else value))

    return holds


def _all(answers: Iterable[Answer]) -> Answer:
    found = list(answers)
    return False if False in found else None if None in found else True


def _any(answers: Iterable[Answer]) -> Answer:
    found = list(answers)
    return True if True in found else None if None in found else False
