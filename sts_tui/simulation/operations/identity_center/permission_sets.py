"""Permission sets: create, change, provision, delete.

A change reaches the roles of a permission set when it is provisioned, not before.
https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ProvisionPermissionSet.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Tag
from sts_tui.account.identity_center import IdentityCenterInstance, PermissionSet, SetPolicy, duration_of
from sts_tui.account.permission_set_roles import missing_policies, provisioned, role_of_set
from sts_tui.account.persistent_map import PersistentMap
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.role_durations import HIGHEST_MAXIMUM, LOWEST_MAXIMUM
from sts_tui.simulation.operations.identity_center.center_access import (
    authorize,
    conflict,
    instance_of,
    is_administrator,
    not_found,
    refuse_management_account,
    set_of,
)
from sts_tui.simulation.operations.policy_documents import written
from sts_tui.simulation.operations.responses import created
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import sso as shapes


def list_instances(call: Call[shapes.ListInstancesRequest]) -> Answer[shapes.ListInstancesResponse]:
    """The instances that the caller's account administers. Raises AccessDeniedException."""
    authorize(call)
    return Answer(
        response={
            "Instances": [
                _instance_shape(one, call.configuration)
                for one in call.configuration.identity_center_instances.values()
                if is_administrator(call, one)
            ]
        }
    )


def _instance_shape(
    instance: IdentityCenterInstance, configuration: Configuration
) -> shapes.InstanceMetadata:
    shape: shapes.InstanceMetadata = {
        "InstanceArn": instance.instance_arn,
        "IdentityStoreId": instance.identity_store_id,
        "OwnerAccountId": configuration.owner_of_instance(instance),
        "Status": "ACTIVE",
    }
    if instance.primary_region:
        shape["PrimaryRegion"] = instance.primary_region
    return shape


def create_permission_set(
    call: Call[shapes.CreatePermissionSetRequest],
) -> Answer[shapes.CreatePermissionSetResponse]:
    """Raises ResourceNotFoundException, AccessDeniedException, ConflictException for a name that is taken,
    ValidationException for a session of less than one hour or more than twelve.
    """
    params = call.params
    instance = instance_of(call, params["InstanceArn"])
    authorize(call, instance.instance_arn)
    if any(one.name == params["Name"] for one in call.configuration.permission_sets.values()):
        raise conflict(f"PermissionSet with name {params['Name']} already exists.")
    _refuse_duration(params.get("SessionDuration"))
    place = instance.instance_arn.replace(":instance/", ":permissionSet/")
    suffix = call.ids.request_id().replace("-", "")[:16]
    made = PermissionSet(
        name=params["Name"],
        permission_set_arn=f"{place}/ps-{suffix}",
        description=params.get("Description", ""),
        session_duration=params.get("SessionDuration", ""),
        relay_state=params.get("RelayState", ""),
        created_date=call.now,
        tags=tuple(Tag(key=one["Key"], value=one["Value"]) for one in params.get("Tags", ())),
    )
    return Answer(
        response={"PermissionSet": _shape(made)},
        configuration=with_set(call.configuration, made),
        subject=made.permission_set_arn,
    )


def describe_permission_set(
    call: Call[shapes.DescribePermissionSetRequest],
) -> Answer[shapes.DescribePermissionSetResponse]:
    """Raises ResourceNotFoundException, AccessDeniedException."""
    return Answer(response={"PermissionSet": _shape(_named(call))})


def list_permission_sets(
    call: Call[shapes.ListPermissionSetsRequest],
) -> Answer[shapes.ListPermissionSetsResponse]:
    """All permission sets of the instance, in one page. Raises ResourceNotFoundException,
    AccessDeniedException.
    """
    instance = instance_of(call, call.params["InstanceArn"])
    authorize(call, instance.instance_arn)
    return Answer(response={"PermissionSets": list(call.configuration.permission_sets)})


def update_permission_set(call: Call[shapes.UpdatePermissionSetRequest]) -> Answer:
    """Raises ResourceNotFoundException, AccessDeniedException, ValidationException."""
    set_, params = _named(call), call.params
    _refuse_duration(params.get("SessionDuration"))
    changed = replace(
        set_,
        description=params.get("Description", set_.description),
        session_duration=params.get("SessionDuration", set_.session_duration),
        relay_state=params.get("RelayState", set_.relay_state),
    )
    return _changed(call, changed)


