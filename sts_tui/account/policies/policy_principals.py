"""Would AWS store the Principal element of this statement?

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from sts_tui.account.arn import ACCOUNT_DIGITS
from sts_tui.account.diagnostics.json_path import Steps, shown
from sts_tui.account.entities import BUILT_IN_PROVIDERS
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.account.policies.policy_diagnostic import PolicyDiagnostic, PolicyDiagnostics
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.rule_book import (
    FEDERATED_PRINCIPAL,
    INVALID_PRINCIPAL,
    MISSING_FIELD,
    NO_PRINCIPAL_HERE,
    NOT_OF_ITS_TYPE,
    PROHIBITED_FIELD,
    SCALAR_PRINCIPAL,
)

PRINCIPAL_TYPES: Final = ("AWS", "Federated", "Service", "CanonicalUser")
UNIQUE_ID: Final = lazy_pattern(r"A(?:ROA|IDA)[A-Z0-9]{12,124}")
"""The unique id that a Principal element contains in place of a deleted user or role."""

_AWS_PRINCIPAL: Final = lazy_pattern(
    ACCOUNT_DIGITS + rf"|arn:[^:]+:iam::{ACCOUNT_DIGITS}:(?:root|user/\S+|role/\S+)"
    rf"|arn:[^:]+:sts::{ACCOUNT_DIGITS}:(?:assumed-role/[^/\s]+/[^/\s]+|federated-user/\S+)"
    r"|arn:[^:]+:iam::cloudfront:user/.+"
)
_FEDERATED: Final = lazy_pattern(rf"arn:[^:]+:iam::{ACCOUNT_DIGITS}:(?:saml-provider|oidc-provider)/\S+")
SERVICE_NAME: Final = lazy_pattern(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_PARTLY_WILD: Final = "Wildcards cannot match a part of a principal; test aws:PrincipalArn with ArnLike."


def check_principal(
    statement: Mapping[str, object], kind: PolicyKind, place: Steps, found: PolicyDiagnostics
) -> None:
    """Check that a statement has a Principal element if its policy type requires one, and only if it allows
    one.
    """
    key = "Principal" if "Principal" in statement else "NotPrincipal"
    if key not in statement:
        if kind in _NEEDS_PRINCIPAL:
            found.add(place, MISSING_FIELD, "Principal")
        return
    if not _may_stand(key, kind, place, found):
        return
    value = statement[key]
    if kind is PolicyKind.RCP:
        if value != "*":
            detail = 'In a resource control policy Principal is "*".'
            found.add((*place, key), NOT_OF_ITS_TYPE, detail=detail)
    elif value == "*":
        if kind is PolicyKind.TRUST:
            found.add((*place, key), SCALAR_PRINCIPAL, hint='write {"AWS": "*"}')
    elif isinstance(value, Mapping) and value:
        _check_principal_map(value, kind, (*place, key), found)
    elif isinstance(value, str):
        found.add((*place, key), INVALID_PRINCIPAL, f": {shown(value)}", hint=_map_hint(value))
    else:
        found.syntax((*place, key), f'{key} is "*" or an object by principal type.')


def is_scalar_principal(diagnostic: PolicyDiagnostic) -> bool:
    """Whether the diagnostic is about `"Principal": "*"` in a trust policy, on which AWS's pages disagree."""
    return diagnostic.rule is SCALAR_PRINCIPAL


_NEEDS_PRINCIPAL: Final = frozenset({PolicyKind.TRUST, PolicyKind.RESOURCE, PolicyKind.RCP})


def _may_stand(key: str, kind: PolicyKind, place: Steps, found: PolicyDiagnostics) -> bool:
    if kind.is_identity_based:
        found.add((*place, key), NO_PRINCIPAL_HERE)
        return False
    if kind is PolicyKind.SCP or (kind is PolicyKind.RCP and key == "NotPrincipal"):
        found.add((*place, key), NOT_OF_ITS_TYPE, detail=f"A {kind.value} has no {key}.")
        return False
    if kind is PolicyKind.TRUST and key == "NotPrincipal":
        found.add((*place, key), PROHIBITED_FIELD, key)
        return False
    return True


