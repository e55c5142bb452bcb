"""Which values of a condition key are worth trying? They are derived from the condition itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from sts_tui.account.policies.condition_operators import OperatorFamily, parse_operator
from sts_tui.iam.conditions import Condition
from sts_tui.iam.conditions.addresses import address
from sts_tui.iam.conditions.dates import instant
from sts_tui.iam.conditions.numbers import number

_WILD: Final = "*?$"


def values_to_try(condition: Condition) -> Iterator[str]:
    """Values that could change the result of the condition: the listed ones, and values next to them."""
    row = parse_operator(condition.operator).row
    if row is None:
        return
    for wanted in condition.wanted:
        yield from _next_to(row.family, wanted)


def _next_to(family: OperatorFamily, wanted: str) -> Iterator[str]:
    match family:
        case OperatorFamily.NULL:
            return
        case OperatorFamily.BOOL:
            yield from ("true", "false")
        case OperatorFamily.IP_ADDRESS:
            network = wanted.partition("/")[0]
            if address(network) is not None:
                yield network
        case OperatorFamily.DATE:
            yield from _dates(wanted)
        case OperatorFamily.NUMERIC:
            yield from _numbers(wanted)
        case _ if not any(letter in wanted for letter in _WILD):
            yield wanted


def _dates(wanted: str) -> Iterator[str]:
    """The time itself, one second before it and one second after."""
    milliseconds = instant(wanted)
    if milliseconds is None:
        return
    try:
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
        beside = (at, at - timedelta(seconds=1), at + timedelta(seconds=1))
    except OverflowError:  # a time after the year 9999 or before the year 1
        return
    for each in beside:
        yield each.strftime("%Y-%m-%dT%H:%M:%SZ")


def _numbers(wanted: str) -> Iterator[str]:
    value = number(wanted)
    if value is not None:
        yield from (str(value), str(value - 1), str(value + 1))
