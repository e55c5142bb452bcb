"""Put, get and delete the resource policy of a secret.

A secret is named by its ARN or its name; its ARN ends with six characters that the name does not have.
https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutResourcePolicy.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sts_tui.account.entities import Resource
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.simulation.operations.requests import compact, is_true
from sts_tui.simulation.operations.resource_policies.stored_policy import (
    authorized_resource,
    checked_document,
    statements_of,
    with_policy,
)
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import secretsmanager as shapes


def put_resource_policy(call: Call[shapes.PutResourcePolicyRequest]) -> Answer:
    """Raises AccessDenied, ResourceNotFoundException, MalformedPolicyDocumentException,
    PublicPolicyException.
    """
    secret = _secret(call)
    policy = checked_document(call.params["ResourcePolicy"], call.configuration, _malformed)
    if is_true(call.params.get("BlockPublicPolicy")) and _is_public(policy):
        raise AwsError(
            "PublicPolicyException",
            "This resource policy allows broad access to the secret.",
            400,
            hint="an Allow for every principal without a condition",
        )
    return with_policy(call, secret, policy, _named(secret))


def get_resource_policy(
    call: Call[shapes.GetResourcePolicyRequest],
) -> Answer[shapes.GetResourcePolicyResponse]:
    """The policy as text; the response for a secret without a policy omits the member. Raises AccessDenied,
    ResourceNotFoundException.
    """
    secret = _secret(call)
    named = _named(secret)
    response: shapes.GetResourcePolicyResponse = {"ARN": named["ARN"], "Name": named["Name"]}
    if secret.policy is not None:
        response["ResourcePolicy"] = compact(secret.policy.document)
    return Answer(response=response)


def delete_resource_policy(call: Call[shapes.DeleteResourcePolicyRequest]) -> Answer:
    """Raises AccessDenied, ResourceNotFoundException."""
    secret = _secret(call)
    return with_policy(call, secret, None, _named(secret))


def _secret(call: Call) -> Resource:
    return authorized_resource(call, _arn(call), _missing)


def _arn(call: Call) -> str:
    given = str(call.params["SecretId"])
    if given.startswith("arn:"):
        return given
    partition = call.configuration.partition_of(call.account)
    named = f"arn:{partition}:secretsmanager:{call.region}:{call.account}:secret:{given}"
    whole = re.compile(re.escape(named) + r"-\w{6}")
    return next((arn for arn in call.configuration.resources if whole.fullmatch(arn)), named)


def _named(secret: Resource) -> dict[str, Any]:
    name = secret.arn.split(":secret:", 1)[1]
    return {"ARN": secret.arn, "Name": re.sub(r"-\w{6}$", "", name)}


def _is_public(policy: WrittenPolicy) -> bool:
    for statement in statements_of(policy):
        principal = statement.get("Principal")
        named = principal.get("AWS") if isinstance(principal, Mapping) else principal
        if statement.get("Effect") == "Allow" and named in ("*", ["*"]) and "Condition" not in statement:
            return True
    return False


def _missing() -> AwsError:
    return AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.", 400)


def _malformed(reason: str) -> AwsError:
    message = "This resource policy contains a syntax error."
    if reason.startswith("there is no principal"):
        message = "This resource policy contains an unsupported principal."
    return AwsError("MalformedPolicyDocumentException", message, 400, hint=reason)


PERFORMS: dict[str, Perform] = {
    "PutResourcePolicy": put_resource_policy,
    "GetResourcePolicy": get_resource_policy,
    "DeleteResourcePolicy": delete_resource_policy,
}
