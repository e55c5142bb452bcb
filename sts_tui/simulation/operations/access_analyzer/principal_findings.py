"""What does Access Analyzer find in the principals of a statement?

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from sts_tui.account.diagnostics.json_path import Steps
from sts_tui.account.json_value import Json
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.policy_principals import PRINCIPAL_TYPES, UNIQUE_ID
from sts_tui.simulation.operations.access_analyzer.checked_statement import (
    PRINCIPAL_ELEMENTS,
    CheckedStatement,
)
from sts_tui.simulation.operations.access_analyzer.finding import Finding, finding

SERVICE_PRINCIPAL: Final = re.compile(
    r"[a-z0-9-]+(\.[a-z0-9-]+)*\.(amazonaws\.com(\.cn)?|amazon\.com|aws\.internal)"
)
_SOURCES: Final = frozenset(
    {"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner"}
)
_NOT_OF_SERVICES: Final = ("aws:principalorgid", "aws:principalorgpaths", "aws:principaltag/")
"""Keys that describe a principal of an organization.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"""


def principal_findings(statement: CheckedStatement) -> Iterator[Finding]:
    """The findings of Principal and NotPrincipal, in any policy that has them."""
    if statement.kind is PolicyKind.RCP:
        return  # has checks of its own
    for element in PRINCIPAL_ELEMENTS:
        if element in statement.elements:
            yield from _form(statement.elements[element], statement.at(element))
    yield from _names(statement)
    if statement.kind is PolicyKind.RESOURCE:
        yield from _of_resource_policies(statement)


def _form(principal: Json, at: Steps) -> Iterator[Finding]:
    if principal == {}:
        yield finding("EMPTY_OBJECT_PRINCIPAL", at)
    elif isinstance(principal, Mapping):
        for key, value in principal.items():
            if key not in PRINCIPAL_TYPES:
                yield finding("INVALID_PRINCIPAL_KEY", (*at, key), is_key=True, key=key)
            if value == []:
                yield finding("EMPTY_ARRAY_PRINCIPAL", (*at, key))
    elif principal != "*":
        yield finding("INVALID_PRINCIPAL_FORMAT", at)


def _names(statement: CheckedStatement) -> Iterator[Finding]:
    for steps, key, name in statement.principals():
        if ("*" in name or "?" in name) and not (key == "AWS" and name == "*") and "${" not in name:
            yield finding("UNSUPPORTED_WILDCARD_IN_PRINCIPAL", steps, key=key)
        elif key == "Service" and "${" not in name and not SERVICE_PRINCIPAL.fullmatch(name):
            yield finding("INVALID_SERVICE_PRINCIPAL_FORMAT", steps, expected="service-name.amazonaws.com")
        elif key == "AWS" and UNIQUE_ID.fullmatch(name):
            check = "INVALID_ROLE_REFERENCE" if name.startswith("AROA") else "INVALID_USER_REFERENCE"
            yield finding(check, steps, id=name)


def _of_resource_policies(statement: CheckedStatement) -> Iterator[Finding]:
    """A trust policy is passed as a resource-based policy too: its actions are those of STS."""
    if any(action.lower().startswith("sts:") for action in statement.names("Action")):
        return
    named = list(statement.principals("Principal"))
    for steps, key, _ in named:
        if key == "Federated":
            yield finding("FEDERATED_PRINCIPAL_NOT_SUPPORTED", steps)
    services = [(steps, name) for steps, key, name in named if key == "Service"]
    if not services or not statement.is_allow:
        return
    keys = statement.condition_keys()
    referers = [test for test in statement.tests() if test.key.lower() == "aws:referer"]
    if not keys & _SOURCES and referers:
        prefix = services[0][1].partition(".")[0]
        yield finding(
            *("RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL", referers[0].steps),
            is_key=True, principal=prefix, key=referers[0].key,
        )  # fmt: skip
    elif not keys & _SOURCES:
        yield finding(
            "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL", services[0][0], also=tuple(at for at, _ in services[1:])
        )
    wrong = [test for test in statement.tests() if test.key.lower().startswith(_NOT_OF_SERVICES)]
    if wrong and len(services) == len(named):
        listed = ", ".join(test.key for test in wrong)
        others = tuple(test.steps for test in wrong[1:])
        check = "UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL"
        yield finding(check, wrong[0].steps, is_key=True, keys=listed, also=others)
