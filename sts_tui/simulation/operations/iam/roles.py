"""Roles: create, delete, get, list, update, and the trust policy.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from sts_tui.account.arn import account_of
from sts_tui.account.entities import Role
from sts_tui.account.json_value import Json
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policies.policy_sizes import SIZE_LIMITS
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.account.role_durations import DEFAULT_MAXIMUM
from sts_tui.simulation.operations.configuration_edits import with_entity, without_entity
from sts_tui.simulation.operations.iam.boundaries import boundary_named
from sts_tui.simulation.operations.iam.identity_types import (
    ROLE,
    arn_in,
    authorize_on,
    authorized_identity,
    new_unique_id,
    refuse_creation,
    refuse_protected,
)
from sts_tui.simulation.operations.iam.responses import (
    bare_role_shape,
    created_role_shape,
    listed_instance_profile_shape,
    listed_role_shape,
    role_shape,
)
from sts_tui.simulation.operations.iam.tags import authorize_creation
from sts_tui.simulation.operations.policy_documents import counted_size, written
from sts_tui.simulation.operations.refusals import (
    delete_conflict,
    invalid_input,
    limit_exceeded,
    malformed,
)
from sts_tui.simulation.operations.requests import is_true
from sts_tui.simulation.operations.responses import page_of
from sts_tui.simulation.operations.stored_principals import (
    UnknownPrincipalError,
    stored,
    with_principal_renamed,
)
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import iam as shapes

TRUST_POLICY_QUOTA = SIZE_LIMITS[PolicyKind.TRUST]


def create_role(call: Call[shapes.CreateRoleRequest]) -> Answer[shapes.CreateRoleResponse]:
    params = call.params
    name, path = params["RoleName"], params.get("Path") or "/"
    arn = arn_in(call, "role", name, path)
    tags = authorize_creation(call, ROLE, arn)
    boundary_arn = params.get("PermissionsBoundary")
    refuse_creation(call, ROLE, name)
    role = Role(
        arn=arn,
        role_name=name,
        role_id=new_unique_id(call, ROLE.id_prefix),
        assume_role_policy_document=trust_policy(call, params["AssumeRolePolicyDocument"]),
        path=path,
        create_date=call.now,
        permissions_boundary=boundary_named(call.configuration, boundary_arn, call.account)
        if boundary_arn
        else None,
        tags=tags,
        max_session_duration=params.get("MaxSessionDuration", DEFAULT_MAXIMUM),
        max_signin_session_duration=params.get("MaxSigninSessionDuration"),
        description=params.get("Description"),
    )
    return Answer(
        response={"Role": created_role_shape(role)},
        configuration=with_entity(call.configuration, role),
        subject=role.arn,
    )


def trust_policy(call: Call, document: Json) -> WrittenPolicy:
    """The trust policy as IAM stores it. Grammar and size are checked, and every principal of an account in
    the model must exist.
    """
    try:
        is_lax = call.settings.scalar_principal_in_trust_policies
        trust = written(document, PolicyKind.TRUST, accepts_scalar_principal=is_lax)
        policy = stored(trust, call.configuration)
    except UnknownPrincipalError as unknown:
        raise malformed(f'Invalid principal in policy: "AWS":"{unknown.principal}"') from None
    if counted_size([policy]) > TRUST_POLICY_QUOTA:
        raise limit_exceeded("ACLSizePerRole", TRUST_POLICY_QUOTA)
    return policy


def delete_role(call: Call[shapes.DeleteRoleRequest]) -> Answer:
    """In policies that name the role as a principal, its ARN becomes its unique id, so that a new role with
    the same name is not trusted.
    """
    role: Role = authorized_identity(call, ROLE)
    refuse_protected(role)
    profiles = call.configuration.instance_profiles.values()
    if any(role.arn in profile.roles for profile in profiles):
        raise delete_conflict("Cannot delete entity, must remove roles from instance profile first.")
    if role.attached_managed_policies:
        raise delete_conflict("Cannot delete entity, must detach all policies first.")
    if role.role_policy_list:
        raise delete_conflict("Cannot delete entity, must delete policies first.")
    configuration = without_entity(call.configuration, role)
    return Answer(
        configuration=with_principal_renamed(configuration, role.arn, role.role_id), subject=role.arn
    )


def get_role(call: Call[shapes.GetRoleRequest]) -> Answer[shapes.GetRoleResponse]:
    return Answer(response={"Role": role_shape(authorized_identity(call, ROLE))})


def list_roles(call: Call[shapes.ListRolesRequest]) -> Answer[shapes.ListRolesResponse]:
    prefix = call.params.get("PathPrefix") or "/"
    authorize_on(call, arn_in(call, "role", "", prefix))
    roles = [role for role in ROLE.members(call.configuration, call.account) if role.path.startswith(prefix)]
    found = [listed_role_shape(role) for role in sorted(roles, key=lambda role: role.role_name)]
    page = page_of(found, call.params)
    return Answer(response={"Roles": page.items, **page.end})


def update_role(call: Call[shapes.UpdateRoleRequest]) -> Answer:
    """Set the description and the two maximum durations, each only if given.

    Raises AccessDenied, NoSuchEntity, UnmodifiableEntity, InvalidInput.
    """
    role = _modifiable(call)
    changes: dict[str, str | int | None] = {}
    sign_in = call.params.get("MaxSigninSessionDuration")
    is_reset = is_true(call.params.get("ResetMaxSigninSessionDuration"))
    if sign_in is not None and is_reset:
        raise invalid_input(
            "MaxSigninSessionDuration and ResetMaxSigninSessionDuration cannot both be specified."
        )
    if sign_in is not None or is_reset:
        changes["max_signin_session_duration"] = sign_in
    if "Description" in call.params:
        changes["description"] = call.params["Description"]
    if call.params.get("MaxSessionDuration") is not None:
        changes["max_session_duration"] = call.params["MaxSessionDuration"]
    return _with_role(call, replace(role, **changes))


def update_role_description(
    call: Call[shapes.UpdateRoleDescriptionRequest],
) -> Answer[shapes.UpdateRoleDescriptionResponse]:
    """Returns the role without maximum session duration and last use."""
    changed = replace(_modifiable(call), description=call.params["Description"])
    shape = bare_role_shape(changed)
    shape["Description"] = call.params["Description"]
    return Answer(
        response={"Role": shape},
        configuration=with_entity(call.configuration, changed),
        subject=changed.arn,
    )


def update_assume_role_policy(call: Call[shapes.UpdateAssumeRolePolicyRequest]) -> Answer:
    role = _modifiable(call)
    policy = trust_policy(call, call.params["PolicyDocument"])
    return _with_role(call, replace(role, assume_role_policy_document=policy))


def list_instance_profiles_for_role(
    call: Call[shapes.ListInstanceProfilesForRoleRequest],
) -> Answer[shapes.ListInstanceProfilesForRoleResponse]:
    role: Role = authorized_identity(call, ROLE)
    found = [
        listed_instance_profile_shape(profile, call.configuration)
        for arn, profile in call.configuration.instance_profiles.items()
        if account_of(arn) == call.account and role.arn in profile.roles
    ]
    page = page_of(found, call.params)
    return Answer(response={"InstanceProfiles": page.items, **page.end})


def _modifiable(call: Call) -> Role:
    role: Role = authorized_identity(call, ROLE)
    refuse_protected(role)
    return role


def _with_role(call: Call, role: Role) -> Answer:
    return Answer(configuration=with_entity(call.configuration, role), subject=role.arn)


PERFORMS: dict[str, Perform] = {
    "CreateRole": create_role,
    "DeleteRole": delete_role,
    "GetRole": get_role,
    "ListRoles": list_roles,
    "UpdateRole": update_role,
    "UpdateRoleDescription": update_role_description,
    "UpdateAssumeRolePolicy": update_assume_role_policy,
    "ListInstanceProfilesForRole": list_instance_profiles_for_role,
}
