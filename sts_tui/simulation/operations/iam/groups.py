"""Groups: create, delete, get, list, rename, and their members.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateGroup.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Group, User
from sts_tui.account.iam_quotas import GROUPS_PER_USER
from sts_tui.account.persistent_map import PersistentMap
from sts_tui.simulation.operations.configuration_edits import with_entity, with_entity_renamed, without_entity
from sts_tui.simulation.operations.iam.identity_types import (
    GROUP,
    USER,
    arn_in,
    authorize_on,
    authorized_identity,
    find_identity,
    new_unique_id,
    no_such_identity,
    refuse_creation,
)
from sts_tui.simulation.operations.iam.responses import group_shape, user_shape
from sts_tui.simulation.operations.refusals import (
    already_exists,
    delete_conflict,
    limit_exceeded,
)
from sts_tui.simulation.operations.responses import page_of
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import iam as shapes


def members_of(configuration: Configuration, account: str, group_name: str) -> list[User]:
    """The users of a group; membership is stored with the users."""
    return [user for user in USER.members(configuration, account) if group_name in user.group_list]


def create_group(call: Call[shapes.CreateGroupRequest]) -> Answer[shapes.CreateGroupResponse]:
    name, path = call.params["GroupName"], call.params.get("Path") or "/"
    arn = arn_in(call, "group", name, path)
    authorize_on(call, arn)
    refuse_creation(call, GROUP, name)
    group = Group(
        arn=arn,
        group_name=name,
        group_id=new_unique_id(call, GROUP.id_prefix),
        path=path,
        create_date=call.now,
    )
    return Answer(
        response={"Group": group_shape(group)},
        configuration=with_entity(call.configuration, group),
        subject=arn,
    )


def delete_group(call: Call[shapes.DeleteGroupRequest]) -> Answer:
    group: Group = authorized_identity(call, GROUP)
    for held, first in (
        (members_of(call.configuration, call.account, group.group_name), "remove users from group"),
        (group.attached_managed_policies, "detach all policies"),
        (group.group_policy_list, "delete policies"),
    ):
        if held:
            raise delete_conflict(f"Cannot delete entity, must {first} first.")
    return Answer(configuration=without_entity(call.configuration, group), subject=group.arn)


def get_group(call: Call[shapes.GetGroupRequest]) -> Answer[shapes.GetGroupResponse]:
    """The group and, page by page, its users."""
    group: Group = authorized_identity(call, GROUP)
    users = members_of(call.configuration, call.account, group.group_name)
    page = page_of([user_shape(user, listed=True) for user in users], call.params)
    return Answer(response={"Group": group_shape(group), "Users": page.items, **page.end})


def list_groups(call: Call[shapes.ListGroupsRequest]) -> Answer[shapes.ListGroupsResponse]:
    prefix = call.params.get("PathPrefix") or "/"
    authorize_on(call, arn_in(call, "group", "", prefix))
    groups = [
        group for group in GROUP.members(call.configuration, call.account) if group.path.startswith(prefix)
    ]
    found = [group_shape(group) for group in sorted(groups, key=lambda group: group.group_name)]
    page = page_of(found, call.params)
    return Answer(response={"Groups": page.items, **page.end})


def update_group(call: Call[shapes.UpdateGroupRequest]) -> Answer:
    """Change name or path. Both change the ARN, and the caller needs permission for the new ARN too."""
    group: Group = authorized_identity(call, GROUP)
    name = call.params.get("NewGroupName") or group.group_name
    path = call.params.get("NewPath") or group.path
    arn = arn_in(call, "group", name, path)
    if arn == group.arn:
        return Answer(subject=group.arn)
    authorize_on(call, arn, group)
    identity = find_identity(call, GROUP, name)
    if identity is not None and identity.arn != group.arn:
        raise already_exists(f"Group with name {name} already exists.")
    configuration = with_entity_renamed(
        call.configuration, group.arn, replace(group, arn=arn, group_name=name, path=path)
    )
    moved = {
        user.arn: replace(
            user, group_list=tuple(name if one == group.group_name else one for one in user.group_list)
        )
        for user in members_of(call.configuration, call.account, group.group_name)
    }
    return Answer(
        configuration=replace(configuration, users=PersistentMap.of(configuration.users).updated(moved)),
        subject=arn,
    )


def add_user_to_group(call: Call[shapes.AddUserToGroupRequest]) -> Answer:
    """Adding a user who is already in the group is not an error."""
    group, user = _group_and_user(call)
    if group.group_name in user.group_list:
        return Answer(subject=group.arn)
    if len(user.group_list) >= GROUPS_PER_USER:
        raise limit_exceeded("GroupsPerUser", GROUPS_PER_USER)
    changed = replace(user, group_list=(*user.group_list, group.group_name))
    return Answer(configuration=with_entity(call.configuration, changed), subject=group.arn)


def remove_user_from_group(call: Call[shapes.RemoveUserFromGroupRequest]) -> Answer:
    """Removing a user who is not a member is not an error. If neither exists, IAM's error names the user.

    Raises AccessDenied, NoSuchEntity.
    """
    if find_identity(call, GROUP, call.params["GroupName"]) is None:
        authorize_on(call, arn_in(call, "group", call.params["GroupName"]))
        _user(call)
    group, user = _group_and_user(call)
    changed = replace(user, group_list=tuple(name for name in user.group_list if name != group.group_name))
    return Answer(configuration=with_entity(call.configuration, changed), subject=group.arn)


def list_groups_for_user(
    call: Call[shapes.ListGroupsForUserRequest],
) -> Answer[shapes.ListGroupsForUserResponse]:
    user: User = authorized_identity(call, USER)
    groups = [found for name in user.group_list if (found := find_identity(call, GROUP, name))]
    page = page_of([group_shape(group) for group in groups], call.params)
    return Answer(response={"Groups": page.items, **page.end})


def _group_and_user(call: Call) -> tuple[Group, User]:
    """The group and the user of a call; only the group is authorized."""
    group: Group = authorized_identity(call, GROUP)
    return group, _user(call)


def _user(call: Call) -> User:
    name = call.params["UserName"]
    user = find_identity(call, USER, name)
    if user is None:
        raise no_such_identity(USER, name)
    return user


PERFORMS: dict[str, Perform] = {
    "CreateGroup": create_group,
    "DeleteGroup": delete_group,
    "GetGroup": get_group,
    "ListGroups": list_groups,
    "UpdateGroup": update_group,
    "AddUserToGroup": add_user_to_group,
    "RemoveUserFromGroup": remove_user_from_group,
    "ListGroupsForUser": list_groups_for_user,
}
