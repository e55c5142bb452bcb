"""Condition blocks for the naive evaluator: each operator spelled out.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from tests.iam.naive_text import MISSING, Missing, as_list, glob, literal, plain

Context = Mapping[str, Any]
"""Keys in lower case; a list is a multivalued key."""

NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}

TAKES_VARIABLES = ("String", "Arn", "Bool")


def conditions_hold(block: Mapping[str, Any], context: Context, effect: str, with_variables: bool) -> bool:
    """Operators AND, keys AND."""
    return all(
        _operator_holds(
            operator, key.lower(), [_text(v) for v in as_list(values)], context, effect, with_variables
        )
        for operator, keys in block.items()
        for key, values in keys.items()
    )


def _operator_holds(
    operator: str, key: str, wanted: list[str], context: Context, effect: str, with_variables: bool
) -> bool:
    given = context.get(key)
    absent = given is None or given == []
    if operator == "Null":
        return any((value.lower() == "true") is absent for value in wanted)
    prefix, _, name = operator.rpartition(":")
    rest = name.removesuffix("IfExists")
    base = NEGATED.get(rest, rest)
    negated = rest in NEGATED
    if with_variables and base.startswith(TAKES_VARIABLES):
        operands = [substituted(value, context) for value in wanted]
    else:
        operands = (
            [*wanted] if base in ("StringLike", "ArnEquals", "ArnLike") else [literal(v) for v in wanted]
        )

    is_malformed = base.startswith("Arn") and any(isinstance(o, str) and o.count(":") < 5 for o in operands)
    if is_malformed and effect == "Allow":
        return False  # in doubt an Allow does not match

    def holds_for(value: str) -> bool:
        return _holds_for_one(base, negated, value, operands, effect)

    if prefix == "ForAllValues":
        return absent or given in ("", [""]) or all(holds_for(_text(value)) for value in as_list(given))
    if prefix == "ForAnyValue":
        return (
            not absent
            and given not in ("", [""])
            and any(holds_for(_text(value)) for value in as_list(given))
        )
    if absent:
        return negated or name != rest
    if isinstance(given, list):
        return False
    return holds_for(_text(given))


def _holds_for_one(base: str, negated: bool, value: str, operands: list[str | Missing], effect: str) -> bool:
    """Positive: any operand fits (OR). Negated: none does (NOR)."""
    if base == "IpAddress" and _address(value) is None:
        return False
    if base in ("ArnEquals", "ArnLike"):
        if value.count(":") < 5:
            return False
        if any(isinstance(o, str) and o.count(":") < 5 for o in operands):
            return True  # in doubt a Deny matches
    fits = any(isinstance(o, str) and COMPARISONS[base](value, o) for o in operands)
    return fits is not negated


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


# --- comparisons: (value of the request, operand of the policy) ---


def _arn_like(value: str, pattern: str) -> bool:
    return all(
        glob(piece, text) for piece, text in zip(pattern.split(":", 5), value.split(":", 5), strict=True)
    )


def _is_true(text: str) -> bool:
    return text.lower() == "true"


def _number(text: str) -> Fraction | None:
    return Fraction(text) if re.fullmatch(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", text) else None


def _instant(text: str) -> Fraction | None:
    """Milliseconds since 1970."""
    if (seconds := _number(text)) is not None:
        return Fraction(int(seconds * 1000))
    shape = re.fullmatch(
        r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?(Z|[+-]\d\d:\d\d))?", text
    )
    if shape is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = shape.groups()
    moment = datetime(
        int(year),
        int(month),
        int(day),
        int(hour or 0),
        int(minute or 0),
        int(second or 0),
        tzinfo=UTC,
    )
    if zone not in (None, "Z"):
        ahead = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
        moment = moment - ahead if zone[0] == "+" else moment + ahead
    whole = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    return Fraction(whole * 1000 + int((fraction or "0").ljust(3, "0")))


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address


def _in_network(value: str, operand: str) -> bool:
    address = _address(value)
    try:
        network = ipaddress.ip_network(
            operand, strict=":" in operand
        )  # IPv4 host bits are ignored, IPv6's are not
    except ValueError:
        return False
    return address is not None and address.version == network.version and address in network


def _same_bytes(value: str, operand: str) -> bool:
    return base64.b64decode(value) == base64.b64decode(operand)


def _ordered(
    read: Callable[[str], Fraction | None], compare: Callable[[Fraction, Fraction], bool]
) -> Callable[[str, str], bool]:
    def fits(value: str, operand: str) -> bool:
        left, right = read(value), read(operand)
        return left is not None and right is not None and compare(left, right)

    return fits


COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda value, operand: value == plain(operand),
    "StringEqualsIgnoreCase": lambda value, operand: value.lower() == plain(operand).lower(),
    "StringLike": lambda value, operand: glob(operand, value),
    "ArnEquals": lambda value, operand: _arn_like(value, operand),
    "ArnLike": lambda value, operand: _arn_like(value, operand),
    "Bool": lambda value, operand: _is_true(value) == _is_true(plain(operand)),
    "BinaryEquals": lambda value, operand: _same_bytes(value, plain(operand)),
    "IpAddress": lambda value, operand: _in_network(value, plain(operand)),
    "NumericEquals": _ordered(_number, lambda left, right: left == right),
    "NumericLessThan": _ordered(_number, lambda left, right: left < right),
    "NumericLessThanEquals": _ordered(_number, lambda left, right: left <= right),
    "NumericGreaterThan": _ordered(_number, lambda left, right: left > right),
    "NumericGreaterThanEquals": _ordered(_number, lambda left, right: left >= right),
    "DateEquals": _ordered(_instant, lambda left, right: left == right),
    "DateLessThan": _ordered(_instant, lambda left, right: left < right),
    "DateLessThanEquals": _ordered(_instant, lambda left, right: left <= right),
    "DateGreaterThan": _ordered(_instant, lambda left, right: left > right),
    "DateGreaterThanEquals": _ordered(_instant, lambda left, right: left >= right),
}


# --- policy variables ---


def substituted(text: str, context: Context) -> str | Missing:
    """`${key}`, `${key, 'default'}`, `${*}`, `${?}`, `${$}`; what is put in counts literally.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    result, position = "", 0
    for found in re.finditer(r"\$\{([^}]*)\}", text):
        result += text[position : found.start()]
        position = found.end()
        value = _value_of(found.group(1), context)
        if isinstance(value, Missing):
            return MISSING
        result += literal(value)
    return result + text[position:]


def _value_of(inside: str, context: Context) -> str | Missing:
    if inside in ("*", "?", "$"):
        return inside
    key, comma, default = inside.partition(",")
    given = context.get(key.strip().lower())
    if isinstance(given, list) and given:
        return MISSING  # a multivalued key cannot be a variable; the default is for absent keys
    if given is not None and given != []:
        return _text(given)
    return default.strip().removeprefix("'").removesuffix("'") if comma else MISSING
