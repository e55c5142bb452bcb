"""Put, delete, get and list the inline policies of a user, group or role: one implementation for all three.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sts_tui.account.entities import InlinePolicy
from sts_tui.account.json_value import Json
from sts_tui.simulation.operations.iam.identity_types import (
    IDENTITY_TYPES,
    IamIdentity,
    IdentityType,
    authorized_identity,
    operations_for_each,
    with_changes,
    writable_identity,
)
from sts_tui.simulation.operations.policy_documents import counted_size, written
from sts_tui.simulation.operations.refusals import no_such_entity
from sts_tui.simulation.operations.responses import PageRequest, page_of
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import iam as shapes


def inline_policies_of(
    identity_type: IdentityType[IamIdentity], identity: IamIdentity
) -> tuple[InlinePolicy, ...]:
    """The inline policies of an identity of that type."""
    policies: tuple[InlinePolicy, ...] = getattr(identity, identity_type.inline_field)
    return policies


def put_policy(
    call: Call[shapes.PutUserPolicyRequest | shapes.PutGroupPolicyRequest | shapes.PutRolePolicyRequest],
    identity_type: IdentityType[IamIdentity],
) -> Answer:
    """Add the policy, or replace the one of that name in its place."""
    identity = writable_identity(call, identity_type)
    name = call.params["PolicyName"]
    policy = InlinePolicy(
        policy_name=name, policy_document=written(call.params["PolicyDocument"], identity_type.inline_kind)
    )
    policies = _with_policy(inline_policies_of(identity_type, identity), policy)
    if counted_size(one.policy_document for one in policies) > identity_type.inline_quota:
        whose = f"{identity_type.kind} {identity_type.name_of(identity)}"
        message = f"Maximum policy size of {identity_type.inline_quota} bytes exceeded for {whose}"
        raise AwsError("LimitExceeded", message, 409)
    return with_changes(call, identity, **{identity_type.inline_field: policies})


def _with_policy(policies: tuple[InlinePolicy, ...], policy: InlinePolicy) -> tuple[InlinePolicy, ...]:
    if any(one.policy_name == policy.policy_name for one in policies):
        return tuple(policy if one.policy_name == policy.policy_name else one for one in policies)
    return (*policies, policy)


def delete_policy(call: Call, identity_type: IdentityType[IamIdentity]) -> Answer:
    identity = writable_identity(call, identity_type)
    gone = _policy(call, identity_type, identity)
    rest = tuple(one for one in inline_policies_of(identity_type, identity) if one is not gone)
    return with_changes(call, identity, **{identity_type.inline_field: rest})


def get_policy(call: Call, identity_type: IdentityType[IamIdentity]) -> Answer[Mapping[str, Json]]:
    """The name of the identity (`RoleName`, …), `PolicyName` and `PolicyDocument`."""
    identity = authorized_identity(call, identity_type)
    policy = _policy(call, identity_type, identity)
    return Answer(
        response={
            identity_type.name_param: identity_type.name_of(identity),
            "PolicyName": policy.policy_name,
            "PolicyDocument": policy.policy_document.document,
        }
    )


def list_policies(call: Call[PageRequest], identity_type: IdentityType[IamIdentity]) -> Answer:
    identity = authorized_identity(call, identity_type)
    names = sorted(policy.policy_name for policy in inline_policies_of(identity_type, identity))
    page = page_of(names, call.params)
    return Answer(response={"PolicyNames": page.items, **page.end})


def _policy(call: Call, identity_type: IdentityType[IamIdentity], identity: IamIdentity) -> InlinePolicy:
    name = call.params["PolicyName"]
    for policy in inline_policies_of(identity_type, identity):
        if policy.policy_name == name:
            return policy
    raise no_such_entity(f"The {identity_type.kind} policy with name {name} cannot be found.")


PERFORMS = operations_for_each(
    IDENTITY_TYPES,
    {
        "Put{}Policy": put_policy,
        "Delete{}Policy": delete_policy,
        "Get{}Policy": get_policy,
        "List{}Policies": list_policies,
    },
)
