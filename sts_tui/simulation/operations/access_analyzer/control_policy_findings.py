"""What does Access Analyzer find in a resource control policy?

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sts_tui.account.policies.condition_operators import OperatorFamily
from sts_tui.iam.rcp_coverage import RCP_SERVICES
from sts_tui.simulation.operations.access_analyzer.checked_statement import CheckedStatement
from sts_tui.simulation.operations.access_analyzer.finding import Finding, finding

_IS_SERVICE: Final = "aws:principalisawsservice"
_SERVICE_KEYS: Final = ("aws:principalisawsservice", "aws:principalservicename")
"""Keys with the prefix of principals' keys that describe a service."""
_SOURCE_KEYS: Final = ("aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceaccount", "aws:sourcearn")
_CHECKED_FOR_NULL: Final = ("aws:sourceorgid", "aws:sourceorgpaths")


def rcp_findings(statement: CheckedStatement) -> Iterator[Finding]:
    """The findings of one statement of a resource control policy."""
    principal = statement.elements.get("Principal")
    if "NotPrincipal" in statement.elements or (principal is not None and principal != "*"):
        element = "NotPrincipal" if "NotPrincipal" in statement.elements else "Principal"
        yield finding("RCP_SYNTAX_ERROR_PRINCIPAL", statement.at(element))
    if "NotAction" in statement.elements:
        yield finding("RCP_SYNTAX_ERROR_NOTACTION", statement.at("NotAction"), is_key=True)
    is_everything = statement.names("Resource") == ("*",) and "Condition" not in statement.elements
    if statement.is_allow and not (is_everything and principal == "*"):
        yield finding("RCP_SYNTAX_ERROR_ALLOW", statement.at("Effect"))
    for steps, action in statement.texts("Action"):
        is_supported = action.lower().partition(":")[0] in RCP_SERVICES
        if not is_supported and not (statement.is_allow and action == "*"):
            yield finding("RCP_SYNTAX_ERROR_ACTION", steps)
    if not statement.is_allow:
        yield from _missing_keys(statement)


def _missing_keys(statement: CheckedStatement) -> Iterator[Finding]:
    """Keys of principals without the exception for services, and keys of sources without the restriction."""
    tests = list(statement.tests())
    compared = [test for test in tests if test.family is not OperatorFamily.NULL]
    says = {
        str(value).lower() for test in tests if test.key.lower() == _IS_SERVICE for _, value in test.values
    }
    present = {
        test.key.lower()
        for test in tests
        if test.family is OperatorFamily.NULL and [str(one).lower() for _, one in test.values] == ["false"]
    }
    for test in compared:
        key, words = test.key.lower(), {"key": test.key}
        if key.startswith("aws:principal") and not key.startswith(_SERVICE_KEYS) and "false" not in says:
            check = "RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY"
            yield finding(check, test.steps, is_key=True, words=words)
        if key in _SOURCE_KEYS and "true" not in says:
            check = "RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY"
            yield finding(check, test.steps, is_key=True, words=words)
        if key in _CHECKED_FOR_NULL and not present & {"aws:sourceaccount", "aws:sourcearn"}:
            check = "RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK"
            yield finding(check, test.steps, is_key=True, words=words)
