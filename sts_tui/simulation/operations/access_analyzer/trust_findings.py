"""What does Access Analyzer find in the trust policy of a role?

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from sts_tui.account.arn import ACCOUNT_DIGITS
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.workload_identities import ROLES_ANYWHERE
from sts_tui.iam.patterns.pattern_relations import covers
from sts_tui.simulation.operations.access_analyzer.checked_statement import CheckedStatement
from sts_tui.simulation.operations.access_analyzer.finding import Finding, finding

GITHUB: Final = "token.actions.githubusercontent.com"
_DOMAIN: Final = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(/\S*)?")
_PROVIDER_ARN: Final = re.compile(rf"arn:[^:]+:iam::{ACCOUNT_DIGITS}:(saml-provider|oidc-provider)/(\S+)")
_SESSION_ARN: Final = re.compile(rf"(arn:[^:]+):sts::({ACCOUNT_DIGITS}):assumed-role/([^/]+)/.+")
_SETS: Final = {"sts:sourceidentity": "sts:SetSourceIdentity", "sts:transitivetagkeys": "sts:TagSession"}
"""Condition key → the action that a request with this key needs."""
_OF_ROLES_ANYWHERE: Final = ("sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession")


def trust_findings(statement: CheckedStatement) -> Iterator[Finding]:
    """The findings of one statement. Which operation fits which principal is checked in every resource-based
    policy.
    """
    yield from _mismatched_actions(statement)
    yield from _of_providers(statement)
    if statement.kind is not PolicyKind.TRUST:
        return
    if "NotPrincipal" in statement.elements:
        at = statement.at("NotPrincipal")
        yield finding("ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL", at, is_key=True)
    if statement.elements.get("Principal") == "*":
        yield finding("ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL", statement.at("Principal"))
    for element in ("Resource", "NotResource"):
        if element in statement.elements:
            at = statement.at(element)
            yield finding("ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", at, is_key=True)
    for steps, key, name in statement.principals("Principal"):
        is_wild = any(sign in name for sign in ("*", "?", "${"))
        if (
            key == "Federated"
            and not is_wild
            and not (_DOMAIN.fullmatch(name) or _PROVIDER_ARN.fullmatch(name))
        ):
            yield finding("INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY", steps)
    yield from _redundant_sessions(statement)


def whole_trust_findings(statements: Sequence[CheckedStatement]) -> Iterator[Finding]:
    """Findings that depend on all statements: actions that another statement may allow."""
    allowing = [one for one in statements if one.is_allow]
    actions = [action.lower() for one in allowing for action in one.names("Action")]
    for one in allowing:
        if any(action.lower().startswith("sts:assumerole") for action in one.names("Action")):
            for test in one.tests():
                needed = _SETS.get(test.key.lower())
                if needed and not any(covers(action, needed.lower()) for action in actions):
                    words = {"action": needed, "key": test.key}
                    yield finding("MISSING_ACTION_FOR_CONDITION_KEY", one.at("Action"), words=words)
    named = [
        (one, steps)
        for one in allowing
        for steps, key, name in one.principals("Principal")
        if key == "Service" and name == ROLES_ANYWHERE
    ]
    granted = [action.lower() for one, _ in named for action in one.names("Action")]
    if named and not all(any(covers(one, each.lower()) for one in granted) for each in _OF_ROLES_ANYWHERE):
        yield finding("MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY", named[0][0].at("Action"))


def _redundant_sessions(statement: CheckedStatement) -> Iterator[Finding]:
    named = {name for _, _, name in statement.principals("Principal")}
    for steps, _, name in statement.principals("Principal"):
        found = _SESSION_ARN.fullmatch(name)
        for role in sorted(named) if found else ():
            written = re.fullmatch(rf"(arn:[^:]+):iam::({ACCOUNT_DIGITS}):role/(?:\S+/)?([^/]+)", role)
            if found and written and written.groups() == found.groups():
                words = {"principal": name, "role": role}
                yield finding("REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY", steps, words=words)


# --- operations and their principals ---


def _mismatched_actions(statement: CheckedStatement) -> Iterator[Finding]:
    named = list(statement.principals("Principal"))
    for place, action in statement.texts("Action"):
        if (fits := _ASSUMED_BY.get(action.lower())) is None:
            continue
        wrong = [(at, text) for at, kind, text in named if text != "*" and not fits(kind, text)]
        if wrong:
            listed = ", ".join(text for _, text in wrong)
            others = tuple(at for at, _ in wrong)
            words = {"action": action, "principals": listed}
            yield finding("MISMATCHED_ACTION_FOR_PRINCIPAL", place, also=others, words=words)


_ASSUMED_BY: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "sts:assumerole": lambda kind, text: kind != "Federated",
    "sts:assumerolewithsaml": lambda kind, text: kind == "Federated" and ":saml-provider/" in text,
    "sts:assumerolewithwebidentity": lambda kind, text: kind == "Federated" and ":saml-provider/" not in text,
}
"""Whether a principal of this key, with this value, can call the operation."""


# --- identity providers ---


def _of_providers(statement: CheckedStatement) -> Iterator[Finding]:
    keys = statement.condition_keys()
    for steps, key, name in statement.principals("Principal"):
        if key != "Federated" or not statement.is_allow:
            continue
        found = _PROVIDER_ARN.fullmatch(name)
        if found is not None and found[1] == "saml-provider":
            continue
        issuer = (found[2] if found is not None else name).lower()
        if not any(one.startswith(f"{issuer}:") for one in keys):
            yield finding("MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL", steps)
        if issuer == GITHUB and f"{GITHUB}:sub" not in keys:
            yield finding("MISSING_GITHUB_REPO_CONDITION_KEY", steps)
    for test in statement.tests():
        if test.key.lower() != f"{GITHUB}:sub" or not statement.is_allow or test.is_negated:
            continue
        for steps, value in test.texts():
            if test.is_like and not _names_repository(value, has_ref=f"{GITHUB}:ref" in keys):
                yield finding("SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED", steps)


def _names_repository(subject: str, *, has_ref: bool) -> bool:
    """Whether a subject has no wildcard, or one only after the repository while another key names the
    branch.
    """
    if "*" not in subject:
        return True
    repository = ":".join(subject.split(":", 2)[:2])
    return has_ref and subject.count(":") > 1 and "*" not in repository
