"""Profiles: the roles that holders of certificates can get, session policies, and the fields that become
session tags.

https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_CreateProfile.html
https://docs.aws.amazon.com/rolesanywhere/latest/userguide/attribute-mapping.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from sts_tui.account.json_value import JsonObject
from sts_tui.account.workload_identities import ROLES_ANYWHERE, AnywhereProfile, anywhere_arn
from sts_tui.simulation.operations.requests import compact
from sts_tui.simulation.operations.roles_anywhere.anywhere_access import (
    dates,
    invalid,
    known_in_account,
    named,
    partition_of,
    removed,
    request_tags,
    stored,
    tags_of,
)
from sts_tui.simulation.operations.roles_anywhere.certificate_tags import DEFAULT_MAPPINGS
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import rolesanywhere as shapes

_FIELDS: Final = {
    "name": "name",
    "sessionPolicy": "session_policy",
    "managedPolicyArns": "managed_policy_arns",
    "durationSeconds": "duration_seconds",
    "acceptRoleSessionName": "accept_role_session_name",
    "requireInstanceProperties": "require_instance_properties",
    "tipConfiguration": "tip_configuration",
}
"""Parameter → the field that it sets."""


def create_profile(call: Call[shapes.CreateProfileRequest]) -> Answer[shapes.ProfileDetailResponse]:
    """The caller needs permission to pass the roles. Raises ValidationException, and the AwsError of a
    denial.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    """
    tags = tags_of(call.params)
    call.authorize(call.operation, resource_account=call.account, context=request_tags(tags))
    identifier = call.ids.request_id()
    profile = AnywhereProfile(
        arn=anywhere_arn("profile", call.account, identifier, call.region, partition_of(call)),
        profile_id=identifier,
        name=call.params["name"],
        role_arns=_roles(call, call.params["roleArns"]),
        enabled=bool(call.params.get("enabled", False)),
        created_by=call.account,
        created_at=call.now,
        tags=tags,
    )
    return _answer(call, _changed(call, profile))


def update_profile(call: Call[shapes.UpdateProfileRequest]) -> Answer[shapes.ProfileDetailResponse]:
    """Raises ResourceNotFoundException, ValidationException, and the AwsError of a denial."""
    profile = named(call, AnywhereProfile, call.params["profileId"])
    if (roles := call.params.get("roleArns")) is not None:
        profile = replace(profile, role_arns=_roles(call, roles))
    return _answer(call, _changed(call, profile))


def enable_profile(call: Call[shapes.ScalarProfileRequest]) -> Answer[shapes.ProfileDetailResponse]:
    """Raises ResourceNotFoundException."""
    profile = named(call, AnywhereProfile, call.params["profileId"])
    return _answer(call, replace(profile, enabled=True, updated_at=call.now))


def disable_profile(call: Call[shapes.ScalarProfileRequest]) -> Answer[shapes.ProfileDetailResponse]:
    """Requests for sessions with it fail. Raises ResourceNotFoundException."""
    profile = named(call, AnywhereProfile, call.params["profileId"])
    return _answer(call, replace(profile, enabled=False, updated_at=call.now))


def delete_profile(call: Call[shapes.ScalarProfileRequest]) -> Answer[shapes.ProfileDetailResponse]:
    """Raises ResourceNotFoundException."""
    profile = named(call, AnywhereProfile, call.params["profileId"])
    configuration = removed(call.configuration, profile)
    return Answer(
        response={"profile": profile_shape(profile)}, configuration=configuration, subject=profile.arn
    )


def get_profile(call: Call[shapes.ScalarProfileRequest]) -> Answer[shapes.ProfileDetailResponse]:
    """Raises ResourceNotFoundException."""
    profile = named(call, AnywhereProfile, call.params["profileId"])
    return Answer(response={"profile": profile_shape(profile)})


def list_profiles(call: Call[shapes.ListRequest]) -> Answer[shapes.ListProfilesResponse]:
    """The profiles of the account, in one page."""
    call.authorize(call.operation, resource_account=call.account)
    return Answer(
        response={"profiles": [profile_shape(one) for one in known_in_account(call, AnywhereProfile)]}
    )


def put_attribute_mapping(
    call: Call[shapes.PutAttributeMappingRequest],
) -> Answer[shapes.PutAttributeMappingResponse]:
    """Add rules for one field of certificates to its existing ones. Raises ResourceNotFoundException."""
    profile = named(call, AnywhereProfile, call.params["profileId"])
    wanted = call.params["certificateField"]
    rules = [str(one["specifier"]) for one in call.params["mappingRules"]]
    mappings = {**mappings_of(profile)}
    mappings[wanted] = list(dict.fromkeys([*mappings.get(wanted, ()), *rules]))
    return _mapped(call, profile, mappings)


def delete_attribute_mapping(
    call: Call[shapes.DeleteAttributeMappingRequest],
) -> Answer[shapes.DeleteAttributeMappingResponse]:
    """Without `specifiers`, delete every rule of the field. Raises ResourceNotFoundException."""
    profile = named(call, AnywhereProfile, call.params["profileId"])
    wanted, specifiers = call.params["certificateField"], call.params.get("specifiers")
    mappings = {**mappings_of(profile)}
    left = [one for one in mappings.get(wanted, ()) if specifiers and one not in specifiers]
    mappings.pop(wanted, None)
    if left:
        mappings[wanted] = left
    return _mapped(call, profile, mappings)


def mappings_of(profile: AnywhereProfile) -> Mapping[str, Sequence[str]]:
    """Specifiers by the field of certificates; AWS's default if the profile has no mappings."""
    if profile.attribute_mappings is None:
        return DEFAULT_MAPPINGS
    return {str(one.get("certificateField")): _specifiers(one) for one in profile.attribute_mappings}


