"""The Condition element: operators, keys and the values that IAM refuses to store.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import re
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sts_tui.account.diagnostics.json_path import Steps, shown
from sts_tui.account.diagnostics.policy_diagnostic import PolicyDiagnostics
from sts_tui.account.policies.condition_operators import (
    OperatorFamily,
    OperatorRow,
    every_operator,
    parse_operator,
)
from sts_tui.account.policies.policy_elements import NO_VENDOR
from sts_tui.account.policies.policy_kind import PolicyKind

KEY_WITH_TWO_COLONS: Final = "Condition can contain only one colon."
NESTED_KEYS: Final = ("kms:EncryptionContext", "kms:RecipientAttestation", "sagemaker:ModelLifeCycle")
"""Keys whose names go on after a second colon: `kms:EncryptionContext:aws:s3:arn`.
https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html"""

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_DATE: Final = re.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?|[+-]?[0-9]+(?:\.[0-9]+)?")


def check_condition(condition: Any, kind: PolicyKind, place: Steps, faults: PolicyDiagnostics) -> None:
    """One Condition block. What an inline session policy compares with is not looked at when it is passed."""
    if not isinstance(condition, Mapping):
        faults.syntax(place, "Condition is an object by operator.")
        return
    for operator, tests in condition.items():
        row = parse_operator(operator).row
        if row is None:
            faults.unknown(place, operator, every_operator(), "condition operator")
        if not isinstance(tests, Mapping):
            faults.syntax((*place, operator), "An operator holds an object by condition key.")
            continue
        for key, values in tests.items():
            if message := _key_fault(key):
                faults.add((*place, operator, key), message)
            _check_values(
                values, row if kind is not PolicyKind.SESSION else None, (*place, operator, key), faults
            )


_NESTED_KEYS: Final = tuple(f"{name.lower()}:" for name in NESTED_KEYS)


@lru_cache(maxsize=4096)
def _key_fault(key: str) -> str:
    """AWS's message for a condition key that is none.

    A tag key after the first slash (`aws:RequestTag/team:cost`) may hold colons; the issuer of an identity
    provider (`host/path:sub`) may hold slashes.
    """
    service, _, _ = key.partition("/")
    if key.lower().startswith(_NESTED_KEYS):
        return ""
    if "://" in key:
        return KEY_WITH_TWO_COLONS
    if ":" in service:
        return KEY_WITH_TWO_COLONS if service.count(":") > 1 else ""
    match key.count(":"):
        case 0:
            return NO_VENDOR
        case 1:
            return ""
        case _:
            return KEY_WITH_TWO_COLONS


def _check_values(values: Any, row: OperatorRow | None, place: Steps, faults: PolicyDiagnostics) -> None:
    if not isinstance(values, list):
        _check_value(values, row, place, faults)
        return
    for index, value in enumerate(values):
        _check_value(value, row, (*place, index), faults)


def _check_value(value: Any, row: OperatorRow | None, place: Steps, faults: PolicyDiagnostics) -> None:
    if isinstance(value, bool | int | float):
        value = str(value).lower()
    elif not isinstance(value, str):
        faults.syntax(place, "A condition value is text, a number or true or false.")
        return
    if row is not None and not _is_comparable(row.family, value):
        faults.syntax(place, f"{shown(value)} cannot be compared by {row.name}.")


@lru_cache(maxsize=65536)
def _is_comparable(family: OperatorFamily, value: str) -> bool:
    """Whether a value is of its operator's type. https://datatracker.ietf.org/doc/html/rfc4648 for Binary."""
    match family:
        case OperatorFamily.NUMERIC:
            return _NUMBER.fullmatch(value) is not None
        case OperatorFamily.DATE:
            return _is_date(value)
        case OperatorFamily.IP_ADDRESS:
            return _is_network(value)
        case OperatorFamily.ARN:
            return "${" in value or _is_arn(value)
        case OperatorFamily.BINARY:
            return _is_base64(value)
        case _:
            return True


def _is_date(value: str) -> bool:
    if _DATE.fullmatch(value):
        return True
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_network(value: str) -> bool:
    from ipaddress import ip_network

    try:
        ip_network(value, strict=False)
    except ValueError:
        return False
    return True


def _is_arn(value: str) -> bool:
    segments = value.split(":", 5)
    return len(segments) == 6 and (segments[0] == "arn" or "*" in segments[0])


def _is_base64(value: str) -> bool:
    try:
        a2b_base64(value, strict_mode=True)
    except Base64Error:
        return False
    return True
