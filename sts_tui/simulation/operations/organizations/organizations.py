"""Service and resource control policies: create, attach, detach, delete.

They are edited from the organization's management account only.
https://docs.aws.amazon.com/organizations/latest/APIReference/API_AttachPolicy.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from sts_tui.account.entities import NamedPolicy, Organization
from sts_tui.account.identifiers import derive_organization_id
from sts_tui.account.json_value import Json
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.simulation.authorization.organization import FULL_AWS_ACCESS
from sts_tui.simulation.operations.configuration_edits import with_organization
from sts_tui.simulation.operations.organizations.organization_policies import (
    SCP,
    TYPES,
    OrganizationPolicyType,
    all_policies,
    policy_arn,
    policy_id,
    quotas,
)
from sts_tui.simulation.operations.organizations.organization_tree import (
    Node,
    attached_anywhere,
    node_of,
    policies_at,
    with_policies_at,
)
from sts_tui.simulation.operations.policy_documents import read
from sts_tui.simulation.operations.request_tags import requested_tags, tag_context
from sts_tui.simulation.operations.requests import compact
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import organizations as shapes

NOT_OF_ITS_TYPE = "The provided policy document does not meet the requirements of the specified policy type."


def create_policy(call: Call[shapes.CreatePolicyRequest]) -> Answer[shapes.CreatePolicyResponse]:
    params = call.params
    tags = requested_tags(params.get("Tags"), ignores_case=False)
    organization = _organization(call)
    call.authorize(call.operation, context={"organizations:PolicyType": params["Type"], **tag_context(tags)})
    policy_type = TYPES.get(params["Type"])
    if policy_type is None:
        raise AwsError(
            "PolicyTypeNotAvailableForOrganizationException",
            "You can't use the specified policy type with the feature set currently enabled for this "
            "organization.",
            400,
            hint="service control policies and resource control policies are simulated, no others",
        )
    if any(one.name == params["Name"] for _, one in all_policies(organization)):
        raise _refused("DuplicatePolicyException", "A policy with the same name already exists.")
    document = _document(call, params["Content"], policy_type)
    policy = _named(call, organization, policy_type, document)
    changed = _with_unattached(
        organization, policy_type, (*policy_type.list.unattached(organization), policy)
    )
    return Answer(
        response={"Policy": _shape(policy, policy_type, params["Description"])},
        configuration=with_organization(call.configuration, changed),
        subject=policy.arn or "",
    )


def attach_policy(call: Call[shapes.AttachPolicyRequest]) -> Answer:
    organization = _organization(call)
    policy_type, policy = _policy(call, organization)
    node = _target(call, organization)
    _authorize(call, policy_type, policy, node)
    if policy_id(policy, policy_type) in _ids(node, policy_type):
        raise _refused(
            "DuplicatePolicyAttachmentException",
            "The selected policy is already attached to the specified target.",
        )
    present = policies_at(node, policy_type.list)
    if len(present) + policy_type.always_attached >= quotas(policy_type, call.settings)[1]:
        raise _constraint(
            "You attempted to exceed the number of policies of a certain type that can be attached to an "
            "entity at one time."
        )
    attached = with_policies_at(organization, node.id, policy_type.list, (*present, policy))
    rest = [
        one
        for one in policy_type.list.unattached(attached)
        if policy_id(one, policy_type) != policy_id(policy, policy_type)
    ]
    return _with_organization(
        call, _with_unattached(attached, policy_type, tuple(rest)), node.arn(organization)
    )


def detach_policy(call: Call[shapes.DetachPolicyRequest]) -> Answer:
    """The last service control policy of a target stays: somebody without any could do nothing at all."""
    organization = _organization(call)
    policy_type, policy = _policy(call, organization)
    node = _target(call, organization)
    _authorize(call, policy_type, policy, node)
    wanted = policy_id(policy, policy_type)
    present = policies_at(node, policy_type.list)
    rest = tuple(one for one in present if policy_id(one, policy_type) != wanted)
    if len(rest) == len(present):
        raise _refused(
            "PolicyNotAttachedException",
            "The policy isn't attached to the specified target in the specified root.",
        )
    if not rest and policy_type is SCP:
        raise _constraint(
            "You attempted to detach a policy from an entity that would cause the entity to have fewer than "
            "the minimum number of policies of a certain type required."
        )
    changed = with_policies_at(organization, node.id, policy_type.list, rest)
    if wanted not in _attached_ids(changed, policy_type):
        changed = _with_unattached(changed, policy_type, (*policy_type.list.unattached(changed), policy))
    return _with_organization(call, changed, node.arn(organization))


def delete_policy(call: Call[shapes.DeletePolicyRequest]) -> Answer:
    organization = _organization(call)
    policy_type, policy = _policy(call, organization)
    _authorize(call, policy_type, policy)
    wanted = policy_id(policy, policy_type)
    if wanted == FULL_AWS_ACCESS.id:
        raise _refused(
            "InvalidInputException",
            "You specified a policy that is managed by Amazon Web Services and can't be modified.",
        )
    if wanted in _attached_ids(organization, policy_type):
        raise _refused(
            "PolicyInUseException",
            "The policy is attached to one or more entities. You must detach it from all roots, OUs, and "
            "accounts before performing this operation.",
        )
    rest = [one for one in policy_type.list.unattached(organization) if policy_id(one, policy_type) != wanted]
    return _with_organization(
        call,
        _with_unattached(organization, policy_type, tuple(rest)),
        policy_arn(organization, policy, policy_type),
    )


def _organization(call: Call) -> Organization:
    """The organization, for callers of its management account."""
    organization = call.configuration.organization
    if organization is None:
        raise _refused(
            "AWSOrganizationsNotInUseException", "Your account is not a member of an organization."
        )
    account = organization.management_account_id
    if not call.caller.is_operator and call.caller.account != account:
        raise AwsError(
            "AccessDeniedException",
            "You don't have permissions to access this resource.",
            400,
            hint=f"policies of the organization are edited from its management account, {account}",
        )
    return organization


def _authorize(
    call: Call, policy_type: OrganizationPolicyType, policy: NamedPolicy, node: Node | None = None
) -> None:
    """Attaching and detaching is asked on the policy and on its target."""
    organization = call.configuration.organization
    assert organization is not None  # _organization has looked
    arns = [policy_arn(organization, policy, policy_type), *([node.arn(organization)] if node else [])]
    for arn in arns:
        call.authorize(
            call.operation,
            arn,
            context={"organizations:PolicyType": policy_type.name},
            resource_account=organization.management_account_id,
        )


def _policy(call: Call, organization: Organization) -> tuple[OrganizationPolicyType, NamedPolicy]:
    wanted = call.params["PolicyId"]
    for policy_type, policy in all_policies(organization):
        if policy_id(policy, policy_type) == wanted:
            return policy_type, policy
    raise _refused("PolicyNotFoundException", "We can't find a policy with the PolicyId that you specified.")


def _target(call: Call, organization: Organization) -> Node:
    node = node_of(organization, call.params["TargetId"])
    if node is None:
        raise _refused(
            "TargetNotFoundException",
            "We can't find a root, OU, account, or policy with the TargetId that you specified.",
        )
    return node


def _ids(node: Node, policy_type: OrganizationPolicyType) -> list[str]:
    return [policy_id(one, policy_type) for one in policies_at(node, policy_type.list)]


def _attached_ids(organization: Organization, policy_type: OrganizationPolicyType) -> list[str]:
    return [policy_id(one, policy_type) for one in attached_anywhere(organization, policy_type.list)]


def _document(call: Call, content: Json, policy_type: OrganizationPolicyType) -> WrittenPolicy:
    document, faults = read(content, policy_type.kind)
    for fault in faults:
        raise AwsError(
            "MalformedPolicyDocumentException", NOT_OF_ITS_TYPE, 400, hint=fault.detail or fault.message
        )
    text = content if isinstance(content, str) else compact(content)
    if len(text) > quotas(policy_type, call.settings)[0]:
        raise _constraint("You attempted to create a policy that is larger than the maximum size.")
    return WrittenPolicy(document)


def _named(
    call: Call, organization: Organization, policy_type: OrganizationPolicyType, document: WrittenPolicy
) -> NamedPolicy:
    policy = NamedPolicy(
        name=call.params["Name"],
        document=document,
        id=derive_organization_id("p", call.ids.request_id()),
    )
    return replace(policy, arn=policy_arn(organization, policy, policy_type))


def _shape(policy: NamedPolicy, policy_type: OrganizationPolicyType, description: str) -> shapes.Policy:
    return {
        "PolicySummary": {
            "Id": policy.id or "",
            "Arn": policy.arn or "",
            "Name": policy.name,
            "Description": description,
            "Type": policy_type.name,
            "AwsManaged": False,
        },
        "Content": compact(policy.document.document),
    }


def _with_unattached(
    organization: Organization, policy_type: OrganizationPolicyType, policies: tuple[NamedPolicy, ...]
) -> Organization:
    return replace(organization, **{policy_type.list.unattached_field: policies})


def _with_organization(call: Call, organization: Organization, subject: str) -> Answer:
    return Answer(configuration=with_organization(call.configuration, organization), subject=subject)


def _constraint(message: str) -> AwsError:
    return _refused("ConstraintViolationException", message)


def _refused(code: str, message: str) -> AwsError:
    return AwsError(code, message, 400)


PERFORMS: dict[str, Perform] = {
    "CreatePolicy": create_policy,
    "AttachPolicy": attach_policy,
    "DetachPolicy": detach_policy,
    "DeletePolicy": delete_policy,
}
