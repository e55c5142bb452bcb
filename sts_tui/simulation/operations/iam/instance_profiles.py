"""Instance profiles: they deliver a role to EC2 instances. Each has at most one role.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddRoleToInstanceProfile.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import InstanceProfile, Role
from sts_tui.account.iam_quotas import INSTANCE_PROFILES, ROLES_PER_INSTANCE_PROFILE
from sts_tui.simulation.operations.configuration_edits import with_entity, without_entity
from sts_tui.simulation.operations.iam.entity_types import INSTANCE_PROFILE, authorized_entity
from sts_tui.simulation.operations.iam.identity_types import (
    ROLE,
    arn_in,
    authorize_on,
    find_identity,
    new_unique_id,
    refuse_protected,
)
from sts_tui.simulation.operations.iam.responses import listed_instance_profile_shape
from sts_tui.simulation.operations.refusals import (
    already_exists,
    delete_conflict,
    limit_exceeded,
    no_such_entity,
)
from sts_tui.simulation.operations.request_tags import requested_tags, tag_context
from sts_tui.simulation.operations.responses import page_of, tags_shape
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import iam as shapes


def profiles_of(configuration: Configuration, account: str) -> list[InstanceProfile]:
    return [one for arn, one in configuration.instance_profiles.items() if account_of(arn) == account]


def create_instance_profile(
    call: Call[shapes.CreateInstanceProfileRequest],
) -> Answer[shapes.CreateInstanceProfileResponse]:
    name, path = call.params["InstanceProfileName"], call.params.get("Path") or "/"
    arn = arn_in(call, "instance-profile", name, path)
    tags = requested_tags(call.params.get("Tags"), ignores_case=False)
    authorize_on(call, arn, context=tag_context(tags))
    if tags:
        authorize_on(call, arn, context=tag_context(tags), action="iam:TagInstanceProfile")
    present = profiles_of(call.configuration, call.account)
    if any(one.instance_profile_name.lower() == name.lower() for one in present):
        raise already_exists(f"Instance Profile {name} already exists.")
    if len(present) >= INSTANCE_PROFILES:
        raise limit_exceeded("InstanceProfilesPerAccount", INSTANCE_PROFILES)
    profile = InstanceProfile(
        arn=arn,
        instance_profile_name=name,
        instance_profile_id=new_unique_id(call, "AIPA"),
        path=path,
        create_date=call.now,
        tags=tags,
    )
    shape = listed_instance_profile_shape(profile, call.configuration)
    if tags:
        shape["Tags"] = tags_shape(tags)
    return Answer(
        response={"InstanceProfile": shape},
        configuration=with_entity(call.configuration, profile),
        subject=arn,
    )


def delete_instance_profile(call: Call[shapes.DeleteInstanceProfileRequest]) -> Answer:
    profile: InstanceProfile = authorized_entity(call, INSTANCE_PROFILE)
    if profile.roles:
        raise delete_conflict("Cannot delete entity, must remove roles from instance profile first.")
    return Answer(
        configuration=without_entity(call.configuration, profile),
        subject=profile.arn,
    )


def get_instance_profile(
    call: Call[shapes.GetInstanceProfileRequest],
) -> Answer[shapes.GetInstanceProfileResponse]:
    profile: InstanceProfile = authorized_entity(call, INSTANCE_PROFILE)
    return Answer(response={"InstanceProfile": _shape(profile, call.configuration)})


def _shape(profile: InstanceProfile, configuration: Configuration) -> shapes.InstanceProfile:
    """An instance profile in GetInstanceProfile: with its tags, even when it has none."""
    shape = listed_instance_profile_shape(profile, configuration)
    shape["Tags"] = tags_shape(profile.tags)
    return shape


def list_instance_profiles(
    call: Call[shapes.ListInstanceProfilesRequest],
) -> Answer[shapes.ListInstanceProfilesResponse]:
    prefix = call.params.get("PathPrefix") or "/"
    authorize_on(call, arn_in(call, "instance-profile", "", prefix))
    found = [
        listed_instance_profile_shape(one, call.configuration)
        for one in sorted(
            profiles_of(call.configuration, call.account), key=lambda one: one.instance_profile_name
        )
        if one.path.startswith(prefix)
    ]
    page = page_of(found, call.params)
    return Answer(response={"InstanceProfiles": page.items, **page.end})


def add_role_to_instance_profile(call: Call[shapes.AddRoleToInstanceProfileRequest]) -> Answer:
    """The caller also needs `iam:PassRole` on the role, because the role is passed to EC2.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    """
    profile: InstanceProfile = authorized_entity(call, INSTANCE_PROFILE)
    role = _role(call)
    authorize_on(
        call, role.arn, role, context={"iam:PassedToService": "ec2.amazonaws.com"}, action="iam:PassRole"
    )
    refuse_protected(role)
    if len(profile.roles) >= ROLES_PER_INSTANCE_PROFILE:
        raise limit_exceeded("InstanceSessionsPerInstanceProfile", ROLES_PER_INSTANCE_PROFILE)
    return _with_roles(call, profile, (*profile.roles, role.arn))


def remove_role_from_instance_profile(call: Call[shapes.RemoveRoleFromInstanceProfileRequest]) -> Answer:
    profile: InstanceProfile = authorized_entity(call, INSTANCE_PROFILE)
    role = _role(call)
    refuse_protected(role)
    if role.arn not in profile.roles:
        raise no_such_entity(
            f"Role {role.role_name} in Instance Profile {profile.instance_profile_name} cannot be found."
        )
    return _with_roles(call, profile, tuple(arn for arn in profile.roles if arn != role.arn))


def _role(call: Call) -> Role:
    name = call.params["RoleName"]
    role: Role | None = find_identity(call, ROLE, name)
    if role is None:
        raise no_such_entity(f"The role with name {name} cannot be found.")
    return role


def _with_roles(call: Call, profile: InstanceProfile, roles: tuple[str, ...]) -> Answer:
    changed = replace(profile, roles=roles)
    return Answer(configuration=with_entity(call.configuration, changed), subject=profile.arn)


PERFORMS: dict[str, Perform] = {
    "CreateInstanceProfile": create_instance_profile,
    "DeleteInstanceProfile": delete_instance_profile,
    "GetInstanceProfile": get_instance_profile,
    "ListInstanceProfiles": list_instance_profiles,
    "AddRoleToInstanceProfile": add_role_to_instance_profile,
    "RemoveRoleFromInstanceProfile": remove_role_from_instance_profile,
}
