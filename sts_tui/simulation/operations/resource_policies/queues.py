"""The policy of an SQS queue: its attribute `Policy`, and permissions that are added and removed by label.

Only the owner's account can change it, even if the policy allows others.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_AddPermission.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-basic-examples-of-sqs-policies.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from sts_tui.account.arn import ACCOUNT_DIGITS
from sts_tui.account.entities import Resource
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.simulation.operations.requests import compact
from sts_tui.simulation.operations.resource_policies.stored_policy import (
    authorized_resource,
    checked_document,
    has_statement,
    labeled_statement,
    with_policy,
    with_statement,
    without_statement,
)
from sts_tui.simulation.operations.stored_principals import UnknownPrincipalError
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import sqs as shapes

_URL: Final = lazy_pattern(rf"https?://[^/]+/(?P<account>{ACCOUNT_DIGITS})/(?P<name>[\w.-]{{1,80}})")
MOST_ACTIONS: Final = 7
"""The maximum number of actions in one statement.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_AddPermission.html
"""
_REGION: Final = lazy_pattern(r"https?://(?:sqs\.)?([a-z]{2}(?:-[a-z]+)+-\d)\.")


def set_queue_attributes(call: Call[shapes.SetQueueAttributesRequest]) -> Answer:
    """Only the attribute `Policy` is stored; an empty value removes the policy. Raises AccessDenied,
    QueueDoesNotExist, InvalidAttributeValue.
    """
    queue = _own_queue(call)
    text = call.params["Attributes"].get("Policy")
    if text is None:
        return Answer()
    if text == "":
        return with_policy(call, queue, None)
    return with_policy(call, queue, checked_document(text, call.configuration, _malformed))


def get_queue_attributes(
    call: Call[shapes.GetQueueAttributesRequest],
) -> Answer[shapes.GetQueueAttributesResult]:
    """`Policy` and `QueueArn`, if requested. Raises AccessDenied, QueueDoesNotExist."""
    queue = _queue(call)
    wanted = set(call.params.get("AttributeNames", ()))
    known = {"QueueArn": queue.arn}
    if queue.policy is not None:
        known["Policy"] = compact(queue.policy.document)
    found = {name: value for name, value in known.items() if wanted & {name, "All"}}
    return Answer(response={"Attributes": found} if found else {})


def add_permission(call: Call[shapes.AddPermissionRequest]) -> Answer:
    """Raises AccessDenied, QueueDoesNotExist, InvalidParameterValue, OverLimit."""
    queue = _own_queue(call)
    label = call.params["Label"]
    if (count := len(call.params["Actions"])) > MOST_ACTIONS:
        raise AwsError("OverLimit", f"{count} Actions were found, maximum allowed is {MOST_ACTIONS}.", 403)
    if has_statement(queue.policy, label):
        raise _invalid_label(label, "Already exists.")
    actions = [f"SQS:{action}" for action in call.params["Actions"]]
    statement = labeled_statement(call, label, call.params["AWSAccountIds"], actions, queue.arn)
    empty = {"Version": "2008-10-17", "Id": f"{queue.arn}/SQSDefaultPolicy"}
    try:
        policy = with_statement(queue.policy, statement, empty, call.configuration)
    except UnknownPrincipalError as unknown:
        raise _malformed(f"there is no principal {unknown.principal}") from None
    return with_policy(call, queue, policy)


def remove_permission(call: Call[shapes.RemovePermissionRequest]) -> Answer:
    """Raises AccessDenied, QueueDoesNotExist, InvalidParameterValue."""
    queue = _own_queue(call)
    label = call.params["Label"]
    if queue.policy is None or not has_statement(queue.policy, label):
        raise _invalid_label(label, "can't find label on existing policy")
    return with_policy(call, queue, without_statement(queue.policy, label))


def _queue(call: Call) -> Resource:
    return authorized_resource(call, _arn(call), _missing)


def _own_queue(call: Call) -> Resource:
    """The queue of the call, after authorizing it. Raises AccessDenied also for a queue of another account,
    whose policy cannot permit these operations.
    """
    queue = _queue(call)
    if queue.account != call.account:
        raise AwsError(
            "AccessDenied",
            f"Access to the resource {call.params['QueueUrl']} is denied.",
            403,
            hint=f"the queue belongs to {queue.account}, and only that account can change its policy",
        )
    return queue


def _arn(call: Call) -> str:
    """The ARN of the queue with the call's URL. Raises InvalidAddress if it is not the URL of a queue."""
    url = str(call.params["QueueUrl"])
    found = _URL.fullmatch(url)
    if found is None:
        raise AwsError("InvalidAddress", f"The address {url} is not valid for this endpoint.", 404)
    region = _REGION.match(url)
    partition = call.configuration.partition_of(call.account)
    return f"arn:{partition}:sqs:{region[1] if region else call.region}:{found['account']}:{found['name']}"


def _missing() -> AwsError:
    return AwsError("AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.", 400)


def _malformed(reason: str) -> AwsError:
    return AwsError("InvalidAttributeValue", "Invalid value for the parameter Policy.", 400, hint=reason)


def _invalid_label(label: str, reason: str) -> AwsError:
    return AwsError(
        "InvalidParameterValue", f"Value {label} for parameter Label is invalid. Reason: {reason}", 400
    )


PERFORMS: Mapping[str, Perform] = {
    "SetQueueAttributes": set_queue_attributes,
    "GetQueueAttributes": get_queue_attributes,
    "AddPermission": add_permission,
    "RemovePermission": remove_permission,
}
