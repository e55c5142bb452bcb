"""Would AWS store this Condition element: its operators, keys and values?

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

from binascii import a2b_base64
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from sts_tui.account.diagnostics.json_path import Steps, shown
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.account.policies.condition_operators import (
    OperatorFamily,
    OperatorRow,
    every_operator,
    parse_operator,
)
from sts_tui.account.policies.policy_diagnostic import PolicyDiagnostics
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.rule_book import (
    EMPTY_OPERATOR,
    KEY_WITH_SEVERAL_COLONS,
    KEY_WITHOUT_PREFIX,
    LEGACY,
    Rule,
)

NESTED_KEYS: Final = ("kms:EncryptionContext", "kms:RecipientAttestation", "sagemaker:ModelLifeCycle")
"""Keys whose names may continue after a second colon: `kms:EncryptionContext:aws:s3:arn`.
https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html"""

NUMBER: Final = lazy_pattern(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def check_condition(condition: object, kind: PolicyKind, place: Steps, found: PolicyDiagnostics) -> None:
    """Check one Condition block. STS does not check the values in an inline session policy."""
    if not isinstance(condition, Mapping):
        found.syntax(place, "Condition is an object by operator.")
        return
    for operator, tests in condition.items():
        row = parse_operator(operator).row
        if not isinstance(tests, Mapping):
            found.syntax((*place, operator), "An operator is followed by an object by condition key.")
            continue
        if row is None:
            if tests or not kind.is_identity_based:
                found.unknown(place, operator, every_operator(), "condition operator")
            else:
                found.add((*place, operator), EMPTY_OPERATOR, shown(operator))
        for key, values in tests.items():
            if rule := _broken_by_key(key):
                found.add((*place, operator, key), rule, shown(key))
            if values != []:
                compared_by = row if kind is not PolicyKind.SESSION else None
                _check_values(values, compared_by, kind, (*place, operator, key), found)


_NESTED_KEYS: Final = tuple(f"{name.lower()}:" for name in NESTED_KEYS)


@lru_cache(maxsize=4096)
def _broken_by_key(key: str) -> Rule | None:
    """The rule that a condition key breaks; None if it breaks none.

    A tag key after the first slash (`aws:RequestTag/team:cost`) may contain colons; the issuer of an identity
    provider (`host/path:sub`) may contain slashes.
    """
    service, _, _ = key.partition("/")
    if key.lower().startswith(_NESTED_KEYS):
        return None
    if "://" in key:
        return KEY_WITH_SEVERAL_COLONS
    if ":" in service:
        return KEY_WITH_SEVERAL_COLONS if service.count(":") > 1 else None
    match key.count(":"):
        case 0:
            return KEY_WITHOUT_PREFIX
        case 1:
            return None
        case _:
            return KEY_WITH_SEVERAL_COLONS


def _check_values(
    values: object, row: OperatorRow | None, kind: PolicyKind, place: Steps, found: PolicyDiagnostics
) -> None:
    if not isinstance(values, list):
        _check_value(values, row, kind, place, found)
        return
    for index, value in enumerate(values):
        _check_value(value, row, kind, (*place, index), found)


_READ_LATE: Final = (OperatorFamily.DATE, OperatorFamily.ARN)
"""IAM's grammar accepts any string for these types; an invalid value fails when IAM evaluates it. A public
report shows this for ARNs: https://github.com/blinkist/terraform-aws-airship-ecs-service/pull/70
"""


def _check_value(
    value: object, row: OperatorRow | None, kind: PolicyKind, place: Steps, found: PolicyDiagnostics
) -> None:
    family = row.family if row is not None else None
    if isinstance(value, bool | int | float):
        if family is OperatorFamily.DATE and kind.is_identity_based:
            found.syntax(place, f"{shown(value)} is not text: a date is written in quotes.")
            return
        value = str(value).lower()
    elif not isinstance(value, str):
        found.syntax(place, "A condition value is text, a number, or true or false.")
        return
    if row is None or is_comparable(row.family, value):
        return
    detail = f"{shown(value)} cannot be compared by {row.name}."
    if family in _READ_LATE and kind.is_identity_based:
        found.add(place, LEGACY, detail=detail)
    else:
        found.syntax(place, detail)


@lru_cache(maxsize=65536)
def is_comparable(family: OperatorFamily, value: str) -> bool:
    """Whether a value has the type of its operator.

    For Binary: https://datatracker.ietf.org/doc/html/rfc4648
    """
    match family:
        case OperatorFamily.NUMERIC:
            return NUMBER.fullmatch(value) is not None
        case OperatorFamily.DATE:
            from sts_tui.account.policies.date_values import is_date  # imported on first use

            return is_date(value)
        case OperatorFamily.IP_ADDRESS:
            return _is_network(value)
        case OperatorFamily.ARN:
            return "${" in value or _is_arn(value)
        case OperatorFamily.BINARY:
            return _is_base64(value)
        case _:
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
    except ValueError:  # also binascii.Error; characters beyond ASCII raise ValueError itself
        return False
    return True