def delete_permission_set(call: Call[shapes.DeletePermissionSetRequest]) -> Answer:
    """Only a set without assignments can be deleted. Raises ResourceNotFoundException, AccessDeniedException,
    ConflictException.
    """
    set_ = _named(call)
    arn = set_.permission_set_arn
    if any(one.permission_set_arn == arn for one in call.configuration.account_assignments.values()):
        raise conflict("The permission set is in use by an account assignment.")
    kept = PersistentMap.of(call.configuration.permission_sets).without([arn])
    configuration = replace(call.configuration, permission_sets=kept)
    for account in call.configuration.accounts:
        configuration = without_role(set_, account, configuration)
    return Answer(configuration=configuration, subject=arn)


def put_inline_policy(call: Call[shapes.PutInlinePolicyToPermissionSetRequest]) -> Answer:
    """Raises ResourceNotFoundException, AccessDeniedException, ValidationException for a policy that IAM
    would refuse.
    """
    set_ = _named(call)
    try:
        document = written(call.params["InlinePolicy"], PolicyKind.ROLE_INLINE)
    except AwsError as refused:
        raise AwsError("ValidationException", refused.message, 400, hint=refused.hint) from None
    return _changed(call, replace(set_, inline_policy=document))


def get_inline_policy(
    call: Call[shapes.GetInlinePolicyForPermissionSetRequest],
) -> Answer[shapes.GetInlinePolicyForPermissionSetResponse]:
    """Raises ResourceNotFoundException, AccessDeniedException."""
    from sts_tui.simulation.operations.requests import compact

    policy = _named(call).inline_policy
    return Answer(response={"InlinePolicy": "" if policy is None else compact(policy.document)})


def delete_inline_policy(call: Call[shapes.DeleteInlinePolicyFromPermissionSetRequest]) -> Answer:
    """Raises ResourceNotFoundException, AccessDeniedException."""
    return _changed(call, replace(_named(call), inline_policy=None))


def attach_managed_policy(call: Call[shapes.AttachManagedPolicyToPermissionSetRequest]) -> Answer:
    """Raises ResourceNotFoundException, AccessDeniedException, ConflictException."""
    set_, arn = _named(call), call.params["ManagedPolicyArn"]
    if any(one.arn == arn for one in set_.attached_managed_policies):
        raise conflict(f"Permission set with id {set_.permission_set_arn} already has {arn} attached.")
    added = SetPolicy(arn=arn, name=arn.rpartition("/")[2])
    return _changed(call, replace(set_, attached_managed_policies=(*set_.attached_managed_policies, added)))


def detach_managed_policy(call: Call[shapes.DetachManagedPolicyFromPermissionSetRequest]) -> Answer:
    """Raises ResourceNotFoundException, AccessDeniedException."""
    set_, arn = _named(call), call.params["ManagedPolicyArn"]
    kept = tuple(one for one in set_.attached_managed_policies if one.arn != arn)
    if kept == set_.attached_managed_policies:
        raise not_found(f"{arn} is not attached to the permission set.")
    return _changed(call, replace(set_, attached_managed_policies=kept))


def list_managed_policies(
    call: Call[shapes.ListManagedPoliciesInPermissionSetRequest],
) -> Answer[shapes.ListManagedPoliciesInPermissionSetResponse]:
    """Raises ResourceNotFoundException, AccessDeniedException."""
    attached = _named(call).attached_managed_policies
    return Answer(
        response={
            "AttachedManagedPolicies": [
                {"Name": one.name or one.arn.rpartition("/")[2], "Arn": one.arn} for one in attached
            ]
        }
    )


