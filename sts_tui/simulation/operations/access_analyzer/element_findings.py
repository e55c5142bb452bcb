"""What does Access Analyzer find in the actions, resources, principals and conditions of a statement?

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from sts_tui.account.arn import PARTITIONS
from sts_tui.account.diagnostics.json_path import Steps
from sts_tui.account.json_value import Json
from sts_tui.account.policies.condition_operators import SetOperator, parse_operator
from sts_tui.iam.patterns.pattern_relations import covers
from sts_tui.simulation.operations.access_analyzer.finding import (
    ERROR,
    SECURITY_WARNING,
    SUGGESTION,
    Finding,
)

PRINCIPAL_KEYS: Final = ("AWS", "Federated", "Service", "CanonicalUser")
_ACCOUNT: Final = re.compile(r"\d{12}")
_FIELDS: Final = 6
_MULTIPLE: Final = "ArrayOf"


def texts(value: Json, steps: Steps) -> Iterator[tuple[Steps, str]]:
    """Each text of one or many, with its path."""
    if isinstance(value, str):
        yield steps, value
    elif isinstance(value, list):
        for index, one in enumerate(value):
            if isinstance(one, str):
                yield (*steps, index), one


# --- actions ---


def action_findings(statement: Mapping[str, Json], steps: Steps) -> Iterator[Finding]:
    for element in ("Action", "NotAction"):
        at = (*steps, element)
        if statement.get(element) == []:
            details = "This statement includes no actions and does not affect the policy. Specify actions."
            yield Finding("EMPTY_ARRAY_ACTION", SUGGESTION, details, at)
        for place, action in texts(statement.get(element), at):
            yield from _action(action, place)
        yield from _redundant(statement.get(element), at)


def _action(action: str, steps: Steps) -> Iterator[Finding]:
    from sts_tui.account.diagnostics.suggestions import did_you_mean
    from sts_tui.account.policies import vocabulary  # reads AWS's lists

    service, colon, _ = action.partition(":")
    if action in ("*", "*:*"):
        return
    if not colon or not vocabulary.is_service(service.lower()):
        near = did_you_mean(service.lower(), sorted(vocabulary.services()))
        details = f"The service {service} specified in the action does not exist. {near}".strip()
        yield Finding("INVALID_SERVICE_IN_ACTION", ERROR, details, steps)
    elif not vocabulary.knows_action(action):
        names = [f"{service.lower()}:{name}" for name in vocabulary.actions_of(service.lower())]
        near = did_you_mean(action, names)
        yield Finding("INVALID_ACTION", ERROR, f"The action {action} does not exist. {near}".strip(), steps)


def _redundant(value: Json, steps: Steps) -> Iterator[Finding]:
    """Actions that another one of the same list covers."""
    listed = [(at, text.lower(), text) for at, text in texts(value, steps)]
    found = [
        (at, text)
        for number, (at, lower, text) in enumerate(listed)
        if any(
            covers(other, lower) and (other != lower or position < number)
            for position, (_, other, _) in enumerate(listed)
            if position != number
        )
    ]
    if found:
        details = (
            f"The {len(found)} action(s) are redundant because they provide similar permissions. Update the "
            f"policy to remove the redundant action such as: {found[0][1]}."
        )
        yield Finding("REDUNDANT_ACTION", SUGGESTION, details, found[0][0])


# --- resources ---


def resource_findings(statement: Mapping[str, Json], steps: Steps) -> Iterator[Finding]:
    for element in ("Resource", "NotResource"):
        at = (*steps, element)
        if statement.get(element) == []:
            details = (
                "This statement includes no resources and does not affect the policy. Specify resources."
            )
            yield Finding("EMPTY_ARRAY_RESOURCE", SUGGESTION, details, at)
        for place, resource in texts(statement.get(element), at):
            yield from _resource(resource, place)


def _resource(resource: str, steps: Steps) -> Iterator[Finding]:
    if resource in ("*", "") or resource.startswith("*"):
        return
    parts = resource.split(":", _FIELDS - 1)
    if parts[0] != "arn":
        details = "Add the required prefix (arn) to the resource ARN."
        yield Finding("INVALID_ARN_PREFIX", ERROR, details, steps)
    elif len(parts) < _FIELDS and "*" not in parts[-1]:
        details = (
            f"Resource ARNs must include at least {_FIELDS} fields in the following structure: "
            "arn:partition:service:region:account:resource"
        )
        yield Finding("MISSING_ARN_FIELD", ERROR, details, steps)
    elif len(parts) == _FIELDS:
        yield from _arn(parts, steps)


def _arn(parts: list[str], steps: Steps) -> Iterator[Finding]:
    _, partition, service, region, account, resource = parts
    if not _has_wildcard(partition) and partition not in PARTITIONS:
        details = (
            f"The resource ARN for the service {service} does not support the partition {partition}. Use the "
            f"supported values: {', '.join(PARTITIONS)}"
        )
        yield Finding("INVALID_PARTITION", ERROR, details, steps)
    if service != service.lower():
        details = "Update the service name in the resource ARN to use all lowercase letters."
        yield Finding("INVALID_ARN_SERVICE_CASE", ERROR, details, steps)
    if account and not _has_wildcard(account) and account != "aws" and not _ACCOUNT.fullmatch(account):
        details = f"The resource ARN account ID {account} is not valid. Provide a 12-digit account ID."
        yield Finding("INVALID_ARN_ACCOUNT", ERROR, details, steps)
    is_bucket = service == "s3" and ":" not in resource and not resource.startswith(("accesspoint/", "job/"))
    if region and (service == "iam" or is_bucket):
        details = f"The service {service} does not support specifying a Region in the resource ARN."
        yield Finding("ARN_REGION_NOT_ALLOWED", ERROR, details, steps)
    if account and is_bucket:
        details = f"The service {service} does not support specifying an account ID in the resource ARN."
        yield Finding("ARN_ACCOUNT_NOT_ALLOWED", ERROR, details, steps)


def _has_wildcard(text: str) -> bool:
    return any(sign in text for sign in ("*", "?", "${"))


# --- principals ---


def principal_findings(statement: Mapping[str, Json], steps: Steps) -> Iterator[Finding]:
    for element in ("Principal", "NotPrincipal"):
        if element not in statement:
            continue
        principal, at = statement[element], (*steps, element)
        if principal == {}:
            details = (
                "This statement includes no principals and does not affect the policy. Specify principals."
            )
            yield Finding("EMPTY_OBJECT_PRINCIPAL", SUGGESTION, details, at)
        elif isinstance(principal, Mapping):
            for key, value in principal.items():
                if key not in PRINCIPAL_KEYS:
                    details = f"The principal key {key} is not valid."
                    yield Finding("INVALID_PRINCIPAL_KEY", ERROR, details, (*at, key), True)
                if value == []:
                    details = (
                        "This statement includes no principals and does not affect the policy. Specify "
                        "principals."
                    )
                    yield Finding("EMPTY_ARRAY_PRINCIPAL", SUGGESTION, details, (*at, key))
        elif principal != "*":
            details = (
                "The Principal element contents are not valid. Specify a key-value pair in the Principal "
                "element."
            )
            yield Finding("INVALID_PRINCIPAL_FORMAT", ERROR, details, at)


def mismatch_findings(statement: Mapping[str, Json], steps: Steps) -> Iterator[Finding]:
    """Operations of STS with principals that cannot call them."""
    principal = statement.get("Principal")
    named = [
        (at, kind, text)
        for kind, value in (principal.items() if isinstance(principal, Mapping) else ())
        for at, text in texts(value, (*steps, "Principal", kind))
    ]
    for place, action in texts(statement.get("Action"), (*steps, "Action")):
        if (fits := _ASSUMED_BY.get(action.lower())) is None:
            continue
        wrong = [(at, text) for at, kind, text in named if text != "*" and not fits(kind, text)]
        if wrong:
            details = (
                f"The {action} action is invalid with the following principal(s): "
                f"{', '.join(text for _, text in wrong)}. Use a SAML provider principal with the "
                "sts:AssumeRoleWithSAML action or use an OIDC provider principal with the "
                "sts:AssumeRoleWithWebIdentity action. Ensure the provider is Federated if you use either of "
                "the two options."
            )
            others = tuple(at for at, _ in wrong)
            yield Finding("MISMATCHED_ACTION_FOR_PRINCIPAL", ERROR, details, place, also=others)


_ASSUMED_BY: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "sts:assumerole": lambda kind, text: kind != "Federated",
    "sts:assumerolewithsaml": lambda kind, text: kind == "Federated" and ":saml-provider/" in text,
    "sts:assumerolewithwebidentity": lambda kind, text: kind == "Federated" and ":saml-provider/" not in text,
}
"""Whether a principal of this key, with this value, can call the operation."""


# --- conditions ---


def condition_findings(statement: Mapping[str, Json], steps: Steps) -> Iterator[Finding]:
    if "Condition" not in statement:
        return
    condition, at = statement["Condition"], (*steps, "Condition")
    if condition == {}:
        details = "This condition block is empty and it does not affect the policy. Specify conditions."
        yield Finding("EMPTY_OBJECT_CONDITION", SUGGESTION, details, at)
    for operator, tests in condition.items() if isinstance(condition, Mapping) else ():
        name = parse_operator(operator)
        if name.row is None:
            details = f"The condition operator {operator} is not valid. Use a valid condition operator."
            yield Finding("INVALID_CONDITION_OPERATOR", ERROR, details, (*at, operator), True)
        for key in tests if isinstance(tests, Mapping) else ():
            place = (*at, operator, key)
            yield from _key(key, place)
            if name.set_operator is SetOperator.FOR_ALL_VALUES and statement.get("Effect") == "Allow":
                yield from _single_valued(key, place)


def unsupported_key_findings(statement: Mapping[str, Json], steps: Steps) -> Iterator[Finding]:
    """Condition keys of a service that some of its actions do not have."""
    from sts_tui.account.policies import vocabulary  # reads AWS's lists

    condition, actions = statement.get("Condition"), [*texts(statement.get("Action"), (*steps, "Action"))]
    for operator, tests in condition.items() if isinstance(condition, Mapping) else ():
        for key in tests if isinstance(tests, Mapping) else ():
            wrong = [(at, action) for at, action in actions if not vocabulary.takes_key(action, key)]
            if not wrong or key.lower().startswith("aws:"):
                continue
            details = (
                f"The following actions: {', '.join(action for _, action in wrong)} are not supported by the "
                f"condition key {key}. The condition will not be evaluated for these actions. We recommend "
                "that you move these actions to a different statement without this condition key."
            )
            others = (*(at for at, _ in wrong[1:]), (*steps, "Condition", operator, key))
            yield Finding("UNSUPPORTED_ACTION_FOR_CONDITION_KEY", ERROR, details, wrong[0][0], also=others)


def _key(key: str, steps: Steps) -> Iterator[Finding]:
    from sts_tui.account.policies import vocabulary  # reads AWS's lists

    service, colon, _ = key.partition(":")
    if not colon:
        details = "The condition key format is not valid. Use the format service:keyname."
        yield Finding("INVALID_CONDITION_KEY_FORMAT", ERROR, details, steps, True)
    elif vocabulary.about_unknown_key(key):
        if service.lower() == "aws":
            details = f"The condition key {key} does not exist. Use a valid condition key."
            yield Finding("INVALID_GLOBAL_CONDITION_KEY", ERROR, details, steps, True)
        else:
            details = (
                f"The condition key {key} does not exist in the service {service}. Use a valid condition key."
            )
            yield Finding("INVALID_SERVICE_CONDITION_KEY", ERROR, details, steps, True)


def _single_valued(key: str, steps: Steps) -> Iterator[Finding]:
    from sts_tui.account.policies import vocabulary

    kind = vocabulary.key_type(key)
    if kind is not None and not kind.startswith(_MULTIPLE):
        details = (
            f"Using ForAllValues qualifier with the single-valued condition key {key} can be overly "
            "permissive. We recommend that you remove ForAllValues:."
        )
        yield Finding("FORALLVALUES_WITH_SINGLE_VALUED_KEY", SECURITY_WARNING, details, steps, True)
