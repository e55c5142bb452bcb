"""Put, delete, get and list the inline policies of a user, group or role: one mechanism, three rows.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
"""

from __future__ import annotations

from sts_tui.account.entities import InlinePolicy
from sts_tui.simulation.operations.iam.documents import counted_size, written
from sts_tui.simulation.operations.iam.families import (
    FAMILIES,
    Family,
    Holder,
    authorized,
    one_for_each,
    put_back,
    writable,
)
from sts_tui.simulation.operations.refusals import no_such_entity
from sts_tui.simulation.operations.responses import paged
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call


def inline_policies_of(family: Family, holder: Holder) -> tuple[InlinePolicy, ...]:
    policies: tuple[InlinePolicy, ...] = getattr(holder, family.inline_field)
    return policies


def put_policy(call: Call, family: Family) -> Answer:
    """Add the policy, or replace the one of that name in its place."""
    holder = writable(call, family)
    name = call.params["PolicyName"]
    policy = InlinePolicy(
        policy_name=name, policy_document=written(call.params["PolicyDocument"], family.inline_kind)
    )
    policies = _with_policy(inline_policies_of(family, holder), policy)
    if counted_size(one.policy_document for one in policies) > family.inline_quota:
        whose = f"{family.kind} {family.name_of(holder)}"
        message = f"Maximum policy size of {family.inline_quota} bytes exceeded for {whose}"
        raise AwsError("LimitExceeded", message, 409)
    return put_back(call, family, holder, **{family.inline_field: policies})


def _with_policy(policies: tuple[InlinePolicy, ...], policy: InlinePolicy) -> tuple[InlinePolicy, ...]:
    if any(one.policy_name == policy.policy_name for one in policies):
        return tuple(policy if one.policy_name == policy.policy_name else one for one in policies)
    return (*policies, policy)


def delete_policy(call: Call, family: Family) -> Answer:
    holder = writable(call, family)
    gone = _policy(call, family, holder)
    rest = tuple(one for one in inline_policies_of(family, holder) if one is not gone)
    return put_back(call, family, holder, **{family.inline_field: rest})


def get_policy(call: Call, family: Family) -> Answer:
    holder = authorized(call, family)
    policy = _policy(call, family, holder)
    return Answer(
        response={
            family.name_param: family.name_of(holder),
            "PolicyName": policy.policy_name,
            "PolicyDocument": policy.policy_document.document,
        }
    )


def list_policies(call: Call, family: Family) -> Answer:
    holder = authorized(call, family)
    names = sorted(policy.policy_name for policy in inline_policies_of(family, holder))
    return Answer(response=paged("PolicyNames", names, call.params))


def _policy(call: Call, family: Family, holder: Holder) -> InlinePolicy:
    name = call.params["PolicyName"]
    for policy in inline_policies_of(family, holder):
        if policy.policy_name == name:
            return policy
    raise no_such_entity(f"The {family.kind} policy with name {name} cannot be found.")


PERFORMS = one_for_each(
    FAMILIES,
    {
        "Put{}Policy": put_policy,
        "Delete{}Policy": delete_policy,
        "Get{}Policy": get_policy,
        "List{}Policies": list_policies,
    },
)