def _specifiers(mapping: JsonObject) -> list[str]:
    rules = mapping.get("mappingRules")
    listed = rules if isinstance(rules, list | tuple) else ()
    return [str(rule.get("specifier")) for rule in listed if isinstance(rule, Mapping)]


def profile_shape(profile: AnywhereProfile) -> shapes.ProfileDetail:
    """AWS's ProfileDetail."""
    shape: dict[str, Any] = {
        "profileArn": profile.arn,
        "profileId": profile.profile_id,
        "name": profile.name,
        "roleArns": list(profile.role_arns),
        "enabled": profile.enabled,
        "durationSeconds": profile.duration_seconds,
        "acceptRoleSessionName": profile.accept_role_session_name,
        "requireInstanceProperties": profile.require_instance_properties,
        "managedPolicyArns": list(profile.managed_policy_arns),
        "createdBy": profile.created_by or profile.arn.split(":")[4],
        "attributeMappings": [
            {"certificateField": field, "mappingRules": [{"specifier": one} for one in specifiers]}
            for field, specifiers in mappings_of(profile).items()
        ],
        **dates(profile),
    }
    if profile.session_policy is not None:
        policy = profile.session_policy
        shape["sessionPolicy"] = policy if isinstance(policy, str) else compact(policy)
    if profile.tip_configuration is not None:
        shape["tipConfiguration"] = dict(profile.tip_configuration)
    return shape  # type: ignore[return-value]


def _answer(call: Call, profile: AnywhereProfile) -> Answer[Any]:
    return Answer(
        response={"profile": profile_shape(profile)},
        configuration=stored(call.configuration, profile),
        subject=profile.arn,
    )


def _mapped(call: Call, profile: AnywhereProfile, mappings: Mapping[str, Sequence[str]]) -> Answer[Any]:
    written: tuple[JsonObject, ...] = tuple(
        {"certificateField": field, "mappingRules": [{"specifier": one} for one in specifiers]}
        for field, specifiers in mappings.items()
    )
    return _answer(call, replace(profile, attribute_mappings=written, updated_at=call.now))


def _changed(call: Call[Any], profile: AnywhereProfile) -> AnywhereProfile:
    """The profile with what the call sets."""
    from sts_tui.sts.issuing.session_policies import inline_policy

    params = call.params
    if params.get("sessionPolicy"):
        inline_policy({"Policy": params["sessionPolicy"]})
    given = {field: params[name] for name, field in _FIELDS.items() if params.get(name) is not None}
    if "managed_policy_arns" in given:
        given["managed_policy_arns"] = tuple(given["managed_policy_arns"])
    return replace(profile, **given, updated_at=call.now)


def _roles(call: Call, arns: Sequence[str]) -> tuple[str, ...]:
    """The roles of the account, after authorizing the caller to pass them to Roles Anywhere."""
    for arn in arns:
        if arn.split(":")[4] != call.account:
            raise invalid(f"{arn} is not a role of account {call.account}.")
        call.authorize(
            "iam:PassRole",
            arn,
            resource_account=call.account,
            context={"iam:PassedToService": ROLES_ANYWHERE},
        )
    return tuple(arns)


PERFORMS: dict[str, Perform] = {
    "CreateProfile": create_profile,
    "UpdateProfile": update_profile,
    "EnableProfile": enable_profile,
    "DisableProfile": disable_profile,
    "DeleteProfile": delete_profile,
    "GetProfile": get_profile,
    "ListProfiles": list_profiles,
    "PutAttributeMapping": put_attribute_mapping,
    "DeleteAttributeMapping": delete_attribute_mapping,
}
