"""The policy of a Lambda function, alias or version: permissions by statement id.

https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from sts_tui.account.arn import ACCOUNT_DIGITS, is_account_id
from sts_tui.account.entities import Resource
from sts_tui.account.json_value import Json, JsonObject
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.simulation.operations.requests import compact
from sts_tui.simulation.operations.resource_policies.stored_policy import (
    account_principals,
    authorized_resource,
    has_statement,
    with_policy,
    with_statement,
    without_statement,
)
from sts_tui.simulation.operations.stored_principals import UnknownPrincipalError
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import lambda_functions as shapes

_PARTIAL: Final = lazy_pattern(rf"(?P<account>{ACCOUNT_DIGITS}):function:(?P<name>.+)")
LONGEST: Final = 20 * 1024
"""The maximum size of a function's policy, in bytes.
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""
CONDITIONS: Final = (
    ("SourceAccount", "StringEquals", "AWS:SourceAccount"),
    ("SourceArn", "ArnLike", "AWS:SourceArn"),
    ("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"),
    ("EventSourceToken", "StringEquals", "lambda:EventSourceToken"),
    ("FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"),
    ("InvokedViaFunctionUrl", "Bool", "lambda:InvokedViaFunctionUrl"),
)


def add_permission(call: Call[shapes.AddPermissionRequest]) -> Answer[shapes.AddPermissionResponse]:
    """Raises AccessDenied, ResourceNotFoundException, ResourceConflictException, PreconditionFailedException,
    InvalidParameterValueException, PolicyLengthExceededException.
    """
    function = _function(call)
    _refuse_other_revision(call, function)
    sid = call.params["StatementId"]
    if has_statement(function.policy, sid):
        raise AwsError(
            "ResourceConflictException",
            f"The statement id ({sid}) provided already exists. Please provide a new statement id, or remove "
            "the existing statement.",
            409,
        )
    statement: dict[str, Json] = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": _principal(call),
        "Action": call.params["Action"],
        "Resource": function.arn,
    }
    if condition := _condition(call):
        statement["Condition"] = condition
    empty: JsonObject = {"Version": "2012-10-17", "Id": "default"}
    try:
        policy = with_statement(function.policy, statement, empty, call.configuration)
    except UnknownPrincipalError as unknown:
        raise AwsError(
            "InvalidParameterValueException",
            "The provided principal was invalid. Please check the principal and try again.",
            400,
            hint=unknown.principal,
        ) from None
    if (size := len(compact(policy.document).encode())) > LONGEST:
        message = f"The final policy size ({size}) is bigger than the limit ({LONGEST})."
        raise AwsError("PolicyLengthExceededException", message, 400)
    return with_policy(call, function, policy, {"Statement": compact(statement)})


def remove_permission(call: Call[shapes.RemovePermissionRequest]) -> Answer:
    """Raises AccessDenied, ResourceNotFoundException, PreconditionFailedException."""
    function = _function(call)
    _refuse_other_revision(call, function)
    sid = call.params["StatementId"]
    if function.policy is None or not has_statement(function.policy, sid):
        raise AwsError("ResourceNotFoundException", f"Statement {sid} is not found in resource policy.", 404)
    return with_policy(call, function, without_statement(function.policy, sid))


def get_policy(call: Call[shapes.GetPolicyRequest]) -> Answer[shapes.GetPolicyResponse]:
    """The policy as text, and its revision. Raises AccessDenied, ResourceNotFoundException."""
    function = _function(call)
    if function.policy is None:
        raise AwsError("ResourceNotFoundException", "The resource you requested does not exist.", 404)
    text = compact(function.policy.document)
    return Answer(response={"Policy": text, "RevisionId": _revision(function.policy)})


def _function(call: Call) -> Resource:
    arn = _arn(call)

    def missing() -> AwsError:
        return AwsError("ResourceNotFoundException", f"Function not found: {arn}", 404)

    return authorized_resource(call, arn, missing)


def _arn(call: Call) -> str:
    """The ARN for a name, `ACCOUNT:function:NAME` or an ARN, each with or without `:QUALIFIER`."""
    given = str(call.params["FunctionName"])
    qualifier = call.params.get("Qualifier")
    end = f":{qualifier}" if qualifier and qualifier != "$LATEST" else ""
    if given.startswith("arn:"):
        return given + end
    partial = _PARTIAL.fullmatch(given)
    account, name = (partial["account"], partial["name"]) if partial else (call.account, given)
    partition = call.configuration.partition_of(call.account)
    return f"arn:{partition}:lambda:{call.region}:{account}:function:{name}{end}"


def _principal(call: Call) -> Json:
    """The Principal element: a service, an account, an ARN, or everyone."""
    given = str(call.params["Principal"])
    if given == "*":
        return given
    if is_account_id(given):
        return {"AWS": account_principals(call, [given])[0]}
    return {"AWS": given} if given.startswith("arn:") else {"Service": given}


def _condition(call: Call) -> dict[str, Json]:
    found: dict[str, dict[str, Json]] = {}
    for name, operator, key in CONDITIONS:
        value = call.params.get(name)
        if value is not None:
            found.setdefault(operator, {})[key] = str(value).lower() if isinstance(value, bool) else value
    return dict(found)


def _refuse_other_revision(call: Call, function: Resource) -> None:
    """Raises PreconditionFailedException if the policy has another revision than the caller states."""
    expected = call.params.get("RevisionId")
    if expected is not None and (function.policy is None or expected != _revision(function.policy)):
        raise AwsError(
            "PreconditionFailedException",
            "The RevisionId provided does not match the latest RevisionId. Call the GetFunction/GetAlias API "
            "to retrieve the latest RevisionId",
            412,
        )


def _revision(policy: WrittenPolicy) -> str:
    """A UUID that changes with the policy."""
    text = hashlib.sha256(compact(policy.document).encode()).hexdigest()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:32]))


PERFORMS: dict[str, Perform] = {
    "AddPermission": add_permission,
    "RemovePermission": remove_permission,
    "GetPolicy": get_policy,
}
