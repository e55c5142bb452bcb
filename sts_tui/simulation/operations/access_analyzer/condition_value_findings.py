"""What does Access Analyzer find in the values of a Condition block?

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final

from sts_tui.account.arn import ACCOUNT_DIGITS
from sts_tui.account.json_value import Json
from sts_tui.account.policies.condition_operators import OperatorFamily, SetOperator
from sts_tui.account.policies.policy_conditions import is_comparable
from sts_tui.account.regions import REGION
from sts_tui.simulation.operations.access_analyzer.checked_statement import (
    CheckedStatement,
    ConditionTest,
    has_wildcard,
)
from sts_tui.simulation.operations.access_analyzer.finding import Finding, finding
from sts_tui.simulation.operations.access_analyzer.principal_findings import SERVICE_PRINCIPAL

_PRIVATE: Final = (
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16"),
    *("fc00::/7", "fe80::/10", "::1/128"),
)
"""https://datatracker.ietf.org/doc/html/rfc1918 and the local ranges of both versions."""
_SENSITIVE: Final = """
    aws:principalaccount aws:principalorgid aws:resourceaccount aws:resourceorgid aws:sourceaccount
    aws:sourceorgid aws:sourcevpc aws:sourcevpce aws:vpceaccount aws:vpceorgid
"""
SENSITIVE_KEYS: Final = frozenset(_SENSITIVE.split())
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sensitive"""
_REGION_KEYS: Final = ("aws:requestedregion", "ec2:region")
_OF_SERVICES: Final = """
    aws:calledvia aws:calledviafirst aws:calledvialast aws:principalservicename
    aws:principalservicenameslist iam:passedtoservice iam:awsservicename