def _map_hint(value: str) -> str:
    kind = "Service" if SERVICE_NAME.fullmatch(value) and value.endswith("amazonaws.com") else "AWS"
    return f'write {{"{kind}": {shown(value)}}}'


def _check_principal_map(
    principals: Mapping[str, object], kind: PolicyKind, place: Steps, found: PolicyDiagnostics
) -> None:
    for principal_type, names in principals.items():
        if principal_type not in PRINCIPAL_TYPES:
            found.unknown(place, principal_type, PRINCIPAL_TYPES, "principal type")
            continue
        listed = names if isinstance(names, list) else [names]
        if not listed:
            found.syntax((*place, principal_type), "The list of principals is empty.")
        for index, name in enumerate(listed):
            at: Steps = (*place, principal_type, index) if listed is names else (*place, principal_type)
            if not isinstance(name, str):
                found.syntax(at, "A principal is text.")
            elif detail := _why_invalid(principal_type, name, kind):
                if kind is PolicyKind.TRUST and principal_type == "Federated":
                    found.add(at, FEDERATED_PRINCIPAL, detail=detail)
                else:
                    found.add(at, INVALID_PRINCIPAL, _named_in(principal_type, name, kind), detail=detail)


def invalid_principal(principal_type: str, name: str, kind: PolicyKind) -> str:
    """AWS's sentence for an invalid principal. IAM names the principal; the services that store
    resource-based policies do not.
    """
    return INVALID_PRINCIPAL.sentence.format(_named_in(principal_type, name, kind))


def _named_in(principal_type: str, name: str, kind: PolicyKind) -> str:
    return f': "{principal_type}":"{name}"' if kind is PolicyKind.TRUST else ""


def _why_invalid(principal_type: str, name: str, kind: PolicyKind) -> str:
    """Why a name cannot be a principal of its type, in our words; empty if it can."""
    match principal_type:
        case "AWS":
            if name == "*" or _AWS_PRINCIPAL.fullmatch(name) or UNIQUE_ID.fullmatch(name):
                if "*" in name[1:] or "?" in name:
                    return _PARTLY_WILD
                return ""
            return "" if "cloudfront:user/" in name else _aws_detail(name)
        case "Federated":
            if name in BUILT_IN_PROVIDERS or _FEDERATED.fullmatch(name):
                return ""
            return "It is neither the ARN of a SAML or OIDC provider nor a built-in web identity provider."
        case "Service":
            if name == "*":
                return "" if kind is not PolicyKind.TRUST else "A service is named in full."
            return "" if SERVICE_NAME.fullmatch(name) else "A service is named like ec2.amazonaws.com."
        case _:
            return "A canonical user id is valid only in S3 policies." if kind is PolicyKind.TRUST else ""


def _aws_detail(name: str) -> str:
    if ":group/" in name:
        return "A group is never a principal."
    if "*" in name or "?" in name:
        return _PARTLY_WILD
    return "It is neither an account id nor the ARN of an account, user, role or session."


def principals_of(document: object) -> Iterator[tuple[Steps, str, str]]:
    """Every principal that a document names: (JSON path, type, name). Malformed parts are skipped."""
    statements = document.get("Statement") if isinstance(document, Mapping) else None
    listed = statements if isinstance(statements, list) else [statements]
    for index, statement in enumerate(listed):
        if not isinstance(statement, Mapping):
            continue
        base: Steps = ("Statement", index) if listed is statements else ("Statement",)
        for key in ("Principal", "NotPrincipal"):
            value = statement.get(key)
            if isinstance(value, Mapping):
                yield from _named(value, (*base, key))


def _named(principals: Mapping[str, object], base: Steps) -> Iterator[tuple[Steps, str, str]]:
    for principal_type, names in principals.items():
        if isinstance(names, str):
            yield (*base, principal_type), principal_type, names
        elif isinstance(names, list):
            for index, name in enumerate(names):
                if isinstance(name, str):
                    yield (*base, principal_type, index), principal_type, name
