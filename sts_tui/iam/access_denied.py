"""AWS's own access denied sentence, as each service words it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

from typing import Final

from sts_tui.iam.caller import CallerKind
from sts_tui.iam.decision import Decision, Outcome
from sts_tui.iam.provenance import PolicyType
from sts_tui.iam.request import Request

_WITHOUT_CALLER: Final = frozenset(("sts:assumerolewithsaml", "sts:assumerolewithwebidentity"))
_WITHOUT_REASON: Final = frozenset(
    ("sts:assumerole", "sts:tagsession", "sts:setsourceidentity", "sts:setcontext")
)


_SAY_STAR: Final = frozenset(("bedrock-mantle", "connect", "ecr", "iam", "kms", "lambda"))
"""Seen in public reports of 2021 to 2026; AWS documents neither form service by service."""
_HAVE_ARNS: Final = frozenset(
    (PolicyType.IDENTITY, PolicyType.BOUNDARY, PolicyType.SESSION, PolicyType.SCP, PolicyType.RCP)
)
"""Policies of IAM and Organizations, whose ARN AWS names where they deny."""


def denied_message(request: Request, decision: Decision) -> str:
    """What the caller of a denied request is told. Terse where AWS is: a refused AssumeRole gives no
    reason.
    """
    if decision.limit is not None and decision.limit.message:
        return decision.limit.message
    is_terse = request.action_key in _WITHOUT_REASON
    if request.action_key in _WITHOUT_CALLER or (is_terse and request.caller.kind is CallerKind.FEDERATED):
        return f"Not authorized to perform {request.action}"
    is_s3 = request.action_key.startswith("s3:")
    if is_s3 and not _is_within_account_or_organization(request):
        return "Access Denied"
    caller = "anonymous" if request.caller.kind is CallerKind.ANONYMOUS else request.caller.arn
    message = f"User: {caller} is not authorized to perform: {request.action}"
    if not _is_about_no_resource(request):
        message += f' on resource: "{request.resource}"' if is_s3 else f" on resource: {request.resource}"
    if is_terse or not decision.aws_reason:
        return message
    return f"{message} {decision.aws_reason}{_denying_policy(request, decision)}"


def _is_about_no_resource(request: Request) -> bool:
    """Where a request is about no resource most services leave it out, as AWS's page shows; some say `*`."""
    service = request.action_key.partition(":")[0]
    if request.resource == "*":
        return service not in _SAY_STAR
    return request.action_key == "s3:listallmybuckets"


def _denying_policy(request: Request, decision: Decision) -> str:
    """`: arn:…` of the policy with the explicit deny; nothing for inline policies, which have no ARN.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied-authorization-id.html
    """
    if decision.outcome is not Outcome.EXPLICIT_DENY or decision.settled_by not in _HAVE_ARNS:
        return ""
    arn = decision.statements[0].arn
    return f": {arn}" if arn and _is_within_account_or_organization(request) else ""


def _is_within_account_or_organization(request: Request) -> bool:
    """Whether caller and resource belong together: others are told less, and by S3 no reason at all."""
    account = request.caller.account
    if account is None:
        return False
    organization = request.values.get("aws:principalorgid")
    return account == request.resource_account or (
        organization is not None and organization == request.values.get("aws:resourceorgid")
    )
