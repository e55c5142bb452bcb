"""Attach, detach and list the managed policies of a user, group or role: one mechanism, three rows.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sts_tui.account.entities import AttachedPolicy
from sts_tui.simulation.operations.families import (
    FAMILIES,
    Family,
    Holder,
    authorized,
    boundary_context,
    edited,
    named,
    refuse_protected,
    with_entity,
)
from sts_tui.simulation.operations.policy_arns import attachable_policy, check_policy_arn
from sts_tui.simulation.operations.refusals import limit_exceeded, no_such_entity
from sts_tui.simulation.operations.responses import attached_shape, paged
from sts_tui.sts.operation import Answer, Call


def attach_policy(call: Call, family: Family) -> Answer:
    """Attaching what is attached already changes nothing and is no error."""
    arn = call.params["PolicyArn"]
    holder = _writable(call, family)
    policy = attachable_policy(call.configuration, arn, call.account)
    attached = holder.attached_managed_policies
    if any(one.policy_arn == arn for one in attached):
        return Answer(subject=holder.arn)
    if len(attached) >= family.attachment_quota:
        raise limit_exceeded(f"PoliciesPer{family.noun}", family.attachment_quota)
    return _with_attached(
        call, family, holder, (*attached, AttachedPolicy(policy_arn=arn, policy_name=policy.policy_name))
    )


def detach_policy(call: Call, family: Family) -> Answer:
    arn = call.params["PolicyArn"]
    holder = _writable(call, family)
    rest = tuple(one for one in holder.attached_managed_policies if one.policy_arn != arn)
    if len(rest) == len(holder.attached_managed_policies):
        raise no_such_entity(f"Policy {arn} was not found.")
    return _with_attached(call, family, holder, rest)


def list_attached_policies(call: Call, family: Family) -> Answer:
    holder = authorized(call, family)
    prefix = call.params.get("PathPrefix", "/")
    attached = [
        one
        for one in holder.attached_managed_policies
        if f"/{one.policy_arn.partition(':policy/')[2]}".startswith(prefix)
    ]
    return Answer(response=paged("AttachedPolicies", attached_shape(attached), call.params))


def _writable(call: Call, family: Family) -> Any:
    check_policy_arn(call.params["PolicyArn"])
    found = named(call, family, call.params[family.name_param])
    context = {"iam:PolicyARN": call.params["PolicyArn"], **(boundary_context(found) if found else {})}
    holder = authorized(call, family, context=context)
    refuse_protected(holder)
    return holder


def _with_attached(
    call: Call, family: Family, holder: Holder, attached: tuple[AttachedPolicy, ...]
) -> Answer:
    changed = edited(holder, attached_managed_policies=attached)
    return Answer(
        configuration=with_entity(call.configuration, family.collection, changed), subject=holder.arn
    )


def _bound(mechanism: Callable[[Call, Family], Answer], family: Family) -> Callable[[Call], Answer]:
    return lambda call: mechanism(call, family)


PERFORMS: dict[str, Callable[[Call], Answer]] = {
    name.format(family.noun): _bound(mechanism, family)
    for family in FAMILIES
    for name, mechanism in {
        "Attach{}Policy": attach_policy,
        "Detach{}Policy": detach_policy,
        "ListAttached{}Policies": list_attached_policies,
    }.items()
}
