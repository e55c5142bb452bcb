"""Attach, detach and list the managed policies of a user, group or role: one implementation for all three.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sts_tui.account.entities import AttachedPolicy
from sts_tui.simulation.operations.iam.identity_types import (
    IDENTITY_TYPES,
    IamIdentity,
    IdentityType,
    authorized_identity,
    operations_for_each,
    with_changes,
    writable_identity,
)
from sts_tui.simulation.operations.iam.policy_arns import check_attachable, check_policy_arn
from sts_tui.simulation.operations.iam.responses import attached_shape
from sts_tui.simulation.operations.refusals import limit_exceeded, no_such_entity, validation_error
from sts_tui.simulation.operations.responses import page_of
from sts_tui.sts.operation import Answer, Call

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import iam as shapes


def attach_policy(call: Call, identity_type: IdentityType[IamIdentity]) -> Answer:
    """Attach the policy. Attaching it again changes nothing and is not an error."""
    arn = call.params["PolicyArn"]
    identity = _writable(call, identity_type)
    check_attachable(call.configuration, arn, call.account)
    attached = identity.attached_managed_policies
    if any(one.policy_arn == arn for one in attached):
        return Answer(subject=identity.arn)
    if len(attached) >= identity_type.attachment_quota:
        raise limit_exceeded(f"PoliciesPer{identity_type.noun}", identity_type.attachment_quota)
    added = AttachedPolicy(policy_arn=arn, policy_name=arn.rsplit("/", 1)[-1])
    return with_changes(call, identity, attached_managed_policies=(*attached, added))


def detach_policy(call: Call, identity_type: IdentityType[IamIdentity]) -> Answer:
    arn = call.params["PolicyArn"]
    identity = _writable(call, identity_type)
    rest = tuple(one for one in identity.attached_managed_policies if one.policy_arn != arn)
    if len(rest) == len(identity.attached_managed_policies):
        raise no_such_entity(f"Policy {arn} was not found.")
    return with_changes(call, identity, attached_managed_policies=rest)


def list_attached_policies(
    call: Call[
        shapes.ListAttachedUserPoliciesRequest
        | shapes.ListAttachedGroupPoliciesRequest
        | shapes.ListAttachedRolePoliciesRequest
    ],
    identity_type: IdentityType[IamIdentity],
) -> Answer:
    identity = authorized_identity(call, identity_type)
    prefix = call.params.get("PathPrefix", "/")
    attached = [
        one
        for one in identity.attached_managed_policies
        if f"/{one.policy_arn.partition(':policy/')[2]}".startswith(prefix)
    ]
    page = page_of(attached_shape(attached), call.params)
    return Answer(response={"AttachedPolicies": page.items, **page.end})


def _writable(call: Call, identity_type: IdentityType[IamIdentity]) -> IamIdentity:
    check_policy_arn(call.params["PolicyArn"], validation_error)
    return writable_identity(call, identity_type, {"iam:PolicyARN": call.params["PolicyArn"]})


PERFORMS = operations_for_each(
    IDENTITY_TYPES,
    {
        "Attach{}Policy": attach_policy,
        "Detach{}Policy": detach_policy,
        "ListAttached{}Policies": list_attached_policies,
    },
)
