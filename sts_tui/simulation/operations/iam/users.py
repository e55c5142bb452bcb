"""IAM users: create, delete, get, list, rename.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from msgspec.structs import replace

from sts_tui.account.arn import root_arn
from sts_tui.account.entities import User
from sts_tui.iam.caller import CallerKind
from sts_tui.simulation.operations.configuration_edits import with_entity, with_entity_renamed, without_entity
from sts_tui.simulation.operations.iam.access_keys import keys_of, own_user_name
from sts_tui.simulation.operations.iam.boundaries import boundary_named
from sts_tui.simulation.operations.iam.identity_types import (
    USER,
    arn_in,
    authorize_on,
    authorized_identity,
    find_identity,
    new_unique_id,
    refuse_creation,
)
from sts_tui.simulation.operations.iam.responses import user_shape
from sts_tui.simulation.operations.iam.tags import authorize_creation
from sts_tui.simulation.operations.refusals import (
    already_exists,
    delete_conflict,
)
from sts_tui.simulation.operations.responses import created, page_of
from sts_tui.simulation.operations.stored_principals import with_principal_renamed
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import iam as shapes


def create_user(call: Call[shapes.CreateUserRequest]) -> Answer[shapes.CreateUserResponse]:
    params = call.params
    name, path = params["UserName"], params.get("Path") or "/"
    arn = arn_in(call, "user", name, path)
    tags = authorize_creation(call, USER, arn)
    boundary_arn = params.get("PermissionsBoundary")
    refuse_creation(call, USER, name)
    user = User(
        arn=arn,
        user_name=name,
        user_id=new_unique_id(call, USER.id_prefix),
        path=path,
        create_date=call.now,
        permissions_boundary=boundary_named(call.configuration, boundary_arn, call.account)
        if boundary_arn
        else None,
        tags=tags,
        access_keys=(),
    )
    return Answer(
        response={"User": user_shape(user)},
        configuration=with_entity(call.configuration, user),
        subject=arn,
    )


def delete_user(call: Call[shapes.DeleteUserRequest]) -> Answer:
    """Keys, policies and other parts of the user have to be deleted first. In policies that name the user as
    a principal, its ARN becomes its unique id.
    """
    user: User = authorized_identity(call, USER)
    for held, first in (
        (keys_of(user), "delete access keys"),
        (user.mfa_devices, "delete MFA device"),
        (user.login_profile, "delete login profile"),
        (user.group_list, "remove users from group"),
        (user.attached_managed_policies, "detach all policies"),
        (user.user_policy_list, "delete policies"),
    ):
        if held:
            raise delete_conflict(f"Cannot delete entity, must {first} first.")
    configuration = without_entity(call.configuration, user)
    return Answer(
        configuration=with_principal_renamed(configuration, user.arn, user.user_id), subject=user.arn
    )


def get_user(call: Call[shapes.GetUserRequest]) -> Answer[shapes.GetUserResponse]:
    """Without a name the calling user; for the root user, the account's root."""
    if "UserName" not in call.params and call.caller.caller.kind in (
        CallerKind.ROOT,
        CallerKind.ROOT_SESSION,
    ):
        arn = root_arn(call.account, call.configuration.partition_of(call.account))
        authorize_on(call, arn)
        return Answer(response={"User": _root_shape(call.account, arn)})
    return Answer(response={"User": user_shape(authorized_identity(call, USER, own_user_name(call)))})


def _root_shape(account: str, arn: str) -> shapes.User:
    """The root user, which has neither name nor path."""
    return cast("shapes.User", {"UserId": account, "Arn": arn, "CreateDate": created(None)})


def list_users(call: Call[shapes.ListUsersRequest]) -> Answer[shapes.ListUsersResponse]:
    prefix = call.params.get("PathPrefix") or "/"
    authorize_on(call, arn_in(call, "user", "", prefix))
    users = [user for user in USER.members(call.configuration, call.account) if user.path.startswith(prefix)]
    found = [user_shape(user, listed=True) for user in sorted(users, key=lambda user: user.user_name)]
    page = page_of(found, call.params)
    return Answer(response={"Users": page.items, **page.end})


def update_user(call: Call[shapes.UpdateUserRequest]) -> Answer:
    """Change name or path. Both change the ARN, and the caller needs permission for the new ARN too. Unique
    id, keys, and the policies that name the user as a principal stay valid.
    """
    user: User = authorized_identity(call, USER)
    name = call.params.get("NewUserName") or user.user_name
    path = call.params.get("NewPath") or user.path
    arn = arn_in(call, "user", name, path)
    if arn == user.arn:
        return Answer(subject=user.arn)
    authorize_on(call, arn, user)
    identity = find_identity(call, USER, name)
    if identity is not None and identity.arn != user.arn:
        raise already_exists(f"User with name {name} already exists.")
    changed = replace(user, arn=arn, user_name=name, path=path, access_keys=keys_of(user))
    configuration = with_entity_renamed(call.configuration, user.arn, changed)
    return Answer(configuration=with_principal_renamed(configuration, user.arn, arn), subject=arn)


PERFORMS: dict[str, Perform] = {
    "CreateUser": create_user,
    "DeleteUser": delete_user,
    "GetUser": get_user,
    "ListUsers": list_users,
    "UpdateUser": update_user,
}
