"""What does Access Analyzer find if a policy allows iam:PassRole or iam:CreateServiceLinkedRole?

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sts_tui.iam.patterns.pattern_relations import covers
from sts_tui.simulation.operations.access_analyzer.checked_statement import CheckedStatement
from sts_tui.simulation.operations.access_analyzer.finding import Finding, finding

_LIMITED_BY: Final = (
    ("PASS_ROLE", "iam:passrole", "iam:passedtoservice"),
    ("CREATE_SLR", "iam:createservicelinkedrole", "iam:awsservicename"),
)
"""(prefix of the issue codes, action, condition key that limits it)."""


def permission_findings(statement: CheckedStatement) -> Iterator[Finding]:
    """The findings of an Allow in an identity-based policy."""
    for prefix, action, key in _LIMITED_BY:
        if key not in statement.condition_keys():
            yield from _unlimited(statement, prefix, action)


def _unlimited(statement: CheckedStatement, prefix: str, action: str) -> Iterator[Finding]:
    how = _how(statement, action)
    if how is None:
        return
    if "NotResource" in statement.elements:
        check = {
            "named": f"{prefix}_WITH_NOT_RESOURCE",
            "wildcard": f"{prefix}_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE",
            "excepted": f"{prefix}_WITH_NOT_ACTION_AND_NOT_RESOURCE",
        }[how]
        yield finding(check, statement.at("NotResource"))
        return
    check = {
        "named": f"{prefix}_WITH_STAR_IN_RESOURCE",
        "wildcard": f"{prefix}_WITH_STAR_IN_ACTION_AND_RESOURCE",
        "excepted": f"{prefix}_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION",
    }[how]
    for steps, resource in statement.texts("Resource"):
        if resource == "*" or resource.endswith(":role/*"):
            yield finding(check, steps)


def _how(statement: CheckedStatement, action: str) -> str | None:
    """How the statement covers the action: by name, by a wildcard, or by NotAction."""
    if "NotAction" in statement.elements:
        excepted = any(covers(one.lower(), action) for one in statement.names("NotAction"))
        return None if excepted else "excepted"
    listed = [one.lower() for one in statement.names("Action")]
    if action in listed:
        return "named"
    return "wildcard" if any(covers(one, action) for one in listed) else None
