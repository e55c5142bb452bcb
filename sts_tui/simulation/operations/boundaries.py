"""Put and delete the permissions boundary of a user or role: one mechanism, two rows.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePermissionsBoundary.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import PermissionsBoundary
from sts_tui.simulation.operations.families import (
    ROLE,
    USER,
    Family,
    authorized,
    boundary_context,
    edited,
    named,
    refuse_protected,
    with_entity,
)
from sts_tui.simulation.operations.policy_arns import attachable_policy, check_policy_arn
from sts_tui.sts.operation import Answer, Call


def boundary_named(configuration: Configuration, arn: str, account: str) -> PermissionsBoundary:
    """The boundary of that ARN. Raises NoSuchEntity as IAM words it for boundaries."""
    attachable_policy(configuration, arn, account, subject="Scope ARN:")
    return PermissionsBoundary(permissions_boundary_arn=arn)


def put_boundary(call: Call, family: Family) -> Answer:
    arn = call.params["PermissionsBoundary"]
    check_policy_arn(arn)
    holder = authorized(call, family, context={"iam:PermissionsBoundary": arn})
    refuse_protected(holder)
    return _with_boundary(call, family, holder, boundary_named(call.configuration, arn, call.account))


def delete_boundary(call: Call, family: Family) -> Answer:
    """Where there is no boundary there is nothing to do, and that is no error."""
    found = named(call, family, call.params[family.name_param])
    holder = authorized(call, family, context=boundary_context(found) if found else None)
    refuse_protected(holder)
    return _with_boundary(call, family, holder, None)


def _with_boundary(call: Call, family: Family, holder: Any, boundary: PermissionsBoundary | None) -> Answer:
    changed = edited(holder, permissions_boundary=boundary)
    return Answer(
        configuration=with_entity(call.configuration, family.collection, changed), subject=holder.arn
    )


def _bound(mechanism: Callable[[Call, Family], Answer], family: Family) -> Callable[[Call], Answer]:
    return lambda call: mechanism(call, family)


PERFORMS: dict[str, Callable[[Call], Answer]] = {
    name.format(family.noun): _bound(mechanism, family)
    for family in (USER, ROLE)
    for name, mechanism in {
        "Put{}PermissionsBoundary": put_boundary,
        "Delete{}PermissionsBoundary": delete_boundary,
    }.items()
}
