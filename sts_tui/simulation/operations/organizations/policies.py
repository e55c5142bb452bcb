"""Service and resource control policies: create, update, attach, detach, delete.

Only the organization's management account can edit them. Their limits are in `policy_sizes`.
https://docs.aws.amazon.com/organizations/latest/APIReference/API_AttachPolicy.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from sts_tui.account.entities import NamedPolicy, Organization
from sts_tui.account.identifiers import derive_organization_id
from sts_tui.account.json_value import Json
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.simulation.operations.configuration_edits import with_organization
from sts_tui.simulation.operations.organizations.organization_access import managed_organization, refused
from sts_tui.simulation.operations.organizations.organization_policies import (
    AWS_MANAGED_IDS,
    SCP,
    TYPES,
    OrganizationPolicyType,
    all_policies,
    find_policy,
    policy_arn,
    policy_id,
    policy_shape,
    quotas,
    with_policy_replaced,
)
from sts_tui.simulation.operations.organizations.organization_tree import (
    Node,
    attached_anywhere,
    find_target,
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

_MANAGED_BY_AWS: Final = (
    "You specified a policy that is managed by Amazon Web Services and can't be modified."
)
NOT_OF_ITS_TYPE: Final = (
    "The provided policy document does not meet the requirements of the specified policy type."
)


def create_policy(call: Call[shapes.CreatePolicyRequest]) -> Answer[shapes.CreatePolicyResponse]:
    params = call.params
    tags = requested_tags(params.get("Tags"), ignores_case=False)
    organization = managed_organization(call)
    call.authorize(call.operation, context={"organizations:PolicyType": params["Type"], **tag_context(tags)})
    policy_type = TYPES.get(params["Type"])
    if policy_type is None:
        raise _not_available()
    if any(one.name == params["Name"] for _, one in all_policies(organization)):
        raise refused("DuplicatePolicyException", "A policy with the same name already exists.")
    document = _document(call, params["Content"], policy_type)
    policy = _named(call, organization, policy_type, document)
    changed = _with_unattached(
        organization, policy_type, (*policy_type.list.unattached(organization), policy)
    )
    return Answer(
        response={"Policy": policy_shape(organization, policy_type, policy)},
        configuration=with_organization(call.configuration, changed),
        subject=policy.arn or "",
    )


def attach_policy(call: Call[shapes.AttachPolicyRequest]) -> Answer:
    organization = managed_organization(call)
    policy_type, policy = find_policy(organization, call.params["PolicyId"])
    node = find_target(organization, call.params["TargetId"])
    _authorize(call, policy_type, policy, node)
    if policy_id(policy, policy_type) in _ids(node, policy_type):
        raise refused(
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
    """The last service control policy of a target cannot be detached, because nothing would be allowed
    there.
    """
    organization = managed_organization(call)
    policy_type, policy = find_policy(organization, call.params["PolicyId"])
    node = find_target(organization, call.params["TargetId"])
    _authorize(call, policy_type, policy, node)
    wanted = policy_id(policy, policy_type)
    present = policies_at(node, policy_type.list)
    rest = tuple(one for one in present if policy_id(one, policy_type) != wanted)
    if len(rest) == len(present):
        raise refused(
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
    organization = managed_organization(call)
    policy_type, policy = find_policy(organization, call.params["PolicyId"])
    _authorize(call, policy_type, policy)
    wanted = policy_id(policy, policy_type)
    if wanted in AWS_MANAGED_IDS:
        raise refused("InvalidInputException", _MANAGED_BY_AWS)
    if wanted in _attached_ids(organization, policy_type):
        raise refused(
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


def update_policy(call: Call[shapes.UpdatePolicyRequest]) -> Answer[shapes.UpdatePolicyResponse]:
    """Name, description and content, each only if given; the policy changes wherever it is attached.

    Raises AccessDenied, PolicyNotFoundException, InvalidInputException, DuplicatePolicyException,
    MalformedPolicyDocumentException, ConstraintViolationException.
    """
    params = call.params
    organization = managed_organization(call)
    policy_type, policy = find_policy(organization, params["PolicyId"])
    _authorize(call, policy_type, policy)
    if policy_id(policy, policy_type) in AWS_MANAGED_IDS:
        raise refused("InvalidInputException", _MANAGED_BY_AWS)
    name = params.get("Name") or policy.name
    others = (one.name for _, one in all_policies(organization) if one.name != policy.name)
    if name in others:
        raise refused("DuplicatePolicyException", "A policy with the same name already exists.")
    content = params.get("Content")
    changed = replace(
        policy,
        name=name,
        description=policy.description if params.get("Description") is None else params["Description"],
        document=policy.document if content is None else _document(call, content, policy_type),
        id=policy_id(policy, policy_type),
        arn=policy_arn(organization, policy, policy_type),
    )
    updated = with_policy_replaced(organization, policy_type, changed)
    return Answer(
        response={"Policy": policy_shape(organization, policy_type, changed)},
        configuration=with_organization(call.configuration, updated),
        subject=changed.arn or "",
    )


def enable_policy_type(
    call: Call[shapes.EnablePolicyTypeRequest],
) -> Answer[shapes.EnablePolicyTypeResponse]:
    """Both simulated types are always enabled.

    Raises AccessDeniedException, RootNotFoundException, PolicyTypeNotAvailableForOrganizationException,
    PolicyTypeAlreadyEnabledException.
    """
    organization = managed_organization(call)
    root = organization.root
    call.authorize(
        call.operation,
        Node(root.id, root).arn(organization),
        context={"organizations:PolicyType": call.params["PolicyType"]},
        resource_account=organization.management_account_id,
    )
    if call.params["RootId"] != root.id:
        raise refused("RootNotFoundException", "We can't find a root with the RootId that you specified.")
    if call.params["PolicyType"] not in TYPES:
        raise _not_available()
    raise refused(
        "PolicyTypeAlreadyEnabledException",
        "The specified policy type is already enabled in the specified root.",
    )


def _not_available() -> AwsError:
    return AwsError(
        "PolicyTypeNotAvailableForOrganizationException",
        "You can't use the specified policy type with the feature set currently enabled for this "
        "organization.",
        400,
        hint="policies of other types (tags, backup, …) grant and deny nothing, and are not simulated: leave "
        "the line out",
    )


def _authorize(
    call: Call, policy_type: OrganizationPolicyType, policy: NamedPolicy, node: Node | None = None
) -> None:
    """Authorize attaching or detaching, on the policy and on its target."""
    organization = call.configuration.organization
    assert organization is not None  # managed_organization has checked
    arns = [policy_arn(organization, policy, policy_type), *([node.arn(organization)] if node else [])]
    for arn in arns:
        call.authorize(
            call.operation,
            arn,
            context={"organizations:PolicyType": policy_type.name},
            resource_account=organization.management_account_id,
        )


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
        description=call.params.get("Description") or "",
        document=document,
        id=derive_organization_id("p", call.ids.request_id()),
    )
    return replace(policy, arn=policy_arn(organization, policy, policy_type))


def _with_unattached(
    organization: Organization, policy_type: OrganizationPolicyType, policies: tuple[NamedPolicy, ...]
) -> Organization:
    return replace(organization, **{policy_type.list.unattached_field: policies})


def _with_organization(call: Call, organization: Organization, subject: str) -> Answer:
    return Answer(configuration=with_organization(call.configuration, organization), subject=subject)


def _constraint(message: str) -> AwsError:
    return refused("ConstraintViolationException", message)


PERFORMS: dict[str, Perform] = {
    "CreatePolicy": create_policy,
    "AttachPolicy": attach_policy,
    "DetachPolicy": detach_policy,
    "DeletePolicy": delete_policy,
    "UpdatePolicy": update_policy,
    "EnablePolicyType": enable_policy_type,
}
