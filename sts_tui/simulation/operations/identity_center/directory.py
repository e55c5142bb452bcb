"""The identity store: users, groups, memberships.

https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/welcome.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from msgspec.structs import replace

from sts_tui.account.identity_center import CenterGroup, CenterUser, GroupMembership, MemberId
from sts_tui.account.identity_center_ids import membership_id
from sts_tui.account.persistent_map import PersistentMap
from sts_tui.account.sign_in import SignIn
from sts_tui.simulation.operations.identity_center.center_access import (
    authorize,
    conflict,
    group_of,
    not_found,
    store_of,
    user_of,
)
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.account.json_value import JsonObject
    from sts_tui.simulation.operations.shapes import identitystore as shapes


def create_user(call: Call[shapes.CreateUserRequest]) -> Answer[shapes.CreateUserResponse]:
    """Raises ResourceNotFoundException, AccessDeniedException, ConflictException, ValidationException."""
    store = _store(call)
    params = call.params
    name = params.get("UserName")
    if not name:
        raise AwsError("ValidationException", "UserName is required.", 400)
    known = call.configuration.directory_users
    if any(one.user_name.lower() == name.lower() for one in known.values()):
        raise conflict("Duplicate UserName")
    user = CenterUser(
        user_name=name,
        user_id=call.ids.request_id(),
        display_name=params.get("DisplayName", ""),
        name=cast("JsonObject", params["Name"]) if params.get("Name") else None,
        title=params.get("Title", ""),
        user_type=params.get("UserType", ""),
    )
    table = PersistentMap.of(known).updated({user.user_id: user})
    response = {"UserId": user.user_id, "IdentityStoreId": store, **_arn("user", user.user_id)}
    return Answer(
        response=response,  # type: ignore[arg-type]
        configuration=replace(call.configuration, directory_users=table),
        subject=f"arn:aws:identitystore:::user/{user.user_id}",
    )


def describe_user(call: Call[shapes.DescribeUserRequest]) -> Answer:
    """Raises ResourceNotFoundException, AccessDeniedException."""
    store = _store(call)
    return Answer(response=_user_shape(user_of(call, call.params["UserId"]), store))


def list_users(call: Call[shapes.ListUsersRequest]) -> Answer:
    """All users, or those with the `UserName` of the filter. Raises ResourceNotFoundException,
    AccessDeniedException.
    """
    store = _store(call)
    named = {one["AttributeValue"].lower() for one in call.params.get("Filters", ())}
    users = call.configuration.directory_users.values()
    found = [one for one in users if not named or one.user_name.lower() in named]
    return Answer(response={"Users": [_user_shape(one, store) for one in found]})


def get_user_id(call: Call[shapes.GetUserIdRequest]) -> Answer:
    """By user name. Raises ResourceNotFoundException, AccessDeniedException."""
    store = _store(call)
    attribute = call.params["AlternateIdentifier"].get("UniqueAttribute")
    name = str(attribute["AttributeValue"]) if attribute else ""
    for one in call.configuration.directory_users.values():
        if one.user_name.lower() == name.lower():
            return Answer(response={"UserId": one.user_id, "IdentityStoreId": store})
    raise not_found("USER not found.")


def delete_user(call: Call[shapes.DeleteUserRequest]) -> Answer:
    """The user's sign-ins to the portal end; role sessions stay valid. Raises ResourceNotFoundException,
    AccessDeniedException.
    """
    _store(call)
    user = user_of(call, call.params["UserId"])
    configuration = call.configuration
    memberships = [
        key for key, one in configuration.group_memberships.items() if one.member_id.user_id == user.user_id
    ]
    assignments = [
        key for key, one in configuration.account_assignments.items() if one.principal_id == user.user_id
    ]
    ended = {
        key: replace(one, ended_at=call.now)
        for key, one in configuration.sign_ins.items()
        if _is_open_portal(one, user.user_id)
    }
    return Answer(
        configuration=replace(
            configuration,
            directory_users=PersistentMap.of(configuration.directory_users).without([user.user_id]),
            group_memberships=PersistentMap.of(configuration.group_memberships).without(memberships),
            account_assignments=PersistentMap.of(configuration.account_assignments).without(assignments),
            sign_ins=PersistentMap.of(configuration.sign_ins).updated(ended),
        ),
        subject=f"arn:aws:identitystore:::user/{user.user_id}",
    )


def _is_open_portal(one: SignIn, user_id: str) -> bool:
    return one.kind == "portal" and one.principal == user_id and one.ended_at is None


def create_group(call: Call[shapes.CreateGroupRequest]) -> Answer:
    """Raises ResourceNotFoundException, AccessDeniedException, ConflictException, ValidationException."""
    store = _store(call)
    name = call.params.get("DisplayName")
    if not name:
        raise AwsError("ValidationException", "DisplayName is required.", 400)
    known = call.configuration.directory_groups
    if any(one.display_name == name for one in known.values()):
        raise conflict("Duplicate DisplayName")
    group = CenterGroup(
        display_name=name, group_id=call.ids.request_id(), description=call.params.get("Description", "")
    )
    table = PersistentMap.of(known).updated({group.group_id: group})
    return Answer(
        response={"GroupId": group.group_id, "IdentityStoreId": store, **_arn("group", group.group_id)},
        configuration=replace(call.configuration, directory_groups=table),
        subject=f"arn:aws:identitystore:::group/{group.group_id}",
    )


def list_groups(call: Call[shapes.ListGroupsRequest]) -> Answer:
    """All groups, or the one with the `DisplayName` of the filter. Raises ResourceNotFoundException,
    AccessDeniedException.
    """
    store = _store(call)
    named = {one["AttributeValue"] for one in call.params.get("Filters", ())}
    return Answer(
        response={
            "Groups": [
                {
                    "GroupId": one.group_id,
                    "DisplayName": one.display_name,
                    "IdentityStoreId": store,
                    **_arn("group", one.group_id),
                    **({"Description": one.description} if one.description else {}),
                }
                for one in call.configuration.directory_groups.values()
                if not named or one.display_name in named
            ]
        }
    )


def delete_group(call: Call[shapes.DeleteGroupRequest]) -> Answer:
    """Raises ResourceNotFoundException, AccessDeniedException."""
    _store(call)
    group = group_of(call, call.params["GroupId"])
    configuration = call.configuration
    memberships = [
        key for key, one in configuration.group_memberships.items() if one.group_id == group.group_id
    ]
    assignments = [
        key for key, one in configuration.account_assignments.items() if one.principal_id == group.group_id
    ]
    return Answer(
        configuration=replace(
            configuration,
            directory_groups=PersistentMap.of(configuration.directory_groups).without([group.group_id]),
            group_memberships=PersistentMap.of(configuration.group_memberships).without(memberships),
            account_assignments=PersistentMap.of(configuration.account_assignments).without(assignments),
        ),
        subject=f"arn:aws:identitystore:::group/{group.group_id}",
    )


def create_group_membership(call: Call[shapes.CreateGroupMembershipRequest]) -> Answer:
    """Raises ResourceNotFoundException, AccessDeniedException, ConflictException."""
    store = _store(call)
    group = group_of(call, call.params["GroupId"])
    user = user_of(call, str(call.params["MemberId"].get("UserId", "")))
    known = call.configuration.group_memberships
    if any((one.group_id, one.member_id.user_id) == (group.group_id, user.user_id) for one in known.values()):
        raise conflict("Member and Group relationship already exists.")
    made = GroupMembership(
        group_id=group.group_id,
        member_id=MemberId(user_id=user.user_id),
        membership_id=membership_id(group.group_id, user.user_id),
    )
    table = PersistentMap.of(known).updated({made.membership_id: made})
    return Answer(
        response={
            "MembershipId": made.membership_id,
            "IdentityStoreId": store,
            **_arn("membership", made.membership_id),
        },
        configuration=replace(call.configuration, group_memberships=table),
        subject=f"arn:aws:identitystore:::group/{group.group_id}",
    )


def delete_group_membership(call: Call[shapes.DeleteGroupMembershipRequest]) -> Answer:
    """Sessions issued because of the membership stay valid until they expire. Raises
    ResourceNotFoundException, AccessDeniedException.
    """
    _store(call)
    found = call.configuration.group_memberships.get(call.params["MembershipId"])
    if found is None:
        raise not_found("MEMBERSHIP not found.")
    table = PersistentMap.of(call.configuration.group_memberships).without([found.membership_id])
    return Answer(
        configuration=replace(call.configuration, group_memberships=table),
        subject=f"arn:aws:identitystore:::group/{found.group_id}",
    )


def list_group_memberships(call: Call[shapes.ListGroupMembershipsRequest]) -> Answer:
    """Raises ResourceNotFoundException, AccessDeniedException."""
    store = _store(call)
    group = group_of(call, call.params["GroupId"])
    found = [one for one in call.configuration.group_memberships.values() if one.group_id == group.group_id]
    return Answer(response={"GroupMemberships": [_membership_shape(one, store) for one in found]})


def list_memberships_of_member(call: Call[shapes.ListGroupMembershipsForMemberRequest]) -> Answer:
    """Raises ResourceNotFoundException, AccessDeniedException."""
    store = _store(call)
    user = user_of(call, str(call.params["MemberId"].get("UserId", "")))
    memberships = call.configuration.group_memberships.values()
    found = [one for one in memberships if one.member_id.user_id == user.user_id]
    return Answer(response={"GroupMemberships": [_membership_shape(one, store) for one in found]})


def _store(call: Call) -> str:
    """The id of the identity store, after authorizing the call."""
    instance = store_of(call, call.params["IdentityStoreId"])
    owner = call.configuration.owner_of_instance(instance)
    authorize(call, f"arn:aws:identitystore::{owner}:identitystore/{instance.identity_store_id}")
    return instance.identity_store_id


def _arn(kind: str, identifier: str) -> dict[str, str]:
    """The ARN and the revision, which newer responses include, by member name."""
    return {f"{kind.title()}Arn": f"arn:aws:identitystore:::{kind}/{identifier}", "Revision": "1"}


def _user_shape(user: CenterUser, store: str) -> dict[str, object]:
    shape: dict[str, object] = {
        "UserName": user.user_name,
        "UserId": user.user_id,
        "UserStatus": user.user_status,
        "IdentityStoreId": store,
        **_arn("user", user.user_id),
    }
    for member, value in (
        ("DisplayName", user.display_name),
        ("Name", user.name),
        ("Emails", list(user.emails)),
        ("Title", user.title),
        ("UserType", user.user_type),
    ):
        if value:
            shape[member] = value
    return shape


def _membership_shape(one: GroupMembership, store: str) -> dict[str, object]:
    return {
        "IdentityStoreId": store,
        "MembershipId": one.membership_id,
        "GroupId": one.group_id,
        "MemberId": {"UserId": one.member_id.user_id},
    }


PERFORMS: dict[str, Perform] = {
    "CreateUser": create_user,
    "DescribeUser": describe_user,
    "ListUsers": list_users,
    "GetUserId": get_user_id,
    "DeleteUser": delete_user,
    "CreateGroup": create_group,
    "ListGroups": list_groups,
    "DeleteGroup": delete_group,
    "CreateGroupMembership": create_group_membership,
    "DeleteGroupMembership": delete_group_membership,
    "ListGroupMemberships": list_group_memberships,
    "ListGroupMembershipsForMember": list_memberships_of_member,
}
