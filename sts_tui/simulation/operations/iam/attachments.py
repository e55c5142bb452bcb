"""Attach, detach and list the managed policies of a user, group or role: one mechanism, three rows.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html
"""

from __future__ import annotations

from typing import Any

from sts_tui.account.entities import AttachedPolicy
from sts_tui.simulation.operations.iam.families import (
    FAMILIES,
    Family,
    authorized,
    one_for_each,
    put_back,
    writable,
)
from sts_tui.simulation.operations.iam.policy_arns import attachable_policy, check_policy_arn
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
    added = AttachedPolicy(policy_arn=arn, policy_name=policy.policy_name)
    return put_back(call, family, holder, attached_managed_policies=(*attached, added))


def detach_policy(call: Call, family: Family) -> Answer:
    arn = call.params["PolicyArn"]
    holder = _writable(call, family)
    rest = tuple(one for one in holder.attached_managed_policies if one.policy_arn != arn)
    if len(rest) == len(holder.attached_managed_policies):
        raise no_such_entity(f"Policy {arn} was not found.")
    return put_back(call, family, holder, attached_managed_policies=rest)


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
    return writable(call, family, {"iam:PolicyARN": call.params["PolicyArn"]})


PERFORMS = one_for_each(
    FAMILIES,
    {
        "Attach{}Policy": attach_policy,
        "Detach{}Policy": detach_policy,
        "ListAttached{}Policies": list_attached_policies,
    },
)
