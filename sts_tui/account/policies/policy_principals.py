"""The Principal element: who a resource-based policy is for.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sts_tui.account.diagnostics.json_path import Steps, shown
from sts_tui.account.diagnostics.policy_diagnostic import PolicyDiagnostic, PolicyDiagnostics
from sts_tui.account.policies.policy_kind import PolicyKind

PRINCIPAL_TYPES: Final = ("AWS", "Federated", "Service", "CanonicalUser")
BUILT_IN_PROVIDERS: Final = (
    "accounts.google.com",
    "cognito-identity.amazonaws.com",
    "graph.facebook.com",
    "www.amazon.com",
)
"""Web identity providers that every account knows without registering them."""

NO_PRINCIPAL_HERE: Final = "Policy document should not specify a principal."
UNIQUE_ID: Final = re.compile(r"A(?:ROA|IDA)[A-Z0-9]{12,124}")
"""How a user or role that has been deleted since stands in a Principal element."""

_AWS_PRINCIPAL: Final = re.compile(
    r"[0-9]{12}"
    r"|arn:[^:]+:iam::[0-9]{12}:(?:root|user/\S+|role/\S+)"
    r"|arn:[^:]+:sts::[0-9]{12}:(?:assumed-role/[^/\s]+/[^/\s]+|federated-user/\S+)"
    r"|arn:[^:]+:iam::cloudfront:user/.+"
)
_FEDERATED: Final = re.compile(r"arn:[^:]+:iam::[0-9]{12}:(?:saml-provider|oidc-provider)/\S+")
_SERVICE: Final = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_NO_PROVIDER: Final = "Federated principals must be valid domain names or SAML metadata ARNs"
"""Seen in public reports."""
_PARTLY_WILD: Final = "Wildcards cannot match a part of a principal; test aws:PrincipalArn with ArnLike."


def check_principal(
    statement: Mapping[str, Any], kind: PolicyKind, place: Steps, faults: PolicyDiagnostics
) -> None:
    """Whether a statement names principals where it must, and only where and how it may."""
    key = next((name for name in ("Principal", "NotPrincipal") if name in statement), None)
    if key is None:
        if kind in _NEEDS_PRINCIPAL:
            faults.add(place, "Missing required field Principal")
        return
    if not _may_stand(key, kind, place, faults):
        return
    value = statement[key]
    if kind is PolicyKind.RCP:
        if value != "*":
            detail = 'In a resource control policy Principal is "*".'
            faults.add((*place, key), _NOT_OF_ITS_TYPE, detail)
    elif value == "*":
        if kind is PolicyKind.TRUST:
            hint = 'write {"AWS": "*"}'
            faults.add((*place, key), _SCALAR, hint=hint)
    elif isinstance(value, Mapping) and value:
        _check_principal_map(value, kind, (*place, key), faults)
    elif isinstance(value, str):
        faults.add((*place, key), f"Invalid principal in policy: {shown(value)}", hint=_map_hint(value))
    else:
        faults.syntax((*place, key), f'{key} is "*" or an object by principal type.')


_SCALAR: Final = 'AssumeRolepolicy contained an invalid principal: "STAR":"*".'


def is_scalar_principal(fault: PolicyDiagnostic) -> bool:
    """Whether a fault is that a trust policy has `"Principal": "*"`, of which AWS's pages disagree."""
    return fault.message == _SCALAR


_NEEDS_PRINCIPAL: Final = frozenset({PolicyKind.TRUST, PolicyKind.RESOURCE, PolicyKind.RCP})
_NOT_OF_ITS_TYPE: Final = (
    "The provided policy document does not meet the requirements of the specified policy type."
)


def _may_stand(key: str, kind: PolicyKind, place: Steps, faults: PolicyDiagnostics) -> bool:
    if kind.is_identity_based:
        faults.add((*place, key), NO_PRINCIPAL_HERE)
        return False
    if kind is PolicyKind.SCP or (kind is PolicyKind.RCP and key == "NotPrincipal"):
        faults.add((*place, key), _NOT_OF_ITS_TYPE, f"A {kind.value} has no {key}.")
        return False
    if kind is PolicyKind.TRUST and key == "NotPrincipal":
        faults.add((*place, key), "Has prohibited field NotPrincipal")
        return False
    return True


def _map_hint(value: str) -> str:
    kind = "Service" if _SERVICE.fullmatch(value) and value.endswith("amazonaws.com") else "AWS"
    return f'write {{"{kind}": {shown(value)}}}'


def _check_principal_map(
    principals: Mapping[str, Any], kind: PolicyKind, place: Steps, faults: PolicyDiagnostics
) -> None:
    for principal_type, names in principals.items():
        if principal_type not in PRINCIPAL_TYPES:
            faults.unknown(place, principal_type, PRINCIPAL_TYPES, "principal type")
            continue
        listed = names if isinstance(names, list) else [names]
        if not listed:
            faults.syntax((*place, principal_type), "It names nobody.")
        for index, name in enumerate(listed):
            at: Steps = (*place, principal_type, index) if listed is names else (*place, principal_type)
            if not isinstance(name, str):
                faults.syntax(at, "A principal is text.")
            elif fault := _principal_fault(principal_type, name, kind):
                is_provider = kind is PolicyKind.TRUST and principal_type == "Federated"
                faults.add(
                    at, _NO_PROVIDER if is_provider else invalid_principal(principal_type, name, kind), fault
                )


def invalid_principal(principal_type: str, name: str, kind: PolicyKind) -> str:
    """IAM names the principal, the services that keep resource policies do not."""
    if kind is PolicyKind.TRUST:
        return f'Invalid principal in policy: "{principal_type}":"{name}"'
    return "Invalid principal in policy"


def _principal_fault(principal_type: str, name: str, kind: PolicyKind) -> str:
    """Why a name cannot be a principal of its type, in our words; empty where it can."""
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
            return "" if _SERVICE.fullmatch(name) else "A service is named like ec2.amazonaws.com."
        case _:
            return "A canonical user id stands only in S3 policies." if kind is PolicyKind.TRUST else ""


def _aws_detail(name: str) -> str:
    if ":group/" in name:
        return "A group is never a principal."
    if "*" in name or "?" in name:
        return _PARTLY_WILD
    return "It is neither an account id nor the ARN of an account, user, role or session."


def principals_of(document: Any) -> Iterator[tuple[Steps, str, str]]:
    """Every principal that a document names: (where, type, name). Malformed parts are passed over."""
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


def _named(principals: Mapping[str, Any], base: Steps) -> Iterator[tuple[Steps, str, str]]:
    for principal_type, names in principals.items():
        if isinstance(names, str):
            yield (*base, principal_type), principal_type, names
        elif isinstance(names, list):
            for index, name in enumerate(names):
                if isinstance(name, str):
                    yield (*base, principal_type, index), principal_type, name
