"""Put and delete the permissions boundary of a user or role: one mechanism, two rows.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePermissionsBoundary.html
"""

from __future__ import annotations

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import PermissionsBoundary
from sts_tui.simulation.operations.iam.families import (
    ROLE,
    USER,
    Family,
    one_for_each,
    put_back,
    writable,
)
from sts_tui.simulation.operations.iam.policy_arns import attachable_policy, check_policy_arn
from sts_tui.sts.operation import Answer, Call


def boundary_named(configuration: Configuration, arn: str, account: str) -> PermissionsBoundary:
    """The boundary of that ARN. Raises NoSuchEntity as IAM words it for boundaries."""
    attachable_policy(configuration, arn, account, subject="Scope ARN:")
    return PermissionsBoundary(permissions_boundary_arn=arn)


def put_boundary(call: Call, family: Family) -> Answer:
    arn = call.params["PermissionsBoundary"]
    check_policy_arn(arn)
    holder = writable(call, family, {"iam:PermissionsBoundary": arn})
    boundary = boundary_named(call.configuration, arn, call.account)
    return put_back(call, family, holder, permissions_boundary=boundary)


def delete_boundary(call: Call, family: Family) -> Answer:
    """Where there is no boundary there is nothing to do, and that is no error."""
    return put_back(call, family, writable(call, family), permissions_boundary=None)


PERFORMS = one_for_each(
    (USER, ROLE),
    {
        "Put{}PermissionsBoundary": put_boundary,
        "Delete{}PermissionsBoundary": delete_boundary,
    },
)
