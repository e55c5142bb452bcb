"""Which ids do the entities of IAM Identity Center get if an account file omits them?

They are derived from names. Assignments and memberships may name users, groups and permission sets; each name
is replaced by the id.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from sts_tui.account.identity_center import (
    AccountAssignment,
    CenterGroup,
    CenterUser,
    GroupMembership,
    IdentityCenter,
    IdentityCenterInstance,
    PermissionSet,
    derived_hex,
    derived_uuid,
)


def complete(center: IdentityCenter) -> IdentityCenter:
    """Identity Center with all ids."""
    instance = complete_instance(next(iter(center.instances), IdentityCenterInstance()))
    users = tuple(
        one if one.user_id else replace(one, user_id=derived_uuid(f"user {one.user_name.lower()}"))
        for one in center.users
    )
    groups = tuple(
        one if one.group_id else replace(one, group_id=derived_uuid(f"group {one.display_name}"))
        for one in center.groups
    )
    sets = tuple(
        one
        if one.permission_set_arn
        else replace(one, permission_set_arn=permission_set_arn(instance.instance_arn, one.name))
        for one in center.permission_sets
    )
    names = _Names(users, groups, sets)
    return replace(
        center,
        instances=(instance,),
        users=users,
        groups=groups,
        permission_sets=sets,
        group_memberships=tuple(names.membership(one) for one in center.group_memberships),
        account_assignments=tuple(names.assignment(one) for one in center.account_assignments),
    )


def complete_instance(instance: IdentityCenterInstance) -> IdentityCenterInstance:
    """The instance with its ARN and the id of its identity store."""
    seed = instance.owner_account_id or "organization"
    return replace(
        instance,
        instance_arn=instance.instance_arn or f"arn:aws:sso:::instance/ssoins-{derived_hex(seed, 16)}",
        identity_store_id=instance.identity_store_id or f"d-{derived_hex(f'store {seed}', 10)}",
    )


def permission_set_arn(instance_arn: str, name: str) -> str:
    """The ARN of a permission set for which the file gives none."""
    place = instance_arn.replace(":instance/", ":permissionSet/")
    return f"{place}/ps-{derived_hex(f'permission set {name}', 16)}"


def membership_id(group_id: str, user_id: str) -> str:
    """The id of a membership for which the file gives none."""
    return derived_uuid(f"membership {group_id} {user_id}")


class _Names:
    """Looks up ids by name."""

    def __init__(
        self, users: tuple[CenterUser, ...], groups: tuple[CenterGroup, ...], sets: tuple[PermissionSet, ...]
    ) -> None:
        self._users = {one.user_name.lower(): one.user_id for one in users}
        self._groups = {one.display_name: one.group_id for one in groups}
        self._sets = {one.name: one.permission_set_arn for one in sets}

    def membership(self, one: GroupMembership) -> GroupMembership:
        group = self._groups.get(one.group_id, one.group_id)
        user = self._users.get(one.member_id.user_id.lower(), one.member_id.user_id)
        return replace(
            one,
            group_id=group,
            member_id=replace(one.member_id, user_id=user),
            membership_id=one.membership_id or membership_id(group, user),
        )

    def assignment(self, one: AccountAssignment) -> AccountAssignment:
        names: Mapping[str, str] = self._users if one.principal_type == "USER" else self._groups
        named = one.principal_id.lower() if one.principal_type == "USER" else one.principal_id
        return replace(
            one,
            permission_set_arn=self._sets.get(one.permission_set_arn, one.permission_set_arn),
            principal_id=names.get(named, one.principal_id),
        )
