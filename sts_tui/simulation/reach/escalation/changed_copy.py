"""What is the configuration after a principal has changed itself? Each change is made in a copy.

Whether the principal may make the change is not checked here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import (
    AttachedPolicy,
    Group,
    InlinePolicy,
    ManagedPolicy,
    Role,
    User,
)
from sts_tui.account.persistent_map import PersistentMap
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.simulation.authorization.policies import groups_of

NEW_POLICY: Final = "reach"
"""The name of the inline policy that is added."""
EVERYTHING: Final = WrittenPolicy(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)

Principal: TypeAlias = User | Role
Holder: TypeAlias = User | Role | Group
RequestKeys: TypeAlias = tuple[tuple[str, str | tuple[str, ...]], ...]
_V = TypeVar("_V")


class OwnChange(Struct, frozen=True, kw_only=True):
    """A change that a principal can make to itself."""

    source: str
    operation: str
    """`CreatePolicyVersion`, `CreateRole, PutRolePolicy`."""
    written: str
    """ARN that the first operation writes."""
    configuration: Configuration
    """The configuration with the change."""
    acts_as: str
    """ARN of the principal with the new permissions: the source, or the role that it creates."""
    unknown: str = ""
    needs: tuple[str, ...] = ()
    written_with: RequestKeys = ()
    """Condition keys of the first operation's request."""


def own_change(
    source: str, operation: str, copy: Configuration, unknown: str = "", needs: tuple[str, ...] = ()
) -> OwnChange:
    """A change of the source (its ARN) that keeps its ARN; `copy`: the configuration with the change."""
    return OwnChange(
        source=source,
        operation=operation,
        written=source,
        configuration=copy,
        acts_as=source,
        unknown=unknown,
        needs=needs,
    )


def holders_of(entity: Principal, configuration: Configuration) -> Iterator[Holder]:
    """The entities that hold the policies of a principal: itself, then the groups of a user."""
    yield entity
    if isinstance(entity, User):
        yield from groups_of(entity, configuration)


def noun_of(holder: Holder) -> str:
    """`User`, `Role` or `Group`, as in the names of IAM's operations."""
    return type(holder).__name__


def boundary_keys(holder: Holder) -> RequestKeys:
    """The condition key `iam:PermissionsBoundary` of a request about a user or role, if it has a boundary."""
    boundary = None if isinstance(holder, Group) else holder.permissions_boundary
    return () if boundary is None else (("iam:PermissionsBoundary", boundary.permissions_boundary_arn),)


def inline_of(holder: Holder) -> tuple[InlinePolicy, ...]:
    """The inline policies of a user, role or group."""
    match holder:
        case User():
            return holder.user_policy_list
        case Role():
            return holder.role_policy_list
    return holder.group_policy_list


def with_inline(
    configuration: Configuration, holder: Holder, policies: Sequence[InlinePolicy]
) -> Configuration:
    """The configuration with these as the inline policies of a user, role or group."""
    match holder:
        case User():
            return with_holder(configuration, replace(holder, user_policy_list=tuple(policies)))
        case Role():
            return with_holder(configuration, replace(holder, role_policy_list=tuple(policies)))
    return with_holder(configuration, replace(holder, group_policy_list=tuple(policies)))


def with_everything(configuration: Configuration, holder: Holder) -> Configuration:
    """The configuration with one more inline policy, which allows everything."""
    added = InlinePolicy(policy_name=NEW_POLICY, policy_document=EVERYTHING)
    return with_inline(configuration, holder, (*inline_of(holder), added))


def with_attached(configuration: Configuration, holder: Holder, policy_arn: str) -> Configuration:
    """The configuration with one more attached managed policy."""
    attached = (*holder.attached_managed_policies, AttachedPolicy(policy_arn=policy_arn))
    return with_holder(configuration, replace(holder, attached_managed_policies=attached))


def with_holder(configuration: Configuration, holder: Holder) -> Configuration:
    """The configuration with this user, role or group in place of the one with the same ARN."""
    match holder:
        case User():
            return replace(configuration, users=_updated(configuration.users, holder.arn, holder))
        case Role():
            return replace(configuration, roles=_updated(configuration.roles, holder.arn, holder))
    return replace(configuration, groups=_updated(configuration.groups, holder.arn, holder))


def with_policy(configuration: Configuration, policy: ManagedPolicy) -> Configuration:
    """The configuration with this managed policy in place of the one with the same ARN."""
    return replace(configuration, policies=_updated(configuration.policies, policy.arn, policy))


def allowing_everything(policy: ManagedPolicy) -> ManagedPolicy:
    """A managed policy whose default version allows everything."""
    versions = tuple(
        replace(one, document=EVERYTHING) if one.version_id == policy.default_version_id else one
        for one in policy.policy_version_list
    )
    return replace(policy, policy_version_list=versions)


def _updated(table: Mapping[str, _V], arn: str, entity: _V) -> PersistentMap[str, _V]:
    whole = table if isinstance(table, PersistentMap) else PersistentMap(table)
    return whole.updated({arn: entity})
