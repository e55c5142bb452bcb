"""Which condition operators does AWS have, and how is the full name of an operator parsed?

This is the only table of their names. The grammar (`policy_conditions`), the warnings (`unknown_words`), the
JSON Schema and the evaluation (`sts_tui.iam.conditions`) all use it.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from sts_tui.start_up.named_tuple import NamedTuple


class OperatorFamily(Enum):
    """The type as which the values of a condition are compared."""

    STRING = "String"
    NUMERIC = "Numeric"
    DATE = "Date"
    BOOL = "Bool"
    BINARY = "Binary"
    IP_ADDRESS = "IpAddress"
    ARN = "Arn"
    NULL = "Null"
    """Tests whether the key is present."""

    __hash__ = object.__hash__


class OperatorRow(NamedTuple):
    """One operator, without set operator prefix and `IfExists`."""

    name: str
    family: OperatorFamily
    comparison: str
    """The comparison that the family computes. A negated operator has the comparison that it negates."""
    negated: bool = False


_STRING, _NUMERIC, _DATE, _ARN = (
    OperatorFamily.STRING,
    OperatorFamily.NUMERIC,
    OperatorFamily.DATE,
    OperatorFamily.ARN,
)

CONDITION_OPERATORS: Final = (
    OperatorRow("StringEquals", _STRING, "Equals"),
    OperatorRow("StringNotEquals", _STRING, "Equals", negated=True),
    OperatorRow("StringEqualsIgnoreCase", _STRING, "EqualsIgnoreCase"),
    OperatorRow("StringNotEqualsIgnoreCase", _STRING, "EqualsIgnoreCase", negated=True),
    OperatorRow("StringLike", _STRING, "Like"),
    OperatorRow("StringNotLike", _STRING, "Like", negated=True),
    OperatorRow("NumericEquals", _NUMERIC, "Equals"),
    OperatorRow("NumericNotEquals", _NUMERIC, "Equals", negated=True),
    OperatorRow("NumericLessThan", _NUMERIC, "LessThan"),
    OperatorRow("NumericLessThanEquals", _NUMERIC, "LessThanEquals"),
    OperatorRow("NumericGreaterThan", _NUMERIC, "GreaterThan"),
    OperatorRow("NumericGreaterThanEquals", _NUMERIC, "GreaterThanEquals"),
    OperatorRow("DateEquals", _DATE, "Equals"),
    OperatorRow("DateNotEquals", _DATE, "Equals", negated=True),
    OperatorRow("DateLessThan", _DATE, "LessThan"),
    OperatorRow("DateLessThanEquals", _DATE, "LessThanEquals"),
    OperatorRow("DateGreaterThan", _DATE, "GreaterThan"),
    OperatorRow("DateGreaterThanEquals", _DATE, "GreaterThanEquals"),
    OperatorRow("Bool", OperatorFamily.BOOL, "Equals"),
    OperatorRow("BinaryEquals", OperatorFamily.BINARY, "Equals"),
    OperatorRow("IpAddress", OperatorFamily.IP_ADDRESS, "Contains"),
    OperatorRow("NotIpAddress", OperatorFamily.IP_ADDRESS, "Contains", negated=True),
    OperatorRow("ArnEquals", _ARN, "Like"),
    OperatorRow("ArnNotEquals", _ARN, "Like", negated=True),
    OperatorRow("ArnLike", _ARN, "Like"),
    OperatorRow("ArnNotLike", _ARN, "Like", negated=True),
    OperatorRow("Null", OperatorFamily.NULL, "IsAbsent"),
)
ROWS_BY_NAME: Final[Mapping[str, OperatorRow]] = MappingProxyType(
    {row.name: row for row in CONDITION_OPERATORS}
)
"""Operator name → row. Operator names are case-sensitive."""

IF_EXISTS: Final = "IfExists"


class SetOperator(Enum):
    """How a condition applies to the values of a multivalued key."""

    SINGLE = ""
    FOR_ALL_VALUES = "ForAllValues"
    FOR_ANY_VALUE = "ForAnyValue"


_SET_OPERATORS: Final = {each.value: each for each in SetOperator}


class OperatorName(NamedTuple):
    """The parts of a name like `ForAllValues:StringEqualsIfExists`. `row` is None if AWS has no such
    operator.
    """

    set_operator: SetOperator
    row: OperatorRow | None
    if_exists: bool


@lru_cache(maxsize=1024)
def parse_operator(text: str) -> OperatorName:
    """Parse the key of a Condition block. `Null` does not accept `IfExists`."""
    prefix, colon, rest = text.rpartition(":")
    set_operator = _SET_OPERATORS.get(prefix)
    if set_operator is None or (colon and not prefix):
        return OperatorName(SetOperator.SINGLE, None, False)
    if (row := ROWS_BY_NAME.get(rest)) is not None:
        return OperatorName(set_operator, row, False)
    base = ROWS_BY_NAME.get(rest.removesuffix(IF_EXISTS))
    if base is None or base.family is OperatorFamily.NULL:
        return OperatorName(set_operator, None, False)
    return OperatorName(set_operator, base, True)


def every_operator() -> tuple[str, ...]:
    """Every name that AWS accepts as a key of a Condition block, including prefixes and `IfExists`."""
    names = [row.name for row in CONDITION_OPERATORS]
    with_if_exists = [
        f"{row.name}{IF_EXISTS}" for row in CONDITION_OPERATORS if row.family is not OperatorFamily.NULL
    ]
    prefixes = [f"{each.value}:" for each in SetOperator if each.value]
    single = [*names, *with_if_exists]
    return (*single, *(f"{prefix}{name}" for prefix in prefixes for name in single))


FAMILIES_OF_TYPE: Final[Mapping[str, tuple[OperatorFamily, ...]]] = MappingProxyType(
    {
        "String": (
            *(_STRING, _ARN, OperatorFamily.BOOL, OperatorFamily.IP_ADDRESS),
            *(_NUMERIC, _DATE, OperatorFamily.BINARY),
        ),
        "ARN": (_ARN, _STRING),
        "Bool": (OperatorFamily.BOOL, _STRING),
        "Numeric": (_NUMERIC, _DATE),
        "Date": (_DATE, _NUMERIC),
        "IPAddress": (OperatorFamily.IP_ADDRESS,),
        "Binary": (OperatorFamily.BINARY,),
    }
)
"""Type of a condition key → families of operators that compare it. The recommended one is first."""