def provision_permission_set(
    call: Call[shapes.ProvisionPermissionSetRequest],
) -> Answer[shapes.ProvisionPermissionSetResponse]:
    """Bring the roles of the set up to date, in one account or in all that have it.

    Raises ResourceNotFoundException, AccessDeniedException, ValidationException without an account. If an
    account lacks a policy that the set names, its role is not changed and the status is FAILED.
    """
    set_ = _named(call)
    configuration, target = call.configuration, call.params.get("TargetId")
    if call.params["TargetType"] == "AWS_ACCOUNT":
        if target is None or target not in configuration.accounts:
            raise AwsError("ValidationException", "TargetId is required for TargetType AWS_ACCOUNT.", 400)
        accounts = [target]
    else:
        accounts = [one for one in configuration.accounts if role_of_set(set_, one, configuration)]
    for account in accounts:
        refuse_management_account(call, account)
    missing = [arn for account in accounts for arn in missing_policies(set_, account, configuration)]
    if not missing:
        for account in accounts:
            configuration = provisioned(set_, account, configuration)
    status: shapes.PermissionSetProvisioningStatus = {
        "Status": "FAILED" if missing else "SUCCEEDED",
        "RequestId": call.ids.request_id(),
        "PermissionSetArn": set_.permission_set_arn,
        "CreatedDate": created(call.now),
    }
    if target is not None:
        status["AccountId"] = target
    if missing:
        status["FailureReason"] = f"Policy {missing[0]} does not exist or is not attachable."
    return Answer(
        response={"PermissionSetProvisioningStatus": status},
        configuration=configuration,
        subject=set_.permission_set_arn,
    )


def with_set(configuration: Configuration, set_: PermissionSet) -> Configuration:
    """The configuration with this permission set."""
    table = PersistentMap.of(configuration.permission_sets)
    return replace(configuration, permission_sets=table.updated({set_.permission_set_arn: set_}))


def without_role(set_: PermissionSet, account: str, configuration: Configuration) -> Configuration:
    """The configuration without the role of the set in the account."""
    role = role_of_set(set_, account, configuration)
    if role is None:
        return configuration
    return replace(configuration, roles=PersistentMap.of(configuration.roles).without([role.arn]))


def _named(call: Call) -> PermissionSet:
    """The permission set that the call names, after authorizing the call. Raises ResourceNotFoundException,
    AccessDeniedException.
    """
    instance = instance_of(call, call.params["InstanceArn"])
    arn = call.params["PermissionSetArn"]
    authorize(call, instance.instance_arn, arn)
    return set_of(call, arn)


def _changed(call: Call, set_: PermissionSet) -> Answer:
    """The answer of a call that changed a set. Only the management account changes a set that is provisioned
    to it.
    """
    for account in call.configuration.accounts:
        if role_of_set(set_, account, call.configuration) is not None:
            refuse_management_account(call, account)
    return Answer(configuration=with_set(call.configuration, set_), subject=set_.permission_set_arn)


def _refuse_duration(text: str | None) -> None:
    if text is None:
        return
    span = duration_of(text)
    if span is None or not LOWEST_MAXIMUM <= span.total_seconds() <= HIGHEST_MAXIMUM:
        raise AwsError("ValidationException", "SessionDuration must be between PT1H and PT12H.", 400)


def _shape(set_: PermissionSet) -> shapes.PermissionSet:
    shape: shapes.PermissionSet = {
        "Name": set_.name,
        "PermissionSetArn": set_.permission_set_arn,
        "CreatedDate": created(set_.created_date),
        "SessionDuration": set_.session_duration or "PT1H",
    }
    if set_.description:
        shape["Description"] = set_.description
    if set_.relay_state:
        shape["RelayState"] = set_.relay_state
    return shape


PERFORMS: dict[str, Perform] = {
    "ListInstances": list_instances,
    "CreatePermissionSet": create_permission_set,
    "DescribePermissionSet": describe_permission_set,
    "ListPermissionSets": list_permission_sets,
    "UpdatePermissionSet": update_permission_set,
    "DeletePermissionSet": delete_permission_set,
    "PutInlinePolicyToPermissionSet": put_inline_policy,
    "GetInlinePolicyForPermissionSet": get_inline_policy,
    "DeleteInlinePolicyFromPermissionSet": delete_inline_policy,
    "AttachManagedPolicyToPermissionSet": attach_managed_policy,
    "DetachManagedPolicyFromPermissionSet": detach_managed_policy,
    "ListManagedPoliciesInPermissionSet": list_managed_policies,
    "ProvisionPermissionSet": provision_permission_set,
}
