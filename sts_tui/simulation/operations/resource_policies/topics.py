"""The policy of an SNS topic: its attribute `Policy`, and permissions that are added and removed by label.

https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html
https://docs.aws.amazon.com/sns/latest/api/API_AddPermission.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sts_tui.account.entities import Resource
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.simulation.operations.requests import compact
from sts_tui.simulation.operations.resource_policies.stored_policy import (
    authorized_resource,
    checked_document,
    has_statement,
    labeled_statement,
    statements_of,
    with_policy,
    with_statement,
    without_statement,
)
from sts_tui.simulation.operations.stored_principals import UnknownPrincipalError
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import sns as shapes


def set_topic_attributes(call: Call[shapes.SetTopicAttributesInput]) -> Answer:
    """Only the attribute `Policy` is stored. Raises AccessDenied, NotFound, InvalidParameter."""
    topic = _topic(call)
    if call.params["AttributeName"] != "Policy":
        return Answer()
    text = call.params.get("AttributeValue", "")
    policy = checked_document(text, call.configuration, _malformed)
    _refuse_other_services(policy)
    return with_policy(call, topic, policy)


def get_topic_attributes(
    call: Call[shapes.GetTopicAttributesInput],
) -> Answer[shapes.GetTopicAttributesResponse]:
    """`TopicArn`, `Owner` and `Policy`. Raises AccessDenied, NotFound."""
    topic = _topic(call)
    attributes = {"TopicArn": topic.arn, "Owner": topic.account}
    if topic.policy is not None:
        attributes["Policy"] = compact(topic.policy.document)
    return Answer(response={"Attributes": attributes})


def add_permission(call: Call[shapes.AddPermissionInput]) -> Answer:
    """Raises AccessDenied, NotFound, InvalidParameter."""
    topic = _topic(call)
    label = call.params["Label"]
    if has_statement(topic.policy, label):
        raise _invalid("Statement already exists")
    actions = [f"SNS:{action}" for action in call.params["ActionName"]]
    statement = labeled_statement(call, label, call.params["AWSAccountId"], actions, topic.arn)
    empty = {"Version": "2008-10-17", "Id": "__default_policy_ID"}
    try:
        policy = with_statement(topic.policy, statement, empty, call.configuration)
    except UnknownPrincipalError as unknown:
        raise _malformed(f"there is no principal {unknown.principal}") from None
    return with_policy(call, topic, policy)


def remove_permission(call: Call[shapes.RemovePermissionInput]) -> Answer:
    """An unknown label is not an error. Raises AccessDenied, NotFound."""
    topic = _topic(call)
    if topic.policy is None:
        return Answer()
    return with_policy(call, topic, without_statement(topic.policy, call.params["Label"]))


def _topic(call: Call) -> Resource:
    return authorized_resource(call, str(call.params["TopicArn"]), _missing)


def _refuse_other_services(policy: WrittenPolicy) -> None:
    """Raises InvalidParameter for actions of other services."""
    for statement in statements_of(policy):
        actions = statement.get("Action", [])
        for action in actions if isinstance(actions, list) else [actions]:
            if not str(action).lower().startswith("sns:") and action != "*":
                raise _invalid("Policy statement action out of service scope!")


def _missing() -> AwsError:
    return AwsError("NotFound", "Topic does not exist", 404)


def _malformed(reason: str) -> AwsError:
    if reason.startswith("there is no principal"):
        return _invalid("Policy Error: PrincipalNotFound", reason)
    return _invalid("Policy Error: null", reason)


def _invalid(text: str, hint: str = "") -> AwsError:
    return AwsError("InvalidParameter", f"Invalid parameter: {text}", 400, hint=hint)


PERFORMS: Mapping[str, Perform] = {
    "SetTopicAttributes": set_topic_attributes,
    "GetTopicAttributes": get_topic_attributes,
    "AddPermission": add_permission,
    "RemovePermission": remove_permission,
}
