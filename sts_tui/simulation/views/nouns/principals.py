"""What do the lists of users, groups and access keys show?"""

from __future__ import annotations

from collections.abc import Iterator

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import AccessKey, User
from sts_tui.simulation.views.nouns.noun import Noun, NounColumn, NounRow, account_label
from sts_tui.simulation.views.rows import PolicyRow, policy_rows
from sts_tui.simulation.world import World
from sts_tui.sts.authenticate import access_keys


def _users(world: World) -> tuple[NounRow, ...]:
    configuration = world.configuration
    return tuple(
        NounRow(
            key=user.arn,
            arn=user.arn,
            name=user.user_name,
            account=account_label(account_of(user.arn), configuration),
            cells=(_keys_in_words(user), _mfa(user), ", ".join(user.group_list)),
            words=" ".join(
                (user.user_id, *access_keys(user), *(device.serial_number for device in user.mfa_devices))
            ),
        )
        for user in configuration.users.values()
    )


def _keys_in_words(user: User) -> str:
    keys = access_keys(user)
    inactive = sum(not is_active for is_active in keys.values())
    if not keys:
        return ""
    return f"{len(keys) - inactive} active" + (f", {inactive} off" if inactive else "")


def _mfa(user: User) -> str:
    return "MFA" if user.mfa_devices else ""


def _groups(world: World) -> tuple[NounRow, ...]:
    configuration = world.configuration
    members: dict[tuple[str, str], list[str]] = {}
    for user in configuration.users.values():
        for name in user.group_list:
            members.setdefault((account_of(user.arn) or "", name), []).append(user.user_name)
    return tuple(
        NounRow(
            key=group.arn,
            arn=group.arn,
            name=group.group_name,
            account=account_label(account_of(group.arn), configuration),
            cells=(
                str(len(group.group_policy_list) + len(group.attached_managed_policies)),
                ", ".join(members.get((account_of(group.arn) or "", group.group_name), ())),
            ),
            words=group.group_id,
        )
        for group in configuration.groups.values()
    )


def _keys(world: World) -> tuple[NounRow, ...]:
    return tuple(
        NounRow(
            key=key.access_key_id,
            name=key.access_key_id,
            owner=user.arn,
            account=account_label(account_of(user.arn), world.configuration),
            cells=(user.user_name, key.status, key.create_date.date().isoformat() if key.create_date else ""),
            words=user.user_id,
        )
        for user, key in keys_of(world.configuration)
    )


def keys_of(configuration: Configuration) -> Iterator[tuple[User, AccessKey]]:
    """Every long-term access key with its user; a key that a dump does not list is derived."""
    for user in configuration.users.values():
        listed = {key.access_key_id: key for key in user.access_keys or ()}
        for id, is_active in access_keys(user).items():
            derived = AccessKey(access_key_id=id, status="Active" if is_active else "Inactive")
            yield user, listed.get(id, derived)


def _policies_of_owner(world: World, key: str) -> tuple[PolicyRow, ...]:
    owner = next((user for user, each in keys_of(world.configuration) if each.access_key_id == key), None)
    return policy_rows(world, owner.arn) if owner is not None else ()


USERS = Noun(
    id="users",
    one="user",
    title="Users",
    help=(
        "The IAM users of all accounts. KEYS: long-term access keys. Pane 2 shows the policies that apply to "
        "the selected user, those of its groups included."
    ),
    columns=(
        NounColumn("keys", "KEYS", 8),
        NounColumn("mfa", "MFA", 3),
        NounColumn("groups", "GROUPS", 10, is_name=True),
    ),
    rows=_users,
    policies=policy_rows,
)
GROUPS = Noun(
    id="groups",
    one="group",
    title="Groups",
    help="The IAM groups of all accounts, and their members. Pane 2 shows the selected group's policies.",
    columns=(
        NounColumn("policies", "POLICIES", 8),
        NounColumn("members", "MEMBERS", 12, is_name=True),
    ),
    rows=_groups,
    policies=policy_rows,
    no_policies="The group has no policies.",
)
KEYS = Noun(
    id="keys",
    one="access key",
    title="Access keys",
    help=(
        "The long-term access keys of all users. Pane 2 shows the policies of the user that the selected key "
        "belongs to. Keys of sessions are in Sessions (3)."
    ),
    columns=(
        NounColumn("user", "USER", 10, is_name=True),
        NounColumn("status", "STATUS", 8),
        NounColumn("created", "CREATED", 10),
    ),
    rows=_keys,
    policies=_policies_of_owner,
)
