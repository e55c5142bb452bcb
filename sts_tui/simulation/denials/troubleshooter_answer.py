"""Which denials are in an answer of the Access Troubleshooter? It has the request context and every
evaluation: the response of iam-toolbox GetRequestAuthorizationDetails (public preview, 2026).
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied-authorization-id.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Final

from sts_tui.account.json_value import Json
from sts_tui.simulation.denials.denied_request import DeniedRequest, UnreadableDenialError

_DENIES: Final = ("EXPLICIT_DENY", "IMPLICIT_DENY")
_WORDS: Final = {
    "IDENTITY_BASED_POLICY": "identity-based policy", "RESOURCE_BASED_POLICY": "resource-based policy",
    "PERMISSIONS_BOUNDARY": "permissions boundary", "SESSION_POLICY": "session policy",
    "SERVICE_CONTROL_POLICY": "service control policy", "RESOURCE_CONTROL_POLICY": "resource control policy",
    "VPC_ENDPOINT_POLICY": "VPC endpoint policy",
}  # fmt: skip


def is_troubleshooter_answer(document: Mapping[str, Json]) -> bool:
    return {"requestContext", "evaluations"} <= document.keys()


def denials_of_answer(document: Mapping[str, Json]) -> list[DeniedRequest]:
    """Each evaluation that denied. Raises UnreadableDenialError if there is none, or no principal."""
    shared = dict(_values(_object(document.get("requestContext"))))
    evaluations = document.get("evaluations")
    found = []
    for one in evaluations if isinstance(evaluations, list) else []:
        evaluation = _object(one)
        if evaluation.get("evaluatedEffect") in _DENIES:
            found.append(_denial(evaluation, shared))
    if not found:
        raise UnreadableDenialError("the answer has no evaluation that denied")
    return found


def _denial(evaluation: Mapping[str, Json], shared: Mapping[str, Json]) -> DeniedRequest:
    context = {**shared, **dict(_values(_object(evaluation.get("context"))))}
    principal = context.get("aws:PrincipalArn")
    action = evaluation.get("action")
    if not isinstance(principal, str) or not isinstance(action, str):
        raise UnreadableDenialError("the answer names no aws:PrincipalArn and action")
    resource = evaluation.get("resource")
    return DeniedRequest(
        source="an Access Troubleshooter answer",
        principal=principal,
        action=action,
        resource=resource if isinstance(resource, str) and resource else "*",
        context=context,
        reason=_reason(evaluation, action),
    )


def _reason(evaluation: Mapping[str, Json], action: str) -> str:
    """The first check with the same effect as the evaluation, in the words of a denial message."""
    effect = evaluation.get("evaluatedEffect")
    checks = evaluation.get("checks")
    for check in map(_object, checks if isinstance(checks, list) else []):
        types = check.get("relevantPolicyTypes")
        named = [_WORDS[one] for one in types if one in _WORDS] if isinstance(types, list) else []
        if check.get("evaluatedEffect") == effect and named:
            if effect == "EXPLICIT_DENY":
                return f"with an explicit deny in a {named[0]}"
            return f"because no {named[0]} allows the {action} action"
    return "with an explicit deny" if effect == "EXPLICIT_DENY" else ""


def _values(context: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    """(key, value) of the request context, whose values are JSON texts."""
    for key, value in context.items():
        if isinstance(value, str) and value[:1] in ('"', "[", "{"):
            with suppress(ValueError):
                value = json.loads(value)
        yield key, value


def _object(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}
