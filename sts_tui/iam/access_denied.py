"""Which access denied message does AWS return? Each service has its own wording.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from sts_tui.iam.caller import CallerKind
from sts_tui.iam.decision import Decision, Outcome
from sts_tui.iam.denied_resources import denied_resource
from sts_tui.iam.provenance import PolicyType
from sts_tui.iam.request import Request


class MessageForm(Enum):
    """How much an access denied message reveals."""

    WITH_REASON = "caller, action, resource and the policy type that decided"
    WITHOUT_REASON = "caller, action and resource; the same whether the role denies it or does not exist"
    ACTION_ALONE = "the action alone, for callers that bring a token or an assertion"


_ACTION_ALONE: Final = frozenset(("sts:assumerolewithsaml", "sts:assumerolewithwebidentity"))
_WITHOUT_REASON: Final = frozenset(
    ("sts:assumerole", "sts:tagsession", "sts:setsourceidentity", "sts:setcontext")
)
"""Actions whose denial gives no reason: STS does not reveal anything about a role to callers who cannot
assume it.

The table is here, and `sts_tui.sts.denials` uses it, because `denied_message` cannot import the package
`sts`."""


def message_form(action: str, kind: CallerKind) -> MessageForm:
    """The form of the message for a denied `action` (in any case) and this kind of caller."""
    key = action.lower()
    if key in _ACTION_ALONE or (key in _WITHOUT_REASON and kind is CallerKind.FEDERATED):
        return MessageForm.ACTION_ALONE
    return MessageForm.WITHOUT_REASON if key in _WITHOUT_REASON else MessageForm.WITH_REASON


_SHOW_STAR: Final = frozenset(("bedrock-mantle", "connect", "ecr", "iam", "kms", "lambda"))
"""Services that print `*` if a request has no resource. Seen in public reports of 2021 to 2026; AWS does not
document which services do.
"""
_TYPES_WITH_ARN: Final = frozenset(
    (PolicyType.IDENTITY, PolicyType.BOUNDARY, PolicyType.SESSION, PolicyType.SCP, PolicyType.RCP)
)
"""Types of policies in IAM and Organizations. AWS's message contains the ARN of such a policy if it denies
explicitly.
"""


def denied_message(request: Request, decision: Decision) -> str:
    """AWS's message for a denied request. Raises ValueError if the decision allows the request.

    It is as terse as AWS's: the message for a denied AssumeRole gives no reason.
    """
    if decision.is_allowed:
        raise ValueError(f"{request.action} is allowed ({decision.reason}): there is no denial to word")
    if decision.limit is not None and decision.limit.message:
        return decision.limit.message
    form = message_form(request.action_key, request.caller.kind)
    if form is MessageForm.ACTION_ALONE:
        return f"Not authorized to perform {request.action}"
    is_s3 = request.action_key.startswith("s3:")
    if is_s3 and not _is_within_account_or_organization(request):
        return "Access Denied"
    caller = "anonymous" if request.caller.kind is CallerKind.ANONYMOUS else request.caller.arn
    message = f"User: {caller} is not authorized to perform: {request.action}"
    if not _is_about_no_resource(request):
        resource = denied_resource(request.action_key, request.resource)
        message += f' on resource: "{resource}"' if is_s3 else f" on resource: {resource}"
    if form is MessageForm.WITHOUT_REASON or not decision.aws_reason:
        return message
    return f"{message} {decision.aws_reason}{_denying_policy(request, decision)}"


def _is_about_no_resource(request: Request) -> bool:
    """Whether the message omits the resource because the request has none. AWS's page shows this for most
    services; some print `*`.
    """
    service = request.action_key.partition(":")[0]
    if request.resource == "*":
        return service not in _SHOW_STAR
    return request.action_key == "s3:listallmybuckets"


def _denying_policy(request: Request, decision: Decision) -> str:
    """`: arn:…` of the policy with the explicit deny; empty for inline policies, which have no ARN.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied-authorization-id.html
    """
    if decision.outcome is not Outcome.EXPLICIT_DENY or decision.settled_by not in _TYPES_WITH_ARN:
        return ""
    arn = decision.statements[0].arn
    return f": {arn}" if arn and _is_within_account_or_organization(request) else ""


def _is_within_account_or_organization(request: Request) -> bool:
    """Whether caller and resource are in the same account or organization. Other callers get less detail, and
    from S3 no reason at all.
    """
    account = request.caller.account
    if account is None:
        return False
    organization = request.values.get("aws:principalorgid")
    return account == request.resource_account or (
        organization is not None and organization == request.values.get("aws:resourceorgid")
    )
