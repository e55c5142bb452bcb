"""Put and delete the permissions boundary of a user or role: one implementation for both.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePermissionsBoundary.html
"""

from __future__ import annotations

from typing import Final

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import PermissionsBoundary, Role, User
from sts_tui.simulation.operations.iam.identity_types import (
    ROLE,
    USER,
    IdentityType,
    operations_for_each,
    with_changes,
    writable_identity,
)
from sts_tui.simulation.operations.iam.policy_arns import check_attachable, check_policy_arn
from sts_tui.sts.operation import Answer, Call


def boundary_named(configuration: Configuration, arn: str, account: str) -> PermissionsBoundary:
    """The boundary with that policy ARN. Raises InvalidInput, and NoSuchEntity with IAM's message for
    boundaries.
    """
    check_policy_arn(arn)
    check_attachable(configuration, arn, account, subject="Scope ARN:")
    return PermissionsBoundary(permissions_boundary_arn=arn)


def put_boundary(call: Call, identity_type: IdentityType[User | Role]) -> Answer:
    arn = call.params["PermissionsBoundary"]
    check_policy_arn(arn)
    identity = writable_identity(call, identity_type, {"iam:PermissionsBoundary": arn})
    boundary = boundary_named(call.configuration, arn, call.account)
    return with_changes(call, identity, permissions_boundary=boundary)


def delete_boundary(call: Call, identity_type: IdentityType[User | Role]) -> Answer:
    """Delete the boundary. If there is none, that is not an error."""
    return with_changes(call, writable_identity(call, identity_type), permissions_boundary=None)


BOUNDED: Final[tuple[IdentityType[User | Role], ...]] = (USER, ROLE)

PERFORMS = operations_for_each(
    BOUNDED,
    {
        "Put{}PermissionsBoundary": put_boundary,
        "Delete{}PermissionsBoundary": delete_boundary,
    },
)
