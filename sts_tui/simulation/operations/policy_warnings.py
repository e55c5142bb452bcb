"""What would `validate` warn about in the policy that a call writes or passes?

AWS accepts such a document, but it may not do what its author expects: it goes against recommendations, or
uses words that AWS's lists do not have. Front ends show these warnings before and after the call; they do not
change the result.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sts_tui.account.arn import is_aws_managed
from sts_tui.account.configuration import Configuration
from sts_tui.account.policies.policy_diagnostic import PolicyDiagnostic
from sts_tui.account.policies.policy_grammar import parse_policy, review_policy
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.rule_book import Force
from sts_tui.account.policies.silent_mistakes import silent_mistakes
from sts_tui.simulation.operations.iam.policy_arns import missing_document
from sts_tui.simulation.operations.organizations.organization_policies import TYPES, find_policy
from sts_tui.sts.errors import AwsError

_DOCUMENTS: Final[Mapping[str, tuple[str, PolicyKind]]] = {
    "iam:CreateRole": ("AssumeRolePolicyDocument", PolicyKind.TRUST),
    "iam:UpdateAssumeRolePolicy": ("PolicyDocument", PolicyKind.TRUST),
    "iam:PutRolePolicy": ("PolicyDocument", PolicyKind.ROLE_INLINE),
    "iam:PutUserPolicy": ("PolicyDocument", PolicyKind.USER_INLINE),
    "iam:PutGroupPolicy": ("PolicyDocument", PolicyKind.GROUP_INLINE),
    "iam:CreatePolicy": ("PolicyDocument", PolicyKind.MANAGED),
    "iam:CreatePolicyVersion": ("PolicyDocument", PolicyKind.MANAGED),
    "s3:PutBucketPolicy": ("Policy", PolicyKind.RESOURCE),
    "kms:PutKeyPolicy": ("Policy", PolicyKind.RESOURCE),
    "secretsmanager:PutResourcePolicy": ("ResourcePolicy", PolicyKind.RESOURCE),
    "sqs:SetQueueAttributes": ("Attributes.Policy", PolicyKind.RESOURCE),
    "sns:SetTopicAttributes": ("AttributeValue", PolicyKind.RESOURCE),
    "ecr:SetRepositoryPolicy": ("policyText", PolicyKind.RESOURCE),
    "sts:AssumeRole": ("Policy", PolicyKind.SESSION),
    "sts:AssumeRoleWithSAML": ("Policy", PolicyKind.SESSION),
    "sts:AssumeRoleWithWebIdentity": ("Policy", PolicyKind.SESSION),
    "sts:GetFederationToken": ("Policy", PolicyKind.SESSION),
}
"""Operation → (the parameter that contains a policy, its type). `Attributes.Policy`: a member of a
structure.
"""
_ATTACHES: Final[Mapping[str, str]] = {
    "iam:AttachUserPolicy": "PolicyArn",
    "iam:AttachGroupPolicy": "PolicyArn",
    "iam:AttachRolePolicy": "PolicyArn",
    "iam:PutUserPermissionsBoundary": "PermissionsBoundary",
    "iam:PutRolePermissionsBoundary": "PermissionsBoundary",
    "iam:CreateUser": "PermissionsBoundary",
    "iam:CreateRole": "PermissionsBoundary",
}
"""Operation → the parameter that names a managed policy by its ARN."""


def policy_warnings(action: str, params: Mapping[str, Any], configuration: Configuration) -> tuple[str, ...]:
    """The warnings in words, each with its place in the document; empty for calls without a policy."""
    return (
        *map(in_words, policy_advice(action, params, configuration)),
        *_without_document(action, params, configuration),
    )


def policy_advice(
    action: str, params: Mapping[str, Any], configuration: Configuration
) -> tuple[PolicyDiagnostic, ...]:
    """The warnings as diagnostics of the document."""
    document, kind = _document(action, params, configuration)
    if not isinstance(document, Mapping) or kind is None:
        return ()
    return tuple(_found(document, kind))


def policy_errors(
    action: str, params: Mapping[str, Any], configuration: Configuration
) -> tuple[PolicyDiagnostic, ...]:
    """Why AWS would refuse the policy of a call, in AWS's order; empty for calls without a policy."""
    if action.startswith("organizations:"):
        text, kind = params.get("Content"), _organization_kind(params, configuration)
    else:
        name, kind = _DOCUMENTS.get(action, ("", None))
        text = _parameter(params, name)
    return parse_policy(text, kind).errors if isinstance(text, str) and kind is not None else ()


def in_words(one: PolicyDiagnostic) -> str:
    """One line: where, what, and what to do."""
    text = f"{one.path}: {one.text}"
    return f"{text} ({one.hint})" if one.hint else text


def _document(
    action: str, params: Mapping[str, Any], configuration: Configuration
) -> tuple[object, PolicyKind | None]:
    if action.startswith("organizations:"):
        return _parsed(params.get("Content")), _organization_kind(params, configuration)
    name, kind = _DOCUMENTS.get(action, ("", None))
    return _parsed(_parameter(params, name)), kind


def _parameter(params: Mapping[str, Any], path: str) -> object:
    first, _, rest = path.partition(".")
    value = params.get(first)
    if not rest:
        return value
    return _parameter(value, rest) if isinstance(value, Mapping) else None


def _organization_kind(params: Mapping[str, Any], configuration: Configuration) -> PolicyKind | None:
    """The kind of policy: for CreatePolicy by its Type, for UpdatePolicy by the policy that it replaces."""
    named = TYPES.get(str(params.get("Type", "")))
    if named is not None or configuration.organization is None:
        return named.kind if named is not None else None
    try:
        return find_policy(configuration.organization, str(params.get("PolicyId", "")))[0].kind
    except AwsError:
        return None


def _without_document(action: str, params: Mapping[str, Any], configuration: Configuration) -> Iterator[str]:
    """The warning about a call that attaches an AWS managed policy which is neither built in nor in a
    file.
    """
    arn = params.get(_ATTACHES.get(action, ""))
    if isinstance(arn, str) and is_aws_managed(arn) and arn not in configuration.policies:
        yield missing_document(arn, next(iter(configuration.accounts), ""))


def _parsed(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return None


def _found(document: Mapping[str, object], kind: PolicyKind) -> Iterator[PolicyDiagnostic]:
    from sts_tui.account.policies.unknown_words import unknown_words  # reads AWS's lists

    yield from (each for each in review_policy(document, kind) if each.rule.force is Force.ADVICE)
    yield from unknown_words(document, kind)
    yield from silent_mistakes(document, kind)
