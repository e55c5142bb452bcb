"""AWS's own access denied sentence, as each service words it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

from typing import Final

from sts_tui.iam.caller import CallerKind
from sts_tui.iam.decision import Decision
from sts_tui.iam.request import Request

_WITHOUT_CALLER: Final = frozenset(("sts:assumerolewithsaml", "sts:assumerolewithwebidentity"))
_WITHOUT_REASON: Final = frozenset(
    ("sts:assumerole", "sts:tagsession", "sts:setsourceidentity", "sts:setcontext")
)


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
    if is_s3 and not _is_told_more_by_s3(request):
        return "Access Denied"
    caller = "anonymous" if request.caller.kind is CallerKind.ANONYMOUS else request.caller.arn
    message = f"User: {caller} is not authorized to perform: {request.action}"
    if not _is_about_no_resource(request):
        message += f' on resource: "{request.resource}"' if is_s3 else f" on resource: {request.resource}"
    if is_terse or not decision.aws_reason:
        return message
    return f"{message} {decision.aws_reason}"


def _is_about_no_resource(request: Request) -> bool:
    return request.resource == "*" or request.action_key == "s3:listallmybuckets"


def _is_told_more_by_s3(request: Request) -> bool:
    """S3 gives its reasons to callers of the bucket owner's account or organization only."""
    account = request.caller.account
    if account is None:
        return False
    organization = request.values.get("aws:principalorgid")
    return account == request.resource_account or (
        organization is not None and organization == request.values.get("aws:resourceorgid")
    )
