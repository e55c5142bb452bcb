"""Which conditions and principals of a policy do something other than they seem to, without an error?

AWS stores such a document. `*` in StringEquals matches no value but `*`. A ForAllValues condition is true if
the key is absent. An Allow of an operation that the principal cannot call has no effect. A condition on the
subject of a shared identity provider that begins with a wildcard matches everyone. IAM Access Analyzer
reports these too.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from sts_tui.account.diagnostics.json_path import Steps, shown
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.account.policies.condition_operators import (
    OperatorFamily,
    OperatorName,
    SetOperator,
    parse_operator,
)
from sts_tui.account.policies.policy_actions import includes
from sts_tui.account.policies.policy_diagnostic import PolicyDiagnostic, PolicyDiagnostics
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.rule_book import (
    ANYONES_SUBJECT,
    FOR_ALL_WITHOUT_KEY,
    LITERAL_WILDCARD,
    UNCALLABLE,
    Force,
)
from sts_tui.account.policies.shared_oidc_providers import SHARED_PROVIDERS

_SIGNS: Final = (b'"Federated"', b"AssumeRoleWith", b'"ForAllValues:')
_MAY_HAVE_WILDCARD: Final = re.compile(rb'String(?:Not)?Equals[^"]*"\s*:\s*\{[^}]*[*?]')
"""The expression begins with a literal, because searching for that is faster than for alternatives."""
_VARIABLE: Final = lazy_pattern(r"\$\{[^}]*\}")
_OPEN_SUBJECT: Final = lazy_pattern(r"(?:[a-z_]+:)?[*?].*")
_WEB, _SAML, _ROLE = "sts:assumerolewithwebidentity", "sts:assumerolewithsaml", "sts:assumerole"


def may_have_silent_mistakes(document: bytes) -> bool:
    """False if the JSON text contains nothing that these checks examine, as for most documents of a large
    file.
    """
    return any(sign in document for sign in _SIGNS) or _MAY_HAVE_WILDCARD.search(document) is not None


def silent_mistakes(document: object, kind: PolicyKind) -> Iterator[PolicyDiagnostic]:
    """Warnings about one document, in the order of its statements. Malformed parts are skipped."""
    found = PolicyDiagnostics()
    written = document.get("Statement") if isinstance(document, Mapping) else None
    for index, statement in enumerate(written if isinstance(written, list) else [written]):
        if isinstance(statement, Mapping):
            place: Steps = ("Statement", index) if isinstance(written, list) else ("Statement",)
            _check_conditions(statement, place, found)
            if kind in (PolicyKind.TRUST, PolicyKind.RESOURCE) and statement.get("Effect") == "Allow":
                _check_operations(statement, place, found)
    yield from found.in_order(Force.ADVICE)


def _check_conditions(statement: Mapping[str, object], place: Steps, found: PolicyDiagnostics) -> None:
    condition = statement.get("Condition")
    blocks = condition.items() if isinstance(condition, Mapping) else ()
    tests = [
        (parse_operator(operator), key, values, (*place, "Condition", operator, key))
        for operator, keys in blocks
        for key, values in (keys.items() if isinstance(keys, Mapping) else ())
    ]
    present = {key.lower() for name, key, values, _ in tests if _asks_for_presence(name, values)}
    for name, key, values, at in tests:
        _check_literal(name, values, at, found)
        if statement.get("Effect") == "Allow" and key.lower() not in present:
            _check_for_all(name, key, at, found)
        if statement.get("Effect") == "Allow":
            _check_subject(name, key, values, at, found)


def _check_literal(name: OperatorName, values: object, at: Steps, found: PolicyDiagnostics) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"""
    if name.row is None or name.row.family is not OperatorFamily.STRING or "Like" in name.row.name:
        return
    for text in _texts(values):
        plain = _VARIABLE.sub("", text)
        if "*" in plain or "?" in plain:
            kind = "Arn" if text.startswith("arn:") else "String"
            like = f"{kind}NotLike" if name.row.negated else f"{kind}Like"
            found.add(at, LITERAL_WILDCARD, name.row.name, shown(text), hint=f"{like} has wildcards")


def _check_for_all(name: OperatorName, key: str, at: Steps, found: PolicyDiagnostics) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html"""
    if name.set_operator is not SetOperator.FOR_ALL_VALUES or name.row is None:
        return
    from sts_tui.account.policies.vocabulary import key_type  # reads AWS's lists

    type_of_key = key_type(key)
    if type_of_key is not None and not type_of_key.startswith("ArrayOf"):
        hint = f"{name.row.name} alone, or a Null test beside it"
        found.add(at, FOR_ALL_WITHOUT_KEY, shown(key), hint=hint)


def _asks_for_presence(name: OperatorName, values: object) -> bool:
    """Whether a condition fails if the key is absent: `"Null": {KEY: "false"}`, or an ordinary comparison."""
    if name.row is None or name.if_exists or name.set_operator is SetOperator.FOR_ALL_VALUES:
        return False
    if name.row.family is OperatorFamily.NULL:
        return [str(one).lower() for one in _listed(values)] == ["false"]
    return not name.row.negated


def _check_subject(name: OperatorName, key: str, values: object, at: Steps, found: PolicyDiagnostics) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html"""
    issuer, _, claim = key.lower().rpartition(":")
    if name.row is None or name.row.negated or "Like" not in name.row.name:
        return
    if "sub" in SHARED_PROVIDERS.get(issuer, ()) and claim == "sub":
        for text in _texts(values):
            if _OPEN_SUBJECT.fullmatch(text):
                found.add(at, ANYONES_SUBJECT, shown(text), issuer)


def _check_operations(statement: Mapping[str, object], place: Steps, found: PolicyDiagnostics) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"""
    principal = statement.get("Principal")
    patterns = _texts(statement.get("Action"))
    operations = [one for one in (_ROLE, _SAML, _WEB) if any(includes(each, one) for each in patterns)]
    if not isinstance(principal, Mapping) or not operations:
        return
    for kind, names in principal.items():
        for name in _texts(names):
            if name != "*" and not any(operation in _called_by(kind, name) for operation in operations):
                listed = ", ".join(_texts(statement.get("Action")))
                calls = " or ".join(_WRITTEN[one] for one in _called_by(kind, name))
                found.add((*place, "Action"), UNCALLABLE, shown(name), listed, hint=f"it calls {calls}")


_WRITTEN: Final = {
    _ROLE: "sts:AssumeRole",
    _SAML: "sts:AssumeRoleWithSAML",
    _WEB: "sts:AssumeRoleWithWebIdentity",
}


def _called_by(kind: str, name: str) -> tuple[str, ...]:
    """The operations with which a principal can assume a role."""
    if kind != "Federated":
        return (_ROLE,)
    return (_SAML,) if ":saml-provider/" in name else (_WEB,)


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _texts(value: object) -> list[str]:
    return [one for one in _listed(value) if isinstance(one, str)]