"""
_SERVICE_KEYS: Final = frozenset(_OF_SERVICES.split())
_NAMED_WITH_REGION: Final = re.compile(r"[a-z0-9-]+\.[a-z]{2,}(-[a-z]+)+-\d+\.amazonaws\.com(\.cn)?")
_VPC: Final = re.compile(r"vpc-([0-9A-Za-z]{8}|[0-9A-Za-z]{17})")
_VPCE: Final = re.compile(r"vpce-([0-9A-Za-z]{8}|[0-9A-Za-z]{17})")
_KMS_KEY: Final = re.compile(rf"arn:[^:]+:kms:[^:]+:{ACCOUNT_DIGITS}:key/\S+")
_KMS_KEYS: Final = ("s3:x-amz-server-side-encryption-aws-kms-key-id",)
_EPOCH: Final = re.compile(r"\d+(\.\d+)?")
_ESCAPED: Final = re.compile(r"\$\{[*?$]\}")
_F = OperatorFamily
_MISMATCHES: Final = {
    _F.BOOL: "TYPE_MISMATCH_BOOLEAN",
    _F.NULL: "TYPE_MISMATCH_BOOLEAN",
    _F.NUMERIC: "TYPE_MISMATCH_NUMBER",
    _F.DATE: "TYPE_MISMATCH_DATE",
    _F.BINARY: "TYPE_MISMATCH_STRING",
    _F.IP_ADDRESS: "TYPE_MISMATCH_IP_RANGE",
}


def condition_value_findings(statement: CheckedStatement) -> Iterator[Finding]:
    """The findings of each value, and of the values of a key together."""
    for test in statement.tests():
        if test.name.row is None:
            continue
        if not test.values:
            yield from _no_values(test)
            continue
        yield from _together(test)
        for steps, value in test.values:
            text = str(value).lower() if isinstance(value, bool | int | float) else value
            if isinstance(text, str):
                found = list(_value(test, text))
                yield from (finding(check, steps, words=words) for check, words in found)


def _no_values(test: ConditionTest) -> Iterator[Finding]:
    how = test.name.set_operator
    if how is SetOperator.FOR_ALL_VALUES:
        suffix = "_FORALLVALUES"
    elif how is SetOperator.FOR_ANY_VALUE:
        suffix = "_FORANYVALUE"
    else:
        suffix = "_IFEXISTS" if test.name.if_exists else ""
    yield finding(f"EMPTY_ARRAY_CONDITION{suffix}", test.steps, key=test.key)


def _together(test: ConditionTest) -> Iterator[Finding]:
    values = [value for _, value in test.values]
    if len({_json_type(value) for value in values}) > 1:
        yield finding("INVALID_CONDITION_DATA_TYPE", test.steps)
    if test.family is _F.BOOL and len(values) > 1:
        yield finding("INVALID_CONDITION_MULTIPLE_BOOLEAN", test.steps)
    row = test.name.row
    if row is not None and row.family is _F.NUMERIC and "Than" in row.comparison and len(values) > 1:
        extreme = "greatest" if row.comparison.startswith("Less") else "least"
        words = {"operator": test.operator, "extreme": extreme, "key": test.key}
        yield finding("REDUNDANT_CONDITION_VALUE_NUM", test.steps, words=words)
    if test.key.lower() == "aws:sourceip" and test.family is _F.IP_ADDRESS:
        yield from _private_addresses(test)
    yield from _any_text(test)


def _json_type(value: Json) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else type(value).__name__


def _private_addresses(test: ConditionTest) -> Iterator[Finding]:
    networks = [one for _, text in test.texts() if (one := _network(text)) is not None]
    private = [one for one in networks if _is_private(one)]
    if private:
        subset = "" if len(private) == len(networks) else "_SUBSET"
        yield finding(f"PRIVATE_{'NOT_' if test.is_negated else ''}IP_ADDRESS{subset}", test.steps)


def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _is_private(network: IPv4Network | IPv6Network) -> bool:
    for one in map(ip_network, _PRIVATE):
        if isinstance(one, IPv4Network) and isinstance(network, IPv4Network) and network.subnet_of(one):
            return True
        if isinstance(one, IPv6Network) and isinstance(network, IPv6Network) and network.subnet_of(one):
            return True
    return False


def _any_text(test: ConditionTest) -> Iterator[Finding]:
    """StringLike with `*`, which only tests whether the key is present."""
    if test.family is not _F.STRING or not test.is_like or "*" not in [text for _, text in test.texts()]:
        return
    how, if_exists = test.name.set_operator, test.name.if_exists
    present = not test.is_negated
    if how is SetOperator.SINGLE:
        absent = test.is_negated or if_exists
    else:
        absent = how is SetOperator.FOR_ALL_VALUES or if_exists
    check = {
        (True, False): "EQUIVALENT_TO_NULL_FALSE",
        (False, True): "EQUIVALENT_TO_NULL_TRUE",
        (True, True): "REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION",
        (False, False): "REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION",
    }[present, absent]
    yield finding(check, test.steps, is_key=True, key=test.key, operator=test.operator)


# --- one value ---

_Found = tuple[str, dict[str, str]]


def _value(test: ConditionTest, text: str) -> Iterator[_Found]:
    family = test.family
    if "${" in _ESCAPED.sub("", text) and family not in (_F.STRING, _F.ARN):
        yield "INVALID_VARIABLE_FOR_OPERATOR", {}
        return
    if family in _MISMATCHES and not _is_of_type(family, text):
        yield _MISMATCHES[family], {"operator": test.operator}
    elif family is _F.DATE and _EPOCH.fullmatch(text) and len(text) > len("2026"):
        yield "INVALID_DATE_VALUE", {"date": text}
    elif family is _F.IP_ADDRESS and (better := _better_range(text)):
        yield "IMPROVE_IP_RANGE", {"address": better}
    if family in (_F.STRING, _F.ARN):
        yield from _text(test, text)


def _better_range(text: str) -> str:
    """The range without the bits after its mask; empty if it has none."""
    network, address = _network(text), _network(text.partition("/")[0])
    if network is None or address is None or address.network_address == network.network_address:
        return ""
    return str(network)


def _is_of_type(family: OperatorFamily, text: str) -> bool:
    if family in (_F.BOOL, _F.NULL):
        return text.lower() in ("true", "false")
    return is_comparable(family, text)


def _text(test: ConditionTest, text: str) -> Iterator[_Found]:
    key, plain = test.key.lower(), _ESCAPED.sub("", text)
    is_wild = "*" in plain or "?" in plain
    if is_wild and test.family is _F.STRING and not test.is_like:
        yield "WILDCARD_WITHOUT_LIKE_OPERATOR", {}
    if key in SENSITIVE_KEYS and is_wild and test.is_like:
        yield "WILDCARD_USAGE_TOO_PERMISSIVE", {"key": test.key}
    if key == "aws:userid" and test.is_like and text != "*":
        yield from _user_id(plain)
    if not has_wildcard(text):
        yield from _exact(key, test.key, text)


def _user_id(text: str) -> Iterator[_Found]:
    """Findings of user ids: `ID:*` and `*:name` are fine, `AIDA*` and `AROA*:name` are not."""
    left, colon, _ = text.partition(":")
    left = text if not colon else left
    if "*" in left and left != "*":
        yield "WILDCARD_USAGE_TOO_PERMISSIVE userID", {}


def _exact(key: str, written: str, text: str) -> Iterator[_Found]:
    if key in _REGION_KEYS and not REGION.fullmatch(text) and text != "aws-global":
        yield "INVALID_REGION", {"region": text}
    if key in _SERVICE_KEYS and not SERVICE_PRINCIPAL.fullmatch(text):
        yield "INVALID_SERVICE_PRINCIPAL_FORMAT", {"expected": "service-name.amazonaws.com"}
    if key == "kms:viaservice" and not _NAMED_WITH_REGION.fullmatch(text):
        expected = "service-name.AWS_region.amazonaws.com"
        yield "INVALID_SERVICE_PRINCIPAL_FORMAT", {"expected": expected}
    if key == "aws:sourcevpc" and not _VPC.fullmatch(text):
        yield "INVALID_VPC_FORMAT", {}
    if key == "aws:sourcevpce" and not _VPCE.fullmatch(text):
        yield "INVALID_VPCE_FORMAT", {}
    if key in _KMS_KEYS and not _KMS_KEY.fullmatch(text):
        yield "INVALID_KMS_KEY_VALUE", {"key": written}
