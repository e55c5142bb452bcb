"""Which resource and condition keys does a recorded IAM request have?

Requests name an entity without its path, but AWS evaluates the ARN with the path. The condition keys of IAM
depend on the parameters and on the entity's permissions boundary.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagement.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from sts_tui.account.configuration import Configuration
from sts_tui.account.json_value import Json

_OF_A_POLICY: Final = re.compile(r"(?:Attach|Detach)(?:User|Role|Group)Policy")
_OF_A_BOUNDARY: Final = re.compile(
    r"Create(?:User|Role)|(?:Put|Delete)(?:User|Role)PermissionsBoundary|"
    r"(?:Attach|Detach|Put|Delete)(?:User|Role)Policy"
)
"""Operations with the condition key `iam:PermissionsBoundary`."""


def with_path(arn: str, request: Mapping[str, Any], configuration: Configuration) -> str:
    """The ARN of an IAM entity with its path, from the model or else from the request that creates the
    entity. `request` has CloudTrail's member names.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    """
    if ":iam::" not in arn or arn.count("/") != 1:
        return arn
    head, _, name = arn.partition("/")
    tables: dict[str, Mapping[str, object]] = {
        "role": configuration.roles, "user": configuration.users, "group": configuration.groups,
        "policy": configuration.policies,
    }  # fmt: skip
    table = tables.get(head.rpartition(":")[2], {})
    if arn in table:
        return arn
    path = request.get("path")
    if isinstance(path, str) and path.startswith("/") and path.endswith("/"):
        return f"{head}{path}{name}"
    return next((one for one in table if one.startswith(f"{head}/") and one.endswith(f"/{name}")), arn)


def iam_context(
    name: str, arn: str, request: Mapping[str, Any], configuration: Configuration
) -> dict[str, Json]:
    """Condition key → value for an operation on the entity with this ARN. `request` has CloudTrail's member
    names.
    """
    context: dict[str, Json] = {}
    if _OF_A_POLICY.fullmatch(name) and isinstance(request.get("policyArn"), str):
        context["iam:PolicyARN"] = request["policyArn"]
    if _OF_A_BOUNDARY.fullmatch(name):
        entity = configuration.roles.get(arn) or configuration.users.get(arn)
        own = entity.permissions_boundary if entity is not None else None
        boundary = request.get("permissionsBoundary") or (own.permissions_boundary_arn if own else None)
        if isinstance(boundary, str):
            context["iam:PermissionsBoundary"] = boundary
    if name == "CreateServiceLinkedRole" and isinstance(request.get("aWSServiceName"), str):
        context["iam:AWSServiceName"] = request["aWSServiceName"]
    return context
